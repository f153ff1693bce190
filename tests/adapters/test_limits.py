"""Limits hold with Redis, and without it (fault 33)."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.limits import WindowLimiter

NOWHERE = "redis://127.0.0.1:1/0"


def test_fault_33_without_redis_a_process_counts_by_itself() -> None:
    clock = SystemClock()
    limiter = WindowLimiter(clock, NOWHERE)

    with capture_logs() as logs:
        tries = [limiter.hit("sign-in", "2/hour") for _ in range(3)]

    assert tries == [True, True, False]
    assert not limiter.answers()
    assert not limiter.has_room("sign-in", "2/hour")
    assert limiter.left("sign-in", "2/hour") == 0
    assert limiter.reset_at("sign-in", "2/hour") > clock.now()
    limiter.clear("sign-in", "2/hour")
    assert limiter.left("sign-in", "2/hour") == 2
    assert {one["event"] for one in logs} == {"limits_without_redis"}


@pytest.mark.redis
def test_several_processes_count_together_in_redis(redis_url: str) -> None:
    one, other = (WindowLimiter(SystemClock(), redis_url) for _ in range(2))
    one.clear("test_limits", "1/hour")
    assert one.answers()
    assert one.hit("test_limits", "1/hour")
    assert not other.hit("test_limits", "1/hour")
    one.clear("test_limits", "1/hour")
