"""Requests that go out by themselves: when, from whom, once; and why not (5.4, 6.1, 6.17 to 6.19)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portal_app.domain.lifecycle import State, Unsent, unsent
from portal_app.domain.send_rules import Held
from portal_app.models import (
    Activity,
    Client,
    ClientAssignment,
    ClientRequest,
    Contact,
    OutboxMail,
    Recipient,
    WorkItem,
    WorkStatus,
)
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.automatic import send_due_requests
from tests.services.planned import no_recipient, told
from tests.services.posted import parsed
from tests.services.sends import facts_of, state_of
from tests.world import World


@pytest.fixture
def client(world: World) -> Client:
    return world.new_client()


@pytest.fixture
def request_(world: World, client: Client) -> ClientRequest:
    """A request that goes out in an hour."""
    request = world.draft_request(client, due_on=date(2026, 3, 20))
    return world.change(request, send_at=world.clock.now() + timedelta(hours=1))


def test_5_4_a_request_goes_out_when_its_moment_comes_and_not_before(
    world: World, request_: ClientRequest
) -> None:
    world.clock.advance(minutes=59, seconds=59)
    assert send_due_requests(world.ports) == 0
    assert state_of(world, request_) is State.SCHEDULED

    world.clock.advance(seconds=1)
    assert send_due_requests(world.ports) == 1

    assert world.subjects() == ["Documents needed: Documents for 2025"]
    row = world.get(request_)
    assert (row.sent_at, row.send_at) == (world.clock.now(), None)
    assert [one.facts["is_automatic"] for one in world.all(Activity, kind="request_sent")] == ["yes"]


def test_fault_25_the_job_may_run_twice_and_late_and_sends_once(
    world: World, request_: ClientRequest
) -> None:
    world.clock.advance(hours=30)

    assert [send_due_requests(world.ports) for _ in range(3)] == [1, 0, 0]
    assert len(world.all(OutboxMail)) == 1


def test_fault_25_two_timetables_at_once_send_once(world: World, request_: ClientRequest) -> None:
    world.clock.advance(hours=1)
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        send_due_requests(world.ports)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.all(OutboxMail)) == 1


def test_fault_26_what_the_server_missed_goes_out_once_on_its_return(
    world: World, request_: ClientRequest
) -> None:
    """6.17, 6.18."""
    world.clock.advance(days=3)

    assert send_due_requests(world.ports) == 1
    assert world.get(request_).sent_at == world.clock.now()


def test_6_1_it_comes_from_the_works_assignee(world: World, client: Client, request_: ClientRequest) -> None:
    luc = world.new_staff("Luc Roy")
    world.change(world.all(WorkItem)[0], assignee_id=luc.id)
    world.clock.advance(hours=1)

    send_due_requests(world.ports)

    assert world.get(request_).sent_by_staff_id == luc.id
    assert "Luc Roy" in _from_line(world)


@pytest.mark.parametrize("has_left", [True, False])
def test_6_17_without_an_active_assignee_it_comes_from_the_clients_first_assigned_staff(
    world: World, client: Client, request_: ClientRequest, has_left: bool
) -> None:
    gone, second = world.new_staff("Luc Roy"), world.new_staff("Eve Roy")
    if has_left:
        world.change(gone, deactivated_at=world.clock.now())
    world.put(ClientAssignment(firm_id=client.firm_id, client_id=client.id, staff_id=second.id, position=1))
    world.change(world.all(WorkItem)[0], assignee_id=gone.id if has_left else None)
    world.clock.advance(hours=1)

    send_due_requests(world.ports)

    assert world.get(request_).sent_by_staff_id == world.owner.id, "assigned first"


def test_1_13_it_comes_from_whoever_took_over_from_the_assignee(
    world: World, request_: ClientRequest
) -> None:
    heir = world.new_staff("Eve Roy")
    gone = world.new_staff("Luc Roy", deactivated_at=world.clock.now(), successor_id=heir.id)
    world.change(world.all(WorkItem)[0], assignee_id=gone.id)
    world.clock.advance(hours=1)

    send_due_requests(world.ports)

    assert world.get(request_).sent_by_staff_id == heir.id


def _no_task(world: World, request: ClientRequest) -> None:
    for task in world.tasks(request):
        world.change(task, put_aside_at=world.clock.now())


def no_address(world: World, request: ClientRequest) -> None:
    world.change(world.all(Contact)[0], email="", email_key=None)


def _bounced(world: World, request: ClientRequest) -> None:
    world.change(world.all(Contact)[0], bounced_at=world.clock.now())


def _archived(world: World, request: ClientRequest) -> None:
    world.change(world.all(Contact)[0], archived_at=world.clock.now())


def _nobody(world: World, request: ClientRequest) -> None:
    world.change(world.owner, deactivated_at=world.clock.now())


REASONS = {
    "without recipient": (no_recipient, Held.NO_RECIPIENT),
    "without open task": (_no_task, Held.NO_OPEN_TASK),
    "without address": (no_address, Held.NO_ADDRESS),
    "with an address that bounced": (_bounced, Held.NO_ADDRESS),
    "with an archived contact alone": (_archived, Held.NO_RECIPIENT),
}


@pytest.mark.parametrize("case", REASONS)
def test_6_17_without_something_needed_it_does_not_go_says_why_and_tells_once(
    world: World, request_: ClientRequest, case: str
) -> None:
    spoil, reason = REASONS[case]
    spoil(world, request_)
    world.clock.advance(hours=1)

    assert [send_due_requests(world.ports) for _ in range(3)] == [0, 0, 0]

    row = world.get(request_)
    assert (row.sent_at, row.held_because, row.held_at) == (None, reason, world.clock.now())
    assert world.all(OutboxMail) == []
    assert [(one.staff_id, one.facts) for one in told(world, "send_failed")] == [
        (world.owner.id, {"because": reason.value})
    ]
    assert (state_of(world, row), unsent(facts_of(world, row))) == (State.NOT_SENT, Unsent.HELD)


def test_6_17_who_is_told_is_the_assignee_or_else_the_assigned_staff(
    world: World, client: Client, request_: ClientRequest
) -> None:
    luc = world.new_staff("Luc Roy")
    world.change(world.all(WorkItem)[0], assignee_id=luc.id)
    no_recipient(world, request_)
    world.clock.advance(hours=1)
    send_due_requests(world.ports)
    assert [one.staff_id for one in told(world, "send_failed")] == [luc.id]

    other = world.draft_request(client, to=[], work=world.new_work(client, assignee_id=None))
    world.change(other, send_at=world.clock.now())
    send_due_requests(world.ports)
    assert [one.staff_id for one in told(world, "send_failed")] == [luc.id, world.owner.id]


def test_6_17_with_nobody_active_it_does_not_go(world: World, request_: ClientRequest) -> None:
    _nobody(world, request_)
    world.clock.advance(hours=1)

    assert send_due_requests(world.ports) == 0
    assert world.get(request_).held_because == Held.NO_SENDER


def test_6_17_what_is_held_does_not_go_later_by_itself_and_goes_by_hand(
    world: World, request_: ClientRequest
) -> None:
    no_address(world, request_)
    world.clock.advance(hours=1)
    send_due_requests(world.ports)
    person = world.change(world.all(Contact)[0], email="a@client.example", email_key="a@client.example")

    world.clock.advance(days=1)
    assert send_due_requests(world.ports) == 0

    sending.send_request(world.ports, world.staff, request_.id, [person.id], "press")
    row = world.get(request_)
    assert (row.held_at, row.held_because, row.send_at) == (None, "", None)
    assert len(world.all(OutboxMail)) == 1


def test_6_17_it_goes_to_whoever_can_be_written_to_and_staff_are_told_of_the_others(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Luc Roy"), world.new_contact(client, "Eve Roy", email="")]
    request = world.change(world.draft_request(client, to=people), send_at=world.clock.now())

    send_due_requests(world.ports)

    assert [mail.recipient for mail in world.all(OutboxMail)] == ["luc.roy@client.example"]
    assert [one.facts["names"] for one in told(world, "left_out")] == ["Eve Roy"]
    left = {one.contact_id for one in world.all(Recipient, request_id=request.id) if one.removed_at is None}
    assert left == {people[0].id}


CLOSED: dict[str, Callable[[World, Client], Any]] = {
    "the work is completed": lambda world, client: world.change(
        world.all(WorkItem)[0], completed_at=world.clock.now(), status=WorkStatus.COMPLETED
    ),
    "the work is archived": lambda world, client: world.change(
        world.all(WorkItem)[0], archived_at=world.clock.now()
    ),
    "the client is archived": lambda world, client: world.change(client, archived_at=world.clock.now()),
}


@pytest.mark.parametrize("case", CLOSED)
def test_6_17_what_is_closed_when_its_moment_comes_is_not_sent_then_nor_after_reopening(
    world: World, client: Client, request_: ClientRequest, case: str
) -> None:
    CLOSED[case](world, client)
    world.clock.advance(hours=1)
    assert send_due_requests(world.ports) == 0
    assert told(world, "send_failed") == []

    world.change(world.all(WorkItem)[0], completed_at=None, archived_at=None, status=WorkStatus.PLANNED)
    world.change(client, archived_at=None)
    assert send_due_requests(world.ports) == 0
    assert world.get(request_).held_because == Held.CLOSED


def test_6_13_a_withdrawn_request_does_not_go_by_itself(world: World, request_: ClientRequest) -> None:
    people = [one.contact_id for one in world.all(Recipient)]
    sending.send_request(world.ports, world.staff, request_.id, people, "press")
    sending.withdraw_request(world.ports, world.staff, request_.id)
    world.clock.advance(hours=2)

    assert send_due_requests(world.ports) == 0


def test_fault_27_one_bad_request_does_not_hold_up_the_others(world: World, request_: ClientRequest) -> None:
    there = world.new_client("Bad")
    person = world.new_contact(there, "A name\nof two lines", email="two@lines.example")
    bad = world.change(world.draft_request(there, to=[person]), send_at=world.clock.now())
    world.clock.advance(hours=1)

    assert send_due_requests(world.ports) == 1
    assert world.get(request_).sent_at is not None
    assert world.get(bad).sent_at is None


def test_an_automatic_send_rings_whoever_looks(world: World, request_: ClientRequest) -> None:
    world.clock.advance(hours=1)
    world.bell.rung.clear()

    send_due_requests(world.ports)

    assert {f"request:{request_.id}", f"firm:{world.firm.id}", "outbox"} <= set(world.bell.rung)


def _from_line(world: World) -> str:
    deliver_outbox(world.ports)
    return str(parsed(world.mail.sent[0])["From"])
