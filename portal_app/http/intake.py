"""From a request's body into sealed parts, without ever holding the loop: two buffers, whatever the file's size."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
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
BEHIND = 4  # parts of a request without a row: what a kill loses of a stream in full flow
TOGETHER = 2  # parts that share a commit where so many are on their way; more where they came meanwhile
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

    What is sealed is written meanwhile, and rows follow in order, a few parts behind: the disk never waits
    for the database, nor the network for either. Parts that became durable during one commit share the next.
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
        self._written: deque[asyncio.Task[SealedPart | None]] = deque()
        self._rows: asyncio.Task[None] | None = None
        self._behind = asyncio.Semaphore(BEHIND)
        self._is_refused = False
        self._fault: BaseException | None = None

    async def take(self, request: Request) -> None:
        """Store the whole body. However it ends, what arrived before is sealed.

        Raises what `seal_part` and `commit_parts` raise, `ClientDisconnect`, and `Misspoken`: 408 when nothing
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
        """Hand the full buffer over and go on in the other, once the part before is out of it."""
        if self._sealed is not None:
            await asyncio.wait([self._sealed])
        await self._behind.acquire()
        self._raise_fault()
        part = memoryview(self._filling)[: self._filled]
        self._spare = self._spare or bytearray(self._size)
        self._filling, self._spare, self._filled = self._spare, self._filling, 0
        self._sealed = asyncio.get_running_loop().create_future()
        self._written.append(asyncio.ensure_future(self._seal(part, self._sealed)))
        if self._rows is None or self._rows.done():
            self._rows = asyncio.ensure_future(self._give_rows())

    async def _give_rows(self) -> None:
        """Rows for what is written, in order, until nothing is left.

        Once a part was refused, no later one gets a row; those before it do.
        """
        while self._written:
            await asyncio.wait(list(islice(self._written, TOGETHER)))
            group = []
            while self._written and self._written[0].done():
                group.append(self._written.popleft().result())
            await self._commit(group)
            for _part in group:
                self._behind.release()

    async def _commit(self, group: list[SealedPart | None]) -> None:
        """One commit for the parts before the first that failed; those after it are removed."""
        kept: list[SealedPart] = []
        left: list[SealedPart] = []
        for part in group:
            self._is_refused |= part is None
            if part is not None:
                (left if self._is_refused else kept).append(part)
        if kept:
            with self._refusing():
                self.receipt = await _run_in(
                    _committers, parts.commit_parts, self._ports, self._arrival, kept
                )
                self.offset = kept[-1].offset + kept[-1].size
        if left:
            with self._refusing():
                await _run_in(_sealers, parts.discard_parts, self._ports, left)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """What fails here is raised where the bytes are taken, and no later part gets a row."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001  of any kind
            self._fault, self._is_refused = self._fault or fault, True

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
        if self._rows is not None:
            await asyncio.wait([self._rows])

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
