"""A bound link on another device: the access link and its code (6.5, 6.12)."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import TryLater
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessCode,
    Activity,
    AuditEntry,
    Contact,
    OutboxMail,
    WorkItem,
)
from portal_app.services.links import access_links
from portal_app.services.requests import sending
from tests.services.link_story import STRANGER, Story
from tests.services.posted import code_in, token_in


def test_6_5_the_access_link_shows_the_button_and_moves_the_grant_by_its_first_press(story: Story) -> None:
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


def test_6_5_after_the_code_its_link_moves_nothing(story: Story) -> None:
    story.bound()
    asked = story.ask()
    letter = story.world.mail.sent[-1]
    person = story.world.new_device()[0]
    assert story.type(asked, code_in(letter), person).is_open

    late = story.world.new_device()[0]
    assert story.claim(late, token_in(letter)).standing is Standing.OTHER_DEVICE
    assert story.grant.device_id == person.device_id


def test_6_5_the_code_works_only_on_the_page_that_asked(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    elsewhere = replace(asked, page=new_token())
    assert not story.type(elsewhere, code).is_open
    assert not story.type(replace(asked, page=""), code).is_open
    assert story.type(asked, code).is_open


def test_6_5_the_code_works_once(story: Story) -> None:
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


def test_6_5_the_code_takes_five_tries(story: Story) -> None:
    story.bound()
    asked = story.ask()
    code = code_in(story.world.mail.sent[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [story.type(asked, wrong).tries_left for _try in range(5)] == [4, 3, 2, 1, 0]
    assert not story.type(asked, code).is_open


@pytest.mark.parametrize(("seconds", "is_open"), [(599, True), (600, False)])
def test_6_5_the_code_lasts_ten_minutes(story: Story, seconds: int, is_open: bool) -> None:
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


def test_6_5_a_press_too_soon_keeps_the_code_of_the_page_good(story: Story) -> None:
    story.bound()
    asked = story.ask()
    again = story.ask(page=asked.page)
    assert again.page == asked.page
    assert story.type(again, code_in(story.world.mail.sent[-1])).is_open


def test_6_5_another_email_takes_the_place_of_the_code_before(story: Story) -> None:
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
