"""A contact taken off one of their clients: what ends there, what stays, and what goes on elsewhere (2.19, 6.13, 6.14)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import LinkEnded, NotFound, PortalError
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.domain.uploads import UploadGone
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Activity,
    Client,
    ClientRequest,
    Comment,
    Contact,
    HandOver,
    MailPhase,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    StoredFile,
    Upload,
)
from portal_app.services.clients import contacts
from portal_app.services.files import uploads
from portal_app.services.home.home_pages import home_page
from portal_app.services.links import handed, handing, links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.sign_in import sign_ups
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.tasks import comments, tasks
from tests.files.tools import bring, pdf
from tests.services.handed_story import HELPER
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.signing import mails, text_of
from tests.world import World


class Story:
    """Nadia is a contact of two clients, each with a request; at the first Luc got it too. Both opened theirs."""

    def __init__(self, world: World, *, alone: bool = False) -> None:
        self.world = world
        self.here, self.there = world.new_client("Here inc."), world.new_client("There inc.")
        self.nadia = world.new_contact(self.here, "Nadia Haddad")
        self.luc = world.new_contact(self.here, "Luc Roy")
        contacts.link_contact(world.ports, world.staff, self.there.id, self.nadia.id)
        people = [self.nadia] if alone else [self.nadia, self.luc]
        self.request = world.draft_request(self.here, to=people, name="For here")
        self.elsewhere = world.draft_request(self.there, to=[self.nadia], name="For there")
        self.devices: dict[tuple[str, str], Actor] = {}
        for request in (self.request, self.elsewhere):
            sent(world, request)
            deliver_outbox(world.ports)
        for letter in world.mail.sent:
            device = world.new_device()[0]
            claim = links.claim(world.ports, device, token_in(letter), new_token())
            assert claim.standing is Standing.YOURS
            name = "For here" if claim.request_id == self.request.id else "For there"
            self.devices[letter.recipient, name] = device

    def device(self, who: Contact, name: str = "For here") -> Actor:
        return self.devices[who.email, name]

    def unlink(self) -> None:
        contacts.unlink_contact(self.world.ports, self.world.staff, self.here.id, self.nadia.id)

    def opens(self, actor: Actor, request: ClientRequest) -> str:
        """Empty where it opens, else why not."""
        try:
            request_page(self.world.ports, actor, request.id)
        except LinkEnded as ended:
            return str(ended.reason)
        except PortalError as refusal:
            return type(refusal).__name__
        return ""


def give_access(world: World, contact: Contact, client: Client) -> None:
    """An account for the first client, and access by it to the others."""
    if not world.all(PortalAccount, contact_id=contact.id):
        world.give_account(contact, client, level=AccessLevel.FULL)
        return
    row = world.all(PortalAccess, contact_id=contact.id)[0].model_dump(exclude={"id"})
    world.put(PortalAccess(**row | {"client_id": client.id}))
    world.change(client, portal_on_at=world.clock.now())


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_2_19_link_device_and_access_end_at_the_next_event_at_that_client_alone(
    world: World, story: Story
) -> None:
    for client in (story.here, story.there):
        give_access(world, story.nadia, client)
    session = world.signed_in(story.nadia)
    assert {story.opens(session, one) for one in (story.request, story.elsewhere)} == {""}

    story.unlink()

    assert story.opens(story.device(story.nadia), story.request) == Standing.REMOVED
    assert story.opens(session, story.request) == "NotFound"
    assert story.opens(session, story.elsewhere) == ""
    assert story.opens(story.device(story.nadia, "For there"), story.elsewhere) == ""
    home = home_page(world.ports, session)
    assert [line.title for line in home.open] == ["For there"]
    statuses = {row.client_id: row.status for row in world.all(PortalAccess)}
    assert statuses == {story.here.id: AccessStatus.CANCELLED, story.there.id: AccessStatus.ACCEPTED}


def test_2_19_and_6_14_what_they_gave_stays_and_the_others_notice_nothing(world: World, story: Story) -> None:
    first, second = world.tasks(story.request)
    comments.add_comment(world.ports, story.device(story.nadia), second.id, "From Nadia.")
    tasks.complete_task(world.ports, story.device(story.nadia), first.id)
    before, letters = world.all(AccessGrant, contact_id=story.luc.id), len(world.all(OutboxMail))

    story.unlink()

    assert world.get(story.request).withdrawn_at is None
    assert world.get(first).completed_by_contact_id == story.nadia.id
    assert [row.body for row in world.all(Comment)] == ["From Nadia."]
    assert world.all(AccessGrant, contact_id=story.luc.id) == before
    assert story.opens(story.device(story.luc), story.request) == ""
    assert len(world.all(OutboxMail)) == letters


def test_2_19_and_6_14_tasks_handed_over_and_coming_e_mails_end(world: World, story: Story) -> None:
    task = world.tasks(story.request)[0]
    until = (date(2026, 3, 2) + timedelta(days=3)).isoformat()
    handing.hand_over(
        world.ports, story.device(story.nadia), story.request.id, task.id, "Paul", HELPER, until
    )
    token = text_of(world, mails(world, "task_handed_over")[0]).split("/h/")[1].split()[0]
    deliver_outbox(world.ports)
    helper = world.new_device()[0]
    assert handed.claim(world.ports, helper, token, new_token()).is_open
    handed.send_access(world.ports, Actor.nobody("en", "192.0.2.9"), token)
    sending.resend_request(
        world.ports, world.staff, story.request.id, [story.nadia.id, story.luc.id], "resent"
    )
    waiting = [mail for mail in world.all(OutboxMail) if mail.phase is MailPhase.QUEUED]
    assert len(waiting) == 3

    story.unlink()
    deliver_outbox(world.ports)

    left = {mail.recipient for mail in map(world.get, waiting) if mail.phase is not MailPhase.CANCELLED}
    assert left == {story.luc.email}
    assert story.opens(helper, story.request) != ""
    assert [hand.device_id for hand in world.all(HandOver)] == [helper.device_id]


def test_2_19_and_6_13_unlinking_the_last_recipient_withdraws_as_a_withdrawal_does(world: World) -> None:
    story = Story(world, alone=True)
    world.change(story.request, reminders_go_on_at=world.clock.now())
    device, old = story.device(story.nadia), world.all(AccessGrant, request_id=story.request.id)[0]

    story.unlink()

    kept = world.get(story.request)
    assert (kept.withdrawn_at, kept.withdrawn_by_staff_id) == (world.clock.now(), world.owner.id)
    assert (kept.sending_key, kept.reminders_go_on_at) == (None, None)
    assert story.opens(device, story.request) == Standing.WITHDRAWN
    assert [mail.recipient for mail in mails(world, "request_withdrawn")] == [story.nadia.email]
    [told] = world.all(Activity, kind="request_withdrawn")
    assert (told.work_item_id, told.facts["title"]) == (kept.work_item_id, "For here")
    assert world.get(story.elsewhere).withdrawn_at is None

    contacts.link_contact(world.ports, world.staff, story.here.id, story.nadia.id)
    sending.send_request(world.ports, world.staff, story.request.id, [story.nadia.id], "again")
    fresh = [row for row in world.all(AccessGrant, request_id=story.request.id) if row.ended_at is None]
    assert len(fresh) == 1
    assert (fresh[0].id != old.id, fresh[0].device_id) == (True, None)


def test_2_19_a_draft_and_a_withdrawn_request_lose_the_recipient_and_stay_as_they_are(
    world: World, story: Story
) -> None:
    draft = world.draft_request(story.here, to=[story.nadia], name="Not sent")
    sending.withdraw_request(world.ports, world.staff, story.request.id)
    withdrawn = world.get(story.request).withdrawn_at
    world.clock.advance(hours=1)

    story.unlink()

    assert world.get(draft).withdrawn_at is None
    assert world.get(story.request).withdrawn_at == withdrawn
    rows = [row for row in world.all(Recipient, contact_id=story.nadia.id) if row.removed_at is None]
    assert [row.request_id for row in rows] == [story.elsewhere.id]


def test_2_19_with_full_access_only_what_they_upload_to_others_requests_stops(
    world: World, story: Story
) -> None:
    boss = world.new_contact(story.here, "Boss")
    give_access(world, boss, story.here)
    session, body = world.signed_in(boss), pdf(3000)
    task = world.tasks(story.request)[0]
    token, _standing = uploads.start_upload(world.ports, session, task.id, "a.pdf", len(body))

    contacts.unlink_contact(world.ports, world.staff, story.here.id, boss.id)

    with pytest.raises(UploadGone):
        bring(world, token, body)
    assert (world.all(Upload), world.all(StoredFile)) == ([], [])
    assert story.opens(session, story.request) == "NotFound"


@pytest.mark.parametrize("alone", [False, True])
def test_2_19_every_open_page_that_names_them_looks_again(world: World, alone: bool) -> None:
    story = Story(world, alone=alone)
    draft = world.draft_request(story.here, to=[story.nadia], name="Not sent")
    world.bell.rung.clear()

    story.unlink()

    requests = {f"request:{story.request.id}", f"request:{draft.id}"}
    assert requests | {f"firm:{world.firm.id}", f"contact:{story.nadia.id}"} <= set(world.bell.rung)
    assert f"request:{story.elsewhere.id}" not in world.bell.rung


def test_2_19_and_3_7_linking_again_gives_no_access_back_until_staff_act(world: World, story: Story) -> None:
    for client in (story.here, story.there):
        give_access(world, story.nadia, client)
    session = world.signed_in(story.nadia)
    story.unlink()
    contacts.link_contact(world.ports, world.staff, story.here.id, story.nadia.id)
    assert story.opens(session, story.request) == "NotFound"
    assert story.opens(story.device(story.nadia), story.request) == Standing.REMOVED


def test_2_19_and_3_7_who_was_sent_nothing_else_makes_no_account_any_more(world: World) -> None:
    story = Story(world, alone=True)
    world.change(world.firm, portal_on_at=world.clock.now())
    for client in (story.here, story.there):
        world.change(client, portal_on_at=world.clock.now())
    entrance, visit = Entrance(Kind.CLIENT, world.firm.id), Visit(address="10.0.0.1")
    contacts.unlink_contact(world.ports, world.staff, story.there.id, story.nadia.id)
    sign_ups.ask_sign_up(world.ports, entrance, story.nadia.email, visit)
    [letter] = mails(world, "sign_up")
    token = text_of(world, letter).split("/register/")[1].split()[0]

    story.unlink()
    world.clock.advance(hours=2)
    sign_ups.ask_sign_up(world.ports, entrance, story.nadia.email, visit)

    assert len(mails(world, "sign_up")) == 1
    with pytest.raises(NotFound):
        sign_ups.look_sign_up(world.ports, entrance, token)
