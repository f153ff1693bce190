"""The checklist in a real browser without a network, in two tabs, after somebody else: no answer is lost or sent twice."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Route, expect

from portal_app.models import Comment, TaskAnswer
from tests.browser.checklists import opened, stored
from tests.browser.demo import live, tick_box
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]


def test_a_tick_and_a_comment_without_network_show_at_once_and_survive_a_reload(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        page.get_by_text("Insurance").click()
        page.route("**/tasks/**", lambda route: route.abort())
        tick_box(page, "Lease", "en").dblclick()
        tick_box(page, "Lease", "en").click()
        expect(tick_box(page, "Lease", "en")).to_be_checked()
        page.get_by_role("textbox").fill("Which one?")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".talk")).to_contain_text("Which one?")
        expect(page.locator(".talk")).to_contain_text("Waiting for the network")
        assert not stage.world.all(TaskAnswer, task_id=asked.tasks[0].id)

        page.reload()
        live(page)
        expect(tick_box(page, "Lease", "en")).to_be_checked()
        page.unroute("**/tasks/**")
        page.reload()
        live(page)
        expect(tick_box(page, "Lease", "en")).to_be_checked()
        expect(page.get_by_text("Waiting for the network")).to_have_count(0)
        expect(page.get_by_text("1 of 2 done")).to_be_visible()
        stored(page)  # the comment leaves after the tick

        standing = stage.world.all(TaskAnswer, task_id=asked.tasks[0].id, undone_at=None)
        assert len(standing) == 1
        assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[1].id)] == ["Which one?"]


def test_an_answer_lost_on_its_way_back_is_sent_again_and_counts_once(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        page.get_by_text("Lease").click()
        lost: list[Route] = []

        def lose_the_first(route: Route) -> None:
            if lost:
                route.continue_()
                return
            lost.append(route)
            route.fetch()
            route.abort()

        page.route("**/comment", lose_the_first)
        page.get_by_role("textbox").fill("Once")
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Send").click()
        expect(page.locator(".talk")).to_contain_text("Once")
        with page.expect_response("**/comment") as answer:
            page.evaluate("dispatchEvent(new Event('online'))")
        assert answer.value.ok
        expect(page.locator(".talk li")).to_have_count(1)

        assert len(stage.world.all(Comment, task_id=asked.tasks[0].id)) == 1


def test_5_12_an_undo_before_the_network_is_back_means_that_nothing_is_sent(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        page.route("**/tasks/**", lambda route: route.abort())
        box = tick_box(page, "Lease", "en")
        box.click()
        expect(page.locator(".task .state").first).to_have_text("Waiting for the network")
        page.get_by_role("button", name="Undo").click()
        expect(box).not_to_be_checked()
        page.unroute("**/tasks/**")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.reload()
        live(page)
        expect(box).not_to_be_checked()
        assert not stage.world.all(TaskAnswer, task_id=asked.tasks[0].id)


def test_two_tabs_tick_the_same_task_and_show_the_same(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    with stage.reader(browser, asked.cookie) as context:
        one, two = opened(context, asked), opened(context, asked)
        tick_box(one, "Lease", "en").click()
        expect(tick_box(two, "Lease", "en")).to_be_checked()
        tick_box(two, "Insurance", "en").click()
        expect(one.get_by_text("All is in. Thank you.")).to_be_attached()
        expect(tick_box(one, "Insurance", "en")).to_be_checked()
        assert len(stage.world.all(TaskAnswer)) >= 2
        assert len(stage.world.all(TaskAnswer, task_id=asked.tasks[0].id)) == 1


def test_what_one_person_left_in_this_browser_is_not_sent_as_another(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",), others=("Luc Gagnon",))
    left = {
        "id": "1",
        "kind": "comment",
        "task": str(asked.tasks[0].id),
        "href": f"/requests/{asked.request.id}/tasks/{asked.tasks[0].id}/comment",
        "fields": {"body": "Mine", "once_key": "1"},
        "who": str(asked.contact.id),
        "since": 0,
    }
    leave = f"localStorage.setItem('portal-answers', {json.dumps(json.dumps([left]))})"
    with stage.reader(browser, stage.device(asked.request, "Luc Gagnon")) as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/healthz")
        page.evaluate(leave)
        page.goto(asked.url)
        live(page)
        tick_box(page, "Lease", "en").click()
        expect(page.get_by_text("All is in. Thank you.")).to_be_attached()
        expect(page.get_by_text("Mine")).to_have_count(0)
        assert not stage.world.all(Comment, task_id=asked.tasks[0].id)
        page.get_by_role("button", name="Undo").click()
        expect(tick_box(page, "Lease", "en")).not_to_be_checked()
        expect(page.get_by_text("0 of 1 done")).to_be_visible()
    with stage.reader(browser, asked.cookie) as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/healthz")
        page.evaluate(leave)
        page.goto(asked.url)
        live(page)
        expect(page.locator(".talk")).to_contain_text("Mine")
        expect(page.locator(".talk time")).not_to_contain_text("Waiting")
        stored(page)
    assert [row.contact_id for row in stage.world.all(Comment, task_id=asked.tasks[0].id)] == [
        asked.contact.id
    ]
