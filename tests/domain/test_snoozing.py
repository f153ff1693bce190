"""When a snoozed notification comes back (8.2)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal_app.domain.snoozing import Snooze, comes_back_at

TORONTO = "America/Toronto"


@pytest.mark.parametrize(
    ("choice", "now", "back"),
    [
        (Snooze.TODAY, "2026-03-04T09:00", "2026-03-04T16:00"),
        (Snooze.TODAY, "2026-03-04T15:00", "2026-03-04T16:00"),
        (Snooze.TODAY, "2026-03-04T15:30", "2026-03-04T18:30"),
        (Snooze.TODAY, "2026-03-04T23:00", "2026-03-05T02:00"),
        (Snooze.TOMORROW, "2026-03-04T23:00", "2026-03-05T08:00"),
        (Snooze.TOMORROW, "2026-03-07T12:00", "2026-03-08T08:00"),  # the night the clocks go forward
        (Snooze.MONDAY, "2026-03-04T09:00", "2026-03-09T08:00"),
        (Snooze.MONDAY, "2026-03-08T09:00", "2026-03-09T08:00"),
        (Snooze.MONDAY, "2026-03-09T07:00", "2026-03-16T08:00"),
        (Snooze.WEEK, "2026-12-30T09:00", "2027-01-06T08:00"),
    ],
)
def test_8_2_it_comes_back_at_an_hour_of_the_firms_own_day(choice: Snooze, now: str, back: str) -> None:
    zone = ZoneInfo(TORONTO)
    moment = datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC)

    assert comes_back_at(choice, moment, TORONTO) == datetime.fromisoformat(back).replace(tzinfo=zone)
