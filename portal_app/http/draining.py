"""Whether this process is about to stop: long requests end early, with what they have stored (SIGTERM)."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType


class Draining:
    """A flag that wakes whoever waits for bytes; set once, by the first SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.is_on = False
        self._waiting: set[asyncio.Timeout] = set()

    def begin(self) -> None:
        """End every wait now. Call in the loop's thread."""
        self.is_on = True
        for wait in list(self._waiting):
            wait.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def patience(self, seconds: float) -> AsyncIterator[None]:
        """Let the block wait `seconds` for something. Raises `TimeoutError`, also when draining begins."""
        async with asyncio.timeout(seconds) as wait:
            self._waiting.add(wait)
            try:
                yield
            finally:
                self._waiting.discard(wait)

    def listen(self) -> None:
        """Begin at SIGTERM and SIGINT, and let the server's own handlers run too. Call in the main thread.

        Granian stops only when open requests have ended, and tells the app after that. Its handlers are
        woken by the loop's signal file descriptor, whatever Python-level handler stands here.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            earlier = signal.getsignal(number)

            def heard(caught: int, frame: FrameType | None, earlier: object = earlier) -> None:
                loop.call_soon_threadsafe(self.begin)
                if callable(earlier):
                    earlier(caught, frame)

            signal.signal(number, heard)


draining = Draining()
"""This process's."""


@asynccontextmanager
async def listening() -> AsyncIterator[None]:
    """A lifespan task: this process hears that it is to stop."""
    draining.listen()
    yield
