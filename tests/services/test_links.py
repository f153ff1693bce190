"""Magic links: looking, claiming, moving, expiring, ending (6.4 to 6.6, 6.10 to 6.14, 6.20 to 6.23)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, TryLater
from portal_app.domain.lifecycle import State
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessCode,
    AccessGrant,
    Activity,
    AuditEntry,
    Client,
    ClientRequest,
    Contact,
    Device,
    LinkToken,
    OutboxMail,
    Recipient,
    WorkItem,
)
from portal_app.services import access, access_links, links, sending
from portal_app.services.outbox import deliver_outbox
from portal_app.work import reading
from tests.services.posted import code_in, token_in
from tests.services.test_sending import sent, state_of
from tests.world import World

STRANGER = Actor.nobody("en", "192.0.2.7")


class Story:
    """A request that was sent, and its link."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.request: ClientRequest = world.draft_request()
        self.recipient: Recipient = sent(world, self.request)[0]
        deliver_outbox(world.ports)
        self.token = token_in(world.mail.sent[0])

    @property
    def grant(self) -> AccessGrant:
        return self.world.all(AccessGrant, request_id=self.request.id)[-1]

    def look(self, actor: Actor = STRANGER, token: str = "") -> links.LinkPage:
        return links.look(self.world.ports, actor, token or self.token)

    def claim(self, actor: Actor | None = None, token: str = "", device: str = "") -> links.Claim:
        actor = actor or self.world.new_device()[0]
        return links.claim(self.world.ports, actor, token or self.token, device or new_token())

    def bound(self) -> Actor:
        """A device that pressed first."""
        actor = self.world.new_device()[0]
        assert self.claim(actor).standing is Standing.YOURS
        return actor

    def ask(self, page: str = "", token: str = "") -> access_links.Asked:
        asked = access_links.send_access_link(self.world.ports, STRANGER, token or self.token, page)
        deliver_outbox(self.world.ports)
        return asked

    def type(
        self, asked: access_links.Asked, code: str, actor: Actor | None = None
    ) -> access_links.CodeAnswer:
        actor = actor or self.world.new_device()[0]
        return access_links.give_code(self.world.ports, actor, self.token, asked.page, code, new_token())

    def sees(self, actor: Actor) -> Standing | None:
        """None where the request opens for this device, else why not."""
        with reading(self.world.ports, actor) as work:
            try:
                access.request(work, self.request.id, Permission.TASK_VIEW)
            except LinkEnded as ended:
                return Standing(ended.reason)
        return None


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


# looking


def test_a_link_shows_whose_it_is_and_one_button(story: Story) -> None:
    page = story.look()
    assert page.standing is Standing.UNCLAIMED
    assert (page.title, page.client_name, page.sender_name, page.task_count) == (
        "Documents for 2025",
        "Marie-Claude Gagnon",
        "Sophie Ouellet",
        2,
    )
    assert not page.goes_straight


def test_looking_any_number_of_times_changes_no_row(story: Story) -> None:
    """6.4, asvs 24."""

    def everything() -> str:
        kinds = (AccessGrant, LinkToken, Device, Recipient, Activity, AuditEntry, OutboxMail)
        return repr([story.world.all(kind) for kind in kinds])

    before = everything()
    for _number in range(20):
        story.look()
    assert everything() == before
    assert story.claim().standing is Standing.YOURS


def test_a_link_that_is_none_is_not_found(story: Story) -> None:
    for token in ("", "x", new_token(), story.token[:-1], story.token + "A"):
        with pytest.raises(NotFound):
            links.look(story.world.ports, STRANGER, token)
        with pytest.raises(NotFound):
            links.claim(story.world.ports, STRANGER, token, new_token())
        with pytest.raises(NotFound):
            access_links.send_access_link(story.world.ports, STRANGER, token)
        with pytest.raises(NotFound):
            access_links.give_code(story.world.ports, STRANGER, token, new_token(), "123456", new_token())


# claiming


def test_the_first_press_binds_its_device_and_opens_the_request(story: Story) -> None:
    device = story.bound()

    assert story.grant.device_id == device.device_id
    assert story.sees(device) is None
    assert story.look(device).goes_straight
    assert story.world.get(story.recipient).opened_at == story.world.clock.now()
    assert state_of(story.world, story.request) is State.OPENED
    assert [row.kind for row in story.world.all(Activity)][-1] == "link_claimed"
    assert [row.action for row in story.world.all(AuditEntry)][-1] == "link:claimed"


def test_a_browser_without_a_device_gets_one(story: Story) -> None:
    token = new_token()
    done = story.claim(STRANGER, device=token)
    assert done.is_new_device
    assert story.world.all(Device, token_hash=token_hash(token))[0].id == story.grant.device_id


def test_fault_14_one_browser_pressing_twice_is_one_device(story: Story) -> None:
    token = new_token()
    first, second = story.claim(STRANGER, device=token), story.claim(STRANGER, device=token)
    assert first.standing is second.standing is Standing.YOURS
    assert second.is_new_device, "its first answer, with the cookie, may have been lost"
    assert len(story.world.all(Device)) == 1


def test_fault_14_eight_presses_of_one_browser_at_once_are_one_device(story: Story) -> None:
    results = at_once(story, 8, device=new_token())
    assert {claim.standing for claim in results} == {Standing.YOURS}
    assert len(story.world.all(Device)) == 1
    assert [row.kind for row in story.world.all(Activity)].count("link_claimed") == 1


def test_a_second_device_is_told_and_changes_nothing(story: Story) -> None:
    first = story.bound()
    second = story.world.new_device()[0]
    assert story.claim(second).standing is Standing.OTHER_DEVICE
    assert story.grant.device_id == first.device_id
    assert story.look(second).standing is Standing.OTHER_DEVICE


def test_fault_13_two_devices_at_once_one_wins_and_each_leaves_one_audit_row(story: Story) -> None:
    """6.11."""
    results = at_once(story, 2)
    assert sorted(claim.standing for claim in results) == [Standing.OTHER_DEVICE, Standing.YOURS]
    assert sorted(row.action for row in story.world.all(AuditEntry)) == [
        "link:claimed",
        "link:refused",
        "request:sent",
    ]


def test_asvs_25_fifty_claims_at_once_have_one_winner(story: Story) -> None:
    results = at_once(story, 50)
    assert [claim.standing for claim in results].count(Standing.YOURS) == 1
    assert [claim.standing for claim in results].count(Standing.OTHER_DEVICE) == 49
    assert len(story.world.all(Device)) == 1, "who lost leaves no device behind"
    assert story.grant.device_id == story.world.all(Device)[0].id


def at_once(story: Story, number: int, device: str = "") -> list[links.Claim]:
    """So many strangers press in the same moment, or one browser so many times."""
    start = threading.Barrier(number)
    results: list[links.Claim] = []

    def press() -> None:
        start.wait()
        results.append(story.claim(STRANGER, device=device))

    threads = [threading.Thread(target=press) for _number in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number, "nobody got an error"
    return results


def test_every_link_of_the_grant_opens_on_the_bound_device(story: Story) -> None:
    """6.3, 6.4: a new link ends no other."""
    device = story.bound()
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    deliver_outbox(story.world.ports)
    newer = token_in(story.world.mail.sent[-1])
    assert newer != story.token
    for token in (story.token, newer):
        assert story.look(device, token).goes_straight
        assert story.look(STRANGER, token).standing is Standing.OTHER_DEVICE


def test_one_device_may_hold_grants_of_several_people(world: World) -> None:
    """6.22."""
    client = world.new_client()
    people = [world.new_contact(client), world.new_contact(client, "Luc Gagnon")]
    request = world.draft_request(client, to=people)
    sent(world, request)
    deliver_outbox(world.ports)
    device = world.new_device()[0]
    names = set()
    for letter in world.mail.sent:
        token = token_in(letter)
        assert links.claim(world.ports, device, token, new_token()).standing is Standing.YOURS
        names.add(links.look(world.ports, device, token).recipient_name)
    assert names == {"Marie-Claude Gagnon", "Luc Gagnon"}


@pytest.mark.parametrize("last", [0, 1])
def test_6_22_of_two_people_s_grants_the_one_pressed_last_is_shown_and_one_that_expired_hides_none(
    world: World, last: int
) -> None:
    client = world.new_client()
    people = [world.new_contact(client), world.new_contact(client, "Luc Gagnon")]
    request = world.draft_request(client, to=people)
    sent(world, request)
    deliver_outbox(world.ports)
    device, letters = world.new_device()[0], world.mail.sent
    for letter in (letters[1 - last], letters[last]):
        world.clock.advance(minutes=1)
        links.claim(world.ports, device, token_in(letter), new_token())
    pressed = links.look(world.ports, device, token_in(letters[last])).recipient_name

    def shown() -> str | None:
        with reading(world.ports, device) as work:
            contact = access.request(work, request.id, Permission.TASK_VIEW).contact
            return contact.name if contact else None

    assert shown() == pressed
    [grant] = [row for row in world.all(AccessGrant) if world.get(Contact(id=row.contact_id)).name == pressed]
    world.change(grant, expires_at=world.clock.now())
    assert shown() not in {None, pressed}


# access link and code


def test_fault_12_a_scanner_that_pressed_shuts_nobody_out(story: Story) -> None:
    """6.5: the code opens it, even if the scanner pressed the access link too."""
    scanner = story.bound()
    asked = story.ask()
    letter = story.world.mail.sent[-1]
    assert story.claim(scanner, token_in(letter)).standing is Standing.YOURS
    second_scanner = story.world.new_device()[0]
    assert story.claim(second_scanner, token_in(letter)).standing is Standing.YOURS

    person = story.world.new_device()[0]
    assert story.type(asked, code_in(letter), person).is_open
    assert story.sees(person) is None
    assert story.sees(scanner) is Standing.OTHER_DEVICE
    assert story.look(second_scanner).standing is Standing.OTHER_DEVICE


def test_the_access_link_shows_the_button_and_moves_the_grant_by_its_first_press(story: Story) -> None:
    old = story.bound()
    story.ask()
    token = token_in(story.world.mail.sent[-1])
    assert story.look(STRANGER, token).standing is Standing.UNCLAIMED
    assert story.look(STRANGER).standing is Standing.OTHER_DEVICE, "no other link moves a bound grant"

    new = story.world.new_device()[0]
    assert story.claim(new, token).standing is Standing.YOURS

    assert story.sees(new) is None
    assert story.sees(old) is Standing.OTHER_DEVICE, "the device that lost it gets the same page"
    third = story.world.new_device()[0]
    assert story.claim(third, token).standing is Standing.OTHER_DEVICE, "a used one is a link like the others"
    assert [row.action for row in story.world.all(AuditEntry)][-2:] == ["link:moved", "link:refused"]


def test_after_the_code_its_link_moves_nothing(story: Story) -> None:
    story.bound()
    asked = story.ask()
    letter = story.world.mail.sent[-1]
    person = story.world.new_device()[0]
    assert story.type(asked, code_in(letter), person).is_open

    late = story.world.new_device()[0]
    assert story.claim(late, token_in(letter)).standing is Standing.OTHER_DEVICE
    assert story.grant.device_id == person.device_id


def test_the_code_works_only_on_the_page_that_asked(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    elsewhere = replace(asked, page=new_token())
    assert not story.type(elsewhere, code).is_open
    assert not story.type(replace(asked, page=""), code).is_open
    assert story.type(asked, code).is_open


def test_the_code_works_once(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    assert story.type(asked, code).is_open
    again = story.type(asked, code)
    assert (again.is_open, again.tries_left) == (False, 0)


def test_fault_14_the_code_pressed_twice_in_one_browser_is_pressed_once(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code, device = code_in(story.world.mail.sent[-1]), new_token()
    answers = [
        access_links.give_code(story.world.ports, STRANGER, story.token, asked.page, code, device)
        for _press in range(2)
    ]
    assert [(one.is_open, one.is_new_device) for one in answers] == [(True, True)] * 2
    assert [row.kind for row in story.world.all(Activity)].count("link_moved") == 1


def test_6_12_two_presses_at_once_send_one_email(story: Story) -> None:
    story.bound()
    start = threading.Barrier(4)

    def press() -> None:
        start.wait()
        access_links.send_access_link(story.world.ports, STRANGER, story.token)

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(mail.event == "access_link" for mail in story.world.all(OutboxMail)) == 1
    assert len(story.world.all(AccessCode)) == 4, "each page has a code, though only one is known to anybody"


def test_the_code_takes_five_tries(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [story.type(asked, wrong).tries_left for _try in range(5)] == [4, 3, 2, 1, 0]
    assert not story.type(asked, code).is_open


@pytest.mark.parametrize(("seconds", "is_open"), [(599, True), (600, False)])
def test_the_code_lasts_ten_minutes(story: Story, seconds: int, is_open: bool) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    story.world.clock.advance(seconds=seconds)
    assert story.type(asked, code).is_open is is_open


def test_a_dump_of_the_database_does_not_tell_the_code(story: Story) -> None:
    """asvs 38: six digits are found from their hash in a second, were the page's secret not in it."""
    story.bound()
    story.ask()
    code = code_in(story.world.mail.sent[-1])
    row = story.world.all(AccessCode)[0]
    assert row.code_hash != token_hash(code)
    assert all(code not in str(value) for value in row.model_dump().values())


def test_6_12_one_email_a_minute_and_five_an_hour_a_grant(story: Story) -> None:
    story.bound()

    def left() -> int:
        return sum(mail.event == "access_link" for mail in story.world.all(OutboxMail))

    for _press in range(3):
        story.ask()
    assert left() == 1
    for _minute in range(8):
        story.world.clock.advance(minutes=1)
        story.ask()
    assert left() == 5
    story.world.clock.advance(hours=1)
    story.ask()
    assert left() == 6


def test_6_12_sixty_presses_an_hour_from_one_network_address(story: Story) -> None:
    story.bound()
    for _press in range(60):
        access_links.send_access_link(story.world.ports, STRANGER, story.token)
    with pytest.raises(TryLater):
        access_links.send_access_link(story.world.ports, STRANGER, story.token)
    elsewhere = Actor.nobody("en", "198.51.100.1")
    access_links.send_access_link(story.world.ports, elsewhere, story.token)


def test_a_press_too_soon_keeps_the_code_of_the_page_good(story: Story) -> None:
    story.bound()
    asked = story.ask()
    again = story.ask(page=asked.page)
    assert again.page == asked.page
    assert story.type(again, code_in(story.world.mail.sent[-1])).is_open


def test_another_email_takes_the_place_of_the_code_before(story: Story) -> None:
    story.bound()
    asked = story.ask()
    old = code_in(story.world.mail.sent[-1])
    story.world.clock.advance(minutes=2)
    story.ask(page=asked.page)
    new = code_in(story.world.mail.sent[-1])
    if old != new:
        assert not story.type(asked, old).is_open
    assert story.type(asked, new).is_open


def _archive(story: Story) -> None:
    story.world.change(story.world.all(Contact)[0], archived_at=story.world.clock.now())


def _withdraw(story: Story) -> None:
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)


def _complete(story: Story) -> None:
    story.world.change(
        story.world.all(WorkItem, id=story.request.work_item_id)[0], completed_at=story.world.clock.now()
    )


def _bounce(story: Story) -> None:
    story.world.change(story.world.all(Contact)[0], bounced_at=story.world.clock.now())


@pytest.mark.parametrize("meanwhile", [_archive, _withdraw, _complete, _bounce])
def test_6_12_the_answer_is_the_same_whatever_is_true(story: Story, meanwhile) -> None:
    story.bound()
    good = story.ask()
    meanwhile(story)
    story.world.clock.advance(minutes=5)
    count = len([mail for mail in story.world.all(OutboxMail) if mail.event == "access_link"])

    vain = story.ask()

    assert (vain.title, vain.firm, len(vain.page)) == (good.title, good.firm, len(good.page))
    assert len([mail for mail in story.world.all(OutboxMail) if mail.event == "access_link"]) == count
    answer = story.type(vain, "000000")
    assert (answer.is_open, answer.tries_left) == (False, 4)


# expiry


def test_fault_16_a_grant_ends_exactly_thirty_days_after_the_send(story: Story) -> None:
    """6.6, asvs 26."""
    device = story.bound()
    ends = story.grant.expires_at
    assert ends == story.world.get(story.request).sent_at + timedelta(days=30)
    story.world.clock.move_to(ends - timedelta(seconds=1))
    assert story.sees(device) is None
    assert story.look(device).goes_straight

    story.world.clock.move_to(ends)
    assert story.sees(device) is Standing.EXPIRED
    assert story.look(device).standing is Standing.EXPIRED
    assert state_of(story.world, story.request) is State.EXPIRED


@pytest.mark.parametrize(
    ("seconds", "standing"), [(-1, Standing.YOURS), (0, Standing.EXPIRED), (1, Standing.EXPIRED)]
)
def test_fault_16_claiming_on_each_side_of_the_boundary(
    story: Story, seconds: int, standing: Standing
) -> None:
    story.world.clock.move_to(story.grant.created_at + timedelta(days=30, seconds=seconds))
    assert story.claim().standing is standing


def test_fault_16_after_a_resend_thirty_days_from_then(story: Story) -> None:
    device = story.bound()
    story.world.clock.advance(days=40)
    assert story.sees(device) is Standing.EXPIRED
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    assert story.sees(device) is None, "it opens again, with its device"
    story.world.clock.advance(days=30, seconds=-1)
    assert story.sees(device) is None
    story.world.clock.advance(seconds=1)
    assert story.sees(device) is Standing.EXPIRED


def test_fault_16_a_reminder_makes_it_last_sixty_days(story: Story) -> None:
    """The boundary is what the row says, as a reminder will set it."""
    device = story.bound()
    story.world.change(story.grant, expires_at=story.world.clock.now() + timedelta(days=60))
    story.world.clock.advance(days=60, seconds=-1)
    assert story.sees(device) is None
    story.world.clock.advance(seconds=2)
    assert story.sees(device) is Standing.EXPIRED


def test_the_thirty_new_days_begin_when_the_access_link_is_used(story: Story) -> None:
    """6.6."""
    old = story.bound()
    story.world.clock.advance(days=31)
    story.ask()
    token = token_in(story.world.mail.sent[-1])
    assert story.look().standing is Standing.EXPIRED, "until then the old links stay expired"
    story.world.clock.advance(days=29)
    assert story.look(STRANGER, token).standing is Standing.UNCLAIMED

    assert story.claim(old, token).standing is Standing.YOURS

    assert story.grant.expires_at == story.world.clock.now() + timedelta(days=30)
    assert story.sees(old) is None
    assert story.look(old).goes_straight, "and the old links open again"


def test_the_thirty_new_days_begin_when_the_code_is_used(story: Story) -> None:
    story.world.clock.advance(days=45)
    asked = story.ask()
    assert story.type(asked, code_in(story.world.mail.sent[-1])).is_open
    assert story.grant.expires_at == story.world.clock.now() + timedelta(days=30)


@pytest.mark.parametrize(("seconds", "standing"), [(-1, Standing.YOURS), (0, Standing.EXPIRED)])
def test_an_access_link_lives_thirty_days(story: Story, seconds: int, standing: Standing) -> None:
    story.world.clock.advance(days=31)
    story.ask()
    token = token_in(story.world.mail.sent[-1])
    story.world.clock.advance(days=30, seconds=seconds)
    assert story.claim(token=token).standing is standing


def test_moving_a_grant_that_has_not_expired_makes_it_no_longer(story: Story) -> None:
    story.bound()
    ends = story.grant.expires_at
    story.world.clock.advance(days=5)
    story.ask()
    assert story.claim(token=token_in(story.world.mail.sent[-1])).standing is Standing.YOURS
    assert story.grant.expires_at == ends


# what closes a grant, and what lets it wait


def test_a_withdrawn_request_says_so_on_every_link_and_device(story: Story) -> None:
    """6.13, 6.23."""
    device = story.bound()
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)
    assert story.sees(device) is Standing.WITHDRAWN
    assert story.look().standing is Standing.WITHDRAWN
    assert story.claim().standing is Standing.WITHDRAWN


def test_the_old_links_of_a_withdrawn_request_stay_dead_after_it_is_sent_again(story: Story) -> None:
    device = story.bound()
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)
    story.world.clock.advance(minutes=1)
    sent(story.world, story.request, "new")
    deliver_outbox(story.world.ports)
    assert story.look(device).standing is Standing.WITHDRAWN
    assert story.claim(device, token_in(story.world.mail.sent[-1])).standing is Standing.YOURS
    assert story.sees(device) is None


def test_6_10_while_the_work_is_completed_links_are_closed_and_come_back_by_a_resend(story: Story) -> None:
    device = story.bound()
    work_item = story.world.all(WorkItem, id=story.request.work_item_id)[0]
    story.world.change(work_item, completed_at=story.world.clock.now())
    assert story.sees(device) is Standing.CLOSED
    assert story.look().standing is Standing.CLOSED

    story.world.change(work_item, completed_at=None)
    story.world.change(story.request, needs_resend_at=story.world.clock.now())
    assert story.sees(device) is Standing.CLOSED, "reopening alone brings no link back"

    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    assert story.sees(device) is None, "earlier links and their device count again"
    assert story.look(device).goes_straight


def test_6_14_a_removed_recipient_loses_the_link(world: World) -> None:
    client = world.new_client()
    stays, goes = world.new_contact(client), world.new_contact(client, "Paul Roy")
    request = world.draft_request(client, to=[stays, goes])
    sent(world, request)
    deliver_outbox(world.ports)
    tokens = {letter.recipient: token_in(letter) for letter in world.mail.sent}
    device = world.new_device()[0]
    links.claim(world.ports, device, tokens[goes.email], new_token())

    sending.remove_recipient(world.ports, world.staff, request.id, goes.id)

    assert links.look(world.ports, device, tokens[goes.email]).standing is Standing.REMOVED
    assert links.look(world.ports, device, tokens[stays.email]).standing is Standing.UNCLAIMED


def test_6_20_under_require_mfa_links_wait_and_come_back(story: Story) -> None:
    device = story.bound()
    story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())
    assert story.look(device).standing is Standing.WAITS_FOR_SIGN_IN
    assert story.claim().standing is Standing.WAITS_FOR_SIGN_IN
    assert story.sees(device) is Standing.WAITS_FOR_SIGN_IN

    story.world.change(story.world.firm, mfa_required_at=None)
    assert story.sees(device) is None


def test_6_21_a_signed_in_recipient_goes_straight_and_binds_nothing(story: Story) -> None:
    world = story.world
    person = world.all(Contact)[0]
    client = world.all(Client, id=story.request.client_id)[0]
    world.give_account(person, client)
    signed_in = world.signed_in(person)

    assert story.look(signed_in).goes_straight
    assert story.claim(signed_in).standing is Standing.YOURS
    assert story.grant.device_id is None


def test_6_21_where_someone_else_is_signed_in_it_is_as_if_nobody_were(story: Story) -> None:
    world = story.world
    client = world.all(Client, id=story.request.client_id)[0]
    other = world.new_contact(client, "Luc Gagnon")
    world.give_account(other, client)
    signed_in = world.signed_in(other)

    assert not story.look(signed_in).goes_straight
    assert story.look(signed_in).standing is Standing.UNCLAIMED
    assert story.claim(signed_in).standing is Standing.YOURS
    assert story.grant.device_id is not None


def test_a_recipient_whose_access_ended_does_not_go_straight(story: Story) -> None:
    world = story.world
    person = world.all(Contact)[0]
    client = world.all(Client, id=story.request.client_id)[0]
    world.give_account(person, client)
    world.change(client, portal_on_at=None)
    assert not story.look(world.signed_in(person)).goes_straight
