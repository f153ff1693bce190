"""Staff correct a contact's address: what is open goes to the new one (2.17, 6.4, 6.24)."""

from __future__ import annotations

import pytest

from portal_app.models import (
    AccessGrant,
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    MailPhase,
    OutboxMail,
    Recipient,
    Task,
    WorkStatus,
)
from portal_app.ports import MailRefused
from portal_app.services.clients import client_views, contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.work import work_items
from tests.services.sends import sent
from tests.world import World

NEW = "nadia@new.example"
NO_SUCH = MailRefused("550 5.1.1 no such user", code=550, is_final=True)


@pytest.fixture
def nadia(world: World) -> Contact:
    return world.new_contact(world.new_client(), "Nadia Haddad", email="nadia@old.example")


def asked(world: World, *people: Contact, name: str = "Documents for 2025") -> ClientRequest:
    """A request that went out to these people."""
    request = world.draft_request(client_of(world, people[0]), to=list(people), name=name)
    sent(world, request)
    deliver_outbox(world.ports)
    return request


def client_of(world: World, person: Contact) -> Client:
    return world.all(Client, id=world.all(ClientContact, contact_id=person.id)[0].client_id)[0]


def correct(world: World, person: Contact, email: str = NEW, *, resend: bool = True) -> int:
    client = client_of(world, person)
    fields = ContactFields(person.name, email)
    return contacts.edit_contact(world.ports, world.staff, client.id, person.id, fields, resend=resend)


def test_6_24_correcting_an_address_that_came_back_sends_the_request_to_the_new_one(
    world: World, nadia: Contact
) -> None:
    world.mail.script = [NO_SUCH]
    request = asked(world, nadia)
    (recipient,) = world.all(Recipient, request_id=request.id)
    assert recipient.first_sent_at is None

    assert correct(world, nadia) == 1
    deliver_outbox(world.ports)

    assert [one.recipient for one in world.mail.sent] == [NEW]
    told = world.get(recipient)
    assert (told.bounced_at, told.first_sent_at) == (None, world.clock.now())


def test_2_17_what_was_open_goes_to_the_new_address_by_a_new_grant_and_the_old_one_is_over(
    world: World, nadia: Contact
) -> None:
    luc = world.new_contact(client_of(world, nadia), "Luc Roy")
    asked(world, nadia, luc)
    old, his = (world.all(AccessGrant, contact_id=one.id)[0] for one in (nadia, luc))
    world.change(world.all(Recipient, contact_id=nadia.id)[0], reminders_used=4)
    world.mail.sent.clear()

    assert correct(world, nadia) == 1
    deliver_outbox(world.ports)

    assert [one.recipient for one in world.mail.sent] == [NEW]
    assert world.get(old).ended_because == "address_changed"
    (new,) = [one for one in world.all(AccessGrant, contact_id=nadia.id) if one.ended_at is None]
    assert new.id != old.id
    assert new.device_id is None
    assert world.get(his).ended_at is None
    assert world.all(Recipient, contact_id=nadia.id)[0].reminders_used == 0


def test_2_17_unticked_or_with_the_same_address_nothing_is_resent(world: World, nadia: Contact) -> None:
    asked(world, nadia)

    assert correct(world, nadia, "Nadia@OLD.example") == 0
    assert correct(world, nadia, resend=False) == 0

    assert [one.phase for one in world.all(OutboxMail)] == [MailPhase.SENT]


def test_2_17_with_the_address_taken_away_nothing_is_resent(world: World, nadia: Contact) -> None:
    asked(world, nadia)
    assert correct(world, nadia, "") == 0


def test_2_17_only_what_is_out_and_open_is_resent(world: World, nadia: Contact) -> None:
    done, back, closed, left = (asked(world, nadia, name=name) for name in ("Done", "Back", "Closed", "Left"))
    world.draft_request(client_of(world, nadia), to=[nadia], name="Draft")
    for task in world.all(Task, section_id=done.id):
        world.change(task, completed_at=world.clock.now())
    sending.withdraw_request(world.ports, world.staff, back.id)
    deliver_outbox(world.ports)
    work_items.set_status(world.ports, world.staff, closed.work_item_id, WorkStatus.COMPLETED)
    world.mail.sent.clear()

    assert correct(world, nadia) == 1
    deliver_outbox(world.ports)

    mails = [one for one in world.all(OutboxMail) if one.recipient == NEW]
    assert [one.request_id for one in mails] == [left.id]


def test_2_17_the_form_offers_it_where_something_is_open(world: World, nadia: Contact) -> None:
    client = client_of(world, nadia)

    def offer() -> str:
        return client_views.client_view(world.ports, world.staff, client.id).contacts[0].resends

    assert offer() == ""
    asked(world, nadia)
    assert offer() == "To another address, resend the 1 request that is open to them"
