"""The team: roles, leaving with a successor, coming back (1.13, 1.16)."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.automations import Trigger
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.visitors import Visitor
from portal_app.models import (
    AuditEntry,
    Automation,
    ClientAssignment,
    KnownBrowser,
    Notification,
    SignInSession,
    Staff,
    Task,
)
from portal_app.services import access
from portal_app.services.actors import actor_of
from portal_app.services.reminders.reminder_mail import sender_of
from portal_app.services.requests import automatic
from portal_app.services.team import team, team_views
from portal_app.services.triage import triage
from portal_app.work import reading
from tests.world import World


@pytest.fixture
def luc(world: World) -> Staff:
    return world.new_staff("Luc Bergeron")


@pytest.fixture
def eve(world: World) -> Staff:
    return world.new_staff("Ève Marchand")


def told(world: World, staff: Staff, once_key: str, **more: object) -> Notification:
    return world.put(
        Notification(
            firm_id=world.firm.id,
            staff_id=staff.id,
            kind="task_completed",
            once_key=once_key,
            at=world.clock.now(),
            **more,
        )
    )


def asks(world: World, session: SignInSession) -> Actor:
    """Who asks by this session, at the next event."""
    return actor_of(world.ports, Kind.STAFF, Visitor(staff=session.id), locale="en", address="")


def test_1_13_leaving_ends_the_sessions_at_once_and_for_nobody_else(
    world: World, luc: Staff, eve: Staff
) -> None:
    his, _token = world.new_session(staff_id=luc.id, firm_id=world.firm.id)
    hers, _token = world.new_session(staff_id=eve.id, firm_id=world.firm.id)
    device, _token = world.new_device()
    world.put(
        KnownBrowser(
            firm_id=world.firm.id,
            device_id=device.device_id,
            staff_id=luc.id,
            since=world.clock.now(),
            remembered_until=world.clock.now(),
        )
    )
    assert asks(world, his).staff_id == luc.id

    assert team.deactivate(world.ports, world.staff, luc.id, eve.id)

    assert asks(world, his).kind is Kind.NOBODY
    assert asks(world, hers).staff_id == eve.id
    assert f"session:{his.id}" in world.bell.rung
    assert world.all(KnownBrowser)[0].remembered_until is None
    assert not team.deactivate(world.ports, world.staff, luc.id, eve.id), "a second press changes nothing"


def test_1_13_what_was_theirs_passes_to_the_successor_and_is_counted_before(
    world: World, luc: Staff, eve: Staff
) -> None:
    client = world.new_client("Clinique Papineau", assigned=luc)
    shared = world.new_client("Érablière Roy", assigned=luc)
    world.put(ClientAssignment(firm_id=world.firm.id, client_id=shared.id, staff_id=eve.id, position=1))
    item = world.new_work(client, assignee_id=luc.id)
    done = world.new_work(client, assignee_id=luc.id, completed_at=world.clock.now())
    request = world.draft_request(client, work=item, to=[world.new_contact(client)], tasks=["T4"])
    world.change(world.tasks(request)[0], assignee_id=luc.id)
    now = world.clock.now()
    world.put(
        Automation(
            firm_id=world.firm.id,
            name="A",
            trigger=Trigger.REQUEST_SENT,
            assigns_id=luc.id,
            on_at=now,
            created_at=now,
        )
    )
    told(world, luc, "a")
    told(world, luc, "read", read_at=now)
    told(world, luc, "both")
    told(world, eve, "both")

    before = team_views.leaving_view(world.ports, world.staff, luc.id)
    team.deactivate(world.ports, world.staff, luc.id, eve.id)
    after = team_views.leaving_view(world.ports, world.staff, luc.id)

    assert before.lines == [
        "1 work item",
        "1 task of the office",
        "2 assigned clients",
        "2 open notifications",
        "1 automation",
    ]
    assert world.get(item).assignee_id == eve.id
    assert world.get(done).assignee_id == luc.id, "what is over keeps its name"
    assert world.all(Task)[0].assignee_id == eve.id
    assert world.all(Automation)[0].assigns_id == eve.id
    looks_after = {(row.client_id, row.staff_id) for row in world.all(ClientAssignment)}
    assert looks_after == {(client.id, eve.id), (shared.id, eve.id)}
    assert {row.once_key for row in world.all(Notification, staff_id=eve.id)} == {"a", "both"}
    assert after.lines == ["1 open notification"], "what both were told of stays where it was"


def test_1_13_coming_sends_reminders_and_new_notifications_go_by_the_successor(
    world: World, luc: Staff, eve: Staff
) -> None:
    client = world.new_client(assigned=luc)
    item = world.new_work(client, assignee_id=luc.id)
    sent = world.draft_request(client, work=item, to=[world.new_contact(client)], due_on=date(2026, 3, 31))
    world.change(sent, sent_at=world.clock.now(), sent_by_staff_id=luc.id, next_reminder_at=world.clock.now())
    planned = world.draft_request(client, work=item, to=[world.new_contact(client, "Paul Roy")])
    world.change(planned, send_at=world.clock.now())
    lines = team_views.leaving_view(world.ports, world.staff, luc.id).lines
    assert lines[-2:] == ["1 coming send", "reminders of 1 request"]

    team.deactivate(world.ports, world.staff, luc.id, eve.id)

    with reading(world.ports, Actor.timetable()) as work:
        sight, coming = access.sight_of(work, sent.id), access.sight_of(work, planned.id)
        assert sight
        assert coming
        assert sender_of(work, sight).id == eve.id
        assert automatic.sender_of(work, coming).id == eve.id
        assert triage.told(work, sight) == [eve.id]
    third = world.new_staff("Third Person")
    team.deactivate(world.ports, world.staff, eve.id, third.id)
    with reading(world.ports, Actor.timetable()) as work:
        assert triage.told(work, access.sight_of(work, sent.id)) == [third.id], "on and on"


@pytest.mark.parametrize("whom", ["nobody", "themselves", "one who left", "another firm's"])
def test_1_13_whoever_takes_over_works_here(world: World, luc: Staff, eve: Staff, whom: str) -> None:
    world.change(eve, deactivated_at=world.clock.now())
    other = world.new_firm("Other CPA", slug="other")
    heirs = {
        "nobody": None,
        "themselves": luc.id,
        "one who left": eve.id,
        "another firm's": world.new_staff("Rival", firm=other).id,
    }
    with pytest.raises((BadInput, NotFound)) as refused:
        team.deactivate(world.ports, world.staff, luc.id, heirs[whom])
    assert isinstance(refused.value, NotFound) or refused.value.field == "successor_id"
    assert world.get(luc).deactivated_at is None


def test_1_13_the_last_owner_is_neither_deactivated_nor_demoted(world: World, luc: Staff) -> None:
    second = world.new_staff("Second Owner", role=Role.OWNER)
    asker = world.actor(second)
    team.deactivate(world.ports, world.staff, second.id, luc.id)
    for press in (
        lambda: team.deactivate(world.ports, asker, world.owner.id, luc.id),
        lambda: team.change_role(world.ports, asker, world.owner.id, Role.ADMIN),
    ):
        with pytest.raises(RuleBroken, match="last owner"):
            press()
    world.change(second, deactivated_at=None)
    assert team.change_role(world.ports, asker, world.owner.id, Role.ADMIN)


def test_nobody_deactivates_themselves(world: World, luc: Staff) -> None:
    world.new_staff("Second Owner", role=Role.OWNER)
    with pytest.raises(RuleBroken, match="themselves"):
        team.deactivate(world.ports, world.staff, world.owner.id, luc.id)


def test_1_16_only_owners_touch_owners_and_make_them(world: World, luc: Staff, eve: Staff) -> None:
    second = world.new_staff("Second Owner", role=Role.OWNER)
    admin = world.actor(world.new_staff("Admin", role=Role.ADMIN))
    for press in (
        lambda: team.change_role(world.ports, admin, second.id, Role.MEMBER),
        lambda: team.change_role(world.ports, admin, luc.id, Role.OWNER),
        lambda: team.deactivate(world.ports, admin, second.id, luc.id),
    ):
        with pytest.raises(NotFound):
            press()
    assert world.get(second).role is Role.OWNER
    assert team.change_role(world.ports, admin, luc.id, Role.ADMIN)
    assert team.deactivate(world.ports, admin, luc.id, eve.id)
    team.deactivate(world.ports, world.staff, second.id, eve.id)
    with pytest.raises(NotFound):
        team.reactivate(world.ports, admin, second.id)


@pytest.mark.parametrize("who", ["a member", "another firm's owner"])
def test_1_16_members_and_strangers_have_no_team_to_change(
    world: World, luc: Staff, eve: Staff, who: str
) -> None:
    other = world.new_firm("Other CPA", slug="other")
    askers = {
        "a member": world.actor(eve),
        "another firm's owner": world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other)),
    }
    asker = askers[who]
    for press in (
        lambda: team.change_role(world.ports, asker, luc.id, Role.ADMIN),
        lambda: team.deactivate(world.ports, asker, luc.id, eve.id),
        lambda: team.reactivate(world.ports, asker, luc.id),
        lambda: team_views.leaving_view(world.ports, asker, luc.id),
        lambda: team.deactivate(world.ports, asker, uuid4(), eve.id),
    ):
        with pytest.raises(NotFound):
            press()
    if who == "a member":
        with pytest.raises(NotFound):
            team_views.team_view(world.ports, asker)
    else:
        assert [row.name for row in team_views.team_view(world.ports, asker).members] == ["Rival"]


def test_a_new_role_holds_from_the_next_event(world: World, luc: Staff) -> None:
    session, _token = world.new_session(staff_id=luc.id, firm_id=world.firm.id)
    assert asks(world, session).role is Role.MEMBER
    team.change_role(world.ports, world.staff, luc.id, Role.ADMIN)
    assert asks(world, session).role is Role.ADMIN
    assert [row.action for row in world.all(AuditEntry)][-1] == "team:role_changed"


def test_1_13_whoever_comes_back_signs_in_as_before_and_is_told_again(
    world: World, luc: Staff, eve: Staff
) -> None:
    client = world.new_client(assigned=luc)
    team.deactivate(world.ports, world.staff, luc.id, eve.id)
    [row] = team_views.team_view(world.ports, world.staff).left
    assert (row.name, row.can_return) == ("Luc Bergeron", True)
    assert "Ève Marchand took over" in row.seen

    assert team.reactivate(world.ports, world.staff, luc.id)
    assert not team.reactivate(world.ports, world.staff, luc.id)

    back = world.get(luc)
    assert (back.deactivated_at, back.successor_id, back.password_hash) == (None, None, luc.password_hash)
    with reading(world.ports, Actor.timetable()) as work:
        assert triage.successor(work, luc.id) == luc.id
        assert triage.assigned(work, client.id) == [eve.id], "what passed stays"


def test_the_page_says_which_buttons_there_are(world: World, luc: Staff) -> None:
    rows = {row.name: row for row in team_views.team_view(world.ports, world.staff).members}
    assert (rows["Luc Bergeron"].can_change, rows["Luc Bergeron"].can_leave) == (True, True)
    own = rows["Sophie Ouellet"]
    assert (own.can_change, own.can_leave, own.note) == (False, False, "The last owner: one always remains.")
    admin = world.actor(world.new_staff("Admin", role=Role.ADMIN))
    view = team_views.team_view(world.ports, admin)
    assert {row.name: row.can_change for row in view.members}["Sophie Ouellet"] is False
    assert [role.id for role in view.roles] == ["member", "admin"]
