"""The checklist in a real browser: shown before its script, taken over without a jump, and no answer ever lost.

Rules 5.3, 5.8, 5.12, 5.16, 9.2, 12.2 and design 3.14.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from portal_app.models import Answer, Comment, Contact, Notification, TaskAnswer, WorkItem
from portal_app.text import _, use_locale
from tests.browser.demo import live, tick_box
from tests.browser.stage import Asked, Stage, staged

pytestmark = [pytest.mark.browser, pytest.mark.served]

BOXES = """() => [...document.querySelectorAll(
    '.mast a, h1, .lead, .task, .tick, summary, .state, .btn, textarea, .next, .steps, .firm, .foot, .row, .hero')]
  .filter(it => it.checkVisibility())
  .map(it => { const at = it.getBoundingClientRect();
    return [it.tagName === 'INPUT' ? 'BUTTON' : it.tagName, ...[at.x, at.y, at.width, at.height].map(Math.round)].join(' ') })"""
SMALL = """() => [...document.querySelectorAll('button, a, summary, input:not([type=hidden]), textarea')]
  .filter(it => it.checkVisibility() && !it.closest('p') && !it.matches('.skip, .btn input'))
  .filter(it => Math.max(it.getBoundingClientRect().height, it.closest('.row, .file')?.getBoundingClientRect().height ?? 0) < 44)
  .map(it => it.outerHTML)"""
WIDTHS = {"phone": 360, "desk": 1440}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One served portal for this module; each test sends requests of its own."""
    with staged(tmp_path_factory.mktemp("stage")) as running:
        yield running


def every_state(stage: Stage) -> Asked:
    """One list with a task in each state."""
    asked = stage.asked(
        ("Questionnaire", "T4 slips", "Void cheque", "Medical", "Notice", "T5 slips", "Bank statements"),
        others=("Luc Gagnon",),
        due_on=stage.days(9),
    )
    late, done, file, question, promised, not_applicable, accepted = asked.tasks
    world, now = stage.world, stage.world.clock.now()
    world.change(late, due_on=stage.days(-5), description="<p>Please <b>sign</b> it.</p>")
    world.change(done, completed_at=now, completed_by_contact_id=asked.contact.id, answer=Answer.DONE)
    world.change(file, needs_file=True)
    world.change(question, question_open_at=now)
    for number in range(6):
        world.put(
            Comment(
                firm_id=world.firm.id,
                task_id=question.id,
                body=f"Line {number}",
                at=now,
                contact_id=asked.contact.id,
            )
        )
    world.change(promised, promised_on=stage.days(4))
    world.change(
        not_applicable,
        completed_at=now,
        answer=Answer.NOT_APPLICABLE,
        answer_text="Sold",
        completed_by_contact_id=asked.contact.id,
    )
    world.change(
        accepted, completed_at=now, answer=Answer.DONE, completed_by_staff_id=world.owner.id, accepted_at=now
    )
    return asked


def opened(context: Any, asked: Asked) -> Page:
    """The live page."""
    page: Page = context.new_page()
    page.goto(asked.url)
    live(page)
    return page


class Scripts:
    """The page's scripts, kept from coming until they are let go."""

    def __init__(self, page: Page) -> None:
        self.page, self.are_free, self.waiting = page, False, list[Route]()
        page.route("**/assets/*.js", self._come)

    def _come(self, route: Route) -> None:
        if self.are_free:
            route.continue_()
        else:
            self.waiting.append(route)

    def let_go(self) -> None:
        """Let them come; the live page takes over."""
        self.are_free = True
        for route in self.waiting:
            route.continue_()
        live(self.page)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_9_2_a_tick_is_told_to_the_firm_and_undone_by_link(
    stage: Stage, browser: Browser, size: str, language: str
) -> None:
    asked = stage.asked(("Relevé d’emploi",))
    with stage.reader(browser, asked.cookie, size, language) as context:
        page = opened(context, asked)
        box = tick_box(page, "Relevé d’emploi", language)
        box.click()
        expect(box).to_be_checked()
        undo = page.get_by_role("button", name={"en": "Undo", "fr": "Annuler"}[language])
        expect(page.get_by_role("status").filter(has=undo)).to_contain_text("Relevé d’emploi")
        expect(
            page.get_by_text({"en": "All is in. Thank you.", "fr": "Tout est remis. Merci."}[language])
        ).to_be_attached()
        assert [note.kind for note in stage.world.all(Notification, task_id=asked.tasks[0].id)] == [
            "task_completed"
        ]
        undo.click()
        expect(box).not_to_be_checked()
        expect(undo).to_have_count(0)
        expect(box).to_be_focused()
        expect(page.get_by_text({"en": "0 of 1 done", "fr": "0 sur 1 terminées"}[language])).to_be_visible()
        assert all(note.taken_back_at for note in stage.world.all(Notification, task_id=asked.tasks[0].id))
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[size]


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_12_2_axe_finds_nothing_in_any_state(stage: Stage, browser: Browser, size: str, scheme: str) -> None:
    asked = every_state(stage)
    with stage.reader(browser, asked.cookie, size, "fr", color_scheme=scheme) as context:
        page = context.new_page()
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
        page.locator(".foot").last.wait_for()
        assert violations(page) == []
        scripts.let_go()
        page.locator("details").evaluate_all("all => all.forEach(it => { it.open = true })")
        assert violations(page) == []
        assert page.evaluate(SMALL) == []
        tick_box(page, "Questionnaire", "fr").click()
        expect(page.get_by_role("button", name="Annuler", exact=True)).to_be_visible()
        assert violations(page) == []


def violations(page: Page) -> list[object]:
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]


WATCH_SHIFTS = """window.moved = []; new PerformanceObserver(list => list.getEntries().forEach(it => window.moved.push(
  [it.value, ...it.sources.map(of => of.node?.outerHTML?.slice(0, 80))])))
  .observe({type: 'layout-shift', buffered: true})"""

HEAD_BOXES = """() => [...document.querySelectorAll('header.mast')].at(-1).querySelectorAll('a, summary').values()
  .map(it => [it.textContent, ...['x', 'y', 'width', 'height'].map(side => Math.round(it.getBoundingClientRect()[side]))])
  .toArray()"""
"""What the masthead holds, and where."""


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
        page = context.new_page()
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
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
        assert [row.body for row in stage.world.all(Comment, task_id=asked.tasks[1].id)] == [
            "The policy is in my husband’s name"
        ]


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


def test_5_16_a_tick_after_somebody_else_s_says_whose_it_was(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Insurance"), others=("Luc Gagnon",))
    luc = next(
        row
        for row in stage.world.all(Contact)
        if row.name == "Luc Gagnon" and row.created_at >= asked.contact.created_at
    )
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        stage.world.change(
            asked.tasks[0],
            completed_at=stage.world.clock.now(),
            completed_by_contact_id=luc.id,
            answer=Answer.DONE,
        )
        tick_box(page, "Lease", "en").click()
        bar = page.get_by_role("alert").filter(has_text="Luc Gagnon already completed this task.")
        expect(bar).to_contain_text("Lease")
        bar.get_by_role("button", name="OK").click()
        expect(page.get_by_role("link", name="Next task")).to_be_visible()


def test_5_3_a_task_that_needs_a_file_opens_and_says_so_and_takes_the_tick_when_the_file_is_there(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Void cheque",))
    stage.world.change(asked.tasks[0], needs_file=True)
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        box = tick_box(page, "Void cheque", "en")
        expect(box).to_be_disabled()
        box.click(force=True)
        expect(page.get_by_text("A file is needed before you tick.")).to_be_focused()
        expect(box).not_to_be_checked()
        with page.expect_file_chooser() as chooser:
            page.get_by_text("Upload a file").click()
        chooser.value.set_files(
            {"name": "cheque.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a cheque"}
        )
        expect(page.locator(".slip")).to_contain_text("cheque.pdf")
        expect(page.get_by_role("link", name="cheque.pdf", exact=True)).to_be_visible()
        box.click()
        expect(page.get_by_text("All is in. Thank you.")).to_be_attached()
        assert stage.world.get(asked.tasks[0]).completed_at is not None


def test_a_file_chosen_before_the_script_came_is_sent(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Void cheque"))
    with stage.reader(browser, asked.cookie) as context:
        page = context.new_page()
        scripts = Scripts(page)
        page.goto(asked.url, wait_until="commit")
        page.get_by_text("Void cheque").last.click()
        with page.expect_file_chooser() as chooser:
            page.get_by_text("Upload a file").locator("visible=true").click()
        chooser.value.set_files(
            {"name": "early.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 early"}
        )
        scripts.let_go()
        expect(page.locator(f"#t{asked.tasks[1].id} .slip")).to_contain_text("early.pdf")


def test_by_keyboard_alone_one_goes_from_task_to_task_ticks_and_writes(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease", "Insurance", "Deed"))
    with stage.reader(browser, asked.cookie, "desk") as context:
        page = opened(context, asked)
        following = page.get_by_role("link", name="Next task")
        following.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#d{asked.tasks[0].id} > summary")).to_be_focused()
        expect(page.locator(f"#d{asked.tasks[0].id}")).to_have_attribute("open", "")
        following.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#d{asked.tasks[1].id} > summary")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(tick_box(page, "Insurance", "en")).to_be_focused()
        page.keyboard.press("Space")
        expect(tick_box(page, "Insurance", "en")).to_be_checked()
        expect(tick_box(page, "Insurance", "en")).to_be_focused()
        expect(page.get_by_text("1 of 3 done")).to_be_attached()
        page.keyboard.press("Space")
        expect(tick_box(page, "Insurance", "en")).not_to_be_checked()
        expect(page.get_by_text("0 of 3 done")).to_be_attached()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_undo_bar_takes_the_bar_s_place_and_moves_nothing(
    stage: Stage, browser: Browser, size: str
) -> None:
    asked = stage.asked(
        ("A title that is so long that it would need three lines on any phone there is today", "Insurance"),
        due_on=stage.days(-3),
    )
    with stage.reader(browser, asked.cookie, size, "fr") as context:
        page = opened(context, asked)
        places = "() => [...document.querySelectorAll('.task, .firm, .next, .foot')].map(it => JSON.stringify(it.getBoundingClientRect()))"
        before = page.evaluate(places)
        page.locator(".tick").first.click()
        bar = page.get_by_role("status").filter(has=page.get_by_role("button", name="Annuler"))
        expect(bar).to_be_visible()
        expect(page.get_by_text("1 sur 2 terminées")).to_be_attached()
        assert page.evaluate(places) == before
        inside = bar.bounding_box() or {}
        text = bar.locator("p").bounding_box() or {}
        assert inside["y"] <= text["y"]
        assert text["y"] + text["height"] <= inside["y"] + inside["height"] + 1


def test_6_10_signed_in_a_closed_request_is_read_and_not_changed(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",))
    cookie = stage.account(asked)
    work = stage.world.all(WorkItem, id=asked.request.work_item_id)[0]
    stage.world.change(work, completed_at=stage.world.clock.now())
    with stage.reader(browser, cookie) as context:
        page = opened(context, asked)
        expect(page.get_by_text("This request is closed.")).to_be_visible()
        expect(tick_box(page, "Lease", "en")).to_be_disabled()
        page.get_by_text("Lease").click()
        expect(page.get_by_role("textbox")).to_have_count(0)
        expect(page.get_by_text("Upload a file")).to_have_count(0)
        expect(page.get_by_role("link", name="Next task")).to_have_count(0)


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
    assert [row.contact_id for row in stage.world.all(Comment, task_id=asked.tasks[0].id)] == [
        asked.contact.id
    ]


def test_12_2_at_200_percent_in_forced_colours_and_without_motion_all_is_there(
    stage: Stage, browser: Browser
) -> None:
    asked = every_state(stage)
    with stage.reader(
        browser, asked.cookie, "phone", "fr", forced_colors="active", reduced_motion="reduce"
    ) as context:
        page = opened(context, asked)
        page.set_viewport_size({"width": 320, "height": 480})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.tick'), '::before').transitionDuration")
            == "0s"
        )
        for box in page.get_by_role("checkbox", checked=True).all():
            width = box.evaluate(
                "it => parseFloat(getComputedStyle(it, '::after').borderTopWidth) + parseFloat(getComputedStyle(it, '::after').borderRightWidth)"
            )
            assert width > 0


def test_home_opens_with_what_is_due_first_and_moves_between_clients(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Insurance"), due_on=stage.days(5), client_name="Aubin inc.")
    cookie = stage.account(asked)
    second = stage.asked(("Deed",), client_name="Zinc inc.", reader="Someone else")
    stage.world.put(*also_for(stage, asked.contact, second))
    stage.world.change(asked.tasks[1], due_on=stage.days(-2))
    with stage.reader(browser, cookie, "phone", "en") as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/home")
        live(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Marie-Claude")
        expect(page.locator(".hero")).to_contain_text("Two items to hand in, one of them late.")
        expect(page.locator(".first")).to_contain_text("Insurance")
        assert violations(page) == []
        assert page.evaluate(SMALL) == []
        page.get_by_text("Aubin inc.").first.click()
        with page.expect_navigation():
            page.get_by_role("button", name="Zinc inc.").first.click()
        live(page)
        expect(page.locator(".first")).to_contain_text("Deed")
        page.get_by_role("link", name="Open this task").click()
        page.wait_for_url(f"**/requests/{second.request.id}*")
        live(page)
        expect(page.locator(f"#d{second.tasks[0].id}")).to_have_attribute("open", "")
        page.locator("summary", has_text="Zinc inc.").click()
        expect(page.get_by_role("button", name="Aubin inc.")).to_be_visible()
        with page.expect_navigation():
            page.get_by_role("link", name="Home", exact=True).click()
        live(page)
        expect(page.locator(".first")).to_contain_text("Deed")


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


def also_for(stage: Stage, contact: Contact, other: Asked) -> list[Any]:
    """Full access to another client for this contact."""
    from portal_app.models import AccessLevel, AccessStatus, PortalAccess

    now = stage.world.clock.now()
    return [
        PortalAccess(
            firm_id=stage.world.firm.id,
            client_id=other.client.id,
            contact_id=contact.id,
            level=AccessLevel.FULL,
            status=AccessStatus.ACCEPTED,
            accepted_at=now,
            created_at=now - timedelta(days=1),
        )
    ]
