"""The other answers without network: kept on the device, sent when it is back, stored once (11.1, 5.8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from portal_app.models import Answer, Notification, TaskAnswer
from tests.browser.checklists import SMALL, stored
from tests.browser.demo import live, until
from tests.browser.stage import Asked, Stage
from tests.browser.test_answers import WORDS, give, unfolded, with_file
from tests.browser.test_app import armed

pytestmark = [pytest.mark.browser, pytest.mark.served]

TITLES = ("Lease", "T4 slips", "Donations", "Void cheque", "Medical expenses")
GIVEN = {0: "na", 2: "promise", 3: "question", 4: "have"}
WAITING = {"en": "Waits for the connection", "fr": "Attend la connexion"}
STORED = [["not_applicable"], [], ["promised"], ["question"], ["already_have"]]
VERBS = ("not-applicable", "promise", "question", "already-there")


class Lost:
    """The network loses the answer to each request's first try, after the server has done what it asked."""

    def __init__(self) -> None:
        self.tries: dict[str, int] = {}

    def __call__(self, route: Route) -> None:
        verb = route.request.url.rpartition("/")[2]
        self.tries[verb] = self.tries.get(verb, 0) + 1
        if self.tries[verb] == 1:
            assert route.fetch().ok
            route.abort("connectionreset")
        else:
            route.continue_()


def all_given(stage: Stage, page: Page, asked: Asked, language: str) -> None:
    for at, kind in GIVEN.items():
        row = unfolded(page, asked.tasks[at], WORDS[language])
        give(row, kind, WORDS[language], stage.days(5).isoformat())
        expect(row.locator("summary .state").first).to_have_text(WAITING[language])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_11_1_without_network_each_other_answer_waits_and_is_stored_once(
    stage: Stage, browser: Browser, screenshots: Path, language: str
) -> None:
    asked = with_file(stage, TITLES)
    with stage.reader(browser, asked.cookie, language=language) as context:
        faults: list[str] = []
        page = armed(context, asked.url)
        page.on("pageerror", lambda error: faults.append(str(error)))
        lost = Lost()
        for verb in VERBS:
            context.route(f"**/{verb}", lost)
        context.set_offline(True)
        page.goto(asked.url)
        all_given(stage, page, asked, language)
        assert page.evaluate(SMALL) == []
        assert not Axe().run(page).response["violations"]
        page.screenshot(path=screenshots / f"offline-answers-{language}.png", full_page=True)

        page.goto(asked.url)  # loaded anew, still without network
        expect(page.locator("#first").get_by_text(WAITING[language])).to_have_count(len(GIVEN))
        assert not [task for task in asked.tasks if stage.world.all(TaskAnswer, task_id=task.id)]

        context.set_offline(False)
        live(page)
        back = "() => dispatchEvent(new Event('online')) && (localStorage['portal-answers'] || '[]') === '[]'"
        until(page, back)
        answers = [stage.world.all(TaskAnswer, task_id=task.id) for task in asked.tasks]
        assert [[given.answer.value for given in of_task] for of_task in answers] == STORED
        _nobody, _untouched, promised, questioned, _had = (stage.world.get(task) for task in asked.tasks)
        assert promised.promised_on == stage.days(5)
        assert questioned.question_open_at is not None
        told = [len(stage.world.all(Notification, task_id=task.id)) for task in asked.tasks]
        assert told == [len(of_task) for of_task in STORED]
        assert set(lost.tries) == set(VERBS)
        assert min(lost.tries.values()) >= 2
        assert faults == []


def test_11_1_an_answer_that_waits_is_taken_back_or_changed_before_it_leaves(
    stage: Stage, browser: Browser
) -> None:
    asked, words = with_file(stage, TITLES), WORDS["en"]
    with stage.reader(browser, asked.cookie) as context:
        page = armed(context, asked.url)
        context.set_offline(True)
        page.goto(asked.url)
        for at in (0, 2):
            give(unfolded(page, asked.tasks[at], words), "na", words, "")
            expect(page.locator(f"[id='k{asked.tasks[at].id}']")).to_have_attribute("aria-checked", "true")
        page.locator(f"[id='k{asked.tasks[0].id}']").click()  # taken back
        expect(page.locator(f"[id='k{asked.tasks[0].id}']")).to_have_attribute("aria-checked", "false")
        give(unfolded(page, asked.tasks[2], words), "promise", words, stage.days(5).isoformat())
        expect(page.locator(f"[id='k{asked.tasks[2].id}']")).to_have_attribute("aria-checked", "false")

        context.set_offline(False)
        live(page)
        stored(page)
        assert stage.world.all(TaskAnswer, task_id=asked.tasks[0].id) == []
        assert [it.answer for it in stage.world.all(TaskAnswer, task_id=asked.tasks[2].id)] == [
            Answer.PROMISED
        ]
        assert stage.world.get(asked.tasks[2]).promised_on == stage.days(5)


def test_6_23_what_was_written_without_network_and_then_refused_stays_to_be_read(
    stage: Stage, browser: Browser
) -> None:
    asked, words = with_file(stage, TITLES), WORDS["en"]
    with stage.reader(browser, asked.cookie) as context:
        page = armed(context, asked.url)
        context.set_offline(True)
        page.goto(asked.url)
        give(unfolded(page, asked.tasks[0], words), "question", words, "")
        tick = f"{asked.url}/tasks/{asked.tasks[0].id}/tick"
        with stage.reader(browser, asked.cookie) as other:
            assert other.request.post(tick, headers={"Origin": stage.portal.url}).ok
        context.set_offline(False)
        live(page)
        expect(page.get_by_role("alert").filter(has_text="Vendu en 2024")).to_be_visible()
