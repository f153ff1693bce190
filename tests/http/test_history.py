"""The history page in a browser, through the real gate (9.3)."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.testclient import TestClient

from portal_app.services.home.history_pages import PAGE
from portal_app.services.tasks import comments
from tests.services.test_history import Told
from tests.signing import browser
from tests.world import World


def opened(told: Told) -> TestClient:
    page = browser(told.world)
    _row, token = told.world.new_session(firm_id=told.world.firm.id, contact_id=told.reader.id)
    page.cookies.set("client", token, domain="localhost.local")
    return page


def test_9_3_the_history_is_one_press_from_every_signed_in_page(world: World) -> None:
    told = Told(world)
    page = opened(told)

    assert '<a href="/history">' in page.get("/account").text
    answer = page.get("/history")
    assert answer.status_code == 200
    assert '<a href="/history" aria-current="page">' in answer.text
    assert "Request sent to you" in answer.text
    assert f'href="/requests/{told.request.id}"' in answer.text


def test_9_3_what_somebody_wrote_is_text(world: World) -> None:
    told = Told(world)
    comments.add_comment(world.ports, told.actor, world.tasks(told.request)[0].id, "<b onclick=x>Hi</b>")

    assert "&lt;b onclick=x&gt;Hi" in opened(told).get("/history").text


def test_9_3_older_pages_keep_their_kind(world: World) -> None:
    told = Told(world)
    for number in range(PAGE + 1):
        comments.add_comment(world.ports, told.actor, world.tasks(told.request)[0].id, f"Word {number}")
        world.clock.advance(seconds=1)
    page = opened(told)

    found = re.search(
        r'href="(/history\?kind=comments&amp;after=[^"]+)"', page.get("/history?kind=comments").text
    )
    assert found is not None
    older = page.get(found[1].replace("&amp;", "&")).text
    assert "Word 0" in older
    assert "Request sent" not in older
    assert 'href="/history?kind=comments">Back to the newest' in older


def test_9_3_whoever_is_not_signed_in_is_led_there_and_back(world: World) -> None:
    told = Told(world)
    answer = browser(told.world).get("/history")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/f/{world.firm.slug}/login?next={quote('/history', safe='')}"
