"""Classic access: a link and a PIN for clients whose portal is off (6.9, 2.14)."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, TryLater
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import keyed_hash, new_token, token_hash
from portal_app.models import (
    AccessGrant,
    AuditEntry,
    ClassicEntry,
    ClassicPin,
    LinkToken,
    OutboxMail,
    Recipient,
    WorkItem,
)
from portal_app.services import access
from portal_app.services.files import uploads
from portal_app.services.links import access_links, classic, links, request_ways
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import checklists, comments, staff_answers, tasks
from portal_app.work import reading
from tests.services.posted import code_in, html_of, text_of
from tests.services.sends import sent, state_of
from tests.world import World

STRANGER = Actor.nobody("en", "192.0.2.7")


def link_in(envelope: object) -> str:
    found = re.findall(r"^https?://\S+/p/(\S+)$", text_of(envelope), re.MULTILINE)
    assert len(found) == 1, text_of(envelope)
    return str(found[0])


class Story:
    """A request that was sent to a client whose portal is off; its link and its PIN."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.new_client(portal_on_at=None)
        self.contact = world.new_contact(self.client)
        self.request = world.draft_request(self.client, to=[self.contact])
        self.recipient: Recipient = sent(world, self.request)[0]
        self.code, self.pin = self.newest()

    def newest(self) -> tuple[str, str]:
        deliver_outbox(self.world.ports)
        return link_in(self.world.mail.sent[-1]), code_in(self.world.mail.sent[-1])

    @property
    def grant(self) -> AccessGrant:
        return self.world.all(AccessGrant, request_id=self.request.id)[-1]

    def look(self, actor: Actor = STRANGER, code: str = "") -> classic.PinPage:
        return classic.look(self.world.ports, actor, code or self.code)

    def type(self, pin: str, actor: Actor | None = None, code: str = "") -> classic.Entered:
        actor = actor or self.world.new_device()[0]
        return classic.give_pin(self.world.ports, actor, code or self.code, pin, new_token())

    def entered(self) -> Actor:
        actor = self.world.new_device()[0]
        assert self.type(self.pin, actor).is_open
        return actor

    def sees(self, actor: Actor) -> bool:
        try:
            return request_page(self.world.ports, actor, self.request.id).total == 2
        except (LinkEnded, NotFound):
            return False

    def wrong(self) -> str:
        return f"{(int(self.pin) + 1) % 1_000_000:06d}"

    def resend(self) -> None:
        sending.resend_request(self.world.ports, self.world.staff, self.request.id, None, new_token())


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_6_9_a_send_to_a_client_whose_portal_is_off_holds_a_link_and_six_digits(story: Story) -> None:
    text, html = text_of(story.world.mail.sent[0]), html_of(story.world.mail.sent[0])
    assert "/p/" in text
    assert "/r/" not in text
    assert story.pin in html
    assert all(mail.subject.find(story.pin) < 0 for mail in story.world.all(OutboxMail))


def test_1_3_while_the_firms_portal_is_off_every_send_is_classic(world: World) -> None:
    world.change(world.firm, portal_on_at=None)
    request = world.draft_request()
    sent(world, request)
    deliver_outbox(world.ports)
    assert link_in(world.mail.sent[-1])


def test_6_9_with_the_portal_on_a_send_is_a_magic_link_without_a_pin(world: World) -> None:
    sent(world, world.draft_request())
    deliver_outbox(world.ports)
    assert "/r/" in text_of(world.mail.sent[-1])
    assert "PIN" not in text_of(world.mail.sent[-1])
    assert world.all(ClassicPin) == []


def test_6_9_the_pin_opens_the_request_and_binds_no_device(story: Story) -> None:
    first, second = story.entered(), story.entered()
    assert story.sees(first)
    assert story.sees(second)
    assert story.grant.device_id is None
    assert story.world.all(Recipient)[0].opened_at is not None
    assert state_of(story.world, story.request) == "opened"


def test_6_9_looking_asks_for_the_pin_and_changes_nothing(story: Story) -> None:
    for _ in range(20):
        page = story.look()
        assert (page.asks, page.seen.goes_straight, page.tries_left) == (True, False, 5)
    assert story.world.all(ClassicEntry) == []
    assert story.world.all(Recipient)[0].opened_at is None


def test_6_9_a_browser_that_gave_the_pin_goes_straight_to_the_request(story: Story) -> None:
    assert story.look(story.entered()).seen.goes_straight
    assert not story.look(story.world.new_device()[0]).seen.goes_straight


def test_6_9_an_entry_lasts_24_hours_and_then_the_page_asks_again(story: Story) -> None:
    actor = story.entered()
    story.world.clock.advance(hours=24, seconds=-1)
    assert story.sees(actor)
    story.world.clock.advance(seconds=1)
    with pytest.raises(LinkEnded):
        request_page(story.world.ports, actor, story.request.id)
    seen = request_ways.link_page(story.world.ports, actor, story.request.id)
    assert seen is not None
    assert (seen.is_classic, seen.standing) == (True, Standing.UNCLAIMED)
    way = request_ways.new_way(story.world.ports, actor, story.request.id)
    assert way is not None
    page = story.look(actor, way.rpartition("/p/")[2].removesuffix("/pin"))
    assert (page.asks, page.tries_left) == (True, 0)
    assert story.type(story.pin, actor).is_open
    assert story.sees(actor)


def test_6_9_five_wrong_tries_lock_the_pin_and_the_right_one_opens_nothing_then(story: Story) -> None:
    for left in (4, 3, 2, 1, 0):
        done = story.type(story.wrong())
        assert (done.is_open, done.page.tries_left) == (False, left)
    assert not story.type(story.pin).is_open
    assert story.world.all(ClassicEntry) == []
    actions = [row.action for row in story.world.all(AuditEntry)]
    assert actions.count("pin:refused") == 5


def test_6_9_the_right_pin_forgets_wrong_tries(story: Story) -> None:
    for _ in range(4):
        story.type(story.wrong())
    assert story.type(story.pin).is_open
    assert story.look().tries_left == 5


def test_6_9_a_new_pin_goes_to_the_recipient_and_unlocks_the_page_that_asked(story: Story) -> None:
    for _ in range(5):
        story.type(story.wrong())
    story.world.clock.advance(minutes=2)
    classic.send_pin(story.world.ports, STRANGER, story.code)
    code, pin = story.newest()
    assert story.world.mail.sent[-1].recipient == story.contact.email
    assert story.type(pin).is_open
    assert story.type(pin, code=code).is_open
    assert pin == story.pin or not story.type(story.pin).is_open


def test_6_12_a_new_pin_leaves_once_a_minute_and_five_times_an_hour_with_the_same_answer(
    story: Story,
) -> None:
    def asked() -> tuple[bool, bool]:
        before = len(story.world.all(OutboxMail))
        page = classic.send_pin(story.world.ports, STRANGER, story.code)
        return page.asks, len(story.world.all(OutboxMail)) > before

    assert [asked(), asked()] == [(True, True), (True, False)]
    for _ in range(4):
        story.world.clock.advance(minutes=1, seconds=1)
        assert asked() == (True, True)
    story.world.clock.advance(minutes=1, seconds=1)
    assert asked() == (True, False)
    story.world.clock.advance(hours=1)
    assert asked() == (True, True)


def test_6_12_sixty_presses_an_hour_from_one_network_address(story: Story) -> None:
    for _ in range(60):
        classic.send_pin(story.world.ports, STRANGER, story.code)
    with pytest.raises(TryLater):
        classic.send_pin(story.world.ports, STRANGER, story.code)


def test_asvs_25_wrong_pins_over_many_links_are_sixty_an_hour_from_one_network_address(story: Story) -> None:
    for _ in range(12):
        for _try in range(5):
            assert not story.type(story.wrong()).is_open
        story.world.clock.advance(seconds=61)
        story.resend()
        deliver_outbox(story.world.ports)
        story.code, story.pin = story.newest()
    with pytest.raises(TryLater):
        story.type(story.pin)
    elsewhere = replace(story.world.new_device()[0], address="203.0.113.9")
    assert story.type(story.pin, elsewhere).is_open


def test_6_9_a_request_expires_after_thirty_days_and_a_new_pin_begins_thirty_more(story: Story) -> None:
    actor = story.entered()
    story.world.clock.advance(days=30)
    assert story.look().seen.standing is Standing.EXPIRED
    assert not story.look().asks
    assert not story.type(story.pin).is_open
    assert not story.sees(actor)
    classic.send_pin(story.world.ports, STRANGER, story.code)
    _code, pin = story.newest()
    assert story.look().asks
    assert story.grant.expires_at == story.world.clock.now()
    assert story.type(pin, actor).is_open
    assert story.grant.expires_at == story.world.clock.now() + timedelta(days=30)
    assert story.sees(actor)


@pytest.mark.parametrize("how", ["withdrawn", "archived client", "completed", "address"])
def test_6_9_an_entry_ends_with_the_grant_at_its_next_event(story: Story, how: str) -> None:
    world, actor = story.world, story.entered()
    if how == "withdrawn":
        sending.withdraw_request(world.ports, world.staff, story.request.id)
    elif how == "archived client":
        world.change(story.client, archived_at=world.clock.now())
    elif how == "completed":
        world.change(world.all(WorkItem)[0], completed_at=world.clock.now())
    else:
        world.change(story.grant, ended_at=world.clock.now(), ended_because="address_changed")
    assert not story.sees(actor)
    assert not story.look().asks
    assert not story.type(story.pin).is_open
    before = len(world.all(OutboxMail))
    assert not classic.send_pin(world.ports, STRANGER, story.code).asks
    assert len(world.all(OutboxMail)) == before


def test_6_9_it_stays_classic_after_the_portal_is_switched_on_until_it_is_resent(story: Story) -> None:
    world, actor = story.world, story.entered()
    world.change(story.client, portal_on_at=world.clock.now())
    assert story.sees(actor)
    task = world.tasks(story.request)[0]
    tasks.complete_task(world.ports, actor, task.id)
    staff_answers.reopen_task(world.ports, world.staff, task.id, "Page 2 is missing.")
    code, pin = story.newest()
    assert story.type(pin, code=code).is_open

    story.resend()
    deliver_outbox(world.ports)
    assert "/r/" in text_of(world.mail.sent[-1])
    assert not story.sees(actor)
    assert story.look().is_magic
    assert not story.type(story.pin).is_open
    assert links.look(world.ports, actor, story.code).standing is Standing.UNCLAIMED


def test_6_9_a_classic_link_is_no_magic_link(story: Story) -> None:
    device = story.world.new_device()[0]
    page = links.look(story.world.ports, device, story.code)
    assert page.is_classic
    links.claim(story.world.ports, device, story.code, new_token())
    assert story.grant.device_id is None
    access_links.send_access_link(story.world.ports, STRANGER, story.code)
    assert [row.kind for row in story.world.all(LinkToken)] == ["classic"]
    assert not story.sees(device)


def test_2_14_after_the_portal_is_off_links_sent_work_on_and_later_sends_are_classic(world: World) -> None:
    client = world.new_client()
    request = world.draft_request(client)
    sent(world, request)
    deliver_outbox(world.ports)
    token = re.findall(r"/r/(\S+)$", text_of(world.mail.sent[-1]), re.MULTILINE)[0]
    world.change(client, portal_on_at=None)
    device = world.new_device()[0]
    assert links.claim(world.ports, device, token, new_token()).standing is Standing.YOURS
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)
    code, pin = link_in(world.mail.sent[-1]), code_in(world.mail.sent[-1])
    other = world.new_device()[0]
    assert classic.give_pin(world.ports, other, code, pin, new_token()).is_open
    assert request_page(world.ports, other, request.id).total == 2
    assert request_page(world.ports, device, request.id).total == 2


def test_6_9_with_the_portal_on_a_contact_with_an_account_reaches_it_signed_in(story: Story) -> None:
    world = story.world
    world.give_account(story.contact, story.client)
    someone = world.signed_in(story.contact)
    with pytest.raises(NotFound):
        request_page(world.ports, someone, story.request.id)
    world.change(story.client, portal_on_at=world.clock.now())
    assert request_page(world.ports, someone, story.request.id).total == 2
    assert story.look(someone).seen.goes_straight


def test_6_8_classic_access_is_outside_require_mfa_and_the_list_of_actions(story: Story) -> None:
    world, actor = story.world, story.entered()
    now = world.clock.now()
    world.change(world.firm, mfa_required_at=now, signed_in_actions=["view", "comment", "upload", "complete"])
    task, other = world.tasks(story.request)
    assert story.sees(actor)
    comments.add_comment(world.ports, actor, task.id, "Here.")
    uploads.start_upload(world.ports, actor, task.id, "T4.pdf", 10)
    tasks.complete_task(world.ports, actor, other.id)
    assert story.type(story.pin).is_open


def test_5_13_a_task_added_is_told_with_a_pin_too(story: Story) -> None:
    fields = checklists.TaskFields("RL-1 slip")
    checklists.add_task(story.world.ports, story.world.staff, story.request.id, fields, tell=True)
    code, pin = story.newest()
    assert code != story.code
    assert story.type(pin, code=code).is_open


def test_asvs_29_an_entry_opens_its_own_request_alone(story: Story) -> None:
    world, actor = story.world, story.entered()
    other = world.draft_request(story.client, to=[story.contact], name="Another")
    sent(world, other)
    with pytest.raises(NotFound), reading(world.ports, actor) as work:
        access.request(work, other.id, Permission.TASK_VIEW)
    with pytest.raises(NotFound):
        comments.add_comment(world.ports, actor, world.tasks(other)[0].id, "Here.")


def test_asvs_25_tries_at_once_are_five(story: Story) -> None:
    wrong, opened = story.wrong(), []
    threads = [threading.Thread(target=lambda: opened.append(story.type(wrong).is_open)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [False] * 12
    assert story.world.all(ClassicPin)[0].tries == 5


def test_fault_38_the_database_alone_tells_no_pin(story: Story) -> None:
    row = story.world.all(ClassicPin)[0]
    guesses = {token_hash(story.pin), keyed_hash("", story.pin), story.pin.encode()}
    assert row.pin_hash not in guesses
    assert row.pin_hash == keyed_hash(story.code, story.pin)
