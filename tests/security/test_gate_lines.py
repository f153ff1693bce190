"""Lines and the switchboard, without a server: how many, how long, and what the app hears when one is cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest

from portal_app.domain.visitors import NOBODY, Visitor
from portal_app.gate.sockets import (
    SESSION_ENDED,
    SOCKETS_PER_ADDRESS,
    SOCKETS_PER_SESSION,
    TOO_LARGE,
    TOO_MUCH,
    Full,
    Line,
    Switchboard,
)


class Book:
    """Says who has ended; `asked` is given back each time it was asked."""

    def __init__(self) -> None:
        self.gone: set[Visitor] = set()
        self.asked = threading.Semaphore(0)
        self.is_away = False

    def ended(self, visitors: Collection[Visitor]) -> set[Visitor]:
        self.asked.release()
        if self.is_away:
            raise OSError("the database is away")
        return self.gone & set(visitors)


class Server:
    """The other end of a line: messages to hand in, messages that came out."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: list[dict[str, Any]] = []
        self.is_waited_on = False

    async def receive(self) -> dict[str, Any]:
        self.is_waited_on = True
        try:
            return await self.to_app.get()
        finally:
            self.is_waited_on = False

    async def send(self, message: dict[str, Any]) -> None:
        # Granian closes nothing while somebody waits for a message.
        assert not self.is_waited_on or message["type"] != "websocket.close"
        self.from_app.append(message)

    def line(self, visitor: Visitor = NOBODY) -> Line:
        return Line(visitor, self.receive, self.send, lambda: 0.0)

    def codes(self) -> list[int]:
        return [message["code"] for message in self.from_app if message["type"] == "websocket.close"]


def somebody() -> Visitor:
    return Visitor(staff=uuid4())


@pytest.mark.parametrize(
    ("visitor", "most"),
    [(somebody(), SOCKETS_PER_SESSION), (NOBODY, SOCKETS_PER_ADDRESS)],
    ids=["session", "address"],
)
def test_fault_37_so_many_sockets_and_no_more(visitor, most):
    async def scene() -> None:
        board = Switchboard(Book(), seconds=lambda: 0.0)
        with ExitStack() as held:
            for _ in range(most):
                held.enter_context(board.seat(Server().line(visitor), "203.0.113.9"))
            with pytest.raises(Full), board.seat(Server().line(visitor), "203.0.113.9"):
                pass
            with board.seat(Server().line(somebody()), "203.0.113.9"):
                pass
            with board.seat(Server().line(NOBODY), "203.0.113.10"):
                pass
        with board.seat(Server().line(visitor), "203.0.113.9"):
            pass

    asyncio.run(scene())


def test_fault_37_handshakes_come_sixty_at_once_and_then_one_a_second():
    now = [0.0]

    async def scene() -> list[bool]:
        board, let_in = Switchboard(Book(), seconds=lambda: now[0]), []
        for second in range(62):
            now[0] = 0.0 if second < 61 else 1.0
            try:
                with board.seat(Server().line(), "203.0.113.9"):
                    let_in.append(True)
            except Full:
                let_in.append(False)
        return let_in

    assert asyncio.run(scene()) == [True] * 60 + [False, True]


def test_asvs_19_the_lines_of_an_ended_session_are_cut_and_no_others():
    async def scene() -> None:
        book, gone, stays = Book(), somebody(), somebody()
        board = Switchboard(book, look_every=0)
        cut, kept = Server(), Server()
        with board.seat(cut.line(gone), "a") as first, board.seat(kept.line(stays), "a") as second:
            waiting = asyncio.ensure_future(first.receive())
            other = asyncio.ensure_future(second.receive())
            book.gone = {gone}
            heard = await waiting
            assert heard == {"type": "websocket.disconnect", "code": SESSION_ENDED, "reason": ""}
            assert (cut.codes(), kept.codes()) == ([SESSION_ENDED], [])
            await first.send({"type": "websocket.send", "text": "too late"})
            assert cut.codes() == [SESSION_ENDED]
            assert len(cut.from_app) == 1
            assert not other.done()
            other.cancel()

    asyncio.run(scene())


def test_a_database_that_is_away_cuts_nobody_off_and_is_asked_again():
    async def scene() -> None:
        book, person = Book(), somebody()
        book.is_away = True
        board, server = Switchboard(book, look_every=0), Server()
        with board.seat(server.line(person), "a") as line:
            waiting = asyncio.ensure_future(line.receive())
            for _look in range(3):
                await asyncio.to_thread(book.asked.acquire)
            assert server.codes() == []
            book.is_away, book.gone = False, {person}
            await waiting
            assert server.codes() == [SESSION_ENDED]

    asyncio.run(scene())


def test_without_lines_nobody_is_asked():
    async def scene() -> None:
        board = Switchboard(Book(), look_every=0)
        with board.seat(Server().line(somebody()), "a"):
            watch = board._watch
        assert watch is not None
        await watch

    asyncio.run(scene())


def test_a_browser_that_left_in_the_same_moment_is_no_fault():
    async def scene() -> None:
        server = Server()

        async def gone(_message: dict[str, Any]) -> None:
            raise RuntimeError("the socket is closed")

        line = Line(NOBODY, server.receive, gone)
        waiting = asyncio.ensure_future(line.receive())
        await asyncio.sleep(0)
        await line.hang_up(SESSION_ENDED)
        await line.hang_up(SESSION_ENDED)
        assert (await waiting)["code"] == SESSION_ENDED

    asyncio.run(scene())


@pytest.mark.parametrize("message", [{"text": "x" * (1024 * 1024 + 1)}, {"bytes": bytes(1024 * 1024 + 1)}])
def test_fault_37_a_message_above_a_megabyte_never_reaches_the_app(message):
    async def scene() -> None:
        server = Server()
        server.to_app.put_nowait({"type": "websocket.receive", **message})
        assert (await server.line().receive())["type"] == "websocket.disconnect"
        assert server.codes() == [TOO_LARGE]

    asyncio.run(scene())


def test_fault_37_the_frame_after_the_hundredth_at_once_never_reaches_the_app():
    async def scene() -> None:
        server = Server()
        line = server.line()
        for _ in range(101):
            server.to_app.put_nowait({"type": "websocket.receive", "text": "2"})
        heard = [await line.receive() for _ in range(101)]
        assert [message["type"] for message in heard] == ["websocket.receive"] * 100 + [
            "websocket.disconnect"
        ]
        assert server.codes() == [TOO_MUCH]

    asyncio.run(scene())


def test_no_frame_is_lost_when_the_app_stops_waiting_and_waits_again():
    async def scene() -> None:
        server = Server()
        line = server.line()
        waiting = asyncio.ensure_future(line.receive())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))
        server.to_app.put_nowait({"type": "websocket.receive", "text": "2"})
        assert (await line.receive())["text"] == "2"

    asyncio.run(scene())
