"""Which reminders a firm's year has, worked out day by day from section 7 alone (7.1 to 7.14).

Slow and obvious, and independent: nothing of the portal is imported. Moments are aware UTC; a day is the firm's.
`Year.run(now)` is the timetable's visit, `Request.changed(now)` what every edit ends with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST = 5
FOREVER = date.max
DAY = timedelta(days=1)


@dataclass
class Firm:
    zone: str = "America/Toronto"
    hour: int = 8
    weekdays: set[int] = field(default_factory=lambda: {0, 1, 2, 3, 4})
    paused_until: date = date.min

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), ZoneInfo(self.zone)).astimezone(UTC)

    def moved(self, day: date) -> date:
        while day.weekday() not in self.weekdays:
            day += DAY
        return day


@dataclass
class Client:
    paused_until: date = date.min


@dataclass
class Contact:
    refused_from: datetime | None = None
    """From then on the mail server refuses their address for good."""
    has_bounced: bool = False


@dataclass
class Task:
    due_on: date | None
    promised_on: date | None = None
    is_open: bool = True
    is_done: bool = False
    asks: bool = False

    @property
    def day(self) -> date | None:
        """The day it is due, or as if due (5.8)."""
        return self.promised_on or self.due_on


@dataclass
class Person:
    """One recipient. Slots before `open_since` are settled; `waits_for` was missed, and waits for the hour."""

    contact: Contact
    sent_at: datetime
    open_since: datetime
    waits_for: date | None = None
    used: int = 0
    is_off: bool = False
    has_bounced: bool = False
    last_at: datetime | None = None
    last_on: date | None = None
    reminded: list[date] = field(default_factory=list)


@dataclass
class Request:
    firm: Firm
    client: Client
    kind: str
    before: int = 0
    every: int = 1
    tasks: list[Task] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    skipped: set[date] = field(default_factory=set)
    paused_until: date = date.min
    is_over: bool = False
    """Withdrawn, or the work completed, or reopened and not resent (6.10, 6.13)."""
    goes_on_since: datetime | None = None

    def calls(self, day: date) -> bool:
        """Whether some task calls for a reminder on `day` (7.1, 7.2, 5.8)."""
        return any(self._calls(task, day) for task in self.tasks)

    def _calls(self, task: Task, day: date) -> bool:
        if not task.is_open or task.asks or task.day is None:
            return False
        if task.promised_on is not None and day < task.promised_on:
            return False
        ahead = (task.day - day).days
        if self.kind == "gentle":
            return ahead == 7 or ahead <= 0
        if self.kind == "custom":
            return ahead <= self.before and (self.before - ahead) % self.every == 0
        return self.kind == "urgent"

    def is_slot(self, day: date) -> bool:
        """Whether a reminder falls on `day`: called for on it, or on a day without sending just before it (7.2)."""
        near = [day - n * DAY for n in range(7)]
        return any(self.firm.moved(one) == day and self.calls(one) for one in near)

    def is_held(self, day: date) -> bool:
        """Whether staff skipped or paused that day (7.8)."""
        paused = max(self.firm.paused_until, self.client.paused_until, self.paused_until)
        return day < paused or day in self.skipped

    def is_silent(self, person: Person) -> bool:
        """Whether this person gets none, whatever the days (7.4 to 7.6)."""
        dated = [task for task in self.tasks if task.is_open and not task.asks and task.day is not None]
        done = any(task.is_done and task.due_on and not task.is_open for task in self.tasks)
        stopped = (
            self.kind == "gentle"
            and done
            and not (self.goes_on_since and self.goes_on_since >= person.sent_at)
        )
        return (
            self.is_over
            or self.kind == "none"
            or not dated
            or stopped
            or person.is_off
            or person.has_bounced
            or person.contact.has_bounced
            or person.used >= MOST
        )

    def open_slots(self, person: Person, now: datetime) -> list[date]:
        """The days since `open_since` whose moment has come, that are called for, not held, and not settled."""
        last = [self.firm.day(person.sent_at)]
        if person.last_at is not None and person.last_on is not None:
            last += [person.last_on, self.firm.day(person.last_at)]
        first = person.waits_for or self.firm.day(person.open_since) - DAY
        found, day = [], first
        while day <= self.firm.day(now):
            is_new = person.waits_for is not None or person.open_since < self.firm.moment(day)
            is_open = is_new and self.firm.moment(day) <= now
            if is_open and day > max(last) and self.is_slot(day) and not self.is_held(day):
                found.append(day)
            day += DAY
        return found

    def changed(self, now: datetime) -> None:
        """Something changed: nothing is made up for, but for what waits for its hour after a missed run (7.7, 7.10)."""
        for person in self.people:
            slots = [] if self.is_silent(person) else self.open_slots(person, now)
            person.waits_for, person.open_since = (slots[0] if slots else None), now

    def run(self, now: datetime) -> list[Person]:
        """The timetable's visit: who is reminded now."""
        told = []
        for person in self.people:
            slots = [] if self.is_silent(person) else self.open_slots(person, now)
            today = self.firm.day(now)
            may_today = self.firm.moved(today) == today and today not in self.skipped
            if slots and may_today and self.firm.moment(today) <= now:
                told.append(person)
                slots = []
            person.waits_for, person.open_since = (slots[0] if slots else None), now
        return told

    def reminded(self, person: Person, now: datetime) -> None:
        """The server took it, or nobody knows (7.4)."""
        person.used += 1
        person.last_at, person.last_on = now, self.firm.day(now)
        person.reminded.append(person.last_on)
