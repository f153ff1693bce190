"""Clients and their contacts: what staff may do, and what ends with it (2.1, 2.13, 2.15 to 2.17, 2.19)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken, SignInNeeded
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Activity,
    AuditEntry,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    KnownBrowser,
    MailPhase,
    OutboxMail,
    PortalAccess,
    Recipient,
    SignInSession,
    Staff,
)
from portal_app.services.clients import clients, contacts, importing, own_test_client
from portal_app.services.clients.clients import ClientFields
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.requests import sending
from portal_app.services.team import team
from portal_app.services.triage import triage
from portal_app.work import reading
from tests.world import World


def grant_for(world: World, request, contact) -> AccessGrant:
    """An open grant of one recipient."""
    recipient = next(
        row for row in world.all(Recipient, request_id=request.id) if row.contact_id == contact.id
    )
    now = world.clock.now()
    return world.put(
        AccessGrant(
            firm_id=request.firm_id,
            request_id=request.id,
            recipient_id=recipient.id,
            contact_id=contact.id,
            created_at=now,
            expires_at=now + timedelta(days=30),
        )
    )


def mail_to(world: World, contact, request, phase=MailPhase.QUEUED) -> OutboxMail:
    """An e-mail in the outbox."""
    now = world.clock.now()
    received = [row for row in world.all(Recipient, request_id=request.id) if row.contact_id == contact.id]
    return world.put(
        OutboxMail(
            firm_id=contact.firm_id,
            dedupe_key=str(uuid4()),
            event="request_sent",
            phase=phase,
            sender="a@b.example",
            recipient=contact.email,
            subject="Documents",
            message_id=f"<{uuid4()}@x>",
            sealed=b"sealed",
            contact_id=contact.id,
            request_id=request.id,
            recipient_id=received[0].id,
            next_try_at=now,
            queued_at=now,
        )
    )


# clients


def test_2_13_who_adds_a_client_looks_after_it(world: World) -> None:
    member = world.new_staff("Karim Benali")

    client_id = clients.add_client(
        world.ports,
        world.actor(member),
        ClientFields("  Clinique   Côté inc. ", ClientKind.ORGANIZATION, "1042"),
    )

    [client] = world.all(Client)
    assert (client.id, client.name, client.name_key, client.number) == (
        client_id, "Clinique Côté inc.", "clinique cote inc.", "1042",
    )  # fmt: skip
    assert [row.staff_id for row in world.all(ClientAssignment, client_id=client_id)] == [member.id]
    assert [row.kind for row in world.all(Activity)] == ["client_added"]
    assert [row.action for row in world.all(AuditEntry)] == ["client:added"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (ClientFields(""), "name"),
        (ClientFields(" \t\n"), "name"),
        (ClientFields("x" * 201), "name"),
        (ClientFields("Nadia", number="9" * 41), "number"),
        (ClientFields("Nadia", notes="n" * 5_001), "notes"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(
    world: World, fields: ClientFields, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        clients.add_client(world.ports, world.staff, fields)

    assert refusal.value.field == field
    assert world.all(Client) == []


def test_a_client_of_another_firm_is_not_found(world: World) -> None:
    other = world.new_firm("Autre cabinet", slug="autre")
    theirs = world.new_client("Leur client", firm=other)
    contact = world.new_contact(theirs)

    for act in (
        lambda: clients.edit_client(world.ports, world.staff, theirs.id, ClientFields("Volé")),
        lambda: clients.archive_client(world.ports, world.staff, theirs.id),
        lambda: clients.assign(world.ports, world.staff, theirs.id, world.owner.id),
        lambda: contacts.add_contact(world.ports, world.staff, theirs.id, ContactFields("Nadia")),
        lambda: contacts.edit_contact(
            world.ports, world.staff, theirs.id, contact.id, ContactFields("Nadia")
        ),
        lambda: contacts.unlink_contact(world.ports, world.staff, theirs.id, contact.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert world.get(theirs).name == "Leur client"
    assert world.get(theirs).archived_at is None


def test_5_23_a_foreign_contact_cannot_be_linked(world: World) -> None:
    client = world.new_client()
    other = world.new_firm("Autre cabinet", slug="autre")
    theirs = world.new_contact(world.new_client("Leur client", firm=other))

    with pytest.raises(NotFound):
        contacts.link_contact(world.ports, world.staff, client.id, theirs.id)

    assert world.all(ClientContact, client_id=client.id) == []


def test_clients_and_nobody_add_no_clients(world: World) -> None:
    device, _token = world.new_device()
    with pytest.raises(NotFound):
        clients.add_client(world.ports, device, ClientFields("Nadia"))
    with pytest.raises(SignInNeeded):
        clients.add_client(world.ports, Actor.nobody(), ClientFields("Nadia"))
    assert world.all(Client) == []


def test_2_15_archiving_takes_back_e_mails_not_yet_sent_and_restoring_sends_nothing(world: World) -> None:
    client = world.new_client()
    nadia = world.new_contact(client, "Nadia Haddad")
    request = world.draft_request(client, to=[nadia])
    waiting, sent = mail_to(world, nadia, request), mail_to(world, nadia, request, MailPhase.SENT)

    clients.archive_client(world.ports, world.staff, client.id)

    assert world.get(client).archived_at == world.clock.now()
    assert (world.get(waiting).phase, world.get(waiting).sealed) == (MailPhase.CANCELLED, None)
    assert world.get(sent).phase is MailPhase.SENT
    assert f"request:{request.id}" in world.bell.rung

    clients.restore_client(world.ports, world.staff, client.id)

    assert world.get(client).archived_at is None
    assert len(world.all(OutboxMail)) == 2


def test_archiving_twice_keeps_the_first_moment(world: World) -> None:
    client = world.new_client()
    clients.archive_client(world.ports, world.staff, client.id)
    first = world.get(client).archived_at
    world.clock.advance(hours=1)

    clients.archive_client(world.ports, world.staff, client.id)

    assert world.get(client).archived_at == first
    assert [row.kind for row in world.all(Activity)] == ["client_archived"]


def test_2_13_one_assigned_staff_member_always_remains(world: World) -> None:
    client = world.new_client()
    karim = world.new_staff("Karim Benali")

    with pytest.raises(RuleBroken):
        clients.unassign(world.ports, world.staff, client.id, world.owner.id)
    clients.assign(world.ports, world.staff, client.id, karim.id)
    clients.assign(world.ports, world.staff, client.id, karim.id)
    clients.unassign(world.ports, world.staff, client.id, world.owner.id)

    assert [row.staff_id for row in world.all(ClientAssignment, client_id=client.id)] == [karim.id]


def looking_after(world: World, client: Client) -> list[str]:
    """The assigned staff, the first first, as everything that asks for them is told."""
    with reading(world.ports, world.staff) as work:
        return [world.all(Staff, id=one)[0].name for one in triage.assigned(work, client.id)]


@pytest.mark.parametrize("how", ["by hand", "from a file", "as a test client"])
def test_2_13_however_a_client_comes_whoever_brought_it_is_the_first(world: World, how: str) -> None:
    karim = world.new_staff("Karim Benali", role=Role.ADMIN)
    actor = world.actor(karim)
    if how == "by hand":
        clients.add_client(world.ports, actor, ClientFields("Gagnon"))
    elif how == "from a file":
        file_id = importing.receive_file(
            world.ports, actor, "a.csv", b"Client,Contact\nGagnon,Ann\nRoy,Luc\n"
        )
        importing.take(world.ports, actor, file_id)
    else:
        own_test_client.open_test_client(world.ports, actor)

    brought = world.all(Client)
    assert brought
    for client in brought:
        assert looking_after(world, client) == ["Karim Benali"]
        clients.assign(world.ports, actor, client.id, world.owner.id)
        assert looking_after(world, client) == ["Karim Benali", world.owner.name]


def test_2_13_two_who_are_taken_off_at_once_leave_one(world: World) -> None:
    client, karim = world.new_client(), world.new_staff("Karim Benali")
    clients.assign(world.ports, world.staff, client.id, karim.id)
    together = Barrier(2)

    def take_off(staff_id: UUID) -> bool:
        together.wait()
        try:
            clients.unassign(world.ports, world.staff, client.id, staff_id)
        except RuleBroken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take_off, [karim.id, world.owner.id])) == [False, True]
    assert len(looking_after(world, client)) == 1


def test_2_13_and_1_13_a_successor_stands_where_the_one_who_left_stood(world: World) -> None:
    karim, eve = world.new_staff("Karim Benali"), world.new_staff("Eve Roy")
    client, other = world.new_client(assigned=karim), world.new_client("Other", assigned=karim)
    for staff in (world.owner, eve):
        clients.assign(world.ports, world.staff, client.id, staff.id)

    team.deactivate(world.ports, world.staff, karim.id, eve.id)

    assert looking_after(world, client) == ["Eve Roy", world.owner.name]
    assert looking_after(world, other) == ["Eve Roy"]
    assert len(world.all(ClientAssignment)) == 3


def test_2_13_who_left_the_firm_is_not_assigned(world: World) -> None:
    client = world.new_client()
    gone = world.new_staff("Paul Roy", deactivated_at=world.clock.now())

    with pytest.raises(BadInput) as refusal:
        clients.assign(world.ports, world.staff, client.id, gone.id)

    assert refusal.value.field == "staff_id"


# contacts


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
