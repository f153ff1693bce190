"""`/readyz` knows when the timetable, or one job of it, has stopped (fault 27)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.jobs import timetable
from portal_app.models import Heartbeat
from portal_app.services.health import readiness, silent_jobs
from portal_app.services.heartbeats import note_beginning
from scripts.with_services import free_port
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


def rested(world: World, **by: int) -> None:
    """All ran, and then nothing did for a while: everything was down."""
    timetable.run_all(world.ports)
    world.clock.advance(**by)


def test_fault_27_a_timetable_that_just_began_is_ready_after_any_rest(world: World) -> None:
    rested(world, days=3)
    assert readiness(world.ports, JOBS)["timetable"] is False

    note_beginning(world.ports)
    assert silent_jobs(world.ports, JOBS) == []
    assert readiness(world.ports, JOBS)["timetable"] is True


def test_fault_27_so_is_the_first_of_all(world: World) -> None:
    note_beginning(world.ports)
    assert readiness(world.ports, JOBS)["timetable"] is True


def test_fault_27_a_timetable_that_began_and_runs_nothing_is_found_out_a_round_later(world: World) -> None:
    rested(world, days=3)
    note_beginning(world.ports)
    world.clock.advance(seconds=60)
    assert readiness(world.ports, JOBS)["timetable"] is True

    world.clock.advance(seconds=16)
    silent = silent_jobs(world.ports, JOBS)
    assert "send_due_requests" in silent
    assert "forget_imports" not in silent  # once an hour: its round is not over

    for name in silent:
        timetable.run(world.ports, name)
    assert readiness(world.ports, JOBS)["timetable"] is True


def test_fault_27_a_running_timetable_says_when_it_began_before_any_job_has_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested(world, minutes=30)
    monkeypatch.setattr(timetable, "run", lambda *_: None)
    monkeypatch.setattr(
        timetable, "TIMETABLE", {"send_due_requests": timetable.TIMETABLE["send_due_requests"]}
    )
    with timetable.running(world.ports):
        assert readiness(world.ports, JOBS)["timetable"] is True


def test_fault_32_once_the_database_is_back_each_job_has_a_round_again(world: World) -> None:
    rested(world, minutes=30)
    there = world.ports.sessions
    away = EngineSessions(make_engine(f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/portal"))
    object.__setattr__(world.ports, "sessions", away)
    timetable.run(world.ports, "send_due_requests")
    assert away.missed_beats

    object.__setattr__(world.ports, "sessions", there)
    there.missed_beats = away.missed_beats
    timetable.run(world.ports, "send_due_requests")
    assert readiness(world.ports, JOBS)["timetable"] is True
    assert not there.missed_beats
