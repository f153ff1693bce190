"""A link that ends by itself is told once, when it ends (6.6, 8.4)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from portal_app.domain.lifecycle import State
from portal_app.models import Activity, Client, ClientRequest, Recipient, WorkStatus
from portal_app.services.links.expiry import note_expired_links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.work import work_items
from tests.services.sends import state_of
from tests.world import World


@pytest.fixture
def sent(world: World) -> ClientRequest:
    client = world.new_client()
    request = world.draft_request(client, to=[world.new_contact(client, "Luc Roy")])
    people = [one.contact_id for one in world.all(Recipient)]
    sending.send_request(world.ports, world.staff, request.id, people, "press")
    deliver_outbox(world.ports)
    return request


def told(world: World) -> list[Activity]:
    return world.all(Activity, kind="link_expired")


def test_6_6_the_end_of_a_link_is_told_once_at_its_moment(world: World, sent: ClientRequest) -> None:
    world.clock.advance(days=30, seconds=-1)
    assert note_expired_links(world.ports) == 0

    world.clock.advance(seconds=1)
    assert [note_expired_links(world.ports) for _ in range(3)] == [1, 0, 0]

    (activity,) = told(world)
    assert (activity.request_id, activity.facts["to"]) == (sent.id, "Luc Roy")
    assert state_of(world, sent) is State.EXPIRED


def test_fault_25_two_sweeps_at_once_tell_it_once(world: World, sent: ClientRequest) -> None:
    world.clock.advance(days=31)
    start = threading.Barrier(3)

    def run() -> None:
        start.wait()
        note_expired_links(world.ports)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told(world)) == 1


def test_6_6_a_link_that_a_resend_opened_again_tells_its_next_end_anew(
    world: World, sent: ClientRequest
) -> None:
    world.clock.advance(days=31)
    note_expired_links(world.ports)
    sending.resend_request(world.ports, world.staff, sent.id, None, "again")
    assert note_expired_links(world.ports) == 0

    world.clock.advance(days=30)
    assert note_expired_links(world.ports) == 1
    assert len(told(world)) == 2


@pytest.mark.parametrize("how", ["withdrawn", "completed", "nothing open", "archived"])
def test_6_6_nobody_is_told_of_the_end_of_a_link_to_what_is_over(
    world: World, sent: ClientRequest, how: str
) -> None:
    if how == "withdrawn":
        sending.withdraw_request(world.ports, world.staff, sent.id)
    elif how == "completed":
        work_items.set_status(world.ports, world.staff, sent.work_item_id, WorkStatus.COMPLETED)
    elif how == "archived":
        world.change(world.all(Client)[0], archived_at=world.clock.now())
    else:
        for task in world.tasks(sent):
            world.change(task, completed_at=world.clock.now())
    world.clock.advance(days=31)

    assert note_expired_links(world.ports) == 0
    assert told(world) == []


def test_6_6_two_recipients_are_told_apart(world: World, sent: ClientRequest) -> None:
    client = world.all(Client)[0]
    world.clock.advance(days=1)
    eve = world.new_contact(client, "Eve Roy")
    sending.add_recipients(world.ports, world.staff, sent.id, [eve.id], "added")

    world.clock.moment += timedelta(days=29)
    note_expired_links(world.ports)
    assert [one.facts["to"] for one in told(world)] == ["Luc Roy"]

    world.clock.advance(days=1)
    note_expired_links(world.ports)
    assert [one.facts["to"] for one in told(world)] == ["Luc Roy", "Eve Roy"]
