"""How long an e-mail waits for its next try (faults 6, 9 and 10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.outbox import evenly, retry_in

EVEN = 0.5


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 10), (2, 30), (3, 60), (4, 300), (5, 900), (6, 1800), (7, 1800), (500, 1800)]
)
def test_from_ten_seconds_to_half_an_hour(tries: int, seconds: int) -> None:
    assert retry_in(tries, 0, EVEN) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("code", "minutes"), [(421, 1), (450, 5), (451, 5), (452, 15)])
def test_a_server_that_says_why_is_given_time(code: int, minutes: int) -> None:
    assert retry_in(1, code, EVEN) == timedelta(minutes=minutes)


def test_too_many_at_once_come_back_scattered() -> None:
    """432."""
    assert retry_in(1, 432, 0.0) == timedelta(minutes=2)
    assert retry_in(1, 432, 0.9) == timedelta(minutes=15.5)


@given(st.integers(1, 100), st.sampled_from([0, 400, 421, 450, 451, 452]), st.floats(0, 1, exclude_max=True))
def test_the_dice_spread_by_a_quarter(tries: int, code: int, dice: float) -> None:
    middle = retry_in(tries, code, EVEN)
    assert 0.75 * middle <= retry_in(tries, code, dice) <= 1.25 * middle


@pytest.mark.parametrize(
    ("a_minute", "rate"),
    [(600, "100/10 second"), (12, "2/10 second"), (6, "1/10 second"), (5, "1/12 second"), (1, "1/60 second")],
)
def test_15_5_a_limit_a_minute_is_spread_and_never_exceeded(a_minute: int, rate: str) -> None:
    assert evenly(a_minute) == rate
