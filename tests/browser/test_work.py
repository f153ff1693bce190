"""A work item by hand: rows moved by keyboard, mouse and phone, forms that keep what was typed, the dialog (5.2, 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from portal_app.models import (
    ClientContact,
    ClientRequest,
    PortalAccess,
    Recipient,
    Section,
    SectionKind,
    Task,
)
from portal_app.text import _, use_locale
from tests.browser.demo import live
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def request_(stage: Stage) -> ClientRequest:
    """A draft of three tasks, with one contact."""
    world = stage.world
    client = world.new_client("Clinique Papineau")
    person = world.new_contact(client, email=f"reader{len(world.all(Task))}@client.example")
    titles = ("Bank statements", "T4 slips", "Void cheque")
    return world.draft_request(client, tasks=titles, to=[person], due_on=stage.days(20))


@contextmanager
def opened(
    stage: Stage,
    browser: Browser,
    request: ClientRequest,
    size: str = "desk",
    language: str = "en",
    **more: object,
) -> Iterator[Page]:
    """The request's work item, live, as the owner; the page must not report a fault."""
    world = stage.world
    world.change(world.owner, locale=language)
    _row, token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    faults: list[str] = []
    with stage.reader(browser, cookie, size, language, **more) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{stage.portal.url}/staff/work/{request.work_item_id}")
        live(page)
        expect(page.locator(".sect").first).to_be_visible()
        yield page
    assert faults == []


def titles(page: Page) -> Locator:
    return page.locator(".task .t > button")


def kept(stage: Stage, request: ClientRequest) -> list[str]:
    return [task.title for task in stage.world.tasks(request)]


def test_5_2_a_task_is_moved_by_keyboard_and_said_in_words(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Move task: Bank statements").focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("Bank statements is lifted.")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("It lands before Void cheque.")).to_have_count(1)
        page.keyboard.press("Space")

        expect(titles(page)).to_have_text(["T4 slips", "Bank statements", "Void cheque"])
        expect(page.get_by_role("button", name="Move task: Bank statements")).to_be_focused()
    assert kept(stage, request_) == ["T4 slips", "Bank statements", "Void cheque"]


def test_escape_sets_a_lifted_task_back(stage: Stage, browser: Browser, request_: ClientRequest) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Move task: Bank statements").focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("Bank statements is lifted.")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("It lands before Void cheque.")).to_have_count(1)
        page.keyboard.press("Escape")

        expect(page.get_by_text("Bank statements stays where it was.")).to_have_count(1)
    assert kept(stage, request_) == ["Bank statements", "T4 slips", "Void cheque"]


def test_alt_with_an_arrow_moves_by_one_and_keeps_the_focus(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        grip = page.get_by_role("button", name="Move task: Void cheque")
        grip.focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(titles(page)).to_have_text(["Bank statements", "Void cheque", "T4 slips"])
        expect(grip).to_be_focused()
        page.keyboard.press("Alt+ArrowUp")

        expect(titles(page)).to_have_text(["Void cheque", "Bank statements", "T4 slips"])


def test_5_2_a_task_is_dragged_into_another_section(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    section = stage.world.put(
        Section(
            firm_id=stage.world.firm.id,
            work_item_id=request_.work_item_id,
            kind=SectionKind.STAFF,
            name="Prepare",
            position=1,
            created_at=stage.world.clock.now(),
        )
    )
    with opened(stage, browser, request_) as page:
        row = page.locator(".task", has_text="T4 slips")
        row.hover()
        grip = row.locator(".grip").bounding_box()
        end = page.locator(".sect.staff .list-end").bounding_box()
        assert grip
        assert end
        page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        page.mouse.down()
        page.mouse.move(grip["x"] + 8, grip["y"] + 40, steps=4)
        page.mouse.move(grip["x"] + 8, end["y"] + 2, steps=12)
        expect(page.locator(".sect.staff .list-end")).to_have_class("list-end drop")  # it would land there
        page.mouse.up()

        expect(page.locator(".sect.staff .task .t > button")).to_have_text(["T4 slips"])
    assert kept(stage, request_) == ["Bank statements", "Void cheque"]
    assert [task.title for task in stage.world.all(Task, section_id=section.id)] == ["T4 slips"]


def test_11_2_on_a_phone_a_task_moves_by_its_menu(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_, "phone") as page:
        page.get_by_role("button", name="Bank statements", exact=True).click()
        page.get_by_role("button", name="More for this task").click()
        page.get_by_role("button", name="Move down").click()

        expect(titles(page)).to_have_text(["T4 slips", "Bank statements", "Void cheque"])


def test_what_was_typed_stays_when_a_form_is_refused_beside_its_field(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Add a task to Documents for 2025").click()
        page.get_by_label("Instructions").fill("All **12** months")
        page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
        title = page.get_by_label("What you need")
        expect(title).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("Say what you need from the client.")).to_be_visible()
        expect(page.get_by_label("Instructions")).to_have_value("All **12** months")
        title.fill("Visa statements")
        page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()

        page.get_by_role("button", name="Visa statements", exact=True).click()
        expect(page.get_by_role("dialog").locator("strong")).to_have_text("12")


def test_5_23_a_contact_of_another_client_is_linked_after_asking_and_then_chosen(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    world = stage.world
    other = world.new_contact(world.new_client("Studio Ormeaux"), "Luc Ormeaux", email="luc@ormeaux.example")
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Send to client", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Recipients see each other’s answers, comments and files, with names.")
        dialog.get_by_label("Another contact of the firm").fill("ormeaux")
        dialog.get_by_role("button", name="Choose", exact=True).click()
        expect(dialog).to_contain_text("Link Luc Ormeaux, luc@ormeaux.example to this client?")
        assert world.all(ClientContact, contact_id=other.id, client_id=request_.client_id) == []
        dialog.get_by_role("button", name="Link", exact=True).click()

        expect(dialog.get_by_role("checkbox", name="Luc Ormeaux")).to_be_checked()
        dialog.get_by_role("button", name="Send to client").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    chosen = {row.contact_id for row in world.all(Recipient, request_id=request_.id)}
    assert other.id in chosen
    assert world.all(PortalAccess, contact_id=other.id) == []


def test_5_1_the_list_is_narrowed_to_a_client_by_name_and_stays_so_after_a_reload(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    world = stage.world
    world.new_work(world.new_client("Studio Boréal"), "T2 of the studio")
    with opened(stage, browser, request_) as page:
        page.goto(f"{stage.portal.url}/staff/work")
        live(page)
        page.get_by_role("combobox", name="Client").fill("Studio Boréal")
        page.wait_for_url("**/staff/work?client=*")
        page.reload()

        expect(page.get_by_role("link", name="T2 of the studio")).to_be_visible()
        expect(page.locator("tbody tr[data-row]")).to_have_count(1)


def test_5_2_a_removed_section_comes_back_by_undo(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="More for Documents for 2025").click()
        page.get_by_role("button", name="Remove the section").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator(".sect")).to_have_count(0)
        page.get_by_role("button", name="Undo", exact=True).click()

        expect(titles(page)).to_have_text(["Bank statements", "T4 slips", "Void cheque"])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_12_2_page_task_and_send_dialog_pass_axe(
    stage: Stage, browser: Browser, request_: ClientRequest, size: str, language: str
) -> None:
    def check(what: str) -> None:
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(what, one["id"], one["nodes"][0]["html"]) for one in found] == []

    with use_locale(language):
        send = _("Send to client")
    with opened(stage, browser, request_, size, language) as page:
        check("page")
        page.get_by_role("button", name="Bank statements", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        check("task")
        page.keyboard.press("Escape")
        page.get_by_role("button", name=send, exact=True).click()
        expect(page.get_by_role("dialog").get_by_role("button", name=send, exact=True)).to_be_enabled()
        check("send")


def test_6_1_the_dialog_shows_the_email_and_sends_it_with_ctrl_enter(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Send to client", exact=True).click()
        letter = page.frame_locator("iframe")
        expect(letter.get_by_text("Bank statements")).to_be_visible()
        box = page.get_by_role("checkbox", name="Marie-Claude Gagnon")
        expect(box).to_be_focused()
        box.uncheck()
        expect(page.get_by_role("dialog").get_by_role("button", name="Send to client")).to_be_disabled()
        box.check()
        expect(page.get_by_role("dialog").get_by_role("button", name="Send to client")).to_be_enabled()
        page.get_by_role("dialog").get_by_role("button", name="Close").press("Control+Enter")

        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("status").filter(has_text="Sent.")).to_be_visible()
    assert stage.world.get(request_).sent_at is not None


def test_5_7_the_note_s_box_stands_beside_its_words(
    stage: Stage, browser: Browser, request_: ClientRequest
) -> None:
    with opened(stage, browser, request_) as page:
        page.get_by_role("button", name="Bank statements", exact=True).click()
        box = page.get_by_role("checkbox", name="Staff note: the client never sees it")
        words = page.get_by_text("Staff note: the client never sees it")

        bottom, top = "it => it.getBoundingClientRect().bottom", "it => it.getBoundingClientRect().top"
        assert box.evaluate(bottom) > words.evaluate(top)
