"""From a request's body into sealed parts, without ever holding the loop: two buffers, whatever the file's size."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import ClientDisconnect, Request

from portal_app.domain.errors import DatabaseAway, PortalError
from portal_app.domain.uploads import PART
from portal_app.http.draining import draining
from portal_app.http.tus import Misspoken
from portal_app.ports import Ports
from portal_app.services.files import arrivals, parts
from portal_app.services.files.arrivals import Arrival, SealedPart
from portal_app.services.files.files import Receipt
from portal_app.text import _

P = ParamSpec("P")
T = TypeVar("T")

IDLE = 30.0  # seconds without a byte: a dead network never ends the read by itself
PART_WITHIN = 600.0  # seconds for a part: slower than 1.7 KB/s holds a place that others need
SEALING = 2  # parts being sealed or written at once: each holds a megabyte more, and four made others wait twice as long

_sealers = ThreadPoolExecutor(SEALING, thread_name_prefix="seal")
_committers = ThreadPoolExecutor(2, thread_name_prefix="commit")
_askers = ThreadPoolExecutor(8, thread_name_prefix="files")
_ending: set[asyncio.Task[None]] = set()


async def in_thread(work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """Run `work` where waiting for the disk delays nobody's page; language and log reference come along."""
    return await _run_in(_askers, work, *args, **more)


async def _run_in(pool: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    call = partial(contextvars.copy_context().run, work, *args, **more)
    return await asyncio.get_running_loop().run_in_executor(pool, call)


class Intake:
    """The bytes of one request for one upload: while one buffer fills, the other is sealed.

    What is sealed is written meanwhile, and rows follow in order, a part or two behind: the disk never waits
    for the database, nor the network for either.
    """

    def __init__(self, ports: Ports, arrival: Arrival) -> None:
        self.receipt: Receipt | None = None
        self.offset = arrival.offset
        """Up to where everything is durable."""
        self._ports, self._arrival = ports, arrival
        self._left = arrival.left
        self._size = min(PART, max(1, arrival.left))
        self._filling, self._spare = bytearray(self._size), bytearray()
        self._filled = 0
        self._sealed: asyncio.Future[None] | None = None
        self._committing: asyncio.Task[bool] | None = None
        self._older: asyncio.Task[bool] | None = None
        self._fault: BaseException | None = None

    async def take(self, request: Request) -> None:
        """Store the whole body. However it ends, what arrived before is sealed.

        Raises what `seal_part` and `commit_part` raise, `ClientDisconnect`, and `Misspoken`: 408 when nothing
        came for 30 seconds, 413 for more than the upload's length, 503 when this process is about to stop.
        """
        try:
            async for chunk in _chunks(request):
                await self._put(chunk)
            await self._flush()
        except (ClientDisconnect, Misspoken, asyncio.CancelledError) as ended:
            await _to_the_end(self._flush())
            if isinstance(ended, Misspoken):
                self._raise_fault()
            raise
        finally:
            await _to_the_end(self._committed())

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
        await self._committed()
        self._raise_fault()

    async def _store(self) -> None:
        """Hand the full buffer over and go on in the other, once the part before is out of it.

        The row of the one before that is waited for too: what a kill loses is two parts, and mostly one.
        """
        before = [waited for waited in (self._sealed, self._older) if waited is not None]
        if before:
            await asyncio.wait(before)
        self._raise_fault()
        part = memoryview(self._filling)[: self._filled]
        self._spare = self._spare or bytearray(self._size)
        self._filling, self._spare, self._filled = self._spare, self._filling, 0
        self._sealed = asyncio.get_running_loop().create_future()
        self._older = self._committing
        self._committing = asyncio.ensure_future(self._keep(part, self._sealed, self._older))

    async def _keep(
        self, plain: memoryview, sealed: asyncio.Future[None], before: asyncio.Task[bool] | None
    ) -> bool:
        """Seal and write a part, then its row after the one before; whether it got one.

        Once a part was refused, no later one gets a row; those before it do.
        """
        part = await self._seal(plain, sealed)
        is_next = before is None or await before
        if part is None:
            return False
        if not is_next:
            await _run_in(_sealers, parts.discard_part, self._ports, part)
            return False
        try:
            self.receipt = await _run_in(_committers, parts.commit_part, self._ports, self._arrival, part)
        except Exception as fault:  # noqa: BLE001  raised where the bytes are taken
            self._fault = self._fault or fault
            return False
        self.offset = part.offset + part.size
        return True

    async def _seal(self, plain: memoryview, sealed: asyncio.Future[None]) -> SealedPart | None:
        """A part that is sealed and written; None where that failed. `sealed` is set once `plain` is free."""
        loop = asyncio.get_running_loop()

        def done() -> None:
            loop.call_soon_threadsafe(_resolve, sealed)

        try:
            return await _run_in(_sealers, arrivals.seal_part, self._ports, self._arrival, plain, done)
        except Exception as fault:  # noqa: BLE001  raised where the bytes are taken
            self._fault = self._fault or fault
            return None
        finally:
            _resolve(sealed)

    async def _committed(self) -> None:
        if self._committing is not None:
            await self._committing

    def _raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault


def _resolve(waited: asyncio.Future[None]) -> None:
    if not waited.done():
        waited.set_result(None)


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
            raise _ended() from None
        counted += len(chunk)
        if counted >= PART:
            counted, until = 0, loop.time() + PART_WITHIN
        if chunk:
            yield chunk
    raise _ended()


def _ended() -> Misspoken:
    """Why no more bytes are waited for."""
    if draining.is_on:
        return Misspoken(503, _("The portal is restarting. The upload goes on in a moment."))
    return Misspoken(408, _("Nothing arrived for a while. The upload can go on."))


async def _to_the_end(ending: Coroutine[object, object, None]) -> None:
    """Finish sealing although the request is over, also when its task is being cancelled."""
    task = asyncio.ensure_future(_quietly(ending))
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.shield(task)


async def _quietly(ending: Coroutine[object, object, None]) -> None:
    """What fails now is told to the next request; the one that could be told is gone."""
    try:
        await ending
    except (PortalError, DatabaseAway):
        return
