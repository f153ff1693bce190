"""Magic links: looking and claiming (6.4, 6.5, 6.11)."""

from __future__ import annotations

import threading

import pytest

from portal_app.domain.errors import NotFound
from portal_app.domain.lifecycle import State
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Device,
    LinkToken,
    OutboxMail,
    Recipient,
)
from portal_app.services.links import access_links, links
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from tests.services.link_story import STRANGER, Story
from tests.services.posted import code_in, token_in
from tests.services.sends import state_of


def test_6_4_a_link_shows_whose_it_is_and_one_button(story: Story) -> None:
    page = story.look()
    assert page.standing is Standing.UNCLAIMED
    assert (page.title, page.client_name, page.sender_name, page.task_count) == (
        "Documents for 2025",
        "Marie-Claude Gagnon",
        "Sophie Ouellet",
        2,
    )
    assert not page.goes_straight


def test_6_4_looking_any_number_of_times_changes_no_row(story: Story) -> None:
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


def test_6_5_the_first_press_binds_its_device_and_opens_the_request(story: Story) -> None:
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


def test_6_5_a_second_device_is_told_and_changes_nothing(story: Story) -> None:
    first = story.bound()
    second = story.world.new_device()[0]
    assert story.claim(second).standing is Standing.OTHER_DEVICE
    assert story.grant.device_id == first.device_id
    assert story.look(second).standing is Standing.OTHER_DEVICE


def test_fault_13_and_6_11_two_devices_at_once_one_wins_and_each_leaves_one_audit_row(story: Story) -> None:
    """6.11."""
    results = at_once(story, 2)
    assert sorted(claim.standing for claim in results) == [Standing.OTHER_DEVICE, Standing.YOURS]
    assert sorted(row.action for row in story.world.all(AuditEntry)) == [
        "link:claimed",
        "link:refused",
        "request:sent",
    ]


def test_asvs_25_and_6_11_fifty_claims_at_once_have_one_winner(story: Story) -> None:
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


def test_6_5_every_link_of_the_grant_opens_on_the_bound_device(story: Story) -> None:
    """6.3, 6.4: a new link ends no other."""
    device = story.bound()
    sending.resend_request(story.world.ports, story.world.staff, story.request.id, None, "again")
    deliver_outbox(story.world.ports)
    newer = token_in(story.world.mail.sent[-1])
    assert newer != story.token
    for token in (story.token, newer):
        assert story.look(device, token).goes_straight
        assert story.look(STRANGER, token).standing is Standing.OTHER_DEVICE


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
