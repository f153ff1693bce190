"""Moments and counts as staff pages say them: *10:42* today, *Mon 16:40* this week, *9 Nov* before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal_app.text import _, format_date, format_time

RECENT = timedelta(days=6)


def day(when: date, today: date) -> str:
    """A day: the year only where it is another one."""
    return format_date(when, "short" if when.year == today.year else "long")


def short_day(when: date, today: date) -> str:
    """A day in a column: *9 Nov*, or with its year."""
    text = format_date(when, "medium")
    return text[:-5] if when.year == today.year else text


def day_head(when: date, today: date) -> str:
    """A day above what happened on it: *Today*, *Yesterday*, *9 November*."""
    if when == today:
        return _("Today")
    if when == today - timedelta(days=1):
        return _("Yesterday")
    return day(when, today)


def moment(when: datetime, now: datetime, zone: str) -> str:
    """When something came: the hour today, day and hour within a week, the day before that."""
    local, here = when.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    if local == here:
        return format_time(when, zone)
    if here - local <= RECENT:
        return f"{format_date(local, 'weekday').split()[0]} {format_time(when, zone)}"
    return short_day(local, here)


def coming(when: datetime, now: datetime, zone: str) -> str:
    """A moment to come: the hour today, else the day and the hour."""
    local, here = when.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    hour = format_time(when, zone)
    return hour if local == here else f"{format_date(local, 'weekday')}, {hour}"
