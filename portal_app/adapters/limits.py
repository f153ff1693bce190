"""Sliding windows by `limits`: in memory for one process, in Redis for several."""

from __future__ import annotations

from datetime import UTC, datetime

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from portal_app.ports import Clock


class WindowLimiter:
    """Counts tries by name. The windows run on the machine's time, whatever the portal's clock says."""

    def __init__(self, clock: Clock, redis_url: str = "") -> None:
        storage: Storage = RedisStorage(redis_url) if redis_url else MemoryStorage()
        self._windows = MovingWindowRateLimiter(storage)
        self._clock = clock

    def hit(self, name: str, limit: str) -> bool:
        """Count one try; False when the window is full."""
        return self._windows.hit(_item(limit), name)

    def has_room(self, name: str, limit: str) -> bool:
        """Whether one more try would pass."""
        return self._windows.test(_item(limit), name)

    def left(self, name: str, limit: str) -> int:
        """How many more tries would pass."""
        return max(0, self._windows.get_window_stats(_item(limit), name).remaining)

    def reset_at(self, name: str, limit: str) -> datetime:
        """When the window frees, aware UTC."""
        stats = self._windows.get_window_stats(_item(limit), name)
        return max(datetime.fromtimestamp(stats.reset_time, UTC), self._clock.now())

    def clear(self, name: str, limit: str) -> None:
        """Forget the tries."""
        self._windows.clear(_item(limit), name)


def _item(limit: str) -> RateLimitItem:
    return parse(limit)
