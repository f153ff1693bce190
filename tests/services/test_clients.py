"""Clients and their contacts: what staff may do, and what ends with it (2.1, 2.13, 2.15 to 2.17, 2.19)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound, RuleBroken, SignInNeeded
from portal_app.models import (
    Activity,
    AuditEntry,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    MailPhase,
    OutboxMail,
    Staff,
)
from portal_app.services.clients import clients, contacts, importing, own_test_client
from portal_app.services.clients.clients import ClientFields
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.team import team
from portal_app.services.triage import triage
from portal_app.work import reading
from tests.services.way_in import mail_to
from tests.world import World


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
