"""What staff typed when their session ended is in its field when they are back, and in nobody else's (4.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from portal_app.domain.actors import Role
from portal_app.models import Client, Comment, Firm, SignInSession, Staff
from portal_app.text import _, use_locale
from tests.browser.demo import browse, live, until
from tests.browser.stage import Stage
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]
KEPT = "sessionStorage.getItem('portal-typed')"


class Tab:
    """One tab of a browser, in which sessions end and begin."""

    def __init__(self, stage: Stage, page: Page) -> None:
        self.stage, self.page = stage, page

    def sign_in(self, staff: Staff) -> None:
        _row, token = self.stage.world.new_session(staff_id=staff.id, firm_id=staff.firm_id)
        cookie = {"name": "staff", "value": token, "url": self.stage.portal.url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    def go(self, path: str) -> None:
        self.page.goto(self.stage.portal.url + path)
        live(self.page)

    def as_nobody(self, act: Callable[..., None]) -> None:
        """End the sessions, then press or leave a field. The gate looks every second: where it is first, the page goes
        by itself, and there is nothing left to press."""
        self.end_sessions()
        with suppress(TimeoutError):
            act(timeout=5_000)

    def end_sessions(self) -> None:
        world = self.stage.world
        for row in world.all(SignInSession):
            if row.ended_at is None:
                world.change(row, ended_at=world.clock.now())

    def wait_until_nothing_waits(self) -> None:
        """Nothing typed is kept in this tab any more."""
        until(self.page, f"{KEPT} === null")

    def back(self, staff: Staff) -> None:
        """From the sign-in page to where one was, as this person."""
        self.page.wait_for_url("**/staff/login?next=*")
        assert self.page.evaluate(KEPT)
        way = self.page.evaluate("new URLSearchParams(location.search).get('next')")
        self.sign_in(staff)
        self.go(way)


def adding_a_client(it: Tab, name: str) -> Locator:
    """The owner's dialog with a new client's name typed in it."""
    it.sign_in(it.stage.world.owner)
    it.go("/staff/clients")
    it.page.get_by_role("button", name="Add a client").first.click()
    form = it.page.get_by_role("dialog", name="Add a client")
    form.get_by_label("Name").fill(name)
    return form


@contextmanager
def tab(stage: Stage, browser: Browser, size: str = "desk", language: str = "en") -> Iterator[Tab]:
    context = browse(browser, size, language)
    with use_locale(language):
        yield Tab(stage, context.new_page())
    context.close()


@pytest.mark.parametrize(("size", "language"), [("desk", "en"), ("phone", "fr")])
def test_4_10_a_dialog_opens_again_with_what_was_typed_and_is_saved_then(
    stage: Stage, browser: Browser, size: str, language: str
) -> None:
    number = f"77-{size}"
    with tab(stage, browser, size, language) as it:
        it.sign_in(stage.world.owner)
        it.go("/staff/clients")
        it.page.get_by_role("button", name=_("Add a client")).first.click()
        form = it.page.get_by_role("dialog", name=_("Add a client"))
        form.get_by_label(_("Name")).fill("Boulangerie Roy")
        form.get_by_label(_("File number")).fill(number)
        it.as_nobody(form.get_by_role("button", name=_("Add the client")).click)

        it.back(stage.world.owner)

        expect(form.get_by_label(_("Name"))).to_have_value("Boulangerie Roy")
        expect(form.get_by_label(_("File number"))).to_have_value(number)
        said = _("What you typed before you signed in again is back.")
        expect(it.page.get_by_text(said).first).to_be_visible()
        it.wait_until_nothing_waits()
        form.get_by_role("button", name=_("Add the client")).click()
        expect(it.page.get_by_role("heading", level=1, name="Boulangerie Roy")).to_be_visible()
    assert [row.name for row in stage.world.all(Client, number=number)] == ["Boulangerie Roy"]


def test_4_10_and_4_8_whoever_else_signs_in_there_finds_nothing(stage: Stage, browser: Browser) -> None:
    other = stage.world.new_staff("Ada Admin", role=Role.ADMIN)
    with tab(stage, browser) as it:
        form = adding_a_client(it, "A secret client")
        it.as_nobody(form.get_by_role("button", name="Add the client").click)

        it.back(other)

        it.wait_until_nothing_waits()
        expect(form).to_have_count(0)
        it.page.get_by_role("button", name="Add a client").first.click()
        it.page.wait_for_timeout(500)
        expect(form.get_by_label("Name")).to_have_value("")


def test_4_10_what_was_typed_waits_however_slowly_the_sign_in_page_comes(
    stage: Stage, browser: Browser
) -> None:
    with tab(stage, browser) as it:
        form = adding_a_client(it, "Slow Line Ltd.")
        it.page.evaluate(
            "setInterval(() => document.body.toggleAttribute('data-kept'), 50)"
        )  # it goes on changing
        it.page.route("**/staff/login?*", lambda route: it.page.wait_for_timeout(4000) or route.continue_())
        it.as_nobody(form.get_by_role("button", name="Add the client").click)

        it.back(stage.world.owner)

        expect(form.get_by_label("Name")).to_have_value("Slow Line Ltd.")


def test_4_10_a_setting_that_was_being_typed_comes_back_and_is_kept_when_left(
    stage: Stage, browser: Browser
) -> None:
    with tab(stage, browser) as it:
        it.sign_in(stage.world.owner)
        it.go("/staff/settings")
        name = it.page.get_by_label("Firm’s name").first
        expect(name).not_to_have_value("")
        name.fill("Tremblay Ouellet et associés")
        it.as_nobody(name.blur)

        it.back(stage.world.owner)

        expect(name).to_have_value("Tremblay Ouellet et associés")
        expect(name).to_be_focused()
        it.wait_until_nothing_waits()
        name.blur()
        expect(it.page.get_by_role("status").filter(has_text="Saved.").first).to_be_visible()
        firm = stage.world.firm.id
        becomes(lambda: stage.world.all(Firm, id=firm)[0].name, "Tremblay Ouellet et associés")


def test_4_10_a_comment_comes_back_on_its_own_task_alone(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease", "Insurance"))
    work = asked.request.work_item_id
    with tab(stage, browser) as it:
        it.sign_in(stage.world.owner)
        it.go(f"/staff/work/{work}")
        it.page.get_by_role("button", name="Lease", exact=True).first.click()
        body = it.page.get_by_role("dialog").locator("textarea[name=body]")
        body.fill("Which year is this lease of?")
        it.as_nobody(it.page.get_by_role("button", name="Write", exact=True).click)

        it.back(stage.world.owner)

        expect(body).to_have_value("Which year is this lease of?")
        it.wait_until_nothing_waits()
        it.page.get_by_role("button", name="Write", exact=True).click()
        expect(it.page.get_by_role("dialog").locator(".thread")).to_contain_text("Which year")
        expect(body).to_have_value("")
    [comment] = stage.world.all(Comment, body="Which year is this lease of?")
    assert comment.task_id == asked.tasks[0].id
