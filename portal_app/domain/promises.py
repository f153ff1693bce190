"""Which days a client can promise, and when a promise is late (5.20): pure, in the firm's calendar days."""

from __future__ import annotations

from datetime import date, timedelta

FURTHEST = 60  # days ahead


def first_day(today: date) -> date:
    """The soonest day that can be promised."""
    return today + timedelta(days=1)


def last_day(today: date) -> date:
    """The latest day that can be promised."""
    return today + timedelta(days=FURTHEST)


def may_promise(day: date | None, today: date) -> bool:
    """Whether `day` lies after today and not too far ahead."""
    return day is not None and first_day(today) <= day <= last_day(today)


def is_late(day: date, due_on: date | None) -> bool:
    """Whether what is promised comes later than it was asked for: staff see a mark."""
    return due_on is not None and day > due_on
