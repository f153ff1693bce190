"""The database under strain: writers wait their turn, readers never stand in the way (fault 31)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import text
from sqlmodel import func, select

from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry, Heartbeat
from portal_app.services.audit_chain import verify
from portal_app.services.heartbeats import beating
from portal_app.work import begin, reading
from tests.world import World

WRITERS = 50


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
