"""Client pages in a real browser: shown before their script, and taken over without a jump (decision 0005)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from portal_app.models import Comment
from portal_app.text import _, use_locale
from tests.browser.checklists import WATCH_SHIFTS, Scripts, also_for, choose_file, every_state, stored
from tests.browser.demo import live, tick_box
from tests.browser.stage import Asked, Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]
BOXES = """() => [...document.querySelectorAll(
    '.mast a, h1, .lead, .task, .tick, summary, .state, .btn, textarea, .next, .steps, .firm, .foot, .row, .hero')]
  .filter(it => it.checkVisibility())
  .map(it => { const at = it.getBoundingClientRect();
    return [it.tagName === 'INPUT' ? 'BUTTON' : it.tagName, ...[at.x, at.y, at.width, at.height].map(Math.round)].join(' ') })"""
HEAD_BOXES = """() => [...document.querySelectorAll('header.mast')].at(-1).querySelectorAll('a, summary').values()
  .map(it => [it.textContent, ...['x', 'y', 'width', 'height'].map(side => Math.round(it.getBoundingClientRect()[side]))])
  .toArray()"""
"""What the masthead holds, and where."""


def before_the_scripts(context: BrowserContext, asked: Asked) -> tuple[Page, Scripts]:
    """The view that the server drew, while its scripts are kept from coming."""
    page = context.new_page()
    scripts = Scripts(page)
    page.goto(asked.url, wait_until="commit")
    return page, scripts


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_live_page_takes_over_without_moving_anything(
    stage: Stage, browser: Browser, size: str, language: str
) -> None:
    asked = every_state(stage)
    with stage.reader(browser, asked.cookie, size, language) as context:
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
        page.locator(".foot").last.wait_for()
        before, words = page.evaluate(BOXES), page.locator("main").last.inner_text()
        scripts.let_go()

        assert page.evaluate(BOXES) == before
        assert page.locator("main").inner_text() == words
        assert [shift for shift in page.evaluate("window.moved") if shift[0] > 0.01] == []


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_document_that_comes_in_pieces_moves_nothing(stage: Stage, browser: Browser, size: str) -> None:
    asked = every_state(stage)
    with stage.reader(browser, asked.cookie, size, "fr") as context:
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        page.route("**/assets/*.js", lambda route: route.abort())
        slow = {"offline": False, "latency": 20, "downloadThroughput": 8_000, "uploadThroughput": 50_000}
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", slow)
        page.goto(asked.url, wait_until="commit")
        page.locator(".foot").last.wait_for()
        assert [shift for shift in page.evaluate("window.moved") if shift[0] > 0.01] == []


def test_what_was_typed_opened_and_held_stays_when_the_live_page_takes_over(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    with stage.reader(browser, asked.cookie) as context:
        page, scripts = before_the_scripts(context, asked)
        page.get_by_text("Insurance").last.click()
        field = page.get_by_role("textbox")
        field.fill("The policy is in my hus")
        field.evaluate("it => it.setSelectionRange(3, 3)")
        scripts.let_go()

        expect(field).to_have_count(1)
        expect(field).to_be_focused()
        expect(field).to_have_value("The policy is in my hus")
        assert field.evaluate("it => it.selectionStart") == 3
        field.press("End")
        field.press_sequentially("band’s name")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".talk")).to_contain_text("The policy is in my husband’s name")
        expect(page.get_by_text("Sending…")).to_have_count(0)
        stored(page)  # where it takes long, it says something else
        assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[1].id)] == [
            "The policy is in my husband’s name"
        ]


@pytest.mark.parametrize("is_left_open", [True, False])
def test_another_answer_that_was_begun_stays_when_the_live_page_takes_over(
    stage: Stage, browser: Browser, is_left_open: bool
) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    with stage.reader(browser, asked.cookie) as context:
        page, scripts = before_the_scripts(context, asked)
        page.get_by_text("Insurance").last.click()
        different = page.get_by_text("Answer differently").last
        different.click()
        page.get_by_text("I have a question").last.click()
        question = page.locator(f"[id='q{asked.tasks[1].id}']")
        question.fill("Which ye")
        if not is_left_open:
            different.click()
        scripts.let_go()

        different = page.locator(f"[id='o{asked.tasks[1].id}'] > summary")
        if not is_left_open:
            expect(question).to_be_hidden()
            different.click()
        expect(question).to_have_value("Which ye")


def test_another_answer_is_drawn_once_it_is_opened_and_stays(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie) as context:
        page = context.new_page()
        page.goto(asked.url)
        live(page)
        fold = page.locator(f"[id='o{asked.tasks[0].id}']")
        expect(fold.locator("form")).to_have_count(0)
        page.get_by_text("Lease").click()
        fold.locator("> summary").focus()
        page.keyboard.press("Enter")
        expect(fold.locator("> summary")).to_be_focused()
        page.get_by_text("Doesn’t apply", exact=True).click()
        page.get_by_label("Why it doesn’t apply").fill("We rent")
        fold.locator("> summary").click()
        fold.locator("> summary").click()
        expect(page.get_by_label("Why it doesn’t apply")).to_have_value("We rent")


def test_9_2_without_a_script_a_tick_an_undo_and_a_comment_work(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    with stage.reader(browser, asked.cookie, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(asked.url)
        tick_box(page, "Lease", "en").click()
        expect(tick_box(page, "Lease", "en")).to_be_checked()
        page.get_by_role("button", name="Undo").click()
        expect(tick_box(page, "Lease", "en")).not_to_be_checked()
        page.get_by_text("Insurance").click()
        expect(page.locator("details[open] noscript")).to_be_visible()
        page.get_by_role("textbox").fill("Which one?")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".talk")).to_contain_text("Which one?")
        assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[1].id)] == ["Which one?"]


def test_a_file_chosen_before_the_script_came_is_sent(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Void cheque"))
    with stage.reader(browser, asked.cookie) as context:
        page = context.new_page()
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
        page.get_by_text("Void cheque").last.click()
        file: FilePayload = {"name": "early.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 early"}
        choose_file(page.get_by_text("Upload a file").locator("visible=true"), file)
        scripts.let_go()
        expect(page.locator(f"#t{asked.tasks[1].id} .slip")).to_contain_text("early.pdf")


@pytest.mark.parametrize("clients", [1, 2])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_2_2_signed_in_home_is_one_press_away_before_and_after_the_script_comes(
    stage: Stage, browser: Browser, size: str, language: str, clients: int
) -> None:
    asked = stage.asked(("Lease", "Insurance"), client_name="Aubin et associés inc.")
    cookie = stage.account(asked)
    if clients == 2:
        second = stage.asked(("Deed",), client_name="Zinc inc.", reader="Someone else")
        stage.world.put(*also_for(stage, asked.contact, second))
    with stage.reader(browser, cookie, size, language) as context, use_locale(language):
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
        page.locator(".foot").last.wait_for()
        home = page.locator("header").get_by_role("link", name=_("Home"), exact=True)
        boxes = page.evaluate(HEAD_BOXES)
        expect(home).to_be_visible()
        assert page.locator("header #who summary:visible").count() == clients - 1
        scripts.let_go()

        assert page.evaluate(HEAD_BOXES) == boxes
        assert [shift for shift in page.evaluate("window.moved") if shift[0] > 0.01] == []
        assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
        with page.expect_navigation():
            home.click()
        page.wait_for_url("**/home")
