"""The time zones a firm chooses from (1.15)."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

AT_HOME = "America/Toronto"
_CONTINENTS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@cache
def zones() -> tuple[str, ...]:
    """Time zones of places, Canada's first city ahead."""
    places = sorted(zone for zone in available_timezones() if zone.startswith(_CONTINENTS))
    return (AT_HOME, *(zone for zone in places if zone != AT_HOME))
