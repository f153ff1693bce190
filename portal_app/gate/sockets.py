"""Open sockets: how many a browser may have, how fast it may talk, and hanging up when its session ends."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Protocol

import structlog
from starlette.types import Receive, Send

from portal_app import faults
from portal_app.domain.visitors import Visitor

Message = MutableMapping[str, Any]
Seconds = Callable[[], float]

SESSION_ENDED, TOO_MUCH, TOO_LARGE = 4401, 4429, 1009
"""Close codes: the first two are ours, after 401 and 429; the third is the protocol's."""

LARGEST_MESSAGE = 1024 * 1024
FRAMES_PER_SECOND, FRAMES_AT_ONCE = 30.0, 100.0
HANDSHAKES_PER_SECOND, HANDSHAKES_AT_ONCE = 1.0, 60.0
SOCKETS_PER_SESSION = 20
"""An accountant's day of open tabs; a stranger with a stolen session gains little by twenty."""
SOCKETS_PER_ADDRESS = 20
"""Of visitors who are nobody: pages that need a socket need a session first."""
LOOK_EVERY = 1.0
"""Seconds between two looks at who is still signed in: twice in the two that are promised."""
REMEMBERED_KEYS = 10_000

log = structlog.get_logger(__name__)


class Ends(Protocol):
    """Says which visitors are no longer what they were."""

    def ended(self, visitors: Collection[Visitor]) -> set[Visitor]:
        """Those of whom a session or device has ended meanwhile; runs in a thread."""
        ...


class Full(Exception):
    """No more sockets for this browser, or not so fast."""


class Meter:
    """A bucket that fills at `rate` a second up to `burst`; each frame takes one."""

    def __init__(self, rate: float, burst: float, seconds: Seconds = time.monotonic) -> None:
        self._rate, self._burst, self._seconds = rate, burst, seconds
        self._left, self._at = burst, seconds()

    def take(self) -> bool:
        """Take one; False when there is none."""
        now = self._seconds()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Line:
    """One socket between server and app: counts what comes in, and can be cut from outside.

    Once cut, the app hears that its client left, and what it still sends goes nowhere.
    """

    def __init__(
        self, visitor: Visitor, receive: Receive, send: Send, seconds: Seconds = time.monotonic
    ) -> None:
        self.visitor = visitor
        self._receive, self._send = receive, send
        self._meter = Meter(FRAMES_PER_SECOND, FRAMES_AT_ONCE, seconds)
        self._cut: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._closed = asyncio.Event()
        self._incoming: asyncio.Future[Message] | None = None

    async def receive(self) -> Message:
        """The next message for the app."""
        message = await self._next()
        if message["type"] != "websocket.receive":
            return message
        if (code := self._refused(message)) is not None:
            await self.hang_up(code)
            return self._farewell()
        return message

    async def send(self, message: Message) -> None:
        """A message from the app."""
        if not self._cut.done():
            await self._send(message)

    async def hang_up(self, code: int) -> None:
        """Close with `code`, once.

        Granian closes nothing while somebody waits for a message, so that wait ends first; and the app
        hears of it last, since its return would close the socket without a code.
        """
        if self._cut.done():
            return
        self._cut.set_result(code)
        log.info("socket_cut", code=code)
        if self._incoming is not None:
            self._incoming.cancel()
            await asyncio.wait((self._incoming,))
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": ""})
        except (OSError, RuntimeError):
            log.debug("client_left")  # in the same moment
        finally:
            self._closed.set()

    async def _next(self) -> Message:
        if not self._cut.done():
            self._incoming = asyncio.ensure_future(self._receive())
            try:
                await asyncio.wait((self._incoming, self._cut), return_when=asyncio.FIRST_COMPLETED)
                if not self._cut.done():
                    return self._incoming.result()
            finally:
                self._incoming.cancel()
        await self._closed.wait()
        return self._farewell()

    def _farewell(self) -> Message:
        return {"type": "websocket.disconnect", "code": self._cut.result(), "reason": ""}

    def _refused(self, message: Message) -> int | None:
        text, data = message.get("text") or "", message.get("bytes") or b""
        if len(text) + len(data) > LARGEST_MESSAGE:
            return TOO_LARGE
        return None if self._meter.take() else TOO_MUCH


class Switchboard:
    """All open lines of this process; looks every second whose session has ended, and cuts those."""

    def __init__(
        self, book: Ends, *, look_every: float = LOOK_EVERY, seconds: Seconds = time.monotonic
    ) -> None:
        self._book, self._look_every, self._seconds = book, look_every, seconds
        self._lines: set[Line] = set()
        self._open: Counter[Visitor | str] = Counter()
        self._handshakes: OrderedDict[Visitor | str, Meter] = OrderedDict()
        self._watch: asyncio.Task[None] | None = None

    @contextmanager
    def seat(self, line: Line, address: str) -> Iterator[Line]:
        """Count and watch `line` while the block runs. Raises `Full`."""
        key: Visitor | str = line.visitor if line.visitor.is_known else address
        most = SOCKETS_PER_SESSION if line.visitor.is_known else SOCKETS_PER_ADDRESS
        if not self._handshake(key).take() or self._open[key] >= most:
            raise Full
        self._open[key] += 1
        self._lines.add(line)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look(), name="gate-switchboard")
        try:
            yield line
        finally:
            self._lines.discard(line)
            self._open -= Counter({key: 1})

    def _handshake(self, key: Visitor | str) -> Meter:
        meter = self._handshakes.pop(key, None) or Meter(
            HANDSHAKES_PER_SECOND, HANDSHAKES_AT_ONCE, self._seconds
        )
        self._handshakes[key] = meter
        if len(self._handshakes) > REMEMBERED_KEYS:
            self._handshakes.popitem(last=False)
        return meter

    async def _look(self) -> None:
        """Until the last line is gone. A database that is away ends nothing: it answers no event either."""
        while self._lines:
            await asyncio.sleep(self._look_every)
            known = {line.visitor for line in self._lines if line.visitor.is_known}
            if not known:
                continue
            try:
                ended = await asyncio.to_thread(self._book.ended, known)
            except Exception as fault:  # noqa: BLE001 (logged; the next look is a second away)
                log.error("sessions_not_read", **faults.facts(fault))
                continue
            await asyncio.gather(
                *(line.hang_up(SESSION_ENDED) for line in self._lines if line.visitor in ended)
            )
