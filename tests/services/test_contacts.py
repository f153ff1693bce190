"""Contacts of a client: added, corrected, found, linked and unlinked (2.2, 2.16, 2.17, 2.19, 5.23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_app.domain.errors import BadInput
from portal_app.models import (
    AccessStatus,
    ClientContact,
    Contact,
    KnownBrowser,
    MailPhase,
    OutboxMail,
    PortalAccess,
    SignInSession,
)
from portal_app.services.clients import contact_search, contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.requests import sending
from tests.services.way_in import grant_for, mail_to
from tests.world import World


def test_a_contact_is_added_with_what_they_are_at_the_client(world: World) -> None:
    client = world.new_client()

    offer = contacts.add_contact(
        world.ports,
        world.staff,
        client.id,
        ContactFields("Isabelle Dufour", "Isabelle@Clinique.example", "418 555-0100", "Adjointe", "fr"),
    )

    [contact] = world.all(Contact)
    [linked] = world.all(ClientContact)
    assert offer.contact_id == ""
    assert (contact.email, contact.email_key) == ("Isabelle@Clinique.example", "isabelle@clinique.example")
    assert (linked.client_id, linked.contact_id, linked.title) == (client.id, contact.id, "Adjointe")


def test_contacts_without_an_address_are_welcome_and_several_may_be(world: World) -> None:
    client = world.new_client()

    for name in ("Sonia Tran", "Luc Roy"):
        contacts.add_contact(world.ports, world.staff, client.id, ContactFields(name))

    assert [contact.email_key for contact in world.all(Contact)] == [None, None]


@pytest.mark.parametrize(
    "address",
    [
        "nadia",
        "nadia@",
        "@x.example",
        "na dia@x.example",
        "a@b",
        "a..b@x.example",
        "<a@x.example>",
        "a@x.example;b",
    ],
)
def test_what_is_no_address_is_refused(world: World, address: str) -> None:
    client = world.new_client()

    with pytest.raises(BadInput) as refusal:
        contacts.add_contact(world.ports, world.staff, client.id, ContactFields("Nadia", address))

    assert refusal.value.field == "email"
    assert world.all(Contact) == []


def test_an_address_of_another_contact_offers_to_link_them(world: World) -> None:
    lucie = world.new_contact(
        world.new_client("Tenue de livres"), "Lucie Bouchard", email="lucie.b@x.example"
    )
    client = world.new_client()

    offer = contacts.add_contact(
        world.ports, world.staff, client.id, ContactFields("Lucie B.", "LUCIE.B@x.example")
    )

    assert (offer.contact_id, offer.name) == (str(lucie.id), "Lucie Bouchard")
    assert [contact.name for contact in world.all(Contact)] == ["Lucie Bouchard"]

    contacts.link_contact(world.ports, world.staff, client.id, lucie.id, "Teneuse de livres")
    contacts.link_contact(world.ports, world.staff, client.id, lucie.id)

    [linked] = world.all(ClientContact, client_id=client.id)
    assert (linked.contact_id, linked.title) == (lucie.id, "Teneuse de livres")


def test_the_same_address_at_another_firm_is_another_contact(world: World) -> None:
    other = world.new_firm("Autre cabinet", slug="autre")
    world.new_contact(world.new_client("Leur client", firm=other), email="lucie@x.example")
    client = world.new_client()

    offer = contacts.add_contact(
        world.ports, world.staff, client.id, ContactFields("Lucie", "lucie@x.example")
    )

    assert offer.contact_id == ""
    assert len(world.all(Contact, email_key="lucie@x.example")) == 2


def test_a_contact_who_is_there_already_is_not_offered(world: World) -> None:
    client = world.new_client()
    world.new_contact(client, email="lucie@x.example")

    with pytest.raises(BadInput) as refusal:
        contacts.add_contact(world.ports, world.staff, client.id, ContactFields("Lucie", "lucie@x.example"))

    assert refusal.value.field == "email"


def test_a_new_address_ends_what_the_old_one_opened(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad", bounced_at=world.clock.now())
    luc = world.new_contact(client, "Luc Roy")
    request = world.draft_request(client, to=[nadia, luc])
    hers, his = grant_for(world, request, nadia), grant_for(world, request, luc)
    session, _token = world.new_session(firm_id=nadia.firm_id, contact_id=nadia.id)
    device, _token = world.new_device()
    world.put(
        KnownBrowser(
            firm_id=nadia.firm_id, device_id=device.device_id, contact_id=nadia.id, since=world.clock.now()
        )
    )
    waiting = mail_to(world, nadia, request)

    contacts.edit_contact(
        world.ports, world.staff, client.id, nadia.id, ContactFields("Nadia Haddad", "nadia@new.example")
    )

    now = world.clock.now()
    assert (world.get(hers).ended_at, world.get(hers).ended_because) == (now, "address_changed")
    assert world.get(his).ended_at is None
    assert world.get(session).ended_at == now
    assert world.all(KnownBrowser) == []
    assert world.get(waiting).phase is MailPhase.CANCELLED
    assert (world.get(nadia).email, world.get(nadia).bounced_at) == ("nadia@new.example", None)


def test_another_name_ends_nothing(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad", email="nadia@x.example")
    request = world.draft_request(client, to=[nadia])
    grant = grant_for(world, request, nadia)
    session, _token = world.new_session(firm_id=nadia.firm_id, contact_id=nadia.id)

    contacts.edit_contact(
        world.ports, world.staff, client.id, nadia.id, ContactFields("Nadia H. Roy", "Nadia@x.example")
    )

    assert world.get(grant).ended_at is None
    assert world.get(session).ended_at is None
    assert [row.ended_at for row in world.all(SignInSession)] == [None]


def test_an_address_of_somebody_else_is_refused_on_editing(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad", email="nadia@x.example")
    world.new_contact(client, "Luc Roy", email="luc@x.example")

    with pytest.raises(BadInput) as refusal:
        contacts.edit_contact(
            world.ports, world.staff, client.id, nadia.id, ContactFields("Nadia", "luc@x.example")
        )

    assert refusal.value.field == "email"
    assert world.get(nadia).email == "nadia@x.example"


def test_2_19_unlinking_ends_access_and_leaves_other_clients_alone(world: World) -> None:
    client, other = world.new_client(), world.new_client("Autre client")
    nadia, luc = world.new_contact(client, "Nadia Haddad"), world.new_contact(client, "Luc Roy")
    contacts.link_contact(world.ports, world.staff, other.id, nadia.id)
    world.give_account(nadia, client)
    request = world.draft_request(client, to=[nadia, luc])
    world.change(request, sent_at=world.clock.now())
    elsewhere = world.draft_request(other, to=[nadia])
    here, there = grant_for(world, request, nadia), grant_for(world, elsewhere, nadia)

    contacts.unlink_contact(world.ports, world.staff, client.id, nadia.id)

    assert [row.contact_id for row in world.all(ClientContact, client_id=client.id)] == [luc.id]
    assert [row.status for row in world.all(PortalAccess)] == [AccessStatus.CANCELLED]
    assert world.get(here).ended_because == "removed"
    assert world.get(there).ended_at is None
    assert world.get(request).withdrawn_at is None
    assert [row.client_id for row in world.all(ClientContact, contact_id=nadia.id)] == [other.id]


def test_2_19_unlinking_the_last_recipient_withdraws_what_was_sent(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad")
    request = world.draft_request(client, to=[nadia])
    world.change(request, sent_at=world.clock.now(), next_reminder_at=world.clock.now() + timedelta(days=1))
    grant = grant_for(world, request, nadia)
    waiting = mail_to(world, nadia, request)

    contacts.unlink_contact(world.ports, world.staff, client.id, nadia.id)

    kept = world.get(request)
    assert (kept.withdrawn_at, kept.withdrawn_by_staff_id) == (world.clock.now(), world.owner.id)
    assert kept.next_reminder_at is None
    assert world.get(grant).ended_because == "withdrawn"
    assert world.get(waiting).phase is MailPhase.CANCELLED


def test_5_23_linking_asks_for_no_portal_access_and_makes_a_recipient_possible(world: World) -> None:
    client = world.new_client("Gagnon")
    request = world.draft_request(client)
    other = world.new_contact(world.new_client("Roy"), "Luc Roy")
    with pytest.raises(BadInput) as refused:
        sending.send_request(world.ports, world.staff, request.id, [other.id], "before")
    assert refused.value.field == "recipients"

    contacts.link_contact(world.ports, world.staff, client.id, other.id)
    sending.send_request(world.ports, world.staff, request.id, [other.id], "after")

    assert world.all(PortalAccess) == []
    assert [mail.recipient for mail in world.all(OutboxMail)] == [other.email]


def test_5_23_contacts_of_the_firm_are_offered_but_not_another_firms(world: World) -> None:
    client = world.new_client()
    there = world.new_contact(client, "Luc Gagnon")
    elsewhere = world.new_contact(world.new_client("Other"), "Luc Roy")
    world.new_contact(world.new_client(firm=world.new_firm("Firm", slug="firm")), "Luc Stranger")

    found = contact_search.find_contacts(world.ports, world.staff, client.id, "luc")

    assert [one.value for one in found] == [str(elsewhere.id)]
    assert str(there.id) not in [one.value for one in found]


@pytest.mark.parametrize("words", ["élodie", "ELODIE", "  Élodie  cot", "cote"])
def test_5_23_somebody_with_accents_is_offered_however_one_types(world: World, words: str) -> None:
    client = world.new_client()
    other = world.new_contact(world.new_client("Other"), "Élodie Côté", email="ec@tenue.example")

    found = contact_search.find_contacts(world.ports, world.staff, client.id, words)

    assert [one.value for one in found] == [str(other.id)]
