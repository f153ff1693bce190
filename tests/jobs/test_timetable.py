"""The timetable runs what is due, once, and says so in its heartbeat; time travel stops at every due moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from portal_app.adapters.bell import MemoryBell
from portal_app.adapters.clock import TravellingClock
from portal_app.domain.actors import Actor
from portal_app.jobs import timetable, travel
from portal_app.models import ClockShift, Heartbeat, MailPhase, OutboxMail
from portal_app.ports import MailRefused, Ports
from portal_app.services.requests import sending
from tests.world import World


def waiting_mail(world: World) -> None:
    """A request that was sent, its e-mail still in the outbox."""
    client = world.new_client()
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact])
    sending.send_request(world.ports, world.staff, request.id, [contact.id], key="once")


def phases(world: World) -> list[MailPhase]:
    return [mail.phase for mail in world.all(OutboxMail)]


def test_every_job_runs_and_leaves_a_heartbeat(world: World) -> None:
    waiting_mail(world)

    timetable.run_all(world.ports)

    assert phases(world) == [MailPhase.SENT]
    assert {row.name for row in world.all(Heartbeat) if not row.error} == set(timetable.TIMETABLE)


def test_fault_27_a_job_that_raises_is_seen_in_its_heartbeat_and_the_others_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_ports: Ports) -> None:
        raise RuntimeError("no luck")

    waiting_mail(world)
    monkeypatch.setitem(timetable.TIMETABLE, "sweep_uploads", (timedelta(minutes=10), fail))

    timetable.run_all(world.ports)

    beats = {row.name: row.error for row in world.all(Heartbeat)}
    assert beats["sweep_uploads"] == "RuntimeError: no luck"
    assert phases(world) == [MailPhase.SENT]


def test_mail_leaves_when_its_bell_rings_without_waiting_for_the_next_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = Event()
    every, deliver = timetable.TIMETABLE["deliver_outbox"]

    def deliver_and_say(ports: Ports) -> None:
        deliver(ports)
        if phases(world) == [MailPhase.SENT]:
            delivered.set()

    monkeypatch.setitem(timetable.TIMETABLE, "deliver_outbox", (timedelta(hours=1), deliver_and_say))
    ports = replace(world.ports, bell=MemoryBell())
    object.__setattr__(world, "ports", ports)
    assert every < timedelta(hours=1)

    with timetable.running(ports):
        waiting_mail(world)
        assert delivered.wait(timeout=30)


def test_time_travel_retries_a_deferred_mail_at_its_moments_and_keeps_the_shift(world: World) -> None:
    waiting_mail(world)
    clock = TravellingClock()
    clock.move_to(datetime.now(UTC))  # noqa: TID251  the demo's clock runs on the machine's
    world.mail.script = [MailRefused("451 later", code=451, is_final=False)] * 3
    for mail in world.all(OutboxMail):
        world.change(mail, next_try_at=clock.now(), queued_at=clock.now())
    ports = replace(world.ports, clock=clock)

    arrived = travel.travel(ports, timedelta(days=1))

    assert phases(world) == [MailPhase.SENT]
    assert world.mail.script == []
    assert world.all(ClockShift)[0].seconds == int(clock.shift.total_seconds()) + 1
    assert arrived >= clock.now() - timedelta(minutes=1)


@pytest.mark.parametrize("by", [timedelta(seconds=-1), timedelta(days=801)])
def test_time_travels_neither_back_nor_without_end(world: World, by: timedelta) -> None:
    with pytest.raises(ValueError, match="800 days"):
        travel.travel(replace(world.ports, clock=TravellingClock()), by)


def test_only_the_demos_clock_can_be_moved(world: World) -> None:
    with pytest.raises(TypeError):
        travel.travel(world.ports, timedelta(days=1))
    assert world.all(ClockShift) == []
    assert Actor.timetable().staff_id is None
