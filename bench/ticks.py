"""Ticks (figures 7 and 8)

A task ticked on a line that is open already, committed to SQLite before it is answered, against a word echoed by a
websocket of Granian with an app that does nothing else; while so many clients have their checklist open, live, on each.
Twenty a second at most, by the same asker, interleaved. Then what each open client costs in memory, against an open websocket
there. Last, the server is killed with all of them there, and started anew: until the last has its live list again, with 200
that knock at once. Askers, clients and servers share the machine.

A tick is far from an echo since it is a request of its own, of 30 statements and about 8 ms of processor: who may answer,
the answer, the timeline, who is told, automations and the next reminder, in one transaction. Where a client takes more memory than a socket, it is Reflex's state of its tab. Clients come back one
after the other, since one process makes each state, asks who it is, and reads the list; meanwhile the page stands, and what is
ticked goes by plain requests, which wait in the same line.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import websockets

from bench import Row, ratio
from bench._asking import Line
from bench._firm import Out
from bench._served import a_firm, portal, raw, requests_out
from tests.files.served import Server
from tests.trial.served import browser

CLIENTS = (200, 1_000, 5_000)
WARM, ROUNDS, A_ROUND = 20, 4, 75
EVERY = 0.05
AT_ONCE = 20
"""Clients that come at the same moment."""
GOALS, MOST_MEMORY = {200: 4, 1_000: 4, 5_000: 8}, 1.2
KNOCKING, BACK_WITHIN, PATIENCE = 200, 5, 600
KB = 1_000


@dataclass
class Crowd:
    """Clients with their checklist open, and as many who hold a websocket of the raw server open."""

    portal: Server
    granian: Server
    people: list[Out]
    open: int = 0
    _kept: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def grow_to(self, count: int) -> None:
        """Let so many be there."""
        for start in range(self.open, count, AT_ONCE):
            coming = self.people[start : min(start + AT_ONCE, count)]
            await asyncio.gather(*(self._come(who) for who in coming))
        self.open = count

    async def come_back(self) -> float:
        """After a power cut of the portal; seconds from its start until the last has its list."""
        self.portal.kill()
        await self.leave()
        self.portal.start()
        started, door = time.perf_counter(), asyncio.Semaphore(KNOCKING)

        async def knock(who: Out) -> None:
            async with door:
                await self._open(who)

        await asyncio.gather(*(knock(who) for who in self.people[: self.open]))
        return time.perf_counter() - started

    async def leave(self) -> None:
        """All go."""
        await self._kept.aclose()

    async def _come(self, who: Out) -> None:
        await self._open(who)
        await self._kept.enter_async_context(self.echo())

    async def _open(self, who: Out) -> None:
        path = f"/requests/{who.request_id}"
        tab = await self._kept.enter_async_context(
            browser(
                self.portal.url,
                cookies={"device": who.cookie},
                path=path,
                query={"id": str(who.request_id)},
                patience=PATIENCE,
            )
        )
        await tab.until(lambda self: f'"{who.task_ids[0]}"' in "".join(self.heard))
        tab.heard.clear()

    def echo(self) -> websockets.connect:
        """A websocket of the raw server."""
        return websockets.connect(f"ws://127.0.0.1:{self.granian.port}/", compression=None)


def measure() -> list[Row]:
    """Both servers with few clients, then with many."""
    with tempfile.TemporaryDirectory(prefix="bench-ticks-") as folder:
        world = a_firm(Path(folder))
        people = requests_out(world, CLIENTS[-1], tasks=10)
        with portal(world) as server, raw() as granian:
            rows = asyncio.run(_measure(Crowd(server, granian, people)))
        world.engine.dispose()
    return rows


async def _measure(crowd: Crowd) -> list[Row]:
    ticks = ((path, who.cookie) for who in crowd.people for path in who.tick_paths())
    rows: list[Row] = []
    try:
        await crowd.grow_to(WARM)
        with Line(crowd.portal.port) as line:
            await _ticked(line, ticks, WARM)  # what is loaded on first use is loaded now
        idle = _held(crowd)
        for count in CLIENTS:
            await crowd.grow_to(count)
            held = _held(crowd)
            rows += await _round_trips(crowd, ticks)
        rows.append(_memory(idle, held, CLIENTS[-1] - WARM))
        rows.append(_back(await crowd.come_back(), crowd.open))
    finally:
        await crowd.leave()
    return rows


async def _round_trips(crowd: Crowd, ticks: Iterator[tuple[str, str]]) -> list[Row]:
    echoed: list[float] = []
    took: list[float] = []
    async with crowd.echo() as socket:
        for _round in range(ROUNDS):
            echoed += await _echoed(socket, A_ROUND)
            with Line(crowd.portal.port) as line:
                took += await _ticked(line, ticks, A_ROUND)
    pairs = ((name, _milliseconds(took, at), _milliseconds(echoed, at)) for name, at in _SPOTS.items())
    return [
        Row(
            f"tick, {name}, {crowd.open:,} clients",
            f"{ours:.1f} ms, {ratio(ours, least)}",
            f"echo: {least:.1f} ms",
            f"≤ {GOALS[crowd.open]}×" if name == "p99" else "",
            ours <= GOALS[crowd.open] * least if name == "p99" else None,
        )
        for name, ours, least in pairs
    ]


_SPOTS = {"median": 0.5, "p99": 0.99}


def _milliseconds(took: list[float], at: float) -> float:
    return 1000 * sorted(took)[round(at * (len(took) - 1))]


async def _ticked(line: Line, ticks: Iterator[tuple[str, str]], count: int) -> list[float]:
    """The asker waits in a thread of its own: the clients' sockets are read meanwhile."""
    took = []
    for _tick in range(count):
        took.append(await asyncio.to_thread(line.tick, *next(ticks)))
        await asyncio.sleep(EVERY)
    return took


async def _echoed(socket: websockets.ClientConnection, count: int) -> list[float]:
    took = []
    for _word in range(count):
        started = time.perf_counter()
        await socket.send("tick")
        await socket.recv()
        took.append(time.perf_counter() - started)
        await asyncio.sleep(EVERY)
    return took


def _held(crowd: Crowd) -> tuple[int, int]:
    """Bytes that the portal and the raw server hold."""
    return crowd.portal.idle_memory(), crowd.granian.idle_memory()


def _memory(idle: tuple[int, int], held: tuple[int, int], clients: int) -> Row:
    ours, least = ((after - before) / clients / KB for before, after in zip(idle, held, strict=True))
    return Row(
        f"memory a client, {clients:,} more",
        f"{ours:.0f} KB, {ratio(ours, least)}",
        f"an open websocket: {least:.0f} KB",
        f"≤ {MOST_MEMORY}×",
        ours <= MOST_MEMORY * least,
    )


def _back(took: float, clients: int) -> Row:
    return Row(
        f"all {clients:,} back after kill -9", f"{took:.1f} s", "", f"≤ {BACK_WITHIN} s", took <= BACK_WITHIN
    )
