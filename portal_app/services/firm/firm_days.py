"""Days as a firm counts them: calendar days in its own time zone (1.15, 6.6)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal_app.models import Firm


def today(firm: Firm, now: datetime) -> date:
    """The firm's calendar day at `now` (aware)."""
    return now.astimezone(ZoneInfo(firm.time_zone)).date()


def day_of(firm: Firm, moment: datetime) -> date:
    """The firm's calendar day of a past or coming moment (aware)."""
    return moment.astimezone(ZoneInfo(firm.time_zone)).date()
