"""One request's bytes on their way: what ends it early, and what is kept then."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from itertools import count
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.requests import ClientDisconnect, Request

from portal_app.domain.errors import NothingSaved, PortalError
from portal_app.domain.uploads import MB
from portal_app.http import intake
from portal_app.http.draining import draining
from portal_app.http.intake import Intake
from portal_app.http.tus import Misspoken
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.ports import Ports
from portal_app.services.files import arrivals, parts
from portal_app.services.files.arrivals import Arrival, SealedPart
from tests.files.tools import Asked, begin, pdf
from tests.world import World

BODY = pdf(4 * MB + 5)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What ends a request is the same on every database."""
    return sqlite_engine


class Silence:
    """A connection that brings some bytes and then says nothing, or breaks, or ends."""

    def __init__(self, *chunks: bytes, then_breaks: bool = False, then_ends: bool = False) -> None:
        self._chunks, self._then_breaks, self._then_ends = list(chunks), then_breaks, then_ends
        self.is_silent = asyncio.Event()

    async def receive(self) -> dict[str, object]:
        if self._chunks:
            return {"type": "http.request", "body": self._chunks.pop(0), "more_body": True}
        self.is_silent.set()
        if self._then_ends:
            return {"type": "http.request", "body": b"", "more_body": False}
        if not self._then_breaks:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    def request(self) -> Request:
        return Request({"type": "http", "method": "PATCH", "headers": [], "path": "/"}, self.receive)


@pytest.fixture
def taking(world: World, who: Asked) -> Intake:
    """An upload from its beginning."""
    return Intake(world.ports, arrivals.receive(world.ports, begin(world, who, BODY), 0))


@pytest.fixture
def _drained_after() -> Iterator[None]:
    yield
    draining.is_on = False


def kept(world: World) -> list[int]:
    """Sizes of the parts that have rows; the upload says their sum."""
    sizes = [part.size for part in world.all(FilePart)]
    assert world.all(Upload)[0].received == sum(sizes)
    assert len(world.objects.parts) == len(sizes)
    return sizes


@pytest.mark.parametrize("name", ["IDLE", "PART_WITHIN"])
def test_fault_19_a_line_that_says_nothing_ends_with_408_and_frees_its_place(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(intake, name, 0.05)

    with pytest.raises(Misspoken) as ended:
        asyncio.run(taking.take(Silence(BODY[: MB + 7]).request()))

    assert ended.value.status == 408
    assert kept(world) == [MB, 7]


def test_fault_3_what_came_before_a_cut_is_sealed(world: World, taking: Intake) -> None:
    line = Silence(BODY[:100], BODY[100 : 2 * MB + 1], then_breaks=True)
    with pytest.raises(ClientDisconnect):
        asyncio.run(taking.take(line.request()))
    assert kept(world) == [MB, MB, 1]


def test_what_came_is_sealed_when_the_request_is_cancelled(world: World, taking: Intake) -> None:
    async def cancelled() -> None:
        line = Silence(BODY[: MB + 7])
        task = asyncio.create_task(taking.take(line.request()))
        await line.is_silent.wait()
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert kept(world) == [MB, 7]


@pytest.mark.usefixtures("_drained_after")
def test_a_waiting_request_hears_at_once_that_the_process_stops(world: World, taking: Intake) -> None:
    async def stopped() -> None:
        line = Silence(BODY[: MB + 7])
        task = asyncio.create_task(taking.take(line.request()))
        await line.is_silent.wait()
        draining.begin()
        await task

    with pytest.raises(Misspoken) as ended:
        asyncio.run(stopped())
    assert ended.value.status == 503
    assert kept(world) == [MB, 7]


STAGES = {"seal": (arrivals, "seal_part"), "write": (arrivals, "_put"), "commit": (parts, "commit_parts")}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("number", [0, 1, 3])
def test_once_a_part_failed_no_later_one_gets_a_row_or_keeps_its_object(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch, stage: str, number: int
) -> None:
    module, name = STAGES[stage]
    right: Callable[..., object] = getattr(module, name)
    calls = count()
    keys = count()
    refused: list[SealedPart] = []
    monkeypatch.setattr(arrivals, "_new_key", lambda _upload: f"parts/00/00/{next(keys)}")

    def fails_once(*about: Any) -> object:
        # Two parts may be written at the same time: which it is says the key.
        at = int(about[1].rpartition("/")[2]) if stage == "write" else next(calls)
        if stage == "commit" and number in {part.number for part in about[2]}:
            parts.discard_parts(world.ports, about[2])
            refused.extend(about[2])
            raise PortalError("no")
        if stage != "commit" and at == number:
            raise PortalError("no")
        return right(*about)

    monkeypatch.setattr(module, name, fails_once)
    chunks = [BODY[at : at + 300_000] for at in range(0, len(BODY), 300_000)]
    with pytest.raises(PortalError, match="no"):
        asyncio.run(taking.take(Silence(*chunks, then_ends=True).request()))

    assert kept(world) == [MB] * (refused[0].number if refused else number)
    assert world.all(StoredFile) == []


def test_a_part_is_sealed_while_the_one_before_is_written(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, second_is_sealed, waited = world.ports.objects.put, Event(), []

    def put(key: str, sealed: bytearray) -> None:
        if waited:
            second_is_sealed.set()
        else:
            waited.append(key)
            assert second_is_sealed.wait(30)
        write(key, sealed)

    monkeypatch.setattr(world.ports.objects, "put", put)
    asyncio.run(taking.take(Silence(BODY, then_ends=True).request()))
    assert taking.receipt is not None
    assert taking.receipt.sha256 == hashlib.sha256(BODY).hexdigest()


def test_parts_that_became_durable_during_one_commit_share_the_next(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, groups = parts.commit_parts, []
    all_written = Event()

    def commits(ports: Ports, arrival: Arrival, group: list[SealedPart]) -> object:
        groups.append([part.number for part in group])
        if len(groups) == 1:
            assert all_written.wait(30)
        assert {part.object_key for part in group} <= set(world.ports.objects.keys())
        return commit(ports, arrival, group)

    write = world.ports.objects.put

    def put(key: str, sealed: bytearray) -> None:
        write(key, sealed)
        if len(world.objects.parts) == 4:
            all_written.set()

    monkeypatch.setattr(parts, "commit_parts", commits)
    monkeypatch.setattr(world.ports.objects, "put", put)
    asyncio.run(taking.take(Silence(BODY, then_ends=True).request()))

    assert [number for group in groups for number in group] == [0, 1, 2, 3, 4]
    assert len(groups) < 5
    assert kept(world) == [MB] * 4 + [5]
    assert taking.receipt is not None
    assert taking.receipt.sha256 == hashlib.sha256(BODY).hexdigest()


def test_no_more_than_a_few_parts_are_without_a_row(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = pdf((intake.BEHIND + 4) * MB)
    coming = Intake(world.ports, arrivals.receive(world.ports, begin(world, who, body), 0))
    commit, may_commit = parts.commit_parts, Event()
    write, many = world.ports.objects.put, Event()

    def put(key: str, sealed: bytearray) -> None:
        write(key, sealed)
        if len(world.objects.parts) >= intake.BEHIND:
            many.set()

    def commits(*about: Any) -> object:
        assert may_commit.wait(30)
        return commit(*about)

    async def held_up() -> int:
        task = asyncio.create_task(coming.take(Silence(body, then_ends=True).request()))
        assert await asyncio.to_thread(many.wait, 30)
        for _turn in range(100):  # time enough to go on, if anything did
            await asyncio.sleep(0.002)
        written = len(world.objects.parts)
        may_commit.set()
        await task
        return written

    monkeypatch.setattr(parts, "commit_parts", commits)
    monkeypatch.setattr(world.ports.objects, "put", put)
    assert asyncio.run(held_up()) == intake.BEHIND
    assert coming.receipt is not None


def test_a_part_whose_object_cannot_be_removed_holds_nobody_up(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_about: object) -> None:
        raise OSError("no right to")

    first = iter([PortalError("the part")])
    seal = arrivals.seal_part

    def seals(*about: Any) -> SealedPart:
        for fault in first:
            raise fault
        return seal(*about)

    monkeypatch.setattr(arrivals, "seal_part", seals)
    monkeypatch.setattr(parts, "discard_parts", fails)
    with pytest.raises(PortalError, match="the part"):
        asyncio.run(taking.take(Silence(BODY, then_ends=True).request()))
    assert world.all(FilePart) == []


@pytest.mark.parametrize("fault", [PortalError("the part"), NothingSaved()])
def test_a_line_that_broke_is_said_whatever_became_of_the_last_part(
    taking: Intake, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*_about: object) -> None:
        raise fault

    monkeypatch.setattr(parts, "commit_parts", fails)
    with pytest.raises(ClientDisconnect):
        asyncio.run(taking.take(Silence(BODY[:100], then_breaks=True).request()))


def test_an_empty_request_changes_nothing(world: World, taking: Intake) -> None:
    with pytest.raises(ClientDisconnect):
        asyncio.run(taking.take(Silence(b"", then_breaks=True).request()))
    assert kept(world) == []


def test_a_part_that_failed_is_told_before_that_the_line_went_silent(
    world: World, taking: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_about: object) -> None:
        raise PortalError("the part")

    monkeypatch.setattr(intake, "IDLE", 0.05)
    monkeypatch.setattr(arrivals, "seal_part", fails)
    with pytest.raises(PortalError, match="the part"):
        asyncio.run(taking.take(Silence(BODY[:100]).request()))
