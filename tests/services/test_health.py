"""`/readyz` knows when the timetable, or one job of it, has stopped (fault 27)."""

from __future__ import annotations

from datetime import timedelta

from portal_app.jobs import timetable
from portal_app.models import Heartbeat
from portal_app.services.health import readiness, silent_jobs
from tests.world import World

JOBS = {name: every for name, (every, _job) in timetable.TIMETABLE.items()}


def test_fault_27_a_timetable_that_never_ran_is_not_ready(world: World) -> None:
    assert readiness(world.ports, JOBS) == {"database": True, "storage": True, "timetable": False}


def test_fault_27_a_timetable_that_runs_is_ready_and_one_that_stopped_is_not(world: World) -> None:
    timetable.run_all(world.ports)
    assert readiness(world.ports, JOBS)["timetable"] is True

    world.clock.advance(minutes=10)
    assert readiness(world.ports, JOBS)["timetable"] is False


def test_fault_27_one_job_that_stopped_is_named_while_the_others_run(world: World) -> None:
    timetable.run_all(world.ports)
    for _round in range(10):
        world.clock.advance(minutes=1)
        for name in JOBS.keys() - {"send_due_requests"}:
            timetable.run(world.ports, name)

    assert silent_jobs(world.ports, JOBS) == ["send_due_requests"]
    assert readiness(world.ports, JOBS)["timetable"] is False


def test_fault_27_a_job_that_fails_has_run(world: World) -> None:
    timetable.run_all(world.ports)
    row = world.all(Heartbeat, name="send_due_requests")[0]
    with world.ports.sessions.writing() as session:
        kept = session.get(Heartbeat, row.name)
        assert kept is not None
        kept.error, kept.failed_at = "RuntimeError: no luck", world.clock.now()
        session.add(kept)
        session.commit()

    assert silent_jobs(world.ports, JOBS) == []


def test_a_job_that_runs_seldom_may_be_silent_for_long(world: World) -> None:
    timetable.run_all(world.ports)
    seldom = {"sweep_orphans": timedelta(hours=6)}

    world.clock.advance(hours=18)
    assert silent_jobs(world.ports, seldom) == []

    world.clock.advance(minutes=6)
    assert silent_jobs(world.ports, seldom) == ["sweep_orphans"]
