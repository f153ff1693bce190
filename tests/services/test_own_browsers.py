"""Where one is signed in: sessions, remembered browsers and devices, listed and ended (4.4, 4.8, 4.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, LinkEnded, NotFound, SignInNeeded
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessStatus,
    Client,
    Contact,
    KnownBrowser,
    OutboxMail,
    PortalAccess,
    PortalAccount,
)
from portal_app.services import access
from portal_app.services.account import addresses, browsers, passwords, profiles
from portal_app.services.account.own import own
from portal_app.services.account.profiles import Profile
from portal_app.services.requests import request_pages
from portal_app.services.sign_in.accounts import Entrance
from portal_app.services.sign_in.sessions import end_session
from portal_app.services.sign_in.sign_in import give_password
from portal_app.work import begin, reading
from tests.services.account_acts import (
    BOTH,
    HERE,
    NEW_PASSWORD,
    change_address,
    contact,
    is_live,
    owner,
    row_of,
    sign_in,
)
from tests.services.link_story import Story
from tests.world import World


def rows(world: World, actor: Actor) -> list[browsers.BrowserRow]:
    with reading(world.ports, actor) as work:
        return browsers.browser_rows(work, own(work))


@BOTH
def test_4_4_the_account_lists_browsers_with_their_place_and_when_they_were_seen(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    sign_in(world, actor, HERE, remember=True)
    world.clock.advance(minutes=5)

    here, other = rows(world, actor)
    assert (here.is_here, other.is_here) == (True, False)
    assert (other.name, other.place) == ("Firefox, Windows", "192.0.2.7")
    assert "signed in" in other.can
    assert "remembered until 1 April" in other.can.replace("\u00a0", " ")
    assert other.seen.startswith("Last seen")


@BOTH
def test_asvs_19_ending_a_browser_ends_its_session_rings_and_forgets_it(
    world: World, asker: Callable[[World], Actor]
) -> None:
    """4.4."""
    actor = asker(world)
    other = sign_in(world, actor, HERE, remember=True)
    world.bell.rung.clear()
    [row] = [one for one in rows(world, actor) if not one.is_here]

    assert browsers.end_browser(world.ports, actor, UUID(row.id)) is False
    assert world.get(other).ended_at == world.clock.now()
    assert f"session:{other.id}" in world.bell.rung
    assert [one.remembered_until for one in world.all(KnownBrowser)] == [None]
    assert [one.is_here for one in rows(world, actor)] == [True]
    assert is_live(world, actor)


@BOTH
def test_4_4_all_others_end_at_once_and_this_one_goes_on(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    for number in range(2):
        sign_in(world, actor, replace(HERE, address=f"192.0.2.{number}"))
    assert browsers.end_others(world.ports, actor) == 2
    assert [one.is_here for one in rows(world, actor)] == [True]
    assert browsers.end_others(world.ports, actor) == 0


def test_4_4_a_device_that_holds_links_is_listed_and_once_ended_opens_only_by_an_access_link(
    world: World,
) -> None:
    """6.4, 6.5: the grant stays open."""
    story = Story(world)
    device = replace(world.new_device()[0], browser=HERE.browser, address="203.0.113.9")
    story.claim(device)
    person = world.all(Contact)[0]
    world.give_account(person, world.all(Client)[0])
    actor = world.signed_in(person)
    [row] = [one for one in rows(world, actor) if not one.is_here]
    assert (row.name, row.place, row.can) == (
        "Firefox, Windows",
        "203.0.113.9",
        "opens 1 request by link",
    )

    browsers.end_others(world.ports, actor)

    assert story.grant.ended_at is None
    with reading(world.ports, device) as work, pytest.raises(LinkEnded):
        access.request(work, story.request.id, Permission.TASK_VIEW)
    for browser in (device, world.new_device()[0]):
        assert story.claim(browser).standing is Standing.OTHER_DEVICE
    assert [one.is_here for one in rows(world, actor)] == [True]


def test_asvs_29_nobody_ends_another_persons_browser(world: World) -> None:
    actor, other = contact(world), world.new_contact(world.new_client("Other"), "Luc Other")
    world.give_account(other, world.all(Client)[-1])
    luc = world.signed_in(other)
    [row] = rows(world, luc)
    for act in (actor, owner(world)):
        with pytest.raises(NotFound):
            browsers.end_browser(world.ports, act, UUID(row.id))
    for nobody in (Actor.nobody(), world.new_device()[0]):
        with pytest.raises(SignInNeeded):
            browsers.end_browser(world.ports, nobody, UUID(row.id))
    assert is_live(world, luc)


def test_4_8_staff_and_client_sessions_in_one_browser_are_listed_and_ended_apart(world: World) -> None:
    client = world.new_client()
    person = world.new_contact(client, "Sophie Ouellet", email=world.owner.email)
    world.give_account(person, client)
    device = world.new_device()[0].device_id
    staff_row, _ = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id, device_id=device)
    client_row, _ = world.new_session(firm_id=world.firm.id, contact_id=person.id, device_id=device)
    as_staff = replace(world.staff, session_id=staff_row.id)
    as_client = Actor(kind=Kind.CLIENT, firm_id=world.firm.id, contact_id=person.id, session_id=client_row.id)
    assert device is not None
    assert [one.is_here for one in rows(world, as_staff)] == [True]
    assert browsers.end_browser(world.ports, as_client, device) is True
    assert world.get(staff_row).ended_at is None
    assert is_live(world, as_staff)


def test_4_9_the_same_address_at_two_firms_is_two_accounts_that_know_nothing_of_each_other(
    world: World,
) -> None:
    actor = contact(world)
    elsewhere = world.new_firm("Loin", slug="loin")
    client = world.new_client("Là-bas", firm=elsewhere)
    twin = world.new_contact(client, email=row_of(world, actor).email)
    world.put(
        PortalAccount(
            firm_id=elsewhere.id,
            contact_id=twin.id,
            password_hash=world.ports.passwords.hash("une autre phrase"),
            created_at=world.clock.now(),
        )
    )
    change_address(world, actor)
    assert world.get(twin).email != row_of(world, actor).email
    passwords.change_password(world.ports, world.confirmed(actor), NEW_PASSWORD, HERE)
    assert give_password(
        world.ports, Entrance(Kind.CLIENT, elsewhere.id), twin.email, "une autre phrase", HERE
    ).token
    with pytest.raises(BadInput):
        give_password(world.ports, Entrance(Kind.CLIENT, elsewhere.id), twin.email, NEW_PASSWORD, HERE)


def test_asvs_20_an_archived_contacts_account_page_opens_nothing_and_restored_it_does(world: World) -> None:
    actor = contact(world)
    person = row_of(world, actor)
    world.change(person, archived_at=world.clock.now())
    with pytest.raises(SignInNeeded):
        profiles.change_profile(world.ports, actor, Profile("Ann", "fr"))
    world.change(person, archived_at=None)
    profiles.change_profile(world.ports, actor, Profile("Ann", "fr"))


def test_a_session_ended_elsewhere_confirms_nothing(world: World) -> None:
    actor = world.confirmed(contact(world))
    with begin(world.ports, actor) as work:
        end_session(work, actor.session_id)  # type: ignore[arg-type]
    with pytest.raises(SignInNeeded):
        addresses.ask_change(world.ports, actor, "new@home.example")
    assert world.all(OutboxMail) == []


def test_2_2_the_request_page_leads_a_signed_in_contact_to_their_other_clients_and_a_device_to_none(
    world: World,
) -> None:
    """9.2: it counts what waits at each."""
    story = Story(world)
    person, client = world.all(Contact)[0], world.all(Client)[0]
    world.give_account(person, client)
    second = world.new_client("Zénith inc.")
    shared = {"firm_id": person.firm_id, "client_id": second.id, "contact_id": person.id}
    now = world.clock.now()
    world.put(PortalAccess(**shared, status=AccessStatus.ACCEPTED, created_at=now))
    waits = world.draft_request(second, tasks=["Will"], to=[person])
    world.change(waits, sent_at=now)

    page = request_pages.request_page(world.ports, world.signed_in(person), story.request.id)
    assert page.about == client.name
    assert [(line.name, line.is_shown) for line in page.clients] == [
        (client.name, True),
        ("Zénith inc.", False),
    ]
    assert page.clients[1].waits == "One item to hand in."
    assert page.sign_out_url == f"/f/{world.firm.slug}/logout"

    by_link = request_pages.request_page(world.ports, story.bound(), story.request.id)
    assert (by_link.clients, by_link.about, by_link.sign_out_url) == ([], "", "")
