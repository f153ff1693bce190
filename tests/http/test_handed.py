"""Tasks handed over in a browser, through the real gate: the form, the link, the code, taking it back (5.8a)."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import client_pages
from portal_app.http import handed as handed_pages
from portal_app.http import links as link_pages
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Comment,
    HandOver,
    HandOverLink,
    LinkToken,
    OutboxMail,
)
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.sign_in.sessions import SessionBook
from tests.http.asked import first
from tests.http.test_links import SCANNERS, buttons, hidden, shown
from tests.services.handed_story import HELPER, Story
from tests.services.posted import code_in, token_in
from tests.world import World


def browser(world: World) -> TestClient:
    view = Route("/requests/{id}", first(client_pages.request_first))
    pages = Starlette(routes=[*handed_pages.routes, *link_pages.routes, *client_pages.routes, view])
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


def giver(story: Story) -> TestClient:
    """The recipient's browser: the link pressed anew on a freed grant."""
    grant = story.world.all(AccessGrant)[0]
    story.world.change(grant, device_id=None, claimed_at=None)
    page, path = browser(story.world), f"/r/{token_in(story.world.mail.sent[0])}"
    page.post(path, data={"device": hidden(page.get(path), "device")})
    return page


def test_5_8a_the_recipient_hands_over_by_a_form_and_takes_back(story: Story) -> None:
    page = giver(story)
    path = f"/requests/{story.request.id}/tasks/{story.task.id}/hand"
    form = page.get(path)
    assert "Paul Roy (paul.roy@elsewhere.example) has this task until 9 March 2026" in shown(form)
    wrong = page.post(path, data={"name": "Ana", "email": "nobody", "until": "2026-03-05"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    done = page.post(path, data={"name": "Ana", "email": "ana@elsewhere.example", "until": "2026-03-05"})
    assert done.status_code == 303
    assert done.headers["location"] == f"/requests/{story.request.id}#t{story.task.id}"
    assert [row.name for row in story.world.all(HandOver)] == ["Paul Roy", "Ana"]
    hand = hidden(page.get(path), "hand")
    assert page.post(f"{path}/back", data={"hand": hand}).status_code == 303
    assert story.world.all(HandOver)[0].ended_at is not None


def test_5_8a_the_helper_presses_once_writes_and_goes_straight_after(story: Story) -> None:
    page, path = browser(story.world), f"/h/{story.token}"
    first = page.get(path)
    assert buttons(first) == ["Open my requests"]
    assert story.other.title not in first.text
    done = page.post(path, data={"device": hidden(first, "device")})
    assert done.headers["location"] == f"/requests/{story.request.id}"
    assert page.get(path).headers["location"] == f"/requests/{story.request.id}"
    tasks = f"/requests/{story.request.id}/tasks"
    page.post(f"{tasks}/{story.task.id}/comment", data={"body": "Here it is."})
    assert [row.body for row in story.world.all(Comment)] == ["Here it is."]
    assert page.post(f"{tasks}/{story.other.id}/comment", data={"body": "And here."}).status_code == 404
    assert page.post(f"{tasks}/{story.task.id}/tick").status_code == 409
    assert page.get(f"{tasks}/{story.task.id}/hand").status_code in (404, 409)
    story.take_back()
    over = page.post(f"{tasks}/{story.task.id}/comment", data={"body": "Once more."})
    assert over.status_code == 410
    assert "Once more." in over.text
    assert page.get(path).status_code == 410


def test_asvs_24_5_8a_scanners_that_fetch_use_nothing_up(story: Story) -> None:
    for agent in SCANNERS:
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in ("", "/access", "/code"):
                browser(story.world).request(method, f"/h/{story.token}{path}", headers={"User-Agent": agent})
    assert story.world.all(HandOver)[0].device_id is None
    assert len(story.world.all(OutboxMail, event="task_handed_over")) == 1


def test_6_5_5_8a_another_device_types_the_code(story: Story) -> None:
    story.held()
    page, path = browser(story.world), f"/h/{story.token}"
    assert buttons(page.get(path)) == ["Send access link"]
    asked = page.post(f"{path}/access")
    deliver_outbox(story.world.ports)
    assert story.world.mail.sent[-1].recipient == HELPER
    typed = {"page": hidden(asked, "page"), "device": hidden(asked, "device")}
    assert page.post(f"{path}/code", data={**typed, "code": "1"}).status_code == 422
    done = page.post(f"{path}/code", data={**typed, "code": code_in(story.world.mail.sent[-1])})
    assert done.headers["location"] == f"/requests/{story.request.id}"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("taken back", "This task is no longer in your hands"),
        ("its day passed", "This task is no longer in your hands"),
        ("waits", "This link is waiting"),
    ],
)
def test_asvs_24_6_23_looking_at_a_task_that_was_handed_over_writes_nothing(
    story: Story, how: str, said: str
) -> None:
    """However often: the page stands where the task stood, and in the reader's language at a press."""
    page, path = browser(story.world), f"/h/{story.token}"
    page.post(path, data={"device": hidden(page.get(path), "device")})
    here = f"/requests/{story.request.id}"
    assert story.task.title in page.get(here).text
    if how == "taken back":
        story.take_back()
    elif how == "its day passed":
        story.world.clock.advance(days=8)
    else:
        story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())
    before = [story.world.all(kind) for kind in (HandOverLink, LinkToken, AuditEntry, Activity)]
    for method in ("GET", "HEAD", "OPTIONS") * 10:
        page.request(method, here)
    seen = page.get(here)
    assert seen.status_code == 410
    assert said in shown(seen)
    assert f"{here}?lang=fr" in seen.text
    assert before == [story.world.all(kind) for kind in (HandOverLink, LinkToken, AuditEntry, Activity)]
