"""Invitations to one contact for one client: given, sent, resent, ended, and asked for anew (3.2, 3.3, 6.12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal_app.domain.errors import BadInput, LinkEnded, NotFound, RuleBroken
from portal_app.domain.invitations import Standing
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    Invitation,
    InvitationLink,
    MailPhase,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    SignInSession,
)
from portal_app.ports import MailRefused
from portal_app.services.clients import client_views, clients, contacts, portal_switch
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from tests.services.invited import Story
from tests.signing import mails, text_of
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_3_2_an_invitation_names_client_and_inviter_and_shows_in_the_timeline(story: Story) -> None:
    (mail,) = mails(story.world, "invitation")
    body = text_of(story.world, mail)
    assert (mail.recipient, mail.urgency) == (story.contact.email, 0)
    for words in ("Marie-Claude Gagnon", "Sophie Ouellet", "Tremblay Ouellet CPA"):
        assert words in body
    view = client_views.client_view(story.world.ports, story.world.staff, story.client.id)
    assert [moment.what for moment in view.timeline] == ["invited Marie-Claude Gagnon to the portal"]
    (row,) = view.contacts
    assert (row.portal, row.can_invite, row.can_resend, row.can_cancel) == ("Invited", False, True, True)
    assert row.portal_more.startswith("Limited access, until")


def test_2_7_giving_access_sends_nothing_and_the_invitation_can_follow(world: World) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.new_client(portal_on_at=None)
    contact = world.new_contact(client)
    invitations.give_access(world.ports, world.staff, client.id, contact.id, AccessLevel.FULL)
    (row,) = world.all(PortalAccess)
    assert (row.status, row.level, world.all(OutboxMail)) == (AccessStatus.GIVEN, AccessLevel.FULL, [])
    assert world.get(client).portal_on_at == world.clock.now()

    invitations.invite_contact(world.ports, world.staff, client.id, contact.id, AccessLevel.FULL, "Bonjour")
    assert world.get(row).status is AccessStatus.INVITED
    assert "Bonjour" in text_of(world, mails(world, "invitation")[0])


def test_asvs_13_only_a_hash_of_256_random_bits_is_kept(story: Story) -> None:
    assert len(story.token) >= 43
    kept = [
        repr(story.world.all(kind)) for kind in (Invitation, InvitationLink, Activity, AuditEntry, OutboxMail)
    ]
    assert story.token not in "".join(kept)


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda s: s.world.change(s.world.firm, portal_on_at=None), "off for the whole firm"),
        (lambda s: s.world.change(s.client, archived_at=s.world.clock.now()), "archived"),
        (lambda s: s.world.change(s.contact, archived_at=s.world.clock.now()), "archived"),
        (lambda s: s.world.change(s.contact, email="", email_key=None), "no e-mail address"),
        (lambda s: s.world.change(s.contact, bounced_at=s.world.clock.now()), "came back"),
    ],
    ids=["portal off", "client archived", "contact archived", "no address", "bounced"],
)
def test_inviting_says_why_not(story: Story, spoil: Callable[[Story], object], text: str) -> None:
    story.cancel()
    spoil(story)
    with pytest.raises(RuleBroken, match=text):
        story.invite()
    assert len(mails(story.world, "invitation")) == 1


def test_who_was_invited_is_resent_to_and_who_accepted_is_left_alone(story: Story) -> None:
    with pytest.raises(RuleBroken, match="Resend"):
        story.invite()
    story.accept()
    for again in (story.invite, story.resend, story.cancel):
        with pytest.raises(RuleBroken):
            again()
    assert story.access.status is AccessStatus.ACCEPTED


def test_a_contact_of_another_client_or_firm_is_not_found(story: Story) -> None:
    world = story.world
    stranger = world.new_contact(world.new_client("Elsewhere"), "Nadia Haddad")
    rival = world.actor(world.new_staff("Rival", firm=world.new_firm("Other", "other")))
    with pytest.raises(NotFound):
        invitations.invite_contact(world.ports, world.staff, story.client.id, stranger.id)
    for act in (invitations.resend_invitation, invitations.cancel_invitation, invitations.give_access):
        with pytest.raises(NotFound):
            act(world.ports, rival, story.client.id, story.contact.id)
    with pytest.raises(BadInput):
        story.invite(message="x" * 2001)


def test_3_3_it_is_valid_for_72_hours_less_a_second(story: Story) -> None:
    story.world.clock.advance(hours=72, seconds=-1)
    assert story.look().standing is Standing.OPEN
    story.accept()
    assert story.access.status is AccessStatus.ACCEPTED


@pytest.mark.parametrize("seconds", [0, 1])
def test_3_3_it_is_expired_at_72_hours_for_good(story: Story, seconds: int) -> None:
    story.world.clock.advance(hours=72, seconds=seconds)
    assert story.look().standing is Standing.EXPIRED
    with pytest.raises(LinkEnded) as ended:
        story.accept()
    assert ended.value.reason is Standing.EXPIRED

    story.resend()
    assert story.look().standing is Standing.EXPIRED  # what expired stays so
    assert story.look(story.tokens[-1]).standing is Standing.OPEN
    assert story.world.all(PortalAccount) == []


def test_3_3_resending_starts_three_new_days_and_every_link_works(story: Story) -> None:
    story.world.clock.advance(hours=71)
    story.resend()
    assert len(set(story.tokens)) == 2
    story.world.clock.advance(hours=71)
    assert {story.look(token).standing for token in story.tokens} == {Standing.OPEN}
    tokens = story.tokens
    story.accept(tokens[0])
    assert {story.look(token).standing for token in tokens} == {Standing.ACCEPTED}
    with pytest.raises(LinkEnded):
        story.accept(tokens[1], "another good password")


def test_two_presses_of_resend_send_one_email(story: Story) -> None:
    story.world.clock.advance(minutes=1)
    story.resend()
    with pytest.raises(RuleBroken, match="less than a minute"):
        story.resend()
    assert len(mails(story.world, "invitation")) == 2


def test_asvs_13_cancelling_ends_every_link_and_the_emails_that_wait(story: Story) -> None:
    story.world.clock.advance(minutes=1)
    story.resend()
    tokens = story.tokens
    story.cancel()
    story.cancel()
    assert {story.look(token).standing for token in tokens} == {Standing.CANCELLED}
    assert {mail.phase for mail in mails(story.world, "invitation")} == {MailPhase.CANCELLED}
    assert story.access.status is AccessStatus.CANCELLED
    with pytest.raises(LinkEnded):
        story.accept()
    with pytest.raises(RuleBroken, match="Invite"):
        story.resend()

    story.invite()
    assert story.look().standing is Standing.CANCELLED
    assert story.look(story.tokens[-1]).standing is Standing.OPEN


@pytest.mark.parametrize(
    ("shut", "says"),
    [
        (lambda s: s.world.change(s.world.firm, portal_on_at=None), Standing.ENDED),
        (lambda s: s.world.change(s.client, portal_on_at=None), Standing.ENDED),
        (lambda s: clients.archive_client(s.world.ports, s.world.staff, s.client.id), Standing.ENDED),
        (lambda s: s.world.change(s.contact, archived_at=s.world.clock.now()), Standing.ENDED),
        (
            lambda s: contacts.unlink_contact(s.world.ports, s.world.staff, s.client.id, s.contact.id),
            Standing.CANCELLED,
        ),
        (
            lambda s: contacts.edit_contact(
                s.world.ports,
                s.world.staff,
                s.client.id,
                s.contact.id,
                contacts.ContactFields("Marie-Claude Gagnon", "new@client.example"),
            ),
            Standing.READDRESSED,
        ),
    ],
    ids=[
        "firm's portal off",
        "client's portal off",
        "client archived",
        "contact archived",
        "unlinked",
        "moved",
    ],
)
def test_2_10_to_2_19_and_3_3_what_shuts_an_invitation_and_what_it_says_then(
    story: Story, shut: Callable[[Story], object], says: Standing
) -> None:
    shut(story)
    assert story.look().standing is says
    with pytest.raises(LinkEnded):
        story.accept()
    story.press()
    assert len(mails(story.world, "invitation")) == 1


def test_2_15_no_invitation_leaves_to_an_archived_client(story: Story) -> None:
    clients.archive_client(story.world.ports, story.world.staff, story.client.id)
    deliver_outbox(story.world.ports)
    assert story.world.mail.sent == []


def test_3_5_an_address_that_does_not_exist_makes_it_undeliverable(story: Story) -> None:
    story.world.mail.script = [MailRefused("550 5.1.1 no such user", code=550, is_final=True)]
    deliver_outbox(story.world.ports)
    assert story.access.status is AccessStatus.UNDELIVERABLE
    with pytest.raises(RuleBroken, match="came back"):
        story.resend()


def test_3_3_the_press_on_an_expired_link_sends_a_new_one_to_the_invited_address(story: Story) -> None:
    story.world.clock.advance(hours=72)
    story.press()
    assert [mail.recipient for mail in mails(story.world, "invitation")] == [story.contact.email] * 2
    fresh = story.tokens[-1]
    assert story.look(fresh).standing is Standing.OPEN
    assert story.look(fresh).expires_at == story.world.clock.now() + timedelta(hours=72)
    story.accept(fresh)


def test_6_12_at_most_one_email_a_minute_and_five_an_hour(story: Story) -> None:
    story.world.clock.advance(hours=72)
    for _number in range(3):
        story.press()
    assert len(mails(story.world, "invitation")) == 2
    for _number in range(8):
        story.world.clock.advance(minutes=1)
        story.press()
    assert len(mails(story.world, "invitation")) == 6


@pytest.mark.parametrize("why", ["open", "cancelled", "accepted"])
def test_6_12_the_press_does_nothing_where_nothing_is_to_be_renewed(story: Story, why: str) -> None:
    story.world.clock.advance(hours=1)
    if why == "cancelled":
        story.cancel()
    elif why == "accepted":
        story.accept()
    story.world.clock.advance(hours=71)
    if why == "open":
        story.world.clock.advance(seconds=-1)
    story.press()
    assert len(mails(story.world, "invitation")) == 1


def test_asvs_24_looking_changes_no_row(story: Story) -> None:
    def everything() -> str:
        kinds = (Invitation, InvitationLink, PortalAccess, Activity, AuditEntry, OutboxMail, SignInSession)
        return repr([story.world.all(kind) for kind in kinds])

    before = everything()
    for _number in range(20):
        story.look()
    assert everything() == before


def test_2_14_switching_one_client_off_ends_no_invitation_to_another(story: Story) -> None:
    world = story.world
    other = world.new_client("Elsewhere")
    contacts.link_contact(world.ports, world.staff, other.id, story.contact.id)
    invitations.invite_contact(world.ports, world.staff, other.id, story.contact.id, AccessLevel.LIMITED, "")
    portal_switch.switch_client(world.ports, world.staff, other.id, is_on=False)
    ended = {row.client_id: row.ended_at is not None for row in world.all(Invitation)}
    assert ended == {story.client.id: False, other.id: True}
    assert story.access.status is AccessStatus.INVITED
