"""*Send me my links*: one e-mail, an access link for each open request, the same silence for all else (6.26, 6.12)."""

from __future__ import annotations

import re
from datetime import date

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.links import Standing
from portal_app.domain.sign_in import RESETS
from portal_app.models import (
    AccessGrant,
    AuditEntry,
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    LinkToken,
    WorkStatus,
)
from portal_app.services.links import classic as classic_links
from portal_app.services.links import links, my_links
from portal_app.services.requests import sending
from portal_app.services.sign_in import tries
from portal_app.services.sign_in.accounts import Entrance, Visit
from portal_app.services.tasks import tasks
from portal_app.services.work import work_items
from tests.signing import mails, text_of
from tests.world import World

HERE = Visit(address="192.0.2.7", browser="Firefox/140.0")
PHONE = "p" * 43


class Story:
    """A contact of two clients, each with a request sent to them; the second client's is due first."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: Client = world.new_client()
        self.contact: Contact = world.new_contact(self.client)
        self.estate: Client = world.new_client("Succession Roland Gagnon")
        world.put(
            ClientContact(
                firm_id=world.firm.id,
                client_id=self.estate.id,
                contact_id=self.contact.id,
                created_at=world.clock.now(),
            )
        )
        self.late = self.sent(self.client, "Documents for 2025", date(2026, 4, 30))
        self.soon = self.sent(self.estate, "Final return", date(2026, 3, 31))
        world.clock.advance(minutes=2)

    def sent(self, client: Client, name: str, due_on: date | None) -> ClientRequest:
        request = self.world.draft_request(client, to=[self.contact], name=name, due_on=due_on)
        key = f"press-{request.id.hex}"
        sending.send_request(self.world.ports, self.world.staff, request.id, [self.contact.id], key)
        return request

    def ask(self, email: str = "", firm_id: object = None) -> None:
        entrance = Entrance(Kind.CLIENT, firm_id or self.world.firm.id)  # type: ignore[arg-type]
        my_links.send_my_links(self.world.ports, entrance, email or self.contact.email, HERE)

    def text(self) -> str:
        return text_of(self.world, mails(self.world, "my_links")[-1])

    def tokens(self) -> list[str]:
        return re.findall(r"/r/(\S+)$", self.text(), re.MULTILINE)


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_6_26_one_e_mail_has_a_link_for_each_open_request_soonest_first(story: Story) -> None:
    story.ask(story.contact.email.upper())
    assert [mail.recipient for mail in mails(story.world, "my_links")] == [story.contact.email]
    assert len(story.tokens()) == len(set(story.tokens())) == 2
    text = story.text()
    assert text.index("Final return, Succession Roland Gagnon") < text.index("Documents for 2025")
    for token, request in zip(story.tokens(), (story.soon, story.late), strict=True):
        page = links.look(story.world.ports, Actor.nobody(), token)
        assert (page.standing, page.request_id) == (Standing.UNCLAIMED, request.id)


def test_6_26_a_link_moves_a_bound_grant_by_its_press_as_an_access_link_does(story: Story) -> None:
    grant = story.world.all(AccessGrant, request_id=story.late.id)[0]
    device, _token = story.world.new_device()
    story.world.change(grant, device_id=device.device_id, claimed_at=story.world.clock.now())
    story.ask()
    claim = links.claim(story.world.ports, Actor.nobody(), story.tokens()[1], PHONE)
    assert claim.standing is Standing.YOURS
    assert story.world.get(grant).device_id not in (None, device.device_id)


def test_6_26_an_expired_grant_comes_along_and_is_opened_by_its_press(story: Story) -> None:
    story.world.clock.advance(days=31)
    story.ask()
    assert len(story.tokens()) == 2
    links.claim(story.world.ports, Actor.nobody(), story.tokens()[0], PHONE)
    grant = story.world.all(AccessGrant, request_id=story.soon.id)[0]
    assert (grant.expires_at - story.world.clock.now()).days == 30


@pytest.mark.parametrize("why", ["withdrawn", "closed", "completed", "mfa", "removed"])
def test_6_26_what_is_not_open_does_not_come_along(story: Story, why: str) -> None:
    ports, staff = story.world.ports, story.world.staff
    if why == "withdrawn":
        sending.withdraw_request(ports, staff, story.late.id)
    elif why == "closed":
        work_items.set_status(ports, staff, story.late.work_item_id, WorkStatus.COMPLETED)
    elif why == "completed":
        grant = story.world.all(AccessGrant, request_id=story.late.id)[0]
        device, _token = story.world.new_device()
        story.world.change(grant, device_id=device.device_id, claimed_at=story.world.clock.now())
        for task in story.world.tasks(story.late):
            tasks.complete_task(ports, device, task.id)
    elif why == "removed":
        other = story.world.new_contact(story.client, "Luc Gagnon")
        sending.add_recipients(ports, staff, story.late.id, [other.id], "press-2")
        sending.remove_recipient(ports, staff, story.late.id, story.contact.id)
    else:
        story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())
    story.ask()
    if why == "mfa":
        assert mails(story.world, "my_links") == []
    else:
        assert len(story.tokens()) == 1
        assert "Documents for 2025" not in story.text()


@pytest.mark.parametrize("whose", ["unknown", "archived", "bounced", "of another firm", "without a request"])
def test_6_26_anybody_else_gets_nothing(story: Story, whose: str) -> None:
    firm_id = None
    email = story.contact.email
    if whose == "unknown":
        email = "nobody@client.example"
    elif whose == "archived":
        story.world.change(story.contact, archived_at=story.world.clock.now())
    elif whose == "bounced":
        story.world.change(story.contact, bounced_at=story.world.clock.now())
    elif whose == "of another firm":
        firm_id = story.world.new_firm("Autre cabinet", "autre").id
    else:
        email = story.world.new_contact(story.client, "Luc Gagnon").email
    before = len(story.world.all(LinkToken))
    story.ask(email, firm_id)
    assert mails(story.world, "my_links") == []
    assert len(story.world.all(LinkToken)) == before
    assert story.world.all(AuditEntry, action="access_links:sent") == []


def test_6_26_and_6_9_a_classic_request_comes_with_a_pin_of_its_own(story: Story) -> None:
    story.world.change(story.client, portal_on_at=None)
    classic = story.sent(story.client, "Bookkeeping", date(2026, 5, 31))
    story.world.clock.advance(minutes=2)
    story.ask()
    found = re.search(r"/p/(\S+)$\s+PIN for this link: (\d{6})$", story.text(), re.MULTILINE)
    assert found
    device = "d" * 43
    entered = classic_links.give_pin(story.world.ports, Actor.nobody(), found[1], found[2], device)
    assert entered.is_open
    assert story.world.get(classic).sent_at is not None


def test_6_26_three_presses_at_once_send_one_e_mail(story: Story) -> None:
    for _ in range(3):
        story.ask()
    assert len(mails(story.world, "my_links")) == 1


def test_6_12_and_6_26_a_grant_gets_at_most_one_e_mail_a_minute_and_five_an_hour(story: Story) -> None:
    counted = tries.counter("my_links", Entrance(Kind.CLIENT, story.world.firm.id), story.contact.email, None)
    for _ in range(8):
        for seconds in (59, 2):
            story.world.clock.advance(seconds=seconds)
            tries.forget(story.world.ports.limiter, counted, RESETS)
            story.ask()
    assert len(mails(story.world, "my_links")) == 5


def test_6_26_and_6_4_it_ends_no_link_and_binds_no_device(story: Story) -> None:
    before = {row.id: (row.used_at, row.spent_at) for row in story.world.all(LinkToken)}
    story.ask()
    after = {row.id: (row.used_at, row.spent_at) for row in story.world.all(LinkToken)}
    assert {key: after[key] for key in before} == before
    assert all(grant.device_id is None for grant in story.world.all(AccessGrant))
