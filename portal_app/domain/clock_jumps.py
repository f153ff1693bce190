"""When the machine's clock was set far ahead: told by a clock that nobody sets (fault 28)."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST = timedelta(hours=1)
"""What a clock may be put right by without anybody asking; a change to summer time moves no clock in UTC."""


def lead(now: datetime, steady: timedelta) -> timedelta:
    """How far the wall clock is ahead of the steady one; only differences mean anything."""
    return now - datetime.fromtimestamp(0, now.tzinfo) - steady


def is_jump(ahead: timedelta) -> bool:
    """Whether the wall clock went ahead by more than it may. A step back is none: what went out is known by its keys."""
    return ahead > MOST
