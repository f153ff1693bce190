"""Accepting an invitation: a password or a sign-in, by the invited person alone, once (3.4, 3.8, 3.9)."""

from __future__ import annotations

import threading

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, LinkEnded, SignInNeeded
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    Invitation,
    KnownBrowser,
    PortalAccess,
    PortalAccount,
    SignInSession,
)
from portal_app.services.clients import contacts
from portal_app.services.invitations import accepting, invitations
from portal_app.services.invitations.accepting import Asker
from portal_app.services.sign_in.sign_in import give_password
from tests.services.invited import HERE, NEW, Story, with_account
from tests.signing import give_code, latest_code, mails
from tests.world import PASSWORD, World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_3_4_a_password_makes_the_account_and_the_second_step_lets_in(story: Story) -> None:
    unfinished = story.accept()
    (account,) = story.world.all(PortalAccount)
    assert (story.access.status, account.shown_client_id) == (AccessStatus.ACCEPTED, story.client.id)
    assert story.world.all(SignInSession)[0].mfa_at is None

    done = give_code(story.world.ports, story.look().entrance, unfinished, latest_code(story.world), HERE)
    assert done.next_path == "/home"
    assert len(story.world.all(KnownBrowser)) == 1
    assert mails(story.world, "security_notice") == []  # nobody to warn: the account is a moment old
    assert story.sees(story.world.signed_in(story.contact))
    assert [row.kind for row in story.world.all(Activity) if row.contact_id == story.contact.id][-2:] == [
        "invitation_accepted",
        "signed_in",
    ]


def test_3_8_making_an_account_accepts_all_that_is_open_at_its_level(story: Story) -> None:
    world = story.world
    for name, level in (("Second", AccessLevel.FULL), ("Third", AccessLevel.LIMITED)):
        client = world.new_client(name)
        contacts.link_contact(world.ports, world.staff, client.id, story.contact.id)
        invitations.invite_contact(world.ports, world.staff, client.id, story.contact.id, level)
    invitations.cancel_invitation(world.ports, world.staff, client.id, story.contact.id)
    story.accept()
    assert sorted((row.status, row.level) for row in world.all(PortalAccess)) == [
        (AccessStatus.ACCEPTED, AccessLevel.FULL),
        (AccessStatus.ACCEPTED, AccessLevel.LIMITED),
        (AccessStatus.CANCELLED, AccessLevel.LIMITED),
    ]
    assert len(world.all(PortalAccount)) == 1


def test_3_4_who_has_an_account_signs_in_and_the_client_is_added(world: World) -> None:
    story = with_account(world)
    seen = story.look()
    assert (seen.has_account, seen.asker) == (True, Asker.NOBODY)
    with pytest.raises(SignInNeeded):
        story.accept()

    given = give_password(
        world.ports, seen.entrance, seen.email, PASSWORD, HERE, invitation_id=seen.invitation_id
    )
    assert story.access.status is AccessStatus.INVITED  # a password alone accepts nothing
    give_code(world.ports, seen.entrance, given.token, latest_code(world), HERE)
    assert (story.access.status, story.access.level) == (AccessStatus.ACCEPTED, AccessLevel.FULL)
    assert len(world.all(PortalAccount)) == 1


def test_a_sign_in_that_ends_after_the_invitation_did_adds_nothing(world: World) -> None:
    story = with_account(world)
    seen = story.look()
    given = give_password(
        world.ports, seen.entrance, seen.email, PASSWORD, HERE, invitation_id=seen.invitation_id
    )
    story.cancel()
    give_code(world.ports, seen.entrance, given.token, latest_code(world), HERE)
    assert story.access.status is AccessStatus.CANCELLED


def test_3_9_somebody_elses_sign_in_takes_no_invitation(story: Story) -> None:
    world = story.world
    home = world.new_client("Home")
    other = world.new_contact(home, "Nadia Haddad")
    world.give_account(other, home)
    seen = story.look()
    given = give_password(
        world.ports, seen.entrance, other.email, PASSWORD, HERE, invitation_id=seen.invitation_id
    )
    give_code(world.ports, seen.entrance, given.token, latest_code(world), HERE)
    assert story.access.status is AccessStatus.INVITED


def test_3_4_who_is_signed_in_adds_the_client_by_one_press(world: World) -> None:
    story = with_account(world)
    signed_in = world.signed_in(story.contact)
    assert not story.sees(signed_in)
    accepting.accept_signed_in(world.ports, signed_in, story.token)
    assert story.sees(signed_in)
    with pytest.raises(LinkEnded):
        accepting.accept_signed_in(world.ports, signed_in, story.token)


def test_3_9_an_invitation_is_for_the_invited_address_alone(story: Story) -> None:
    world = story.world
    other_client = world.new_client("Elsewhere")
    other = world.new_contact(other_client, "Nadia Haddad")
    world.give_account(other, other_client)
    signed_in = world.signed_in(other)
    seen = story.look(actor=signed_in)
    assert (seen.asker, seen.other_name) == (Asker.OTHER, "Nadia Haddad")
    with pytest.raises(SignInNeeded):
        accepting.accept_signed_in(world.ports, signed_in, story.token)
    with pytest.raises(SignInNeeded):
        story.accept(actor=signed_in)
    assert story.access.status is AccessStatus.INVITED
    assert len(world.all(PortalAccount)) == 1


@pytest.mark.parametrize("who", ["somebody else", "nobody", "staff"])
def test_3_9_nobody_but_the_invited_person_presses_for_them_though_they_have_an_account(
    world: World, who: str
) -> None:
    story = with_account(world)
    client = world.new_client("Elsewhere")
    other = world.new_contact(client, "Luc Roy")
    world.give_account(other, client)
    actor = {"somebody else": world.signed_in(other), "staff": world.staff}.get(who, Actor.nobody("en", ""))
    before = [world.all(kind) for kind in (PortalAccess, PortalAccount, Invitation)]
    with pytest.raises(SignInNeeded):
        accepting.accept_signed_in(world.ports, actor, story.token)
    with pytest.raises(SignInNeeded):
        story.accept(actor=actor)
    assert [world.all(kind) for kind in (PortalAccess, PortalAccount, Invitation)] == before


def test_4_1_a_weak_password_is_refused_and_uses_nothing_up(story: Story) -> None:
    for weak in ("short", "password1", "tremblay ouellet cpa"):
        with pytest.raises(BadInput):
            story.accept(password=weak)
    assert story.world.all(PortalAccount) == []
    story.accept()


def test_fifty_accepts_at_once_make_one_account(story: Story) -> None:
    story.world.clock.advance(minutes=1)
    story.resend()
    tokens, start, came = story.tokens, threading.Barrier(50), []

    def press(number: int) -> None:
        start.wait()
        try:
            came.append(story.accept(tokens[number % 2], f"{NEW} {number}"))
        except (LinkEnded, SignInNeeded) as refusal:
            came.append(refusal)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 50
    assert len([one for one in came if isinstance(one, str)]) == 1
    assert len(story.world.all(PortalAccount)) == len(story.world.all(SignInSession)) == 1
    assert len(story.world.all(AuditEntry, action="invitation:accepted")) == 1
