"""When a snoozed notification comes back: moments of an office day, in the firm's own time zone (8.2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING, AFTERNOON = time(8), time(16)
SOON = timedelta(hours=3)
MONDAY = 0


class Snooze(StrEnum):
    """What one can choose."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    WEEK = "week"


def comes_back_at(choice: Snooze, now: datetime, zone: str) -> datetime:
    """The moment (aware) at which what is snoozed at `now` comes back.

    *Today* is the afternoon, or three hours from now once the afternoon is near; the others are mornings.
    """
    local = now.astimezone(ZoneInfo(zone))
    if choice is Snooze.TODAY:
        afternoon = _at(local, 0, AFTERNOON)
        return afternoon if now + timedelta(hours=1) <= afternoon else now + SOON
    days = {
        Snooze.TOMORROW: 1,
        Snooze.MONDAY: (MONDAY - local.weekday() - 1) % 7 + 1,
        Snooze.WEEK: 7,
    }[choice]
    return _at(local, days, MORNING)


def _at(local: datetime, days: int, hour: time) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), hour, tzinfo=local.tzinfo)
