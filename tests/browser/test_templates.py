"""From a template to a work item: written, ordered by mouse, touch and keyboard, made for a client (5.2, 5.5, 5.10, 5.18)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from portal_app.models import (
    ClientRequest,
    Recipient,
    SectionKind,
    StoredFile,
    Task,
    TemplateSection,
    TemplateTask,
    WorkItem,
)
from portal_app.services.templates import template_sections, template_tasks, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.templates import TemplateFields
from tests.browser.demo import live
from tests.browser.stage import Stage
from tests.files.tools import pdf

pytestmark = [pytest.mark.browser, pytest.mark.served]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def template(stage: Stage) -> UUID:
    """A client section of three tasks, sent by itself two days before the start, and a staff section of one."""
    world = stage.world
    made = templates.add_template(world.ports, world.staff, TemplateFields("T1 personal return"))
    asked = template_sections.add_section(world.ports, world.staff, made, "Documents", SectionKind.CLIENT)
    prepare = template_sections.add_section(world.ports, world.staff, made, "Prepare", SectionKind.STAFF)
    for title in ("Bank statements", "T4 slips", "Void cheque"):
        fields = TemplateTaskFields(title, due=TypedDays("10", "after"))
        template_tasks.add_task(world.ports, world.staff, asked, fields)
    template_tasks.add_task(world.ports, world.staff, prepare, TemplateTaskFields("Open the file"))
    template_sections.save_rules(
        world.ports, world.staff, asked, TypedRules("relative", TypedDays("2", "before"), 9)
    )
    return made


@contextmanager
def opened(
    stage: Stage, browser: Browser, path: str, size: str = "desk", language: str = "en"
) -> Iterator[Page]:
    """A staff page as the owner, live; it must not report a fault."""
    world = stage.world
    world.change(world.owner, locale=language)
    _row, token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    faults: list[str] = []
    with stage.reader(browser, cookie, size, language) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{stage.portal.url}{path}")
        live(page)
        yield page
    assert faults == []


def kept(stage: Stage, name: str) -> list[str]:
    section = stage.world.all(TemplateSection, name=name)[-1]
    rows = sorted(stage.world.all(TemplateTask, section_id=section.id), key=lambda row: row.position)
    return [row.title for row in rows]


def test_5_18_a_template_is_written_and_becomes_work(stage: Stage, browser: Browser) -> None:
    world = stage.world
    client = world.new_client("Clinique Papineau")
    person = world.new_contact(client, "Luc Roy", email="luc.roy@client.example")
    start = stage.days(40)
    with opened(stage, browser, "/staff/templates") as page:
        page.get_by_role("button", name="Add a template").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Due, in days").fill("many")
        dialog.get_by_role("textbox", name="Title", exact=True).fill("T2 corporate return")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("A whole number of days, from 0 to 730.")).to_be_visible()
        expect(dialog.get_by_role("textbox", name="Title", exact=True)).to_have_value("T2 corporate return")
        dialog.get_by_label("Due, in days").fill("30")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("heading", name="T2 corporate return")).to_be_visible()

        page.get_by_role("button", name="Add a client section").first.click()
        dialog.get_by_label("Name").fill("Year end")
        dialog.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Add a task to Year end").click()
        dialog.get_by_label("What you need").fill("Trial balance")
        dialog.get_by_label("Instructions").fill("The **whole** year")
        dialog.get_by_label("Due, in days").fill("5")
        dialog.get_by_label("Needs a file").check()
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("5 days after the start")).to_be_visible()

        page.get_by_role("button", name="Trial balance", exact=True).click()
        dialog.locator("input[type=file]").first.set_input_files(
            {"name": "sample.pdf", "mimeType": "application/pdf", "buffer": pdf(3000)}
        )
        expect(dialog.get_by_role("link", name="sample.pdf", exact=True)).to_be_visible()
        expect(dialog.get_by_text("SHA-256")).to_be_visible()
        expect(dialog.get_by_role("link", name="Receipt (PDF): sample.pdf")).to_have_count(
            0
        )  # it is no client's
        dialog.get_by_role("button", name="Close").click()

        page.get_by_role("button", name="Send settings").first.click()
        dialog.get_by_text("By itself").click()
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Say how many days before or after the start.")).to_be_visible()
        dialog.get_by_label("Days", exact=False).first.fill("3")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("3 days before the start")).to_be_visible()

        page.get_by_role("button", name="Make work from it").click()
        dialog.get_by_role("searchbox", name="Client").fill("papineau")
        dialog.get_by_role("radio", name="Clinique Papineau").click()
        dialog.get_by_label("Start").fill(start.isoformat())
        dialog.get_by_role("checkbox", name="Luc Roy").check()
        dialog.get_by_role("button", name="Make the work item").click()
        expect(page.get_by_role("link", name="Clinique Papineau")).to_be_visible()
        expect(page.get_by_role("button", name="Trial balance", exact=True)).to_be_visible()

    item = world.all(WorkItem, client_id=client.id)[0]
    request = world.all(ClientRequest, work_item_id=item.id)[0]
    task = world.all(Task, section_id=request.id)[0]
    assert (task.due_days, task.needs_file, task.due_on) == (5, True, start + timedelta(days=5))
    assert request.send_at is not None
    assert [row.contact_id for row in world.all(Recipient, request_id=request.id)] == [person.id]
    assert [file.name for file in world.all(StoredFile, task_id=task.id)] == ["sample.pdf"]


def test_5_2_rows_of_a_template_move_by_keyboard_and_are_said_in_french(
    stage: Stage, browser: Browser, template: UUID
) -> None:
    with opened(stage, browser, f"/staff/templates/{template}", language="fr") as page:
        grip = page.locator('[data-lift-label="Bank statements"] [data-grip]')
        grip.focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(page.locator(".sect.client .task .t > button")).to_have_text(
            ["T4 slips", "Bank statements", "Void cheque"]
        )
        expect(grip).to_be_focused()
        said = page.locator('.vh[role="status"]', has_text="Bank statements")
        expect(said).to_contain_text("Bank statements")
        expect(said).not_to_contain_text("lands")
    assert kept(stage, "Documents") == ["T4 slips", "Bank statements", "Void cheque"]


def test_5_2_a_task_is_dragged_by_mouse_into_another_section(
    stage: Stage, browser: Browser, template: UUID
) -> None:
    with opened(stage, browser, f"/staff/templates/{template}") as page:
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
        expect(page.locator(".sect.staff .task .t > button")).to_have_text(["Open the file", "T4 slips"])
    assert kept(stage, "Prepare") == ["Open the file", "T4 slips"]


def test_5_2_a_task_is_dragged_by_touch_after_a_long_press(
    stage: Stage, browser: Browser, template: UUID
) -> None:
    with opened(stage, browser, f"/staff/templates/{template}", "phone") as page:
        row = page.locator(".task", has_text="Void cheque")
        row.scroll_into_view_if_needed()
        first = page.locator(".task", has_text="Bank statements").bounding_box()
        box = row.bounding_box()
        assert first
        assert box
        touch = page.context.new_cdp_session(page)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

        def press(kind: str, at: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": at}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        press("touchStart", y)
        expect(row).to_have_class("task lifted")
        for step in range(1, 9):
            press("touchMove", y + (first["y"] - y) * step / 8)
        expect(page.locator(".task", has_text="Bank statements").locator(".lands")).to_be_attached()
        press("touchEnd", 0)
        expect(page.locator(".sect.client .task .t > button")).to_have_text(
            ["Void cheque", "Bank statements", "T4 slips"]
        )
    assert kept(stage, "Documents") == ["Void cheque", "Bank statements", "T4 slips"]


def test_5_2_a_collapsed_section_stays_collapsed_after_a_reload(
    stage: Stage, browser: Browser, template: UUID
) -> None:
    with opened(stage, browser, f"/staff/templates/{template}") as page:
        page.get_by_role("button", name="Collapse Documents").click()
        expect(page.get_by_role("button", name="Expand Documents")).to_be_visible()
        page.reload()
        live(page)
        expect(page.get_by_role("button", name="Expand Documents")).to_be_visible()
        expect(page.get_by_role("button", name="T4 slips", exact=True)).to_have_count(0)


def test_5_10_next_years_work_is_made_from_this_years(stage: Stage, browser: Browser) -> None:
    world = stage.world
    request = world.draft_request(
        world.new_client("Ferme Boréale"),
        to=[],
        due_on=date(2027, 4, 30),
        work=None,
    )
    world.change(world.all(WorkItem, id=request.work_item_id)[0], starts_on=date(2027, 2, 1))
    with opened(stage, browser, f"/staff/work/{request.work_item_id}") as page:
        page.get_by_role("button", name="More for this work item").click()
        page.get_by_role("button", name="Make next year’s").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Start")).to_have_value("2028-02-01")
        dialog.get_by_role("button", name="Make next year’s").click()
        expect(page.get_by_role("heading", level=1, name="2025 return")).to_be_visible()
        page.wait_for_url(lambda url: str(request.work_item_id) not in url)
    made = world.all(WorkItem, earlier_id=request.work_item_id)[0]
    assert made.starts_on == date(2028, 2, 1)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_12_2_the_pages_of_templates_pass_axe(
    stage: Stage, browser: Browser, template: UUID, size: str, language: str
) -> None:
    for path in ("/staff/templates", f"/staff/templates/{template}"):
        with opened(stage, browser, path, size, language) as page:
            expect(page.get_by_text("T1 personal return").first).to_be_visible()
            found = Axe().run(page, options=WCAG)
            assert found.violations_count == 0, found.generate_report()
            width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert width <= 0
