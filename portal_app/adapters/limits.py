"""Sliding windows by `limits`: in memory for one process, in Redis for several.

While Redis is away each process counts by itself: limits hold, once in each, and nobody is kept from working.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal_app.ports import Clock

PATIENCE = 1.0
"""Seconds a count waits for Redis: somebody waits for it."""

Found = TypeVar("Found")

log = structlog.get_logger(__name__)


class WindowLimiter:
    """Counts tries by name. The windows run on the machine's time, whatever the portal's clock says."""

    def __init__(self, clock: Clock, redis_url: str = "") -> None:
        self._redis = _redis(redis_url) if redis_url else None
        self._shared = MovingWindowRateLimiter(self._redis) if self._redis else None
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._clock = clock

    def answers(self) -> bool:
        """Whether what all processes count in together is there."""
        return self._redis is None or self._redis.check()

    def hit(self, name: str, limit: str) -> bool:
        """Count one try; False when the window is full."""
        return self._asked(lambda windows: windows.hit(_item(limit), name))

    def has_room(self, name: str, limit: str) -> bool:
        """Whether one more try would pass."""
        return self._asked(lambda windows: windows.test(_item(limit), name))

    def left(self, name: str, limit: str) -> int:
        """How many more tries would pass."""
        return max(0, self._asked(lambda windows: windows.get_window_stats(_item(limit), name).remaining))

    def reset_at(self, name: str, limit: str) -> datetime:
        """When the window frees, aware UTC."""
        stats = self._asked(lambda windows: windows.get_window_stats(_item(limit), name))
        return max(datetime.fromtimestamp(stats.reset_time, UTC), self._clock.now())

    def clear(self, name: str, limit: str) -> None:
        """Forget the tries."""
        self._asked(lambda windows: windows.clear(_item(limit), name))

    def _asked(self, ask: Callable[[MovingWindowRateLimiter], Found]) -> Found:
        if self._shared is not None:
            try:
                return ask(self._shared)
            except RedisError as fault:
                log.warning("limits_without_redis", fault=type(fault).__name__)
        return ask(self._own)


def _redis(url: str) -> RedisStorage:
    """Tried twice, since a Redis that was started anew has closed the lines of before."""
    again = Retry(NoBackoff(), 1)
    return RedisStorage(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=again)  # type: ignore[arg-type]


def _item(limit: str) -> RateLimitItem:
    return parse(limit)
