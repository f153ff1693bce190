"""Classic links in a browser, through the real gate: scanners, PINs, the way back, both languages (6.9)."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import classic as classic_pages
from portal_app.http import client_pages
from portal_app.http import links as link_pages
from portal_app.models import ClassicEntry, Comment, OutboxMail
from portal_app.services.sign_in.sessions import SessionBook
from tests.http.test_links import SCANNERS, buttons, hidden, shown
from tests.services.test_classic import Story
from tests.world import World


def browser(world: World) -> TestClient:
    pages = Starlette(routes=[*classic_pages.routes, *link_pages.routes, *client_pages.routes])
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings)
    return TestClient(
        gate,
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=("192.0.2.7", 4711),
        headers={"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0"},
    )


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def test_6_9_the_pin_typed_leads_to_the_request_and_the_browser_is_known_after(story: Story) -> None:
    page, path = browser(story.world), f"/p/{story.code}"
    first = page.get(path)
    assert buttons(first) == ["Open my requests", "Send a new PIN"]
    done = page.post(path, data={"pin": story.pin, "device": hidden(first, "device")})
    assert (done.status_code, done.headers["location"]) == (303, f"/requests/{story.request.id}")
    assert page.get(path).headers["location"] == f"/requests/{story.request.id}"
    task = story.world.tasks(story.request)[0]
    page.post(f"/requests/{story.request.id}/tasks/{task.id}/comment", data={"body": "Here it is."})
    assert [row.body for row in story.world.all(Comment)] == ["Here it is."]


def test_asvs_24_scanners_that_get_and_head_use_nothing_up(story: Story) -> None:
    for agent in SCANNERS:
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in (f"/p/{story.code}", f"/p/{story.code}/pin"):
                browser(story.world).request(method, path, headers={"User-Agent": agent})
    assert story.world.all(ClassicEntry) == []
    assert len(story.world.all(OutboxMail)) == 1
    assert story.look().tries_left == 5


def test_6_9_wrong_pins_say_what_is_left_and_what_is_no_pin_counts_as_no_try(story: Story) -> None:
    page, path = browser(story.world), f"/p/{story.code}"
    bad = page.post(path, data={"pin": "12", "device": ""})
    assert (bad.status_code, story.look().tries_left) == (422, 5)
    wrong = page.post(path, data={"pin": story.wrong(), "device": ""})
    assert wrong.status_code == 422
    assert "4 tries are left" in shown(wrong)
    for _ in range(4):
        wrong = page.post(path, data={"pin": story.wrong(), "device": ""})
    assert buttons(wrong) == ["Send a new PIN"]
    assert "set-cookie" not in wrong.headers


def test_6_12_send_a_new_pin_shows_the_same_page_whatever_is_true(story: Story) -> None:
    def asked() -> str:
        response = browser(story.world).post(f"/p/{story.code}/pin")
        assert response.status_code == 200
        return shown(response)

    sent = asked()
    assert asked() == sent
    story.world.change(story.contact, bounced_at=story.world.clock.now())
    story.world.clock.advance(minutes=5)
    assert asked() == sent


def test_6_9_after_a_resend_under_the_portal_the_old_link_is_a_magic_link(story: Story) -> None:
    world, page, path = story.world, browser(story.world), f"/p/{story.code}"
    world.change(story.client, portal_on_at=world.clock.now())
    story.resend()
    led = page.get(path)
    assert led.headers["location"] == f"/r/{story.code}"
    claim = page.get(led.headers["location"])
    assert buttons(claim) == ["Open my requests"]
    done = page.post(f"/r/{story.code}", data={"device": hidden(claim, "device")})
    assert done.headers["location"] == f"/requests/{story.request.id}"


def test_6_9_a_classic_link_pasted_as_a_magic_link_leads_to_the_pin(story: Story) -> None:
    page = browser(story.world)
    assert page.get(f"/r/{story.code}").headers["location"] == f"/p/{story.code}"
    assert page.post(f"/r/{story.code}", data={"device": ""}).headers["location"] == f"/p/{story.code}"


def test_asvs_24_an_unknown_code_is_not_found(world: World) -> None:
    page = browser(world)
    assert page.get("/p/abc").status_code == 404
    assert page.post("/p/abc", data={"pin": "123456"}).status_code == 404
    assert page.post("/p/abc/pin").status_code == 404
