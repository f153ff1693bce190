"""What an earlier year's task proposes, and to whom (5.10, 5.17)."""

from __future__ import annotations

from typing import Any

import pytest

from portal_app.domain.actors import Actor
from portal_app.models import AccessLevel, Answer, Client, Recipient
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks.again import Proposal
from tests.fakes import START
from tests.services.asked import Asked
from tests.services.claims import bound
from tests.world import World


@pytest.fixture
def earlier(world: World, asked: Asked) -> Any:
    """Last year's request to the same person; this year's first task comes from its first."""
    client = world.all(Client, id=asked.request.client_id)[0]
    request = world.draft_request(client, to=[asked.contact], name="Last year")
    world.change(request, sent_at=START)
    world.change(asked.tasks[0], earlier_task_id=world.tasks(request)[0].id)
    return request


def proposed(world: World, asked: Asked, who: Actor) -> Proposal:
    return request_page(world.ports, who, asked.request.id).tasks[0].proposal


def test_5_10_doesnt_apply_is_proposed_again_with_its_reason(
    world: World, asked: Asked, earlier: Any
) -> None:
    answered(world, earlier)

    said = proposed(world, asked, asked.device)

    assert said == Proposal("Last time, this did not apply. Is it the same now?", "No investments", "")


def test_5_10_last_times_document_is_offered_first(world: World, asked: Asked, earlier: Any) -> None:
    file = world.new_file(world.tasks(earlier)[0], "Lease.pdf", contact_id=asked.contact.id)

    said = proposed(world, asked, asked.device)

    assert said.said == "Last time it was Lease.pdf, 2\u00a0March. Is it the same now?"
    assert said.file_id == str(file.id)


def test_5_10_nothing_is_proposed_for_a_task_that_is_answered(
    world: World, asked: Asked, earlier: Any
) -> None:
    answered(world, earlier)
    world.change(asked.tasks[0], completed_at=START, answer=Answer.DONE)

    assert proposed(world, asked, asked.device) == Proposal()


@pytest.mark.parametrize("way", ["link", "limited"])
def test_5_17_who_did_not_get_last_years_request_reads_nothing_of_it(
    world: World, asked: Asked, earlier: Any, way: str
) -> None:
    answered(world, earlier)
    world.new_file(world.tasks(earlier)[0], "Quetzalcoatl.pdf")
    client = world.all(Client, id=asked.request.client_id)[0]
    luc = world.new_contact(client, "Luc Gagnon")
    now = world.clock.now()
    row = world.put(
        Recipient(firm_id=world.firm.id, request_id=asked.request.id, contact_id=luc.id, created_at=now)
    )
    if way == "limited":
        world.give_account(luc, client, level=AccessLevel.LIMITED)

    who = bound(world, asked.request, row) if way == "link" else world.signed_in(luc)

    assert proposed(world, asked, who) == Proposal()


def answered(world: World, request: Any) -> None:
    """Last year's first task did not apply."""
    world.change(
        world.tasks(request)[0],
        completed_at=START,
        answer=Answer.NOT_APPLICABLE,
        answer_text="No investments",
    )
