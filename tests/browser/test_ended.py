"""A page whose link ended while somebody wrote: it says why, saves nothing more, and keeps what was typed (6.23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from portal_app.models import AccessGrant, Answer, Comment, LostDevice
from portal_app.text import _, use_locale
from tests.browser.demo import live, tick_box
from tests.browser.stage import Asked, Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]

TYPED = "The policy is in my husband’s name, and"


def writing(context: Any, asked: Asked) -> Page:
    """The live page, a comment half typed."""
    page: Page = context.new_page()
    page.goto(asked.url)
    live(page)
    page.get_by_text("Lease").first.click()
    page.get_by_role("textbox").fill(TYPED)
    return page


def told_and_kept(page: Page, why: str, language: str = "en") -> None:
    """It says why, keeps what was typed, sends nothing, and offers the way on; all of it in sight."""
    with use_locale(language):
        why, unsent, on, send = _(why), _("What you typed was not sent."), _("Go on"), _("Send")
    notice = page.get_by_role("alert").filter(has_text=why)
    expect(notice).to_contain_text(unsent)
    expect(notice).to_be_in_viewport(ratio=1)
    expect(notice.get_by_role("link", name=on)).to_be_in_viewport(ratio=1)
    field, box = page.get_by_role("textbox"), tick_box(page, "Lease", language)
    expect(field).to_have_value(TYPED)
    expect(field).not_to_be_editable()
    expect(page.get_by_role("button", name=send, exact=True)).to_be_disabled()
    expect(box).to_be_disabled()
    expect(page.locator("input[type=file]:enabled")).to_have_count(0)
    box.click(force=True)
    expect(box).not_to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert Axe().run(page).response["violations"] == []


def as_staff(stage: Stage, browser: Browser, asked: Asked, act: Callable[[Page], None]) -> None:
    """The firm does something to the request, on its own page."""
    world = stage.world
    _row, token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    with stage.reader(browser, cookie, "desk") as context:
        page = context.new_page()
        page.goto(f"{stage.portal.url}/staff/work/{asked.request.work_item_id}")
        live(page)
        act(page)
        expect(page.get_by_role("dialog")).to_have_count(0)


def withdraw(page: Page) -> None:
    page.get_by_role("button", name="More for Documents for 2025").click()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()


def complete(page: Page) -> None:
    page.get_by_label("Status").select_option("completed")
    page.get_by_role("dialog").get_by_role("button", name="Complete").click()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize(
    ("act", "why", "then"),
    [
        (withdraw, "This request was withdrawn.", "This request was withdrawn"),
        (complete, "This request is closed.", "This request is closed"),
    ],
)
def test_6_23_what_was_typed_stays_when_the_firm_ends_the_request(
    stage: Stage,
    browser: Browser,
    size: str,
    language: str,
    act: Callable[[Page], None],
    why: str,
    then: str,
) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie, size, language) as context:
        page = writing(context, asked)
        as_staff(stage, browser, asked, act)
        told_and_kept(page, why, language)
        assert not stage.world.all(Comment, task_id=asked.tasks[0].id)

        page.get_by_role("alert").get_by_role("link").click()
        with use_locale(language):
            expect(page.get_by_role("heading", level=1)).to_have_text(_(then))


def test_6_5_and_6_23_what_was_typed_stays_on_the_device_that_lost_the_grant(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease", "Deed"), others=("Luc Gagnon",))
    with (
        stage.reader(browser, asked.cookie) as context,
        stage.reader(browser, stage.device(asked.request, "Luc Gagnon")) as other,
    ):
        page = writing(context, asked)
        move_away(stage, asked)
        luc = other.new_page()
        luc.goto(asked.url)
        live(luc)
        tick_box(luc, "Deed", "en").click()
        told_and_kept(page, "This link was opened on another device.")

        page.get_by_role("alert").get_by_role("link").click()
        expect(page.get_by_role("button", name="Send access link")).to_be_visible()


def move_away(stage: Stage, asked: Asked) -> None:
    """The grant goes to another device of the reader's."""
    grant = stage.world.all(AccessGrant, request_id=asked.request.id, contact_id=asked.contact.id)[0]
    now = stage.world.clock.now()
    stage.world.put(
        LostDevice(firm_id=grant.firm_id, grant_id=grant.id, device_id=grant.device_id, lost_at=now)
    )
    stage.world.change(grant, device_id=stage.world.new_device()[0].device_id)


def test_6_23_a_comment_sent_to_a_request_that_has_ended_is_shown_with_why(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie) as context:
        page = writing(context, asked)
        stage.world.change(asked.request, withdrawn_at=stage.world.clock.now())
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("alert").filter(has_text="Go on")).to_contain_text(
            "This request was withdrawn."
        )
        expect(page.locator(".note.late")).to_contain_text(TYPED)
        expect(page.get_by_text("Sending…")).to_have_count(0)
        assert not stage.world.all(Comment, task_id=asked.tasks[0].id)


def test_6_23_with_nothing_typed_the_page_goes_where_it_is_said_why(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(("Lease",))
    with stage.reader(browser, asked.cookie) as context:
        page = context.new_page()
        page.goto(asked.url)
        live(page)
        as_staff(stage, browser, asked, withdraw)
        expect(page.get_by_role("heading", level=1)).to_have_text("This request was withdrawn")


def test_5_12_what_was_typed_stays_when_somebody_else_completes_the_task(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(("Lease", "Deed"), others=("Luc Gagnon",))
    with (
        stage.reader(browser, asked.cookie) as context,
        stage.reader(browser, stage.device(asked.request, "Luc Gagnon")) as other,
    ):
        page = writing(context, asked)
        luc = other.new_page()
        luc.goto(asked.url)
        live(luc)
        tick_box(luc, "Lease", "en").click()
        note = page.locator(".note.late")
        expect(note).to_contain_text("This task is closed. What you typed was not sent.")
        expect(page.get_by_role("textbox")).to_have_value(TYPED)
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
        assert stage.world.get(asked.tasks[0]).answer is Answer.DONE
