"""When a recipient's next reminder goes out (7.2 to 7.14): pure, values in, moments out.

Days are the firm's calendar days, moments are aware UTC. A slot is a day on which a reminder would go; days are
found one after the other from where it matters, so that neither the age of a request nor a date far ahead costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal_app.domain.reminders import EVERY_DAY, MOST, Due, Kind, Rule, calls, first_day

UNTIL_RESUMED = date.max
"""The end of a pause that has none (7.8)."""
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LAST = date.max - 2 * _WEEK
_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Calendar:
    """A firm's days: its time zone, its hour of sending and its weekdays with sending (1.11; Monday is 0)."""

    zone: str
    hour: int
    weekdays: frozenset[int] = EVERY_DAY

    def day_of(self, moment: datetime) -> date:
        """The firm's day at an aware moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def moment_of(self, day: date) -> datetime:
        """The firm's hour on `day`, one moment whatever the clocks do: of an hour that comes twice the first, and
        for one that does not come the one after the jump (7.10)."""
        return datetime.combine(day, time(self.hour), ZoneInfo(self.zone)).astimezone(UTC)

    def moved(self, day: date) -> date:
        """`day`, or the next one with sending (7.2); there must be one."""
        while day.weekday() not in self.weekdays:
            day += _DAY
        return day


class Held(StrEnum):
    """Why a slot stays empty; it is neither made up for nor counted (7.8)."""

    SKIPPED = "skipped"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Series:
    """One recipient's reminders of one request.

    `dues` are those of the open tasks that call for one. `sent_on` is the firm's day of the last send to them,
    `reminded_on` the latest day on which they were reminded, in the zone of then and of now (7.14).
    `paused_until` is the first day with reminders again.
    """

    rule: Rule
    dues: tuple[Due, ...]
    calendar: Calendar
    sent_on: date
    used: int = 0
    reminded_on: date | None = None
    skipped: frozenset[date] = frozenset()
    paused_until: date = date.min


@dataclass(frozen=True, slots=True)
class Slot:
    """A day on which a reminder goes, or would: `moved_from` is where it was called for, if that is another day."""

    on: date
    moved_from: date | None = None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """The next reminder: its moment, and the slot it is for, which lies earlier after a missed run (7.10)."""

    at: datetime
    slot_on: date


def slots(series: Series, start: date) -> Iterator[Slot]:
    """Every slot from `start` on, in order, without end: the days of all tasks together, after the send (7.3, 7.12)."""
    calendar, dues = series.calendar, series.dues
    if series.rule.kind is Kind.NONE or not dues or not calendar.weekdays & EVERY_DAY:
        return
    after = max(series.sent_on, series.reminded_on or date.min)
    first = min(first_day(series.rule, due) for due in dues)
    day = max(_before(max(start, after)), first)
    last = None
    while day < _LAST:
        if any(calls(series.rule, due, day) for due in dues):
            on = calendar.moved(day)
            if on >= start and on > after and on != last:
                last = on
                called_itself = on == day or any(calls(series.rule, due, on) for due in dues)
                yield Slot(on, None if called_itself else day, _held(series, on))
        day += _DAY


def next_reminder(series: Series, since: datetime, now: datetime) -> Next | None:
    """The next reminder at or after `now`, or one that was missed since `since` and is due at once.

    What was called for before `since` is settled: sent, or of no account. Of all that was missed one reminder
    is left: today at the firm's hour, which may be past, or on the next day with sending (7.10).
    """
    if series.used >= MOST or series.paused_until == UNTIL_RESUMED:
        return None
    calendar = series.calendar
    start = max(calendar.day_of(since) - _DAY, series.paused_until)
    for slot in slots(series, start):
        at = calendar.moment_of(slot.on)
        if slot.held is None and at >= since:
            return Next(at, slot.on) if at >= now else _caught_up(series, slot.on, now)
    return None


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming reminder as staff see it: the `number`th of five, or held and without a number."""

    on: date
    number: int = 0
    moved_from: date | None = None
    held: Held | None = None


def coming(series: Series, since: datetime, now: datetime) -> list[Coming]:
    """The reminders to come, until the fifth; between them what is skipped or paused, ten rows at most (7.8)."""
    calendar, ahead = series.calendar, next_reminder(series, since, now)
    ahead_on = calendar.day_of(ahead.at) if ahead else None
    found: list[Coming] = []
    number = series.used
    if ahead and ahead_on and ahead.slot_on < ahead_on:
        number += 1
        found.append(Coming(ahead_on, number, ahead.slot_on))
    for slot in slots(series, calendar.day_of(now)):
        if number >= MOST or len(found) == _MOST_ROWS:
            break
        is_past = calendar.moment_of(slot.on) < now and slot.on != ahead_on
        if is_past or any(one.on == slot.on for one in found):
            continue
        number += slot.held is None
        found.append(Coming(slot.on, number if slot.held is None else 0, slot.moved_from, slot.held))
    return found


def holds(series: Series, slot_on: date, on: date) -> bool:
    """Whether what was queued on the day `on`, for a slot of `slot_on` or later, is still called for (fault 30)."""
    for slot in slots(series, slot_on):
        if slot.on > on:
            return False
        if slot.held is None:
            return True
    return False


def _caught_up(series: Series, missed_on: date, now: datetime) -> Next:
    calendar = series.calendar
    day = calendar.moved(max(calendar.day_of(now), missed_on))
    while day in series.skipped:
        day = calendar.moved(day + _DAY)
    return Next(calendar.moment_of(day), missed_on)


def _held(series: Series, on: date) -> Held | None:
    if on < series.paused_until:
        return Held.PAUSED
    return Held.SKIPPED if on in series.skipped else None


def _before(day: date) -> date:
    """A week before `day`: a day without sending moves by six at most."""
    return date.fromordinal(max(1, day.toordinal() - 7))
