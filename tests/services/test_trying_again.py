"""An address that failed is tried once more, by staff, wherever it is marked (8.6, 6.24, 3.5)."""

from __future__ import annotations

import pytest

from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.models import AccessStatus, Contact, Notification, OutboxMail, PortalAccess, Recipient
from portal_app.ports import MailRefused
from portal_app.services.clients import trying_again
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.triage import triage_pane
from tests.world import World


@pytest.fixture
def luc(world: World) -> Contact:
    """A contact whose request came back from their address."""
    client = world.new_client()
    person: Contact = world.new_contact(client, "Luc Roy")
    request = world.draft_request(client, to=[person])
    sending.send_request(world.ports, world.staff, request.id, [person.id], "press")
    came_back(world)
    return person


def came_back(world: World) -> None:
    """The next e-mail is refused for its address."""
    world.mail.script = [MailRefused("550 5.1.1 no such user", code=550, is_final=True)]
    deliver_outbox(world.ports)


def test_8_6_an_address_tried_again_gets_what_came_back_and_loses_its_mark(
    world: World, luc: Contact
) -> None:
    assert world.get(luc).bounced_at is not None

    assert trying_again.try_again(world.ports, world.staff, luc.id) == 1
    assert trying_again.try_again(world.ports, world.staff, luc.id) == 0
    deliver_outbox(world.ports)

    assert [letter.recipient for letter in world.mail.sent] == [luc.email]
    [recipient] = world.all(Recipient)
    assert (recipient.bounced_at, recipient.first_sent_at) == (None, world.clock.now())
    assert world.get(luc).bounced_at is None


def test_8_6_what_fails_again_is_marked_and_told_again(world: World, luc: Contact) -> None:
    trying_again.try_again(world.ports, world.staff, luc.id)

    came_back(world)

    assert world.get(luc).bounced_at is not None
    assert len(world.all(Notification, kind="mail_failed")) == 2


def test_8_6_what_arrived_at_others_and_elsewhere_is_not_sent_again(world: World, luc: Contact) -> None:
    client = world.new_client("Other")
    eve = world.new_contact(client, "Eve Roy")
    other = world.draft_request(client, to=[eve, luc])
    world.change(luc, bounced_at=None)
    sending.send_request(world.ports, world.staff, other.id, [eve.id], "eve")
    deliver_outbox(world.ports)

    trying_again.try_again(world.ports, world.staff, luc.id)

    assert [mail.recipient for mail in world.all(OutboxMail)] == [luc.email, eve.email, luc.email]


def test_8_6_and_3_5_an_invitation_that_could_not_be_delivered_goes_again(world: World) -> None:
    client = world.new_client()
    person = world.new_contact(client, "Luc Roy")
    invitations.invite_contact(world.ports, world.staff, client.id, person.id)
    came_back(world)
    assert world.all(PortalAccess)[0].status is AccessStatus.UNDELIVERABLE

    assert trying_again.try_again(world.ports, world.staff, person.id) == 1

    assert world.all(PortalAccess)[0].status is AccessStatus.INVITED


def test_8_6_an_address_that_is_none_and_who_is_archived_are_refused(world: World, luc: Contact) -> None:
    world.change(luc, email="luc@@client")
    with pytest.raises(RuleBroken, match="cannot be written to"):
        trying_again.try_again(world.ports, world.staff, luc.id)
    assert world.get(luc).bounced_at is not None

    world.change(luc, email="luc@client.example", archived_at=world.clock.now())
    with pytest.raises(RuleBroken, match="archived"):
        trying_again.try_again(world.ports, world.staff, luc.id)


def test_another_firm_tries_nothing_again(world: World, luc: Contact) -> None:
    other = world.new_firm("Firm", slug="firm")
    stranger = world.actor(world.new_staff("Ann Other", firm=other))

    with pytest.raises(NotFound):
        trying_again.try_again(world.ports, stranger, luc.id)


def test_8_6_the_pane_offers_it_while_the_address_counts_as_failing(world: World, luc: Contact) -> None:
    [told] = world.all(Notification, kind="mail_failed")
    assert triage_pane.pane_view(world.ports, world.staff, told.id).retry_id == str(luc.id)

    trying_again.try_again(world.ports, world.staff, luc.id)

    assert triage_pane.pane_view(world.ports, world.staff, told.id).retry_id == ""
