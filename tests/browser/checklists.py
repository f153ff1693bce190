"""A checklist with a task in each state, its page with and without scripts, and what axe and a ruler say of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, Route, TimeoutError

from portal_app.models import AccessLevel, AccessStatus, Answer, Comment, Contact, PortalAccess
from tests.browser.demo import live, until
from tests.browser.keys import PRESSES
from tests.browser.stage import Asked, Stage

SMALL = """() => [...document.querySelectorAll('button, a, summary, input:not([type=hidden]), textarea')]
  .filter(it => it.checkVisibility() && !it.closest('p') && !it.matches('.skip, .btn input'))
  .filter(it => Math.max(it.getBoundingClientRect().height, it.closest('.row, .file')?.getBoundingClientRect().height ?? 0) < 44)
  .map(it => it.outerHTML)"""


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


def stored(page: Page) -> None:
    """Wait until the server has what the page shows already: answers and comments are drawn before they are sent."""
    until(page, "() => (localStorage['portal-answers'] || '[]') === '[]'")


def choose_file(button: Locator, file: FilePayload) -> None:
    """Press what chooses files, and choose one. Now and then a busy Chromium opens no chooser: whoever sees none come
    presses once more."""
    for _press in range(PRESSES):
        try:
            with button.page.expect_file_chooser(timeout=10_000) as chooser:
                button.click()
        except TimeoutError:
            continue
        chooser.value.set_files(file)
        return
    raise AssertionError("no file chooser opened")


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


def violations(page: Page) -> list[object]:
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]


WATCH_SHIFTS = """window.moved = []; new PerformanceObserver(list => list.getEntries().forEach(it => window.moved.push(
  [it.value, ...it.sources.map(of => of.node?.outerHTML?.slice(0, 80))])))
  .observe({type: 'layout-shift', buffered: true})"""


def also_for(stage: Stage, contact: Contact, other: Asked) -> list[Any]:
    """Full access to another client for this contact."""
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
