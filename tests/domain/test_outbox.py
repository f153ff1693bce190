"""How long an e-mail waits for its next try (faults 6, 9 and 10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.outbox import retry_in, share

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
    ("a_minute", "shares"),
    [
        (600, [100] * 6),
        (12, [2] * 6),
        (7, [2, 1, 1, 1, 1, 1]),
        (2, [1, 0, 0, 1, 0, 0]),
        (1, [1, 0, 0, 0, 0, 0]),
    ],
)
def test_15_5_a_limit_a_minute_is_shared_out_over_its_tens_of_seconds(
    a_minute: int, shares: list[int]
) -> None:
    start = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    at = [share(a_minute, start + timedelta(seconds=second)) for second in range(60)]
    assert [most for _number, most in at[::10]] == shares
    assert all(one == at[second // 10 * 10] for second, one in enumerate(at))
    assert len({number for number, _most in at}) == 6


@given(st.integers(1, 100_000), st.integers(0, 4_000_000_000))
def test_15_5_the_shares_of_any_minute_are_its_limit(a_minute: int, second: int) -> None:
    start = datetime.fromtimestamp(second, UTC)
    tens = [share(a_minute, start + timedelta(seconds=10 * place))[1] for place in range(6)]
    assert sum(tens) == a_minute
    assert max(tens) - min(tens) <= 1
