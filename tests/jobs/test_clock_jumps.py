"""The machine's clock is set far ahead, or back, while the portal runs (fault 28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.domain.actors import Role
from portal_app.domain.errors import NotFound
from portal_app.jobs import timetable
from portal_app.models import Activity, AuditEntry, ClientRequest, ClockJump, Heartbeat
from portal_app.services import clock_jumps
from portal_app.services.clock_jumps import ClockWatch
from portal_app.services.firm.frame_views import frame_view
from tests.services.posted import subjects
from tests.services.reminded import out
from tests.world import World

REMINDER = "Reminder: Documents for 2025"


@pytest.fixture
def world(world: World) -> World:
    """A firm that is no demo."""
    return with_demo(world, is_demo=False)


def with_demo(world: World, *, is_demo: bool) -> World:
    chosen = world.ports.settings.model_copy(update={"demo": is_demo})
    world.ports = replace(world.ports, settings=chosen)
    return world


def round_(world: World, watch: ClockWatch) -> list[str]:
    """One round of the timetable; gives the subjects that left."""
    before = len(world.mail.sent)
    for name in timetable.TIMETABLE:
        timetable.run(world.ports, name, watch)
    return subjects(world)[before:]


def jumped(world: World, **by: float) -> ClockWatch:
    """A timetable that ran once, and then the clock was set."""
    watch = ClockWatch(world.ports)
    round_(world, watch)
    world.clock.jump(**by)
    return watch


def planned(world: World) -> ClientRequest:
    """A request that goes out by itself in two days."""
    client = world.new_client("Aubin inc.")
    request = world.draft_request(client, to=[world.new_contact(client, "Luc Aubin")], name="Payroll")
    return world.change(request, send_at=world.clock.now() + timedelta(days=2))


def test_fault_28_a_jump_ahead_pauses_sends_reminders_and_expiries_until_it_is_confirmed(
    world: World,
) -> None:
    out(world)
    planned(world)

    watch = jumped(world, days=365)

    assert round_(world, watch) == round_(world, watch) == []
    assert world.all(Activity, kind="link_expired") == []
    assert len(world.all(ClockJump)) == 1
    assert {row.name for row in world.all(Heartbeat) if not row.error} >= set(timetable.TIMETABLE)

    clock_jumps.confirm(world.ports, world.staff)

    assert sorted(round_(world, watch)) == ["Documents needed: Payroll", REMINDER]
    assert world.all(Activity, kind="link_expired")
    assert round_(world, watch) == []


def test_fault_28_an_hour_is_no_jump_nor_is_a_day_that_passed(world: World) -> None:
    out(world)
    watch = jumped(world, hours=1)
    world.clock.advance(days=1)

    assert round_(world, watch) == [REMINDER]
    assert world.all(ClockJump) == []


def test_fault_28_small_jumps_add_up(world: World) -> None:
    watch = jumped(world, minutes=40)
    round_(world, watch)
    world.clock.jump(minutes=40)
    round_(world, watch)

    assert [jump.seconds for jump in world.all(ClockJump)] == [80 * 60]


def test_fault_26_and_28_time_spent_down_is_no_jump(world: World) -> None:
    out(world)
    world.clock.jump(days=3)  # nobody watched: the process was not running

    assert round_(world, ClockWatch(world.ports)) == [REMINDER]


def test_fault_28_a_restart_does_not_lift_the_pause(world: World) -> None:
    out(world)
    round_(world, jumped(world, days=2))

    assert round_(world, ClockWatch(world.ports)) == []


def test_fault_28_in_demo_time_is_moved_on_purpose(world: World) -> None:
    out(world)

    assert round_(world, jumped(with_demo(world, is_demo=True), days=2)) == [REMINDER]


@pytest.mark.parametrize("by", [{"hours": -1}, {"days": -2}], ids=str)
def test_fault_28_a_jump_back_sends_nothing_twice(world: World, by: dict[str, float]) -> None:
    out(world)
    planned(world)
    world.clock.advance(days=3)
    watch = ClockWatch(world.ports)
    assert len(round_(world, watch)) == 2

    world.clock.jump(**by)

    assert round_(world, watch) == []
    assert world.all(ClockJump) == []


def test_fault_28_after_a_jump_back_the_next_one_ahead_is_seen(world: World) -> None:
    watch = jumped(world, days=-2)
    round_(world, watch)
    world.clock.jump(days=2)
    round_(world, watch)

    assert [jump.seconds for jump in world.all(ClockJump)] == [2 * 86_400]


def test_fault_28_every_staff_page_says_so_and_an_admin_confirms_which_is_audited(world: World) -> None:
    member = world.actor(world.new_staff("Luc Roy", role=Role.MEMBER))
    assert frame_view(world.ports, world.staff).clock_trouble == ""
    round_(world, jumped(world, days=2))

    said = frame_view(world.ports, world.staff).clock_trouble
    assert "clock was set ahead" in said
    assert frame_view(world.ports, member).clock_trouble == f"{said} An admin or an owner can."
    with pytest.raises(NotFound):
        clock_jumps.confirm(world.ports, member)

    clock_jumps.confirm(world.ports, world.staff)
    clock_jumps.confirm(world.ports, world.staff)

    assert frame_view(world.ports, world.staff).clock_trouble == ""
    confirmed = world.all(AuditEntry, action="clock:confirmed")
    assert {entry.firm_id for entry in confirmed} == {world.firm.id, None}
    assert {entry.actor_id for entry in confirmed} == {world.staff.staff_id}
    assert len(world.all(AuditEntry, action="clock:jumped")) == 1
