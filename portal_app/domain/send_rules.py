"""When a request goes out by itself (5.4, 6.19): pure, in the firm's calendar days and its hour."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

FURTHEST = 730
"""Days before or after the start: two years, beyond which a day is a slip of the hand."""
EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
_DAY = timedelta(days=1)


class Kind(StrEnum):
    """The three send rules."""

    MANUAL = "manual"
    RELATIVE = "relative"
    ON = "on"


class Held(StrEnum):
    """Why a request whose moment came did not go (6.17)."""

    NO_SENDER = "no_sender"
    NO_RECIPIENT = "no_recipient"
    NO_OPEN_TASK = "no_open_task"
    NO_ADDRESS = "no_address"
    CLOSED = "closed"
    """The work was completed, or something archived: nobody is told, and it does not go later by itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When to send. `days` counts from the work's start, before it where negative; `hour` None is the firm's own."""

    kind: Kind = Kind.MANUAL
    days: int = 0
    on: date | None = None
    hour: int | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Rule:
        """A rule as a request or a template keeps it; one that says no day is manual."""
        kind = Kind(kept.get("kind", Kind.MANUAL))
        hour = kept.get("hour")
        hour = None if hour is None else min(23, max(0, int(hour)))
        if kind is Kind.RELATIVE:
            return cls(kind, days=min(FURTHEST, max(-FURTHEST, int(kept.get("days", 0)))), hour=hour)
        if kind is Kind.ON and kept.get("date"):
            return cls(kind, on=date.fromisoformat(str(kept["date"])), hour=hour)
        return cls()

    @property
    def kept(self) -> dict[str, Any]:
        """The rule as a request or a template keeps it; `read` gives it back."""
        said: dict[str, Any] = {"kind": self.kind.value}
        if self.kind is Kind.RELATIVE:
            said["days"] = self.days
        if self.kind is Kind.ON and self.on is not None:
            said["date"] = self.on.isoformat()
        return said if self.hour is None or self.kind is Kind.MANUAL else said | {"hour": self.hour}


@dataclass(frozen=True, slots=True)
class Days:
    """How a firm counts: its zone, its hour of sending, its weekdays with automatic sending (Monday is 0)."""

    zone: ZoneInfo
    hour: int
    weekdays: Collection[int]


def send_at(rule: Rule, starts_on: date | None, days: Days) -> datetime | None:
    """The moment (aware UTC) at which the request goes out by itself; None where none is known.

    A day without sending moves to the next one with (6.19). None for *manual*, for a day relative to a start that
    is not set, and for a firm that sends on no weekday.
    """
    day = _day(rule, starts_on)
    if day is None or not set(days.weekdays) & set(range(7)):
        return None
    return moment(moved(day, days.weekdays), days.hour if rule.hour is None else rule.hour, days.zone)


def moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """`hour` of `day` in `zone`, as aware UTC: exactly one moment a day, whatever the clocks do (fault 29).

    An hour that the spring leaves out is the first moment after the gap, one that the autumn gives twice the first.
    """
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def moved(day: date, weekdays: Collection[int]) -> date:
    """`day`, or the next one on which the firm sends."""
    while day.weekday() not in weekdays:
        day += _DAY
    return day


def again(rule: Rule, planned: datetime, now: datetime, days: Days) -> datetime:
    """A coming send after the firm's zone, hour or weekdays changed (7.14): `planned` is worked out by the new ones.

    Where that is past already it is not lost: it goes at once, or on the next day with sending.
    """
    today = now.astimezone(days.zone).date()
    if planned > now or today.weekday() in days.weekdays:
        return planned
    return moment(moved(today, days.weekdays), days.hour if rule.hour is None else rule.hour, days.zone)


def _day(rule: Rule, starts_on: date | None) -> date | None:
    if rule.kind is Kind.ON:
        day = rule.on
    elif rule.kind is Kind.RELATIVE and starts_on is not None:
        if not EARLIEST_YEAR < starts_on.year < LATEST_YEAR:
            return None
        day = starts_on + timedelta(days=rule.days)
    else:
        return None
    return day if day is not None and EARLIEST_YEAR < day.year < LATEST_YEAR else None
