"""A contact archived and restored: what ends at once, for all their clients, and what comes back (2.10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, SignInNeeded
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    ContactNotice,
    HandOver,
    Invitation,
    KnownBrowser,
    MailPhase,
    Notification,
    OutboxMail,
    PasswordReset,
    PortalAccess,
    Recipient,
    SignInSession,
    SignUpLink,
)
from portal_app.services import access
from portal_app.services.clients import contact_archiving, contact_views, contacts
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.notices.notice_mail import queue_contact_notices
from portal_app.services.sign_in.accounts import Entrance, Kind, by_address
from portal_app.services.sign_in.sessions import SessionBook, cookie_name
from portal_app.services.tasks import comments
from portal_app.work import reading
from tests.services.sends import sent
from tests.world import World


@pytest.fixture
def nadia(world: World) -> Contact:
    """A contact of two clients, who signs in to one, was invited to the other, and holds a link on her phone."""
    client = world.new_client("Studio Haddad inc.")
    person = world.new_contact(client, "Nadia Haddad")
    world.give_account(person, client)
    other = world.new_client("Fiducie Haddad")
    contacts.link_contact(world.ports, world.staff, other.id, person.id)
    invitations.invite_contact(world.ports, world.staff, other.id, person.id)
    sent(world, world.draft_request(client, to=[person]))
    deliver_outbox(world.ports)
    sent(world, world.draft_request(other, to=[person], name="Trust deed"))
    return person


def bound(world: World, person: Contact) -> Actor:
    """Her first grant, bound to a device."""
    phone, _token = world.new_device()
    grant = world.all(AccessGrant, contact_id=person.id)[0]
    world.change(grant, device_id=phone.device_id, claimed_at=world.clock.now())
    return phone


def opens(world: World, asker: Actor, request_id) -> str:
    """What becomes of an event by this asker."""
    with reading(world.ports, asker) as work:
        try:
            access.request(work, request_id, Permission.TASK_VIEW)
        except (LinkEnded, NotFound, SignInNeeded) as refusal:
            return type(refusal).__name__
    return "opens"


def archive(world: World, person: Contact) -> None:
    contact_archiving.archive_contact(world.ports, world.staff, person.id)


def restore(world: World, person: Contact) -> None:
    contact_archiving.restore_contact(world.ports, world.staff, person.id)


def test_asvs_20_2_10_archiving_shuts_every_door_at_once_at_all_clients(world: World, nadia: Contact) -> None:
    phone, browser = bound(world, nadia), world.new_session(contact_id=nadia.id, firm_id=nadia.firm_id)
    session, token = browser
    grant = world.all(AccessGrant, contact_id=nadia.id)[0]
    task = world.tasks(world.all(ClientRequest, id=grant.request_id)[0])[0]
    hand = world.put(
        HandOver(
            firm_id=nadia.firm_id,
            task_id=task.id,
            request_id=grant.request_id,
            grant_id=grant.id,
            contact_id=nadia.id,
            name="Luc",
            email="luc@books.example",
            created_at=world.clock.now(),
            expires_at=world.clock.now() + timedelta(days=9),
        )
    )
    assert opens(world, phone, grant.request_id) == "opens"

    archive(world, nadia)

    assert opens(world, phone, grant.request_id) == "LinkEnded"
    assert world.get(session).ended_at == world.clock.now()
    book = SessionBook(world.ports)
    cookies = {cookie_name("client", world.settings): token}
    assert book.resolve(cookies, "").client is None
    with reading(world.ports, Actor.nobody()) as work:
        assert by_address(work.session, Entrance(Kind.CLIENT, nadia.firm_id), nadia.email) is None
    assert [row.ended_because for row in world.all(Invitation)] == ["archived"]
    assert world.get(hand).ended_at == world.clock.now()
    assert {row.phase for row in world.all(OutboxMail, contact_id=nadia.id)} == {
        MailPhase.SENT,
        MailPhase.CANCELLED,
    }
    assert f"session:{session.id}" in world.bell.rung
    assert {f"request:{row.request_id}" for row in world.all(AccessGrant)} <= set(world.bell.rung)


def test_2_10_links_by_e_mail_to_the_account_end_and_no_browser_is_remembered(
    world: World, nadia: Contact
) -> None:
    now, device = world.clock.now(), world.new_device()[0].device_id
    more = {"firm_id": nadia.firm_id, "contact_id": nadia.id}
    reset = world.put(
        PasswordReset(token_hash=b"1" * 32, created_at=now, expires_at=now + timedelta(hours=1), **more)
    )
    link = world.put(
        SignUpLink(
            token_hash=b"2" * 32,
            email=nadia.email,
            created_at=now,
            expires_at=now + timedelta(days=3),
            **more,
        )
    )
    known = world.put(
        KnownBrowser(device_id=device, since=now, remembered_until=now + timedelta(days=30), **more)
    )

    archive(world, nadia)
    restore(world, nadia)

    assert (world.get(reset).ended_at, world.get(link).ended_at) == (now, now)
    assert world.get(known).remembered_until is None


def test_2_10_restoring_gives_back_account_access_and_grants_with_their_devices_and_sends_nothing(
    world: World, nadia: Contact
) -> None:
    phone = bound(world, nadia)
    grant = world.all(AccessGrant, contact_id=nadia.id)[0]
    archive(world, nadia)
    queued = len(world.all(OutboxMail))

    restore(world, nadia)

    assert opens(world, phone, grant.request_id) == "opens"
    with reading(world.ports, Actor.nobody()) as work:
        assert by_address(work.session, Entrance(Kind.CLIENT, nadia.firm_id), nadia.email) is not None
    assert {row.status for row in world.all(PortalAccess)} == {AccessStatus.ACCEPTED, AccessStatus.GIVEN}
    assert len(world.all(OutboxMail)) == queued
    assert all(row.ended_at for row in world.all(SignInSession, contact_id=nadia.id))


def test_2_10_a_grant_that_expired_meanwhile_stays_expired(world: World, nadia: Contact) -> None:
    phone = bound(world, nadia)
    grant = world.all(AccessGrant, contact_id=nadia.id)[0]
    archive(world, nadia)
    world.clock.advance(days=31)

    restore(world, nadia)

    assert opens(world, phone, grant.request_id) == "LinkEnded"


def test_2_10_no_reminder_and_no_send_goes_to_who_is_archived(world: World, nadia: Contact) -> None:
    archive(world, nadia)
    sent_before = len(world.mail.sent)
    deliver_outbox(world.ports)

    assert len(world.mail.sent) == sent_before
    assert all(row.next_reminder_at is None for row in world.all(Recipient, contact_id=nadia.id))


def test_2_10_the_page_says_beforehand_what_ends_and_how_many(world: World, nadia: Contact) -> None:
    bound(world, nadia)
    world.new_session(contact_id=nadia.id, firm_id=nadia.firm_id)

    view = contact_views.contact_view(world.ports, world.staff, nadia.id)

    assert view.ends == [
        "1 signed-in browser",
        "2 open links to requests",
        "1 device bound to a link",
        "1 open invitation",
        "1 e-mail not yet sent",
    ]
    archive(world, nadia)
    view = contact_views.contact_view(world.ports, world.staff, nadia.id)
    assert (view.portal, view.is_archived) == ("Disabled", True)
    assert {row.portal for row in view.clients} == {"Disabled"}


def test_2_10_archiving_twice_changes_nothing_more(world: World, nadia: Contact) -> None:
    archive(world, nadia)
    at = world.get(nadia).archived_at
    world.clock.advance(hours=1)
    archive(world, nadia)

    assert world.get(nadia).archived_at == at


def test_2_10_restoring_within_ten_minutes_brings_no_e_mail_about_a_comment_back(
    world: World, nadia: Contact
) -> None:
    task = world.tasks(world.all(ClientRequest)[0])[0]
    comments.add_comment(world.ports, world.staff, task.id, "Page 2 is missing.")

    archive(world, nadia)
    restore(world, nadia)
    world.clock.advance(minutes=11)
    queue_contact_notices(world.ports)

    assert world.all(OutboxMail, event="client_news") == []
    assert [row.read_at for row in world.all(ContactNotice, kind="comment")] == [None]


@pytest.mark.parametrize("act", [archive, restore])
def test_2_10_every_open_page_that_names_them_looks_again(
    world: World, nadia: Contact, act: Callable[[World, Contact], None]
) -> None:
    """The lists, their own page, the works of requests that were sent to them and of those that will be."""
    planned = world.draft_request(world.all(Client)[0], to=[nadia], name="Not sent yet")
    others = world.draft_request(world.all(Client)[0], to=[world.new_contact(world.all(Client)[0], "Luc")])
    if act is restore:
        archive(world, nadia)
    world.bell.rung.clear()

    act(world, nadia)

    theirs = {f"request:{row.request_id}" for row in world.all(Recipient, contact_id=nadia.id)}
    assert f"request:{planned.id}" in theirs
    assert theirs | {f"firm:{nadia.firm_id}", f"contact:{nadia.id}"} <= set(world.bell.rung)
    assert f"request:{others.id}" not in world.bell.rung


def test_2_10_what_staff_were_told_of_them_stays_in_triage_and_they_hear_of_nothing_more(
    world: World, nadia: Contact
) -> None:
    task = world.tasks(world.all(ClientRequest)[0])[0]
    comments.add_comment(world.ports, bound(world, nadia), task.id, "Which year?")
    told = [row.id for row in world.all(Notification, contact_id=nadia.id)]
    assert told

    archive(world, nadia)
    before = len(world.all(ContactNotice, contact_id=nadia.id))
    comments.add_comment(world.ports, world.staff, task.id, "2025, please.")

    rows = world.all(Notification, contact_id=nadia.id)
    assert [row.id for row in rows if row.read_at is None and row.taken_back_at is None] == told
    assert len(world.all(ContactNotice, contact_id=nadia.id)) == before


def test_2_10_another_firms_contact_is_not_found(world: World) -> None:
    there = world.new_firm("Other CPA", slug="other")
    person = world.new_contact(world.new_client("Theirs", firm=there), "Theirs")

    for act in (contact_archiving.archive_contact, contact_archiving.restore_contact):
        with pytest.raises(NotFound):
            act(world.ports, world.staff, person.id)
    assert world.get(person).archived_at is None
