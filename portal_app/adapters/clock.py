"""The only module that reads the machine's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where there is one, the clock that goes on while the machine sleeps: waking up is no jump."""


class _Steady:
    """The machine's clock that nobody sets."""

    def steady(self) -> timedelta:
        """How long the machine has been up."""
        return timedelta(seconds=time.clock_gettime(_STEADY))


class SystemClock(_Steady):
    """The machine's time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


class TravellingClock(_Steady):
    """Demo: the machine's time and a shift that only grows; `shift` is kept by whoever moves it."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self.shift = shift

    def now(self) -> datetime:
        """The portal's moment, aware, in UTC."""
        return datetime.now(UTC) + self.shift

    def move_to(self, moment: datetime) -> None:
        """Jump ahead to `moment`; a moment already past changes nothing."""
        self.shift = max(self.shift, moment - datetime.now(UTC))
