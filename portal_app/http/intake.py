"""From a request's body into sealed parts, without ever holding the loop: two buffers, whatever the file's size."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import ClientDisconnect, Request

from portal_app.domain.errors import PortalError
from portal_app.domain.uploads import PART
from portal_app.http.draining import draining
from portal_app.http.tus import Misspoken
from portal_app.ports import Ports
from portal_app.services import arrivals
from portal_app.services.arrivals import Arrival
from portal_app.services.files import Receipt
from portal_app.text import _

P = ParamSpec("P")
T = TypeVar("T")

IDLE = 30.0  # seconds without a byte: a dead network never ends the read by itself
PART_WITHIN = 600.0  # seconds for a part: slower than 1.7 KB/s holds a place that others need
THREADS = 8

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="parts")
_ending: set[asyncio.Task[None]] = set()


async def in_thread(work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Run `work` where waiting for the disk delays nobody's page; language and log reference come along."""
    call = partial(contextvars.copy_context().run, work, *args, **more)
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


class Intake:
    """The bytes of one request for one upload: while one buffer fills, the other is sealed and written."""

    def __init__(self, ports: Ports, arrival: Arrival) -> None:
        self.receipt: Receipt | None = None
        self._ports, self._arrival = ports, arrival
        self._left = arrival.left
        self._size = min(PART, max(1, arrival.left))
        self._filling, self._spare = bytearray(self._size), bytearray()
        self._filled = 0
        self._storing: asyncio.Future[Receipt | None] | None = None

    @property
    def offset(self) -> int:
        """Up to where everything is durable; right once nothing is being stored."""
        return self._arrival.offset

    async def take(self, request: Request) -> None:
        """Store the whole body. However it ends, what arrived before is sealed.

        Raises what `store_part` raises, `ClientDisconnect`, and `Misspoken`: 408 when nothing came for 30
        seconds, 413 for more than the upload's length, 503 when this process is about to stop.
        """
        try:
            async for chunk in _chunks(request):
                await self._put(chunk)
            await self._flush()
        except (ClientDisconnect, Misspoken, asyncio.CancelledError):
            await _to_the_end(self._flush())
            raise

    async def _put(self, chunk: bytes) -> None:
        """Copy into the buffer; a full one is stored when more comes, so that too much is seen before the end."""
        rest = memoryview(chunk)
        if len(rest) > self._left:
            self._filled = 0
            raise Misspoken(413, "More bytes than Upload-Length.")
        self._left -= len(rest)
        while rest:
            if self._filled == self._size:
                await self._store()
            count = min(self._size - self._filled, len(rest))
            self._filling[self._filled : self._filled + count] = rest[:count]
            self._filled += count
            rest = rest[count:]

    async def _flush(self) -> None:
        if self._filled:
            await self._store()
        await self._stored()

    async def _store(self) -> None:
        """Wait for the part before, then hand this one over and go on in the other buffer."""
        await self._stored()
        part = memoryview(self._filling)[: self._filled]
        self._spare = self._spare or bytearray(self._size)
        self._filling, self._spare, self._filled = self._spare, self._filling, 0
        self._storing = asyncio.ensure_future(
            in_thread(arrivals.store_part, self._ports, self._arrival, part)
        )

    async def _stored(self) -> None:
        if self._storing is not None:
            storing, self._storing = self._storing, None
            self.receipt = await asyncio.shield(storing)


async def discard(request: Request, most: int = 32 * PART) -> None:
    """Read on for a while, so that a browser that is still sending reads the refusal instead of a reset."""
    seen = 0
    try:
        async for chunk in _chunks(request):
            seen += len(chunk)
            if seen > most:
                return
    except (ClientDisconnect, PortalError, RuntimeError):
        return


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    stream, counted, until = aiter(request.stream()), 0, loop.time() + PART_WITHIN
    while not draining.is_on:
        try:
            async with draining.patience(min(IDLE, until - loop.time())):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if draining.is_on:
                break
            raise Misspoken(408, _("Nothing arrived for a while. The upload can go on.")) from None
        counted += len(chunk)
        if counted >= PART:
            counted, until = 0, loop.time() + PART_WITHIN
        if chunk:
            yield chunk
    raise Misspoken(503, _("The portal is restarting. The upload goes on in a moment."))


async def _to_the_end(ending: object) -> None:
    """Finish sealing although the request is over, also when its task is being cancelled."""
    task = asyncio.ensure_future(_quietly(ending))
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.shield(task)


async def _quietly(ending: object) -> None:
    """What fails now is told to the next request; the one that could be told is gone."""
    try:
        await ending  # type: ignore[misc]
    except PortalError:
        return
