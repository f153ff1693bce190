"""The bell: after a commit, whoever listens hears the names of channels, and nothing else.

Losing a ring costs freshness only, so nothing here raises, and nothing is kept for later.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress

import structlog
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

Heard = Callable[[frozenset[str]], None]

PATIENCE = 1.0
"""Seconds a ring waits for Redis: it follows a commit that somebody waits for."""
LOOK = 0.5
"""Seconds between two looks at whether to stop listening."""
PAUSE = 1.0
"""Seconds before the next try when Redis is away."""

log = structlog.get_logger(__name__)


class MemoryBell:
    """Rings within this process."""

    def __init__(self) -> None:
        self._ears: tuple[Heard, ...] = ()
        self._lock = threading.Lock()

    def ring(self, channels: Iterable[str]) -> None:
        """Tell every listener, in this thread; a listener that fails is logged and the others still hear."""
        names = frozenset(channels)
        for ear in self._ears:
            try:
                ear(names)
            except Exception:
                log.exception("bell_not_heard", channels=sorted(names))

    @contextmanager
    def listen(self, heard: Heard) -> Iterator[None]:
        """Call `heard` for each ring while the block runs, from the thread that rings."""
        with self._lock:
            self._ears = (*self._ears, heard)
        try:
            yield
        finally:
            with self._lock:
                self._ears = tuple(ear for ear in self._ears if ear is not heard)


class RedisBell:
    """Rings in every process that shares this Redis; in this one alone while Redis is away."""

    def __init__(self, url: str) -> None:
        self._here = MemoryBell()
        self._redis = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, client_name="portal-bell"
        )
        # Redis' channels span its databases; ours do not.
        self.channel = f"portal:bell:{self._redis.connection_pool.connection_kwargs.get('db', 0)}"

    def ring(self, channels: Iterable[str]) -> None:
        """Publish the names; every process hears them by its own connection, this one too."""
        names = sorted(set(channels))
        try:
            self._redis.publish(self.channel, json.dumps(names))
        except RedisError as fault:
            log.warning("bell_without_redis", fault=type(fault).__name__)
            self._here.ring(names)

    @contextmanager
    def listen(self, heard: Heard) -> Iterator[None]:
        """Call `heard` for each ring while the block runs, from a thread that reconnects for ever.

        The block begins once Redis has confirmed, or failed, the first subscription.
        """
        stop, tried = threading.Event(), threading.Event()
        thread = threading.Thread(target=self._follow, args=(stop, tried), name="bell", daemon=True)
        with self._here.listen(heard):
            thread.start()
            tried.wait()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def _follow(self, stop: threading.Event, tried: threading.Event) -> None:
        while not stop.is_set():
            try:
                with closing(self._redis.pubsub()) as subscription:  # type: ignore[no-untyped-call]
                    subscription.subscribe(self.channel)
                    self._hear(subscription, stop, tried)
            except (RedisError, OSError) as fault:
                log.warning("bell_lost_redis", fault=type(fault).__name__)
                tried.set()
                stop.wait(PAUSE)

    def _hear(self, subscription: PubSub, stop: threading.Event, tried: threading.Event) -> None:
        while not stop.is_set():
            message = subscription.get_message(timeout=LOOK)
            if message is None:
                continue
            if message["type"] == "subscribe":
                tried.set()
            elif message["type"] == "message":
                # Only we publish here; anything else is somebody's mistake and says nothing to us.
                with suppress(ValueError, TypeError):
                    self._here.ring(json.loads(message["data"]))
