"""The checklist in a real browser: ticking, files, keys, and its look in every state.

Rules 5.3, 5.8, 5.12, 5.16, 9.2, 12.2.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from portal_app.models import Answer, Contact, Notification, WorkItem
from tests.browser.checklists import SMALL, Scripts, also_for, choose_file, every_state, opened, violations
from tests.browser.demo import live, tick_box
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]
WIDTHS = {"phone": 360, "desk": 1440}


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


def test_what_a_closed_task_holds_is_not_laid_out(stage: Stage, browser: Browser) -> None:
    """Chromium would lay it out once a field, right after the first paint, to see what it could fill in."""
    asked = stage.asked(("T4", "RL-1"))
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        bodies = page.locator(".task > details > :not(summary)")
        drawn = "all => all.map(one => getComputedStyle(one).display)"
        assert bodies.evaluate_all(drawn) == ["none", "none"]
        page.get_by_text("T4").click()
        assert bodies.evaluate_all(drawn) == ["grid", "none"]


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
        file: FilePayload = {
            "name": "cheque.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.4 cheque",
        }
        choose_file(page.get_by_text("Upload a file"), file)
        expect(page.locator(".slip")).to_contain_text("cheque.pdf")
        expect(page.get_by_role("link", name="cheque.pdf", exact=True)).to_be_visible()
        box.click()
        expect(page.get_by_text("All is in. Thank you.")).to_be_attached()
        assert stage.world.get(asked.tasks[0]).completed_at is not None


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
