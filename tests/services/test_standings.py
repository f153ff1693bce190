"""What is kept beside clients says what is true, whoever changed it (2.5, 2.6, 2.9, 8.9)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import Session

from portal_app.domain.standings import MARK, ClientStatus
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    ClientStanding,
    PendingContact,
    PortalAccess,
    PortalAccount,
    PortalCount,
    SearchWord,
)
from portal_app.models.standings import NEVER, Stands
from portal_app.services.clients import clients, contacts, merging, portal_switch
from portal_app.services.clients.clients import ClientFields
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.dashboard import counting
from portal_app.services.dashboard.figures import Scope
from portal_app.services.invitations import invitations
from portal_app.services.portal.filling import fill_standings
from portal_app.services.team import passing_on
from portal_app.standings import FOLLOWED, KEPT_BY_HAND
from portal_app.work import begin, reading
from tests.world import World


def standing(world: World, client: Client) -> ClientStanding:
    (row,) = world.all(ClientStanding, id=client.id)
    return row


def check(world: World) -> None:
    """The kept figures are those that counting every row gives; words repeat the standing of who is listed."""
    standings = {row.id: row for row in world.all(ClientStanding)}
    there = world.all(SearchWord)
    assert {row.client_id for row in there} == {row.id for row in standings.values() if row.is_listed}
    for row in there:
        assert all(
            getattr(row, name) == getattr(standings[row.client_id], name) for name in Stands.model_fields
        )
    with reading(world.ports, world.staff) as work:
        truth = counting.counts(work, Scope(world.get(world.firm), work.now))
    (kept,) = world.all(PortalCount, id=world.firm.id)
    assert (kept.clients, kept.portal_on, kept.activated) == (truth.clients, truth.portal_on, truth.activated)
    assert kept.pending_contacts == len(world.all(PendingContact, firm_id=world.firm.id))


def test_2_6_a_client_is_pending_once_somebody_is_invited_and_activated_once_they_can_sign_in(
    world: World,
) -> None:
    client = world.new_client(portal_on_at=None)
    contact = world.new_contact(client)
    assert standing(world, client).status is ClientStatus.NONE
    invitations.give_access(world.ports, world.staff, client.id, contact.id)
    assert (standing(world, client).status, standing(world, client).is_on) == (ClientStatus.NONE, True)
    assert world.all(PendingContact)[0].invited_at == NEVER  # 2.9: given, not sent yet
    invitations.invite_contact(world.ports, world.staff, client.id, contact.id, AccessLevel.FULL)
    assert standing(world, client).status is ClientStatus.PENDING
    assert world.all(PendingContact)[0].invited_at == world.clock.now()
    world.clock.advance(hours=73)
    assert standing(world, client).status is ClientStatus.PENDING  # expired counts, too
    (access,) = world.all(PortalAccess)
    account = world.put(
        PortalAccount(firm_id=client.firm_id, contact_id=contact.id, created_at=world.clock.now())
    )
    world.change(access, status=AccessStatus.ACCEPTED)
    world.change(account, last_sign_in_at=world.clock.now())
    row = standing(world, client)
    assert (row.status, row.has_full, row.has_limited) == (ClientStatus.ACTIVATED, True, False)
    assert row.last_sign_in_at == world.clock.now()
    assert world.all(PendingContact) == []
    check(world)
    world.change(account, disabled_at=world.clock.now())
    assert standing(world, client).status is ClientStatus.NONE
    check(world)


def test_8_9_figures_follow_archiving_test_clients_and_the_switch(world: World) -> None:
    first, second = world.new_client("One"), world.new_client("Two")
    world.new_client("Trial", test_of_staff_id=world.owner.id)
    contact = world.new_contact(first)
    world.give_account(contact, first)
    check(world)
    for act in (
        lambda: clients.archive_client(world.ports, world.staff, first.id),
        lambda: clients.restore_client(world.ports, world.staff, first.id),
        lambda: portal_switch.switch_client(world.ports, world.staff, first.id, is_on=False),
        lambda: portal_switch.switch_client(world.ports, world.staff, first.id, is_on=True),
        lambda: world.change(contact, archived_at=world.clock.now()),
        lambda: world.change(contact, archived_at=None),
        lambda: contacts.unlink_contact(world.ports, world.staff, first.id, contact.id),
        lambda: world.change(second, test_of_staff_id=world.owner.id),
    ):
        act()
        check(world)
    (kept,) = world.all(PortalCount, id=world.firm.id)
    assert (kept.clients, kept.portal_on, kept.activated) == (1, 1, 0)


def test_a_contact_who_moves_to_another_row_leaves_nothing_behind(world: World) -> None:
    """What merging does (2.20): the link and the access change their contact."""
    client = world.new_client()
    old, new = world.new_contact(client, "Old"), world.new_contact(world.new_client("B"), "New")
    invitations.invite_contact(world.ports, world.staff, client.id, old.id)
    assert [row.id for row in world.all(PendingContact)] == [old.id]
    (access,) = world.all(PortalAccess)
    world.change(access, contact_id=new.id)
    world.change(world.all(ClientContact, contact_id=old.id)[0], contact_id=new.id)
    assert [row.id for row in world.all(PendingContact)] == [new.id]
    words = {row.word for row in world.all(SearchWord, client_id=client.id)}
    assert "new" in words
    assert "old" not in words
    check(world)


def test_words_follow_names_numbers_and_addresses(world: World) -> None:
    fields = ClientFields("L'Atelier Côté inc.", number="2024-118")
    client_id = clients.add_client(world.ports, world.staff, fields)
    contacts.add_contact(
        world.ports, world.staff, client_id, ContactFields("Anaïs Bélanger", "a.belanger@chum.example")
    )
    words = {row.word for row in world.all(SearchWord, client_id=client_id)}
    assert {
        *("l'atelier", "atelier", "cote", "inc.", "2024-118", "118"),
        *("anais", "belanger", "a.belanger@chum.example", "chum", "example"),
    } <= words
    clients.edit_client(world.ports, world.staff, client_id, ClientFields("Boulangerie"))
    words = {row.word for row in world.all(SearchWord, client_id=client_id, subject_id=client_id)}
    assert {word for word in words if not word.startswith(MARK)} == {"boulangerie"}


def marks(world: World, client: Client) -> set[str]:
    return {
        row.word.removeprefix(MARK) for row in world.all(SearchWord, client_id=client.id) if MARK in row.word
    }


def test_words_follow_where_the_client_stands_and_its_name(world: World) -> None:
    client = world.new_client("Zénith")
    contact = world.new_contact(client, "Ana")
    assert marks(world, client) == {"none", "on", world.owner.id.hex}
    account = world.give_account(contact, client, level=AccessLevel.LIMITED)
    world.change(account, last_sign_in_at=world.clock.now())
    assert marks(world, client) == {"activated", "on", "limited", world.owner.id.hex}
    check(world)
    clients.edit_client(world.ports, world.staff, client.id, ClientFields("Atelier"))
    assert {row.name_key for row in world.all(SearchWord, client_id=client.id)} == {"atelier"}
    check(world)
    portal_switch.switch_client(world.ports, world.staff, client.id, is_on=False)
    assert "off" in marks(world, client)
    clients.archive_client(world.ports, world.staff, client.id)
    assert world.all(SearchWord, client_id=client.id) == []
    clients.restore_client(world.ports, world.staff, client.id)
    check(world)


def test_2_13_words_follow_who_looks_after_the_client(world: World) -> None:
    client, other = world.new_client("One"), world.new_client("Two")
    karim = world.new_staff("Karim Benali")
    clients.assign(world.ports, world.staff, client.id, karim.id)
    assert {world.owner.id.hex, karim.id.hex} <= marks(world, client)
    clients.unassign(world.ports, world.staff, client.id, karim.id)
    assert karim.id.hex not in marks(world, client)
    clients.assign(world.ports, world.staff, client.id, karim.id)
    clients.archive_client(world.ports, world.staff, other.id)
    with begin(world.ports, world.staff) as work:
        passing_on.pass_on(work, world.get(karim), world.get(world.owner))
    assert marks(world, client) == {"none", "on", world.owner.id.hex}
    assert marks(world, other) == set()
    check(world)


def test_a_change_that_is_rolled_back_changes_no_standing(world: World) -> None:
    client = world.new_client()
    with world.ports.sessions.writing() as session:
        row = session.get_one(Client, client.id)
        row.portal_on_at = None
        session.add(row)
        session.flush()
        session.rollback()
    assert standing(world, client).is_on
    check(world)


@pytest.mark.parametrize("kind", sorted(FOLLOWED, key=str))
def test_a_statement_on_many_rows_is_refused_where_standings_would_go_stale(world: World, kind: Any) -> None:
    client = world.new_client()
    world.give_account(world.new_contact(client), client)
    (row,) = world.all(kind)
    values = row.model_dump()
    with world.ports.sessions.writing() as session:
        for statement in (
            update(kind).values(firm_id=row.firm_id),
            delete(kind),
            insert(kind).values(values),
        ):
            with pytest.raises(RuntimeError, match="kept by hand"):
                session.execute(statement)
        session.execute(update(kind).values(firm_id=row.firm_id), execution_options=KEPT_BY_HAND)
    assert [one.model_dump() for one in world.all(kind)] == [values]


def test_2_20_what_merging_moves_in_bulk_is_nothing_that_standings_depend_on() -> None:
    moved = {(kind, column) for kind, column in merging.MOVED if kind in FOLLOWED}
    assert moved == {(PortalAccess, "invited_by_contact_id")}


def test_what_came_in_by_bulk_is_filled_in_once(world: World) -> None:
    client = world.new_client("Came by itself")
    world.new_contact(client)
    with Session(world.engine) as session:
        for kind in (ClientStanding, SearchWord, PortalCount):
            session.execute(delete(kind))
        session.commit()
    assert fill_standings(world.ports) == 1
    assert fill_standings(world.ports) == 0
    assert standing(world, client).name_key == "came by itself"
    check(world)


def test_two_who_change_one_client_at_once_are_both_counted(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, f"Person {number}") for number in range(4)]
    others = [world.new_client(f"Client {number}", portal_on_at=None) for number in range(4)]

    def invite(number: int) -> None:
        invitations.invite_contact(world.ports, world.staff, client.id, people[number].id)
        portal_switch.switch_client(world.ports, world.staff, others[number].id, is_on=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(invite, range(4)))
    assert len(world.all(PendingContact)) == 4
    (kept,) = world.all(PortalCount, id=world.firm.id)
    assert (kept.clients, kept.portal_on, kept.pending, kept.pending_contacts) == (5, 5, 1, 4)
    check(world)
