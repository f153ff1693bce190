"""The outbox: what stops an e-mail that still waits."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from portal_app.domain.errors import BadInput
from portal_app.models import Contact, MailPhase, OutboxMail, Recipient, Task, WorkItem
from portal_app.ports import Envelope
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from tests.services.mail_servers import mail_of, with_mailer
from tests.services.sends import sent
from tests.world import World


def _complete_tasks(world: World, request: Any) -> None:
    for task in world.all(Task, section_id=request.id):
        world.change(task, completed_at=world.clock.now())


def _complete_work(world: World, request: Any) -> None:
    world.change(world.all(WorkItem, id=request.work_item_id)[0], completed_at=world.clock.now())


def _change_address(world: World, request: Any) -> None:
    world.change(world.all(Contact)[0], email="new@client.example", email_key="new@client.example")


def _archive_contact(world: World, request: Any) -> None:
    world.change(world.all(Contact)[0], archived_at=world.clock.now())


def _withdraw(world: World, request: Any) -> None:
    world.change(request, withdrawn_at=world.clock.now())


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (_complete_tasks, "nothing open"),
        (_complete_work, "work completed"),
        (_change_address, "address changed"),
        (_archive_contact, "archived"),
        (_withdraw, "withdrawn"),
    ],
)
def test_fault_30_conditions_are_read_again_when_it_leaves(world: World, meanwhile: Any, reason: str) -> None:
    request = world.draft_request()
    sent(world, request)
    meanwhile(world, request)

    assert deliver_outbox(world.ports) == 0

    mail = mail_of(world)
    assert (mail.phase, mail.answer, mail.sealed) == (MailPhase.CANCELLED, reason, None)
    assert world.mail.sent == []


def test_fault_30_even_between_offer_and_data(world: World) -> None:
    request = world.draft_request()
    sent(world, request)

    class Slow:
        def __init__(self) -> None:
            self.transmitted = 0

        def conversation(self) -> Any:
            return nullcontext(self)

        def offer(self, envelope: Envelope) -> None:
            _complete_tasks(world, request)

        def transmit(self, envelope: Envelope) -> str:
            self.transmitted += 1
            return "250 OK"

    server = Slow()
    deliver_outbox(with_mailer(world, server))
    assert server.transmitted == 0
    assert mail_of(world).phase is MailPhase.CANCELLED


def test_a_code_that_is_too_old_does_not_leave(world: World) -> None:
    sent(world, world.draft_request())
    world.change(mail_of(world), event="sign_in_code", request_id=None, recipient_id=None)
    world.clock.advance(minutes=10)
    deliver_outbox(world.ports)
    assert (mail_of(world).phase, mail_of(world).answer) == (MailPhase.CANCELLED, "too late")


def test_what_is_rolled_back_is_not_sent(world: World) -> None:
    """15.2."""
    request = world.draft_request()
    people = [one.contact_id for one in world.all(Recipient, request_id=request.id)]
    with pytest.raises(BadInput):
        sending.send_request(
            world.ports,
            world.staff,
            request.id,
            [*people, world.new_contact(world.new_client("O"), "X").id],
            "k",
        )
    assert deliver_outbox(world.ports) == 0
    assert world.all(OutboxMail) == []
