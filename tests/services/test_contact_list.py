"""The list of contacts: found, narrowed, put in order and paged by the database (2.1)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, SignInNeeded
from portal_app.models import AccessLevel, AccessStatus, Activity, Client, Contact, PortalAccess
from portal_app.services.clients import contact_archiving, contact_list_views, contact_views, contacts
from portal_app.services.clients.contact_list_views import ContactLine, ContactsWanted
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.invitations import invitations
from tests.world import World


@pytest.fixture
def client(world: World) -> Client:
    client = world.new_client("Clinique Papineau", number="1042")
    for name, email in (
        ("Élise Roy", "elise@roy.example"),
        ("Bruno Côté", ""),
        ("Zoé Ali", "zoe@ali.example"),
    ):
        world.new_contact(client, name, email=email)
    return client


def names(world: World, **wanted: str) -> list[str]:
    return [row.name for row in rows(world, **wanted)]


def rows(world: World, **wanted: str) -> list[ContactLine]:
    return contact_list_views.contact_list(world.ports, world.staff, ContactsWanted(**wanted)).rows


def test_2_1_contacts_stand_by_name_without_accents_either_way_or_the_newest_first(
    world: World, client: Client
) -> None:
    assert names(world) == ["Bruno Côté", "Élise Roy", "Zoé Ali"]
    assert names(world, order="down") == ["Zoé Ali", "Élise Roy", "Bruno Côté"]
    assert names(world, order="new") == ["Zoé Ali", "Bruno Côté", "Élise Roy"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cote", ["Bruno Côté"]),
        ("ROY.EXAMPLE", ["Élise Roy"]),
        ("papineau", ["Bruno Côté", "Élise Roy", "Zoé Ali"]),
        ("1042", ["Bruno Côté", "Élise Roy", "Zoé Ali"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_2_1_a_contact_is_found_by_name_address_or_client(
    world: World, client: Client, words: str, found: list[str]
) -> None:
    assert names(world, search=words) == found


def test_2_1_contacts_are_narrowed_by_access_and_address(world: World, client: Client) -> None:
    elise, bruno, zoe = (row for row in world.all(Contact))
    world.give_account(elise, client, level=AccessLevel.LIMITED)
    world.change(zoe, bounced_at=world.clock.now())

    assert names(world, narrow="can") == [elise.name]
    assert names(world, narrow="none") == [bruno.name, zoe.name]
    assert names(world, narrow="no_address") == [bruno.name]
    assert names(world, narrow="came_back") == [zoe.name]
    assert rows(world, narrow="can")[0].portal == "Accepted"


def test_2_1_and_3_5_an_undeliverable_invitation_stands_apart_from_one_that_is_open(
    world: World, client: Client
) -> None:
    elise, _bruno, zoe = (row for row in world.all(Contact))
    for contact in (elise, zoe):
        invitations.invite_contact(world.ports, world.staff, client.id, contact.id)
    [access] = world.all(PortalAccess, contact_id=zoe.id)
    world.change(access, status=AccessStatus.UNDELIVERABLE)

    assert names(world, narrow="invited") == [elise.name]
    assert names(world, narrow="undeliverable") == [zoe.name]
    assert rows(world, narrow="undeliverable")[0].portal == "Undeliverable"


def test_2_1_archived_contacts_stand_apart(world: World, client: Client) -> None:
    contact_archiving.archive_contact(world.ports, world.staff, world.all(Contact)[0].id)

    assert names(world) == ["Bruno Côté", "Zoé Ali"]
    assert names(world, view="archived") == ["Élise Roy"]


def test_2_1_pages_join_without_a_gap_or_a_repeat(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_list_views, "PAGE", 2)
    for order in ("", "down", "new"):
        first = contact_list_views.contact_list(world.ports, world.staff, ContactsWanted(order=order))
        second = contact_list_views.contact_list(
            world.ports, world.staff, ContactsWanted(order=order, after=first.next_after)
        )
        assert [row.name for row in (*first.rows, *second.rows)] == names(world, order=order)[:2] + [
            row.name for row in second.rows
        ]
        assert (len(first.rows), len(second.rows), second.next_after) == (2, 1, "")
        assert first.count == "3 contacts"


def test_2_1_another_firm_sees_none_of_them_and_nobody_gets_none(world: World, client: Client) -> None:
    there = world.new_firm("Other", slug="other")
    rival = world.actor(world.new_staff("Rival", firm=there))

    assert contact_list_views.contact_list(world.ports, rival, ContactsWanted()).rows == []
    with pytest.raises(NotFound):
        contact_views.contact_view(world.ports, rival, world.all(Contact)[0].id)
    with pytest.raises(SignInNeeded):
        contact_list_views.contact_list(world.ports, Actor.nobody(), ContactsWanted())


def test_2_2_a_contact_is_linked_to_several_clients_each_with_its_own_access(
    world: World, client: Client
) -> None:
    person = world.all(Contact)[0]
    world.give_account(person, client, level=AccessLevel.FULL)
    other = world.new_client("Fiducie Roy", number="7")

    offered = contact_views.clients_to_link(world.ports, world.staff, person.id, "fiducie")
    assert [one.word for one in offered] == ["Fiducie Roy · 7"]
    contacts.link_contact(world.ports, world.staff, other.id, person.id)

    view = contact_views.contact_view(world.ports, world.staff, person.id)
    assert [(row.name, row.portal, row.level) for row in view.clients] == [
        ("Clinique Papineau", "Accepted", "Full access"),
        ("Fiducie Roy", "No access", ""),
    ]
    assert contact_views.clients_to_link(world.ports, world.staff, person.id, "") == []


def test_2_16_on_their_own_page_too_an_address_belongs_to_one_contact(world: World, client: Client) -> None:
    elise, bruno, _zoe = world.all(Contact)
    with pytest.raises(BadInput, match="belongs to Élise Roy") as refusal:
        contacts.edit_person(
            world.ports, world.staff, bruno.id, ContactFields("Bruno Côté", "ELISE@roy.example")
        )
    assert refusal.value.field == "email"
    contacts.edit_person(world.ports, world.staff, bruno.id, ContactFields("Bruno C.", "b@cote.example"))
    assert world.get(bruno).name_key == "bruno c."
    assert [row.kind for row in world.all(Activity)] == ["address_changed"]
    assert elise.email == "elise@roy.example"
