"""A new address of one's own: confirmed first, told, and what it ends (2.16 to 2.18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import BadInput, ConfirmNeeded, LinkEnded, NotFound, SignInNeeded
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Activity,
    AddressChange,
    AuditEntry,
    Client,
    ClientContact,
    Contact,
    Invitation,
    Notification,
    PortalAccess,
    PortalAccount,
)
from portal_app.services import access
from portal_app.services.account import addresses
from portal_app.services.clients import contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.invitations import invitations
from portal_app.services.links import access_links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.sign_in import resets, second_step
from portal_app.services.sign_in.accounts import Entrance
from portal_app.services.sign_in.sign_in import give_password
from portal_app.work import reading
from tests.services.account_acts import (
    BOTH,
    HERE,
    change_address,
    contact,
    entrance_of,
    is_live,
    row_of,
    token_of,
)
from tests.services.link_story import Story
from tests.signing import mails
from tests.world import PASSWORD, World


def test_2_18_a_new_address_is_confirmed_first_and_nothing_changes_before(world: World) -> None:
    actor = world.confirmed(contact(world))
    before = row_of(world, actor).email
    addresses.ask_change(world.ports, actor, " New@home.example ")

    assert row_of(world, actor).email == before
    [mail] = mails(world, "address_change")
    assert (mail.recipient, mail.urgency) == ("New@home.example", 0)
    assert addresses.look(world.ports, actor).waiting == "New@home.example"
    page = addresses.look_link(world.ports, entrance_of(actor), Actor.nobody(), token_of(world))
    assert (page.email, page.is_signed_in) == ("New@home.example", False)
    assert row_of(world, actor).email == before


def test_2_18_confirmed_it_ends_links_codes_invitations_and_devices_and_sessions_stay(world: World) -> None:
    story = Story(world)
    device = story.bound()
    asked = story.ask()
    person, client = world.all(Contact)[0], world.all(Client)[0]
    world.give_account(person, client)
    actor = world.signed_in(person)
    second = world.new_client("Ébénisterie Gagnon")
    world.put(*_linked(world, second, person))
    invitations.invite_contact(world.ports, world.staff, second.id, person.id)
    sign_up = give_password(world.ports, entrance_of(actor), person.email, PASSWORD, HERE)

    change_address(world, actor)

    assert row_of(world, actor).email == "New@home.example"
    assert is_live(world, actor)
    [grant] = world.all(AccessGrant)
    assert (grant.ended_because, grant.ended_at) == ("address_changed", world.clock.now())
    with reading(world.ports, device) as work, pytest.raises(LinkEnded):
        access.request(work, story.request.id, Permission.TASK_VIEW)
    with reading(world.ports, actor) as work:
        access.request(work, story.request.id, Permission.TASK_VIEW)
    given = access_links.give_code(world.ports, device, story.token, asked.page, "123456", "x" * 43)
    assert not given.is_open
    [offer] = world.all(Invitation)
    assert offer.ended_because == "address_changed"
    assert world.all(PortalAccess, client_id=second.id)[0].status is AccessStatus.GIVEN
    with pytest.raises(SignInNeeded):  # its code went to the old address
        second_step.waiting(world.ports, entrance_of(actor), sign_up.token)


def _linked(world: World, client: Client, person: Contact) -> list[object]:
    now = world.clock.now()
    return [ClientContact(firm_id=person.firm_id, client_id=client.id, contact_id=person.id, created_at=now)]


def test_2_18_staff_and_the_old_address_are_told(world: World) -> None:
    """4.7."""
    actor = contact(world)
    before = row_of(world, actor).email
    change_address(world, actor)

    [told] = world.all(Notification)
    assert (told.kind, told.staff_id, told.contact_id) == ("address_moved", world.owner.id, actor.contact_id)
    [notice] = mails(world, "security_notice")
    assert (notice.recipient, notice.phase.value) == (before, "queued")
    assert "e-mail address was changed" in notice.subject
    deliver_outbox(world.ports)
    assert before in {one.recipient for one in world.mail.sent}
    [shown] = world.all(Activity, kind="address_moved")
    assert shown.contact_id == actor.contact_id
    assert [row.action for row in world.all(AuditEntry)] == ["address_change:asked", "address:changed"]


@BOTH
def test_2_18_from_then_on_they_sign_in_by_the_new_one_alone(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    before = row_of(world, actor).email
    change_address(world, actor)
    with pytest.raises(BadInput):
        give_password(world.ports, entrance_of(actor), before, PASSWORD, HERE)
    assert give_password(world.ports, entrance_of(actor), "new@HOME.example", PASSWORD, HERE).token


@BOTH
def test_2_18_the_link_works_once_for_a_day_and_the_newest_alone(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = world.confirmed(asker(world))
    ways = entrance_of(actor)
    addresses.ask_change(world.ports, actor, "one@home.example")
    first = token_of(world)
    world.clock.advance(minutes=2)
    addresses.ask_change(world.ports, actor, "two@home.example")
    with pytest.raises(NotFound):
        addresses.confirm(world.ports, ways, actor, first, "", HERE)
    world.clock.advance(hours=24)
    with pytest.raises(NotFound):
        addresses.confirm(world.ports, ways, actor, token_of(world), "", HERE)
    actor = world.confirmed(replace(actor, session_id=None))
    addresses.ask_change(world.ports, actor, "three@home.example")
    last = token_of(world)
    world.clock.advance(hours=23, minutes=59, seconds=59)
    addresses.confirm(world.ports, ways, Actor.nobody(), last, PASSWORD, HERE)
    with pytest.raises(NotFound):
        addresses.confirm(world.ports, ways, Actor.nobody(), last, PASSWORD, HERE)


def readdressed(world: World, email: str = "new@firm.example") -> Contact:
    """A contact with an account, to whom staff gave another address; their link is in the mail."""
    person = world.all(Contact)[0]
    client = world.all(ClientContact, contact_id=person.id)[0].client_id
    contacts.edit_contact(world.ports, world.staff, client, person.id, ContactFields(person.name, email))
    return world.get(person)


def test_2_17_the_account_signs_in_by_the_firms_new_address_once_it_is_confirmed(world: World) -> None:
    actor = contact(world)
    ways, before = entrance_of(actor), row_of(world, actor).email
    person = readdressed(world)

    for email in (before, person.email):
        with pytest.raises(BadInput):
            give_password(world.ports, ways, email, PASSWORD, HERE)
    [mail] = mails(world, "address_change")
    assert mail.recipient == person.email
    with pytest.raises(BadInput):
        addresses.confirm(world.ports, ways, Actor.nobody(), token_of(world), "guess", HERE)
    addresses.confirm(world.ports, ways, Actor.nobody(), token_of(world), PASSWORD, HERE)

    assert give_password(world.ports, ways, person.email, PASSWORD, HERE).token
    assert [row.action for row in world.all(AuditEntry)][-2:] == [
        "address:confirmed",
        "sign_in:password_given",
    ]


def test_2_17_whoever_has_the_new_mailbox_gets_no_new_password_before_it_is_confirmed(world: World) -> None:
    actor = contact(world)
    person = readdressed(world)
    world.clock.advance(days=2)  # the first link is past

    resets.ask_reset(world.ports, entrance_of(actor), person.email, HERE)

    assert mails(world, "password_reset") == []
    addresses.confirm(world.ports, entrance_of(actor), Actor.nobody(), token_of(world), PASSWORD, HERE)
    assert world.all(PortalAccount, contact_id=person.id)[0].readdressed_at is None


def test_2_17_confirming_leaves_what_was_sent_to_the_new_address_alone(world: World) -> None:
    story = Story(world)
    story.bound()
    person, client = world.all(Contact)[0], world.all(Client)[0]
    world.give_account(person, client)
    fields = ContactFields(person.name, "new@firm.example")
    contacts.edit_contact(world.ports, world.staff, client.id, person.id, fields, resend=True)
    actor = Actor(kind=Kind.CLIENT, firm_id=person.firm_id, contact_id=person.id)

    addresses.confirm(world.ports, entrance_of(actor), Actor.nobody(), token_of(world), PASSWORD, HERE)

    assert sorted(row.ended_because for row in world.all(AccessGrant)) == ["", "address_changed"]


@BOTH
def test_2_18_whoever_reads_the_new_mailbox_is_not_let_in_by_the_link_alone(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = world.confirmed(asker(world))
    before = row_of(world, actor).email
    addresses.ask_change(world.ports, actor, "mistyped@home.example")
    token, ways = token_of(world), entrance_of(actor)
    stranger = world.signed_in(world.new_contact(world.new_client("Other"), "Eve Other"))
    for who in (Actor.nobody(), stranger):
        with pytest.raises(BadInput) as refusal:
            addresses.confirm(world.ports, ways, who, token, "guess", HERE)
        assert refusal.value.field == "password"
    wrong = Entrance(Kind.CLIENT, world.new_firm("Loin", slug="loin").id)
    with pytest.raises(NotFound):
        addresses.confirm(world.ports, wrong, actor, token, "", HERE)
    assert row_of(world, actor).email == before


@BOTH
def test_2_16_an_address_that_is_somebody_elses_gets_no_link_and_nothing_says_so(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = world.confirmed(asker(world))
    taken = (
        world.new_staff("Karim Haddad").email
        if actor.is_staff
        else world.new_contact(world.new_client("Other"), "Luc Other").email
    )
    assert addresses.ask_change(world.ports, actor, taken.upper()) == taken.upper()
    assert mails(world, "address_change") == []
    assert world.all(AddressChange) == []


def test_2_16_an_address_given_to_another_contact_meanwhile_is_not_taken_from_them(world: World) -> None:
    actor = world.confirmed(contact(world))
    addresses.ask_change(world.ports, actor, "new@home.example")
    world.new_contact(world.new_client("Other"), "Luc Other", email="NEW@home.example")
    with pytest.raises(NotFound):
        addresses.confirm(world.ports, entrance_of(actor), actor, token_of(world), "", HERE)


@BOTH
def test_asvs_21_an_address_is_asked_for_only_after_password_or_mfa_again(
    world: World, asker: Callable[[World], Actor]
) -> None:
    actor = asker(world)
    for act in (
        lambda: addresses.look(world.ports, actor),
        lambda: addresses.ask_change(world.ports, actor, "new@home.example"),
    ):
        with pytest.raises(ConfirmNeeded):
            act()
    assert mails(world, "address_change") == []
    actor = world.confirmed(actor)
    for typed in ("", "not an address", row_of(world, actor).email.upper()):
        with pytest.raises(BadInput) as refusal:
            addresses.ask_change(world.ports, actor, typed)
        assert refusal.value.field == "email"


# browsers
