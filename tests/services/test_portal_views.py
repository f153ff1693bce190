"""The management page's lists: found, narrowed, sorted and paged by the database, within the firm (2.5, 2.6, 2.9, 8.9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from portal_app.domain.actors import Role
from portal_app.models import AccessLevel, AccessStatus, Client, Contact, PortalAccess
from portal_app.services.clients import contacts
from portal_app.services.invitations import access_notices, invitations
from portal_app.services.portal import access_views, pending_views, places, portal_search, portal_views
from portal_app.services.portal.pending_views import PendingView
from portal_app.services.portal.places import Filters
from portal_app.services.portal.portal_views import PortalView
from tests.world import World


def look(world: World, **wanted: str) -> PortalView:
    return portal_views.portal_view(world.ports, world.staff, Filters(**wanted))


def pending(world: World, **wanted: str) -> PendingView:
    return pending_views.pending_view(world.ports, world.staff, Filters(tab="pending", **wanted))


def names(view: PortalView) -> list[str]:
    return [row.name for row in view.rows]


def contact_id(world: World, name: str) -> UUID:
    (contact,) = world.all(Contact, name=name)
    return contact.id


FOUND: list[tuple[dict[str, str], list[str]]] = [
    ({"search": "cote"}, ["Atelier Côté"]),
    ({"search": "118"}, ["Atelier Côté"]),
    ({"search": "ana@cote"}, ["Atelier Côté"]),
    ({"search": "ate ana"}, ["Atelier Côté"]),
    ({"search": "ate bruno"}, []),
    ({"search": "telier"}, []),
    ({"status": "activated"}, ["Atelier Côté"]),
    ({"status": "pending"}, ["Boulangerie Roy"]),
    ({"status": "none"}, ["Café Lunette", "Dépanneur"]),
    ({"portal": "off"}, ["Dépanneur"]),
    ({"portal": "on", "status": "none"}, ["Café Lunette"]),
    ({"level": "full"}, ["Atelier Côté"]),
    ({"level": "limited"}, ["Boulangerie Roy"]),
    ({"seen": "never"}, ["Boulangerie Roy", "Café Lunette", "Dépanneur"]),
    ({"seen": "2026-01-21"}, ["Boulangerie Roy", "Café Lunette", "Dépanneur"]),
    ({"seen": "2026-01-22", "status": "activated"}, ["Atelier Côté"]),
    ({"assigned": "me"}, ["Atelier Côté", "Café Lunette", "Dépanneur"]),
    ({"order": "down"}, ["Dépanneur", "Café Lunette", "Boulangerie Roy", "Atelier Côté"]),
    ({"order": "seen_down"}, ["Atelier Côté", "Dépanneur", "Café Lunette", "Boulangerie Roy"]),
    (
        {"status": "nonsense", "after": "x", "seen": "soon", "assigned": "?"},
        ["Atelier Côté", "Boulangerie Roy", "Café Lunette", "Dépanneur"],
    ),
]
"""What each filter leaves of the house."""


@pytest.fixture
def house(world: World) -> dict[str, Client]:
    """Four clients: somebody signs in, somebody is invited, nobody is, and the portal is off."""
    other = world.new_staff("Karim Benali")
    clients = {
        "on": world.new_client("Atelier Côté", number="118"),
        "invited": world.new_client("Boulangerie Roy", assigned=other),
        "bare": world.new_client("Café Lunette"),
        "off": world.new_client("Dépanneur", portal_on_at=None),
    }
    signs_in = world.new_contact(clients["on"], "Ana", email="ana@cote.example")
    account = world.give_account(signs_in, clients["on"])
    world.change(account, last_sign_in_at=world.clock.now() - timedelta(days=40))
    waits = world.new_contact(clients["invited"], "Bruno")
    invitations.invite_contact(world.ports, world.staff, clients["invited"].id, waits.id)
    world.new_contact(clients["invited"], "Second")
    return clients


def test_2_5_each_client_says_status_portal_invited_invitations_and_last_sign_in(
    world: World, house: dict[str, Client]
) -> None:
    view = look(world)
    told = {
        row.name: (row.status, row.portal, row.invited, row.invitations, row.last_seen, row.staff)
        for row in view.rows
    }
    sophie = "Sophie Ouellet"
    assert told == {
        "Atelier Côté": ("Activated", "On", "1 of 1", "1 accepted", "21\N{NO-BREAK SPACE}Jan", sophie),
        "Boulangerie Roy": (
            *("Pending activation", "On", "1 of 2", "1 invited, 3 days left", "Never", "Karim Benali"),
        ),
        "Café Lunette": ("Not activated", "On", "0 of 0", "", "Never", sophie),
        "Dépanneur": ("Not activated", "Off", "0 of 0", "", "Never", sophie),
    }
    assert (view.portal_on.value, view.activated.value, view.clients, view.pending) == ("75", "25", "4", "1")
    world.clock.advance(hours=73)
    (row,) = look(world, status="pending").rows
    assert (row.sign, row.invitations) == ("clock", "1 expired")


def test_2_5_filters_find_the_same_whether_few_match_or_many(
    world: World, house: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    for few in (2_000, 0):
        monkeypatch.setattr(portal_search, "FEW", few)
        for wanted, found in FOUND:
            assert names(look(world, **wanted)) == found, (wanted, few)


def test_2_5_pages_hold_each_client_once_in_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_search, "PAGE", 3)
    monkeypatch.setattr(portal_views, "PAGE", 3)
    for number in range(10):
        client = world.new_client(f"Same name {number % 3}")
        if number % 2:
            contact = world.new_contact(client, f"Person {number}")
            account = world.give_account(contact, client)
            world.change(account, last_sign_in_at=world.clock.now() - timedelta(days=number % 4))
    for order in places.ORDERS:
        assert sorted(walked(world, order)) == sorted(str(client.id) for client in world.all(Client))


def walked(world: World, order: str) -> list[str]:
    """The ids of every page, one after the other."""
    seen: list[str] = []
    view = look(world, order=order)
    for _page in range(5):
        seen += [row.id for row in view.rows]
        if not view.next_after:
            return seen
        view = look(world, order=order, after=view.next_after)
    return seen


def test_2_12_test_clients_and_archived_ones_are_left_out(world: World, house: dict[str, Client]) -> None:
    world.change(house["bare"], archived_at=world.clock.now())
    world.change(house["on"], test_of_staff_id=world.owner.id)
    view = look(world)
    assert names(view) == ["Boulangerie Roy", "Dépanneur"]
    assert (view.clients, view.portal_on.value, view.activated.value) == ("2", "50", "0")


def test_1_3_with_the_firms_portal_off_nobody_is_activated(world: World, house: dict[str, Client]) -> None:
    world.change(world.firm, portal_on_at=None)
    view = look(world)
    assert (view.portal_on.value, view.activated.value, view.is_firm_on) == ("0", "0", False)
    assert look(world, status="activated").rows == []
    assert {row.portal for row in view.rows} == {"Off"}
    assert len(look(world, portal="off").rows) == 4


def test_asvs_29_another_firm_sees_none_of_it(world: World, house: dict[str, Client]) -> None:
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=world.new_firm("Other", "other")))
    for wanted in ({}, {"search": "cote"}, {"assigned": str(world.owner.id)}, {"status": "activated"}):
        assert portal_views.portal_view(world.ports, rival, Filters(**wanted)).rows == []
    assert pending_views.pending_view(world.ports, rival, Filters(tab="pending")).rows == []


def test_2_9_pending_lists_given_invited_expired_and_undeliverable(
    world: World, house: dict[str, Client]
) -> None:
    bruno = contact_id(world, "Bruno")
    contacts.link_contact(world.ports, world.staff, house["bare"].id, bruno)
    invitations.give_access(world.ports, world.staff, house["bare"].id, bruno)
    given = world.new_contact(house["bare"], "Given", email="given at work")
    world.put(
        PortalAccess(
            firm_id=world.firm.id,
            client_id=house["bare"].id,
            contact_id=given.id,
            status=AccessStatus.GIVEN,
            created_at=world.clock.now(),
        )
    )
    first, second = pending(world).rows
    assert (first.email, first.clients) == ("bruno@client.example", "Boulangerie Roy, Café Lunette")
    assert [(mark.word, mark.about) for mark in first.marks] == [
        ("Invited, 3 days left", "Boulangerie Roy"),
        ("Given", "Café Lunette"),
    ]
    assert (first.invited, first.by) == ("2\N{NO-BREAK SPACE}Mar", "Sophie Ouellet")
    assert (second.trouble, second.invited) == ("not a valid address", "")
    assert [row.email for row in pending(world, order="up").rows] == [second.email, first.email]
    assert [row.email for row in pending(world, status="given", search="caf").rows] == [
        first.email,
        second.email,
    ]
    assert [row.email for row in pending(world, search="boul").rows] == [first.email]
    assert pending(world, by="clients").rows == []
    assert len(pending(world, by=str(world.owner.id)).rows) == 1
    world.clock.advance(hours=72)
    assert [row.email for row in pending(world, status="expired").rows] == [first.email]
    assert pending(world, status="invited").rows == []


def test_2_3_the_dialog_lists_each_contact_with_what_may_be_done(
    world: World, house: dict[str, Client]
) -> None:
    view = access_views.access_view(world.ports, world.staff, house["invited"].id)
    bruno, second = view.people
    assert (bruno.status, bruno.has_access, bruno.can_resend, bruno.can_cancel, bruno.can_invite) == (
        *("Invited", True, True, True, False),
    )
    assert (second.status, second.can_give, second.can_invite, second.can_resend) == (
        *("No access", True, True, False),
    )
    assert (
        access_views.access_view(world.ports, world.staff, house["on"].id).people[0].last_seen
        == "21\N{NO-BREAK SPACE}Jan"
    )


def test_2_8_notifications_are_switched_by_contact_and_client(world: World, house: dict[str, Client]) -> None:
    client = house["on"]
    ana = contact_id(world, "Ana")
    for is_on in (False, False, True):
        access_notices.set_notices(world.ports, world.staff, client.id, ana, is_on=is_on)
        (row,) = world.all(PortalAccess, client_id=client.id)
        assert (row.notices_off_at is None) is is_on
    assert row.level is AccessLevel.FULL


def test_1_16_members_see_the_page_without_bulk_work(world: World, house: dict[str, Client]) -> None:
    member = replace(world.staff, role=Role.MEMBER)
    view = portal_views.portal_view(world.ports, member, Filters())
    assert (len(view.rows), view.can_bulk) == (4, False)
