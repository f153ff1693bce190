"""The database under strain: writers wait their turn, readers never stand in the way; a full disk, a restart (faults 5, 31, 32)."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlmodel import func, select

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.domain.actors import Actor
from portal_app.domain.errors import MaybeSaved, NothingSaved
from portal_app.models import AuditEntry, Heartbeat
from portal_app.services.audit_chain import verify
from portal_app.services.firm.frame_views import frame_view
from portal_app.services.health import readiness
from portal_app.services.heartbeats import beating
from portal_app.text import use_locale
from portal_app.work import begin, reading
from tests.conftest import empty
from tests.files.buckets import Line
from tests.world import World

WRITERS = 50
DROPPED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""SQLAlchemy lets go of a line that the server closed without closing it itself, and psycopg remarks on that."""


@contextmanager
def long_reader(world: World) -> Iterator[None]:
    """Somebody who began to read before, and is not done: a report, a backup."""
    with reading(world.ports, Actor.timetable()) as work:
        work.session.exec(select(func.count()).select_from(AuditEntry)).one()
        yield


def write(world: World, number: int) -> None:
    """One unit of work that reads first and writes later."""
    with begin(world.ports, world.staff) as work:
        work.session.exec(select(func.count()).select_from(AuditEntry)).one()
        work.audit("thing:done", firm_id=world.firm.id, number=number)


def test_fault_31_fifty_writers_at_once_and_a_long_reader_lose_nothing(world: World) -> None:
    with long_reader(world), ThreadPoolExecutor(WRITERS) as people:
        list(people.map(lambda number: write(world, number), range(WRITERS)))

    assert sorted(int(row.facts["number"]) for row in world.all(AuditEntry)) == list(range(WRITERS))
    assert verify(world.ports) == []


def test_fault_31_a_writer_waits_for_another_that_holds_the_lock(world: World) -> None:
    held, done = Event(), Event()

    def hold() -> None:
        with world.ports.sessions.writing() as session:
            session.execute(text("UPDATE firm SET name = name"))
            held.set()
            done.wait(timeout=30)
            session.commit()

    holder = Thread(target=hold)
    holder.start()
    assert held.wait(timeout=30)
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(write, world, 7)
        done.set()
        waiting.result(timeout=30)
    holder.join()

    assert [row.facts["number"] for row in world.all(AuditEntry)] == ["7"]


@contextmanager
def full(world: World) -> Iterator[None]:
    """The database takes nothing more: no page on SQLite, no write on PostgreSQL, which is then set to read only."""
    is_sqlite = world.engine.dialect.name == "sqlite"
    with world.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() if is_sqlite else 0

    def fill(dbapi: Any, _record: object, _proxy: object) -> None:
        cursor = dbapi.cursor()
        cursor.execute(f"PRAGMA max_page_count={pages}" if is_sqlite else "SET transaction_read_only = on")
        cursor.close()

    event.listen(world.engine, "checkout", fill)
    try:
        yield
    finally:
        event.remove(world.engine, "checkout", fill)
        world.engine.dispose()


def write_much(world: World) -> None:
    """A unit of two writes, the second of which needs room."""
    with begin(world.ports, world.staff) as work:
        work.add(Heartbeat(name="half", at=work.now))
        work.session.flush()
        work.audit("thing:done", firm_id=world.firm.id, text="x" * 1_000_000)
        work.ring("staff:somebody")


def test_fault_5_a_full_disk_undoes_the_whole_unit_says_so_and_is_over_when_there_is_room(
    world: World,
) -> None:
    with full(world):
        for language, words in (
            ("en", "the portal's disk is full"),
            ("fr", "le disque du portail est plein"),
        ):
            with use_locale(language), pytest.raises(NothingSaved, match=words):
                write_much(world)
        assert not readiness(world.ports, {})["database"]
        assert "disk is full" in frame_view(world.ports, world.staff).troubles[0]
    assert (world.all(Heartbeat), world.all(AuditEntry), world.bell.rung) == ([], [], [])

    write_much(world)

    assert readiness(world.ports, {})["database"]
    assert frame_view(world.ports, world.staff).troubles == []
    assert len(world.all(AuditEntry)) == 1


@pytest.fixture
def postgres_world(postgres_engine: Engine, tmp_path: Path) -> Iterator[World]:
    """A world on PostgreSQL alone; the lines that were cut are swept up in the test that cut them."""
    empty(postgres_engine)
    yield World(postgres_engine, tmp_path / "data")
    postgres_engine.dispose()
    gc.collect()


def cut(world: World) -> None:
    """PostgreSQL restarts, as its clients see it: all their lines are gone."""
    with create_engine(world.engine.url, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


@DROPPED
@pytest.mark.postgres
def test_fault_32_after_a_restart_of_postgresql_the_next_unit_works(postgres_world: World) -> None:
    world = postgres_world
    write(world, 1)
    cut(world)
    write(world, 2)
    assert [row.facts["number"] for row in world.all(AuditEntry)] == ["1", "2"]


@DROPPED
@pytest.mark.postgres
def test_fault_32_a_restart_in_the_middle_of_a_unit_leaves_nothing_of_it_and_says_so(
    postgres_world: World,
) -> None:
    world = postgres_world

    def lose_the_line() -> None:
        with begin(world.ports, world.staff) as work:
            work.add(Heartbeat(name="half", at=work.now))
            work.session.flush()
            cut(world)
            work.audit("thing:done", firm_id=world.firm.id)
            work.ring("staff:somebody")

    with pytest.raises(NothingSaved, match="was away for a moment"):
        lose_the_line()

    assert (world.all(Heartbeat), world.bell.rung) == ([], [])
    assert readiness(world.ports, {})["database"]
    write(world, 3)
    assert [row.facts["number"] for row in world.all(AuditEntry)] == ["3"]


class CommitLine(Line):
    """The way to PostgreSQL; it breaks at the first COMMIT, `delivers` says whether before or behind it."""

    delivers = is_over = False
    arrived: Callable[[], None]

    def _pass_on(self, one: socket.socket, other: socket.socket, *, counts: bool) -> None:
        with suppress(OSError):
            while some := one.recv(1 << 16):
                if self.is_over:
                    return  # the answer is lost
                is_commit = counts and b"COMMIT" in some
                self.is_over |= is_commit
                if not is_commit or self.delivers:
                    other.sendall(some)
                if is_commit:
                    if self.delivers:
                        self.arrived()
                    self.cut()
                    return


@DROPPED
@pytest.mark.postgres
@pytest.mark.parametrize(("language", "words"), [("en", "not certain that"), ("fr", "pas certain que")])
@pytest.mark.parametrize("delivers", [True, False])
def test_fault_32_a_line_that_breaks_at_the_commit_promises_nothing(
    postgres_world: World, delivers: bool, language: str, words: str
) -> None:
    """Whether it arrived is what nobody here can know."""
    world, there = postgres_world, postgres_world.engine.url
    line = CommitLine((there.host or "", there.port or 5432))
    line.delivers, line.arrived = delivers, partial(until, lambda: bool(world.all(AuditEntry)))
    line.mend()
    engine = make_engine(there.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False))
    over_line = replace(world.ports, sessions=EngineSessions(engine))

    with use_locale(language), pytest.raises(MaybeSaved, match=words), begin(over_line, world.staff) as work:
        work.audit("thing:done", firm_id=world.firm.id)
    engine.dispose()

    assert len(world.all(AuditEntry)) == int(delivers)


def until(holds: Callable[[], bool]) -> None:
    """Wait; the test's time limit ends it."""
    while not holds():
        time.sleep(0.01)


def test_asvs_56_what_fails_half_way_leaves_nothing_and_rings_nothing(world: World) -> None:
    def fail() -> None:
        with begin(world.ports, world.staff) as work:
            work.add(Heartbeat(name="half", at=work.now))
            work.audit("thing:done", firm_id=world.firm.id)
            work.ring("staff:somebody")
            work.session.flush()
            raise RuntimeError("half-way")

    with beating(world.ports, "job"):
        fail()

    assert [row.name for row in world.all(Heartbeat)] == ["job"]
    assert world.all(AuditEntry) == []
    assert world.bell.rung == []
