"""The other answers in a real browser: each opens in place, shows at once, is undone, and reaches staff live.

Rules 5.8, 5.12, 5.20, 12.2.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from portal_app.models import Answer, Client, Notification, Task
from portal_app.text import _, use_locale
from tests.browser.checklists import SMALL, stored
from tests.browser.demo import live, tick_box
from tests.browser.stage import Asked, Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]

WORDS = {
    "en": {
        "other": "Answer differently",
        "na": "Doesn’t apply",
        "promise": "I’ll have it on…",
        "again": "Change the day",
        "question": "I have a question",
        "have": "You already have it",
        "send": "Send",
        "undo": "Undo",
        "told": "The firm has been told.",
        "asked": "Question asked",
    },
    "fr": {
        "other": "Répondre autrement",
        "na": "Ne s’applique pas",
        "promise": "Je l’aurai le…",
        "again": "Changer la date",
        "question": "J’ai une question",
        "have": "Vous l’avez déjà",
        "send": "Envoyer",
        "undo": "Annuler",
        "told": "Le cabinet est avisé.",
        "asked": "Question posée",
    },
}


def opened(context: BrowserContext, asked: Asked) -> Page:
    """The live page."""
    page = context.new_page()
    page.goto(asked.url)
    live(page)
    return page


def with_file(stage: Stage, titles: tuple[str, ...] = ("Lease", "Insurance")) -> Asked:
    """A list whose second task has a file of the reader's."""
    asked = stage.asked(titles)
    stage.world.new_file(asked.tasks[1], "Bail 2024.pdf", contact_id=asked.contact.id)
    return asked


def unfolded(page: Page, task: Task, words: dict[str, str]) -> Locator:
    """The task with its other answers in sight."""
    row = page.locator(f"[id='t{task.id}']").last
    if row.locator("details").first.get_attribute("open") is None:
        row.locator("summary").first.click()
    row.get_by_text(words["other"]).click()
    return row


def give(row: Locator, kind: str, words: dict[str, str], day: str) -> None:
    """Open one answer, fill its field, send it."""
    row.get_by_text(words[kind], exact=True).click()
    form = row.locator("form.form:visible").first
    if kind in ("na", "question"):
        form.get_by_role("textbox").fill("Vendu en 2024")
    elif kind == "have":
        form.get_by_role("combobox").select_option(index=1)
    else:
        form.locator("[type=date]").fill(day)
    form.get_by_role("button", name=words["send"]).click()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["na", "promise", "question", "have"])
def test_5_12_each_answer_shows_at_once_and_is_undone(
    stage: Stage, browser: Browser, kind: str, language: str
) -> None:
    asked, words = with_file(stage), WORDS[language]
    task = asked.tasks[0]
    with stage.reader(browser, asked.cookie, "phone", language) as context:
        page = opened(context, asked)
        row = unfolded(page, task, words)
        assert page.evaluate(SMALL) == []
        give(row, kind, words, stage.days(5).isoformat())
        bar = page.get_by_role("status").filter(has_text=words["told"])
        expect(bar).to_contain_text("Lease")
        box = tick_box(page, "Lease", language)
        expect(box).to_be_checked(checked=kind in ("na", "have"))
        expect(row.get_by_text(words["other"])).to_have_count(0 if kind in ("na", "have") else 1)
        stored(page)
        assert [note.taken_back_at for note in stage.world.all(Notification, task_id=task.id)] == [None]
        page.get_by_role("button", name=words["undo"]).click()
        expect(box).not_to_be_checked()
        expect(page.get_by_role("button", name=words["undo"])).to_have_count(0)
        expect(row.get_by_text(words["other"])).to_be_attached()
        stored(page)
        assert all(note.taken_back_at for note in stage.world.all(Notification, task_id=task.id))
        now = stage.world.get(task)
        assert (now.completed_at, now.promised_on, now.question_open_at) == (None, None, None)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("kind", ["na", "promise", "question", "have"])
def test_5_8_without_javascript_each_answer_goes_by_its_form(
    stage: Stage, browser: Browser, kind: str
) -> None:
    asked, words = with_file(stage), WORDS["en"]
    with stage.reader(browser, asked.cookie, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(asked.url)
        give(unfolded(page, asked.tasks[0], words), kind, words, stage.days(5).isoformat())
        expect(page.get_by_role("status").filter(has_text=words["told"])).to_be_visible()
        assert len(stage.world.all(Notification, task_id=asked.tasks[0].id)) == 1
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
        now = stage.world.get(asked.tasks[0])
        assert (now.completed_at, now.promised_on, now.question_open_at) == (None, None, None)


def test_5_20_a_promise_is_given_again_by_keyboard_alone(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",))
    first, second = stage.days(5), stage.days(9)
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        for day, label in ((first, WORDS["en"]["promise"]), (second, WORDS["en"]["again"])):
            page.locator(f"[id='d{asked.tasks[0].id}']").evaluate("it => { it.open = true }")
            page.locator(f"[id='o{asked.tasks[0].id}'] > summary").focus()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            expect(page.locator("summary:focus")).to_have_text(label)
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.type(day.strftime("%m%d%Y"))
            page.keyboard.press("Enter")
            said = re.compile(rf"Promised for {day.day}\b")  # the 2nd is not the 28th
            expect(page.locator(f"[id='t{asked.tasks[0].id}']")).to_contain_text(said)
        stored(page)
        assert stage.world.get(asked.tasks[0]).promised_on == second


def tab_to(page: Page, control: str) -> None:
    """Go ahead by Tab alone until a control has the focus; only the keyboard moves it."""
    for _press in range(80):
        if page.evaluate("control => document.activeElement.matches(control)", control):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {control}")


@pytest.mark.parametrize(
    ("kind", "language"), [("na", "fr"), ("promise", "en"), ("question", "fr"), ("have", "en")]
)
def test_12_2_each_answer_is_given_and_undone_by_keyboard_alone(
    stage: Stage, browser: Browser, kind: str, language: str
) -> None:
    asked, words = with_file(stage), WORDS[language]
    task, day = asked.tasks[0], stage.days(5)
    prefix = {"na": "on", "promise": "op", "question": "oq", "have": "of"}[kind]
    with stage.reader(browser, asked.cookie, "phone", language) as context:
        page = opened(context, asked)
        heading = f"[id='d{task.id}'] > summary"
        tab_to(page, heading)
        if page.locator(f"[id='d{task.id}']").get_attribute("open") is None:
            page.keyboard.press("Enter")
        tab_to(page, f"[id='o{task.id}'] > summary")
        page.keyboard.press("Enter")
        tab_to(page, f"[id='{prefix}{task.id}'] > summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        if kind == "have":
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type("Vendu en 2024" if kind != "promise" else day.strftime("%m%d%Y"))
        tab_to(page, f"[id='{prefix}{task.id}'] button")
        page.keyboard.press("Enter")

        expect(page.locator(heading)).to_be_focused()
        expect(page.get_by_role("status").filter(has_text=words["told"])).to_be_visible()
        expect(tick_box(page, "Lease", language)).to_be_checked(checked=kind in ("na", "have"))
        tab_to(page, "[role=status].undo button")
        page.keyboard.press("Enter")
        expect(tick_box(page, "Lease", language)).to_be_focused()
        stored(page)
        with use_locale(language):
            expect(page.get_by_text(_("The portal has a new version."))).to_have_count(0)
    now = stage.world.get(task)
    assert (now.completed_at, now.promised_on, now.question_open_at) == (None, None, None)


def test_5_8_a_question_reaches_staff_and_their_answer_the_client_live(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease",), client_name="Café du coin", reader="Odile Caron")
    words = WORDS["en"]
    _row, token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)
    staff_cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    with (
        stage.reader(browser, asked.cookie) as client,
        stage.reader(browser, staff_cookie, "desk") as staff,
    ):
        triage = staff.new_page()
        triage.goto(f"{stage.portal.url}/staff")
        page = opened(client, asked)
        give(unfolded(page, asked.tasks[0], words), "question", words, "")
        triage.get_by_role(
            "button", name="Odile Caron asks about Lease"
        ).click()  # nobody else's of this module
        triage.get_by_label("Your answer").fill("Both pages, please.")
        triage.get_by_role("button", name="Answer", exact=False).last.click()
        expect(page.get_by_text("Both pages, please.")).to_be_visible()
        expect(page.get_by_text("No reminder until the firm answers.")).to_have_count(0)
        assert stage.world.get(asked.tasks[0]).question_open_at is None


def test_5_16_an_answer_that_came_second_says_whose_stands_and_keeps_what_was_typed(
    stage: Stage, browser: Browser
) -> None:
    asked, words = stage.asked(("Lease",)), WORDS["en"]
    luc = stage.world.new_contact(
        stage.world.all(Client, id=asked.client.id)[0], "Luc Gagnon", email="l@x.example"
    )
    with stage.reader(browser, asked.cookie) as context:
        page = opened(context, asked)
        row = unfolded(page, asked.tasks[0], words)
        stage.world.change(
            asked.tasks[0],
            completed_at=stage.world.clock.now() + timedelta(seconds=1),
            completed_by_contact_id=luc.id,
            answer=Answer.DONE,
        )
        give(row, "na", words, "")
        expect(page.get_by_role("alert").filter(has_text="Luc Gagnon already completed")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_12_2_the_other_answers_stand_open_without_a_fault(
    stage: Stage, browser: Browser, screenshots: Path, size: str, scheme: str, language: str
) -> None:
    asked, words = with_file(stage), WORDS[language]
    with stage.reader(browser, asked.cookie, size, language, color_scheme=scheme) as context:
        page = opened(context, asked)
        row = unfolded(page, asked.tasks[0], words)
        page.screenshot(path=screenshots / "folded.png", full_page=True)
        for kind in ("na", "promise", "question", "have"):
            row.get_by_text(words[kind], exact=True).click()
            found = [
                (rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]
            ]
            assert found == []
            page.screenshot(path=screenshots / f"{kind}.png", full_page=True)
