"""*Create an account* without an invitation's link: to whom it goes, what it opens, and who is told (3.7, 3.8, 2.11)."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.links import Standing
from portal_app.domain.policy import Action
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Activity,
    Client,
    ClientContact,
    Contact,
    Invitation,
    Notification,
    PortalAccess,
    PortalAccount,
    SignInSession,
    SignUpLink,
)
from portal_app.services.clients import clients, contacts, portal_switch
from portal_app.services.firm import security
from portal_app.services.home.home_pages import home_page
from portal_app.services.invitations import invitations, levels
from portal_app.services.links import links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.sign_in import sign_in, sign_ups
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.triage.notice_mail import queue_notices
from portal_app.services.work.activity_views import Filters, activity_feed
from portal_app.services.work.timeline_views import WORDS
from tests.services.posted import token_in
from tests.signing import give_code, latest_code, mails, text_of
from tests.world import PASSWORD, World

HERE = Visit(address="192.0.2.7", browser="Firefox/140.0")
NEW = "marmotte sous la neige"


class Story:
    """A contact who was sent one request, at a firm whose portal is on."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.change(world.firm, portal_on_at=world.clock.now())
        self.client: Client = world.new_client()
        self.contact: Contact = world.new_contact(self.client)
        self.entrance = Entrance(Kind.CLIENT, world.firm.id)

    def send(self) -> Any:
        request = self.world.draft_request(self.client, to=[self.contact])
        sending.send_request(self.world.ports, self.world.staff, request.id, [self.contact.id], "press")
        return request

    def give(self, status: AccessStatus, level: AccessLevel = AccessLevel.FULL) -> PortalAccess:
        row: PortalAccess = self.world.put(
            PortalAccess(
                firm_id=self.world.firm.id,
                client_id=self.client.id,
                contact_id=self.contact.id,
                level=level,
                status=status,
                created_at=self.world.clock.now(),
            )
        )
        return row

    def ask(self, email: str = "", to: str = "") -> None:
        sign_ups.ask_sign_up(self.world.ports, self.entrance, email or self.contact.email, HERE, to)

    def token(self) -> str:
        text = text_of(self.world, mails(self.world, "sign_up")[-1])
        found = re.search(r"/register/(\S+)$", text, re.MULTILINE)
        assert found
        return found[1]

    def make(self, password: str = NEW) -> Any:
        return sign_ups.sign_up(self.world.ports, self.entrance, self.token(), password, HERE)

    def access(self) -> list[tuple[AccessLevel, AccessStatus]]:
        return [(row.level, row.status) for row in self.world.all(PortalAccess)]


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_3_7_whoever_was_sent_a_request_gets_limited_access_and_staff_are_told(story: Story) -> None:
    story.send()
    story.ask()
    assert story.make().signed_in is None
    assert story.access() == [(AccessLevel.LIMITED, AccessStatus.ACCEPTED)]
    told = [row for row in story.world.all(Notification) if row.kind == "signed_up"]
    assert [(row.staff_id, row.client_id, row.contact_id) for row in told] == [
        (story.world.owner.id, story.client.id, story.contact.id)
    ]
    assert [row.client_id for row in story.world.all(Activity, kind="signed_up")] == [story.client.id]


@pytest.mark.parametrize("level", list(AccessLevel))
def test_3_7_access_that_was_given_is_what_the_account_has(story: Story, level: AccessLevel) -> None:
    story.send()
    story.give(AccessStatus.GIVEN, level)
    story.ask()
    story.make()
    assert story.access() == [(level, AccessStatus.ACCEPTED)]


def test_3_8_an_open_invitation_is_accepted_with_the_account_at_its_level(story: Story) -> None:
    invitations.invite_contact(
        story.world.ports, story.world.staff, story.client.id, story.contact.id, AccessLevel.FULL, ""
    )
    story.ask()
    story.make()
    assert story.access() == [(AccessLevel.FULL, AccessStatus.ACCEPTED)]
    assert [row.accepted_at is not None for row in story.world.all(Invitation)] == [True]


@pytest.mark.parametrize(
    "why",
    [
        "nothing",
        "unknown",
        "not sent",
        "withdrawn",
        "removed",
        "cancelled",
        "archived",
        "client off",
        "firm off",
        "disabled",
        "client archived",
    ],
)
def test_3_7_nobody_else_gets_an_e_mail(story: Story, why: str) -> None:
    world, now = story.world, story.world.clock.now()
    request = story.send() if why not in ("nothing", "not sent") else None
    if why == "not sent":
        world.draft_request(story.client, to=[story.contact])
    elif why == "withdrawn" and request:
        sending.withdraw_request(world.ports, world.staff, request.id)
    elif why == "removed" and request:
        other = world.new_contact(story.client, "Luc Roy")
        sending.add_recipients(world.ports, world.staff, request.id, [other.id], "added")
        sending.remove_recipient(world.ports, world.staff, request.id, story.contact.id)
    elif why == "cancelled":
        story.give(AccessStatus.CANCELLED)
    elif why == "archived":
        world.change(story.contact, archived_at=now)
    elif why == "client off":
        world.change(story.client, portal_on_at=None)
    elif why == "client archived":
        world.change(story.client, archived_at=now)
    elif why == "firm off":
        world.change(world.firm, portal_on_at=None)
    elif why == "disabled":
        world.put(
            PortalAccount(firm_id=world.firm.id, contact_id=story.contact.id, created_at=now, disabled_at=now)
        )
    story.ask("nobody@client.example" if why == "unknown" else "")
    assert mails(world, "sign_up") == mails(world, "has_account") == []
    assert world.all(SignUpLink) == []


def test_3_7_access_cancelled_at_one_client_stays_so_while_another_lets_in(story: Story) -> None:
    story.send()
    story.give(AccessStatus.CANCELLED)
    other = story.world.new_client("Succession Roland Gagnon")
    story.world.put(
        ClientContact(
            firm_id=story.world.firm.id,
            client_id=other.id,
            contact_id=story.contact.id,
            created_at=story.world.clock.now(),
        )
    )
    request = story.world.draft_request(other, to=[story.contact])
    sending.send_request(story.world.ports, story.world.staff, request.id, [story.contact.id], "press-2")
    story.ask()
    story.make()
    found = {row.client_id: row.status for row in story.world.all(PortalAccess)}
    assert found == {story.client.id: AccessStatus.CANCELLED, other.id: AccessStatus.ACCEPTED}


def test_3_7_who_has_an_account_is_led_to_sign_in(story: Story) -> None:
    story.world.give_account(story.contact, story.client)
    story.ask()
    assert mails(story.world, "sign_up") == []
    [mail] = mails(story.world, "has_account")
    assert "/f/tremblay/login" in text_of(story.world, mail)


def test_a_link_works_once_for_72_hours_and_the_newest_alone(story: Story) -> None:
    story.send()
    story.ask()
    first = story.token()
    story.world.clock.advance(hours=72, seconds=-1)
    assert sign_ups.look_sign_up(story.world.ports, story.entrance, first).email == story.contact.email
    story.world.clock.advance(seconds=1)
    with pytest.raises(NotFound):
        sign_ups.look_sign_up(story.world.ports, story.entrance, first)


def test_a_used_link_and_one_after_a_new_address_work_no_more(story: Story) -> None:
    story.send()
    story.ask()
    story.make()
    with pytest.raises(NotFound):
        story.make()
    luc = story.world.new_contact(story.client, "Luc Gagnon")
    request = story.world.draft_request(story.client, to=[luc])
    sending.send_request(story.world.ports, story.world.staff, request.id, [luc.id], "press-3")
    story.ask(luc.email)
    story.world.change(luc, email="luc@new.example", email_key="luc@new.example")
    with pytest.raises(NotFound):
        story.make()
    assert len(story.world.all(PortalAccount)) == 1


def test_a_link_of_another_firm_is_not_found_here(story: Story) -> None:
    story.send()
    story.ask()
    other = Entrance(Kind.CLIENT, story.world.new_firm("Autre cabinet", "autre").id)
    with pytest.raises(NotFound):
        sign_ups.look_sign_up(story.world.ports, other, story.token())


def test_4_1_a_weak_password_is_refused_and_the_link_still_works(story: Story) -> None:
    story.send()
    story.ask()
    with pytest.raises(BadInput):
        story.make("password1")
    story.make()
    assert len(story.world.all(SignInSession)) == 1


def test_asvs_7_the_new_account_opens_nothing_before_its_second_step(story: Story) -> None:
    story.send()
    story.ask()
    story.make()
    assert [row.mfa_at for row in story.world.all(SignInSession)] == [None]
    assert len(mails(story.world, "sign_in_code")) == 1


def test_of_many_presses_at_once_one_makes_the_account(story: Story) -> None:
    story.send()
    story.ask()
    outcomes: list[str] = []

    def press() -> None:
        try:
            story.make()
            outcomes.append("made")
        except NotFound:
            outcomes.append("gone")

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone"] * 5 + ["made"]


def test_asvs_23_the_token_is_kept_as_a_hash(story: Story) -> None:
    story.send()
    story.ask()
    token = story.token()
    [row] = story.world.all(SignUpLink)
    assert token.encode() not in row.token_hash
    assert row.email == story.contact.email


def test_6_8_the_way_back_to_the_request_is_kept_and_no_other_site_is(story: Story) -> None:
    request = story.send()
    story.ask(to=f"/requests/{request.id}")
    story.make()
    assert story.world.all(SignInSession)[0].next_path == f"/requests/{request.id}"
    assert story.world.all(SignUpLink)[0].next_path == f"/requests/{request.id}"


def _account_elsewhere(story: Story) -> Any:
    """The contact has an account by another client, and signs in with it; as one who asks."""
    other = story.world.new_client("Succession Roland Gagnon")
    story.world.give_account(story.contact, other)
    return story.world.signed_in(story.contact)


def _sign_in(story: Story) -> None:
    world = story.world
    given = sign_in.give_password(world.ports, story.entrance, story.contact.email, PASSWORD, HERE)
    if given.signed_in is None:
        give_code(world.ports, story.entrance, given.token, latest_code(world), HERE, remember=True)
    world.clock.advance(minutes=2)


def test_3_7_and_6_8_an_account_reaches_a_request_it_was_sent_for_a_client_that_came_later(
    story: Story,
) -> None:
    world, request = story.world, story.send()
    signed_in = _account_elsewhere(story)
    others = world.draft_request(story.client, to=[world.new_contact(story.client, "Luc")])
    world.change(others, sent_at=world.clock.now())
    security.require_mfa(world.ports, world.staff, is_on=True)

    assert request_page(world.ports, signed_in, request.id).total == 2
    with pytest.raises(NotFound):
        request_page(world.ports, signed_in, others.id)

    _sign_in(story)
    found = {row.client_id: (row.level, row.status) for row in world.all(PortalAccess)}
    assert found[story.client.id] == (AccessLevel.LIMITED, AccessStatus.ACCEPTED)
    assert len(world.all(Notification, kind="signed_up", client_id=story.client.id)) == 1
    assert len(world.all(Activity, kind="access_by_sign_in")) == 1
    _sign_in(story)
    assert len(world.all(Activity, kind="access_by_sign_in")) == 1


@pytest.mark.parametrize("status", [AccessStatus.CANCELLED, AccessStatus.INVITED, AccessStatus.DISABLED])
def test_3_7_what_staff_took_back_or_only_offered_no_sign_in_gives(
    story: Story, status: AccessStatus
) -> None:
    request = story.send()
    signed_in = _account_elsewhere(story)
    story.give(status)
    _sign_in(story)
    assert {row.client_id: row.status for row in story.world.all(PortalAccess)}[story.client.id] is status
    with pytest.raises(NotFound):
        request_page(story.world.ports, signed_in, request.id)


def test_3_7_access_given_and_not_invited_to_is_there_at_the_next_sign_in(story: Story) -> None:
    _account_elsewhere(story)
    story.give(AccessStatus.GIVEN)
    _sign_in(story)
    found = {row.client_id: (row.level, row.status) for row in story.world.all(PortalAccess)}
    assert found[story.client.id] == (AccessLevel.FULL, AccessStatus.ACCEPTED)


def test_2_11_a_sign_up_is_told_in_triage_and_by_e_mail_with_a_link_to_the_client(story: Story) -> None:
    """To the client's assigned staff, whoever they are, and to nobody else."""
    world = story.world
    karim = world.new_staff("Karim Haddad")
    clients.assign(world.ports, world.staff, story.client.id, karim.id)
    world.new_staff("Somebody Else")
    story.send()
    story.ask()
    story.make()
    queue_notices(world.ports)

    assert {row.staff_id for row in world.all(Notification, kind="signed_up")} == {world.owner.id, karim.id}
    sent = mails(world, "notices")
    assert {mail.recipient for mail in sent} == {world.owner.email, karim.email}
    profile = f"{world.settings.public_url}/staff/clients/{story.client.id}"
    assert [profile in text_of(world, mail) for mail in sent] == [True, True]


def test_2_11_every_change_of_access_is_in_the_feed(story: Story) -> None:
    world, client, person = story.world, story.client, story.contact
    ports, staff = world.ports, world.staff
    portal_switch.switch_firm(ports, staff, is_on=False)
    portal_switch.switch_firm(ports, staff, is_on=True)
    portal_switch.switch_client(ports, staff, client.id, is_on=False)
    portal_switch.switch_client(ports, staff, client.id, is_on=True)
    invitations.give_access(ports, staff, client.id, person.id)
    levels.change_level(ports, staff, client.id, person.id, AccessLevel.FULL)
    levels.change_level(ports, staff, client.id, person.id, AccessLevel.LIMITED)
    invitations.invite_contact(ports, staff, client.id, person.id)
    world.clock.advance(minutes=2)
    invitations.resend_invitation(ports, staff, client.id, person.id)
    invitations.cancel_invitation(ports, staff, client.id, person.id)
    security.require_mfa(ports, staff, is_on=True)
    security.sign_in_for(ports, staff, Action.UPLOAD, is_on=True)

    kinds = [row.kind for row in world.all(Activity)]
    shown = activity_feed(ports, staff, Filters(kind="access"))
    assert [WORDS[kind][0] for kind in kinds]
    assert kinds == [
        *("portal_firm_off", "portal_firm_on", "portal_switched_off", "portal_switched_on"),
        *("access_given", "access_made_full", "access_made_limited"),
        *("invitation_sent", "invitation_resent", "invitation_cancelled"),
        *("portal_by_sign_in", "portal_actions"),
    ]
    assert len(shown.rows) == len(kinds)


def test_2_4_and_6_8_with_nobody_invited_a_request_leads_by_link_or_by_sign_in(story: Story) -> None:
    """And whoever has to sign in gets on by *Create an account*, for the address it went to (3.7)."""
    world, request = story.world, story.send()
    assert world.all(PortalAccess) == world.all(Invitation) == []
    deliver_outbox(world.ports)
    link = token_in(world.mail.sent[-1])
    device = world.new_device()[0]
    assert links.look(world.ports, device, link).standing is Standing.UNCLAIMED

    security.require_mfa(world.ports, world.staff, is_on=True)

    assert links.claim(world.ports, device, link, "x").standing is Standing.WAITS_FOR_SIGN_IN
    story.ask(to=f"/requests/{request.id}")
    given = story.make()
    done = give_code(world.ports, story.entrance, given.token, latest_code(world), HERE)
    assert done.next_path == f"/requests/{request.id}"
    assert request_page(world.ports, world.signed_in(story.contact), request.id).total == 2


def test_3_11_an_account_whose_last_client_went_signs_in_and_reads_whom_to_ask(story: Story) -> None:
    world = story.world
    world.give_account(story.contact, story.client)
    contacts.unlink_contact(world.ports, world.staff, story.client.id, story.contact.id)
    _sign_in(story)
    page = home_page(world.ports, world.signed_in(story.contact))
    assert page.empty == "Your account opens no client any more. Ask the firm if you expected one."
    assert (page.support_email, page.support_phone) == ("aide@tremblay.example", "418 555-0142")
    assert (page.clients, page.open, page.files) == ([], [], [])
    assert [row.disabled_at for row in world.all(PortalAccount)] == [None]
