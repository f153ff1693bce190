"""Links of a handed-over task: claimed once, and moved by an access link with its code (5.8a, 6.5, 6.12)."""

from __future__ import annotations

import threading

import pytest

from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.models import HandOver, HandOverLink, OutboxMail
from portal_app.services.links import handed
from portal_app.services.mail.outbox import deliver_outbox
from tests.services.handed_story import HELPER, STRANGER, Story
from tests.services.posted import code_in
from tests.world import World


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_asvs_24_5_8a_looking_uses_nothing_up(story: Story) -> None:
    for _ in range(20):
        assert handed.look(story.world.ports, STRANGER, story.token).standing is Standing.UNCLAIMED
    assert story.world.all(HandOver)[0].device_id is None


def test_asvs_25_5_8a_of_many_claims_at_once_one_wins(story: Story) -> None:
    opened: list[bool] = []
    devices = [story.world.new_device()[0] for _ in range(12)]
    threads = [
        threading.Thread(
            target=lambda who=who: opened.append(
                handed.claim(story.world.ports, who, story.token, new_token()).is_open
            )
        )
        for who in devices
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened) == [False] * 11 + [True]
    assert sum(story.opens(who) for who in devices) == 1


def test_6_5_5_8a_another_device_gets_an_access_link_with_a_code_at_the_helpers_address(story: Story) -> None:
    world, first, second = story.world, story.held(), story.world.new_device()[0]
    assert handed.look(world.ports, second, story.token).standing is Standing.OTHER_DEVICE
    _page, secret = handed.send_access(world.ports, STRANGER, story.token)
    deliver_outbox(world.ports)
    assert world.mail.sent[-1].recipient == HELPER
    code = code_in(world.mail.sent[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3):
        answer = handed.give_code(world.ports, second, story.token, secret, wrong, new_token())
        assert (answer.is_open, answer.tries_left) == (False, left)
    assert not handed.give_code(world.ports, second, story.token, new_token(), code, new_token()).is_open
    assert handed.give_code(world.ports, second, story.token, secret, code, new_token()).is_open
    assert (story.opens(first), story.opens(second)) == (False, True)
    assert not handed.give_code(world.ports, first, story.token, secret, code, new_token()).is_open


def test_6_5_5_8a_the_access_link_moves_the_task_once(story: Story) -> None:
    world, first = story.world, story.held()
    handed.send_access(world.ports, STRANGER, story.token)
    story.token = story.newest()
    second, third = world.new_device()[0], world.new_device()[0]
    assert handed.claim(world.ports, second, story.token, new_token()).is_open
    assert not handed.claim(world.ports, third, story.token, new_token()).is_open
    assert (story.opens(first), story.opens(second), story.opens(third)) == (False, True, False)


def test_6_12_5_8a_an_access_link_leaves_once_a_minute(story: Story) -> None:
    story.held()
    for _ in range(3):
        handed.send_access(story.world.ports, STRANGER, story.token)
    assert len(story.world.all(HandOverLink, is_access=True)) == 1


@pytest.mark.parametrize("how", ["too soon", "taken back", "its day passed", "waits for sign-in"])
def test_6_12_5_8a_a_wrong_code_says_how_many_tries_are_left_whether_an_e_mail_left_or_not(
    story: Story, how: str
) -> None:
    story.held()
    world, other = story.world, story.world.new_device()[0]
    if how == "too soon":
        handed.send_access(world.ports, STRANGER, story.token)
    elif how == "taken back":
        story.take_back()
    elif how == "its day passed":
        world.clock.advance(days=9)
    else:
        world.change(world.firm, mfa_required_at=world.clock.now())
    before = len(world.all(OutboxMail))
    _page, secret = handed.send_access(world.ports, STRANGER, story.token)
    assert len(world.all(OutboxMail)) == before
    for left in (4, 3, 2, 1, 0):
        answer = handed.give_code(world.ports, other, story.token, secret, "123456", new_token())
        assert (answer.is_open, answer.tries_left) == (False, left)


def test_6_5_5_8a_a_second_press_too_soon_keeps_the_code_of_the_page_good(story: Story) -> None:
    story.held()
    world, other = story.world, story.world.new_device()[0]
    _page, secret = handed.send_access(world.ports, STRANGER, story.token)
    assert handed.send_access(world.ports, STRANGER, story.token, secret)[1] == secret
    deliver_outbox(world.ports)
    code = code_in(world.mail.sent[-1])
    world.clock.advance(minutes=2)
    assert handed.send_access(world.ports, STRANGER, story.token, secret)[1] == secret
    deliver_outbox(world.ports)
    newer = code_in(world.mail.sent[-1])
    if newer != code:
        assert not handed.give_code(world.ports, other, story.token, secret, code, new_token()).is_open
    assert handed.give_code(world.ports, other, story.token, secret, newer, new_token()).is_open
    assert handed.give_code(world.ports, other, story.token, secret, newer, new_token()).is_open, "twice"
