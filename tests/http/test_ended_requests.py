"""A request that ended for a browser: it says why, looking writes nothing, and a press asks for the way back (6.23)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from portal_app.models import ClassicEntry, LinkToken
from tests.http.asked import ENDED, Asked, browser, end, everything, words
from tests.world import World


@pytest.mark.parametrize("how", ENDED)
def test_6_23_a_device_whose_grant_ended_is_told_why(world: World, asked: Asked, how: str) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)

    shown, ticked = page.get(asked.here), asked.post("tick", page)

    for answer in (shown, ticked):
        assert answer.status_code in {200, 410}
        assert ENDED[how] in words(answer)
        assert "Bank statements" not in words(answer)
        assert f"{asked.here}?lang=fr" in answer.text
    assert ("Send access link" in words(shown)) is (how in {"moved", "expired"})
    assert world.get(asked.tasks[0]).completed_at is None


@pytest.mark.parametrize("how", ENDED)
def test_asvs_24_looking_at_a_request_that_ended_writes_nothing(world: World, asked: Asked, how: str) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)
    before = everything(world)

    for method in ("GET", "HEAD", "OPTIONS") * 10:
        page.request(method, asked.here)
        page.request(method, f"{asked.here}/access")

    assert everything(world) == before


@pytest.mark.parametrize("how", ENDED)
def test_6_5_and_6_12_send_access_link_goes_on_from_where_the_request_stood(
    world: World, asked: Asked, how: str
) -> None:
    end(world, asked, how)
    page = browser(world, device=asked.device)

    pressed = page.post(f"{asked.here}/access")

    assert pressed.status_code == 307
    assert re.fullmatch(world.settings.public_url + r"/r/[\w-]{43}/access", pressed.headers["location"])
    assert browser(world).post(f"{asked.here}/access").status_code == 404
    assert page.post(f"/requests/{uuid4()}/access").status_code == 404
    assert page.post("/requests/nothing/access").status_code == 404


def test_6_9_a_browser_whose_pin_was_given_too_long_ago_can_ask_for_another(
    world: World, asked: Asked
) -> None:
    now, device = world.clock.now(), asked.grant.device_id
    world.change(asked.grant, device_id=None, claimed_at=None, classic_at=now)
    entry = ClassicEntry(
        firm_id=world.firm.id, grant_id=asked.grant.id, device_id=device, entered_at=now, expires_at=now
    )
    world.put(entry)
    page = browser(world, device=asked.device)
    before = everything(world)

    shown = page.get(asked.here)
    assert everything(world) == before
    pressed = page.post(f"{asked.here}/access")

    assert shown.status_code == 200
    assert "Get a new PIN" in words(shown)
    assert f'action="{asked.here}/access"' in shown.text
    assert re.fullmatch(world.settings.public_url + r"/p/[\w-]+/pin", pressed.headers["location"])


def test_6_12_access_links_are_asked_for_sixty_times_an_hour_at_most(world: World, asked: Asked) -> None:
    end(world, asked, "expired")
    page = browser(world, device=asked.device)

    answers = [page.post(f"{asked.here}/access").status_code for _press in range(61)]

    assert answers == [307] * 60 + [429]
    assert len(world.all(LinkToken)) == 60
