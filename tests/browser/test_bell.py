"""What the firm tells a contact shows in the portal at once, and leads where it belongs (9.5, 9.6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from portal_app.models import ContactNoticeChoice
from portal_app.services.tasks import comments
from tests.browser.demo import live
from tests.browser.stage import Asked, Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]


def write(stage: Stage, asked: Asked, text: str) -> None:
    stage.world.clock.moment = stage.world.clock.moment.now(stage.world.clock.moment.tzinfo)
    comments.add_comment(stage.world.ports, stage.world.staff, asked.tasks[0].id, text)


def sound(axe: Axe, page: Page) -> None:
    found = axe.run(page).response["violations"]
    assert not found, [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]


def test_9_6_a_task_added_shows_at_home_without_reloading(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["Bank statements"])
    cookie = stage.account(asked)
    token = stage.world.new_session(staff_id=stage.world.owner.id, firm_id=stage.world.firm.id)[1]
    staff_cookie = {"name": "staff", "value": token, "url": stage.portal.url}
    with stage.reader(browser, cookie) as phone, stage.reader(browser, staff_cookie, "desk") as desk:
        home, work = phone.new_page(), desk.new_page()
        home.goto(f"{stage.portal.url}/home")
        live(home)
        bell = home.locator("#bell > summary")
        expect(bell).to_have_accessible_name("Notifications")
        home.evaluate("window.stayed = true")

        work.goto(f"{stage.portal.url}/staff/work/{asked.request.work_item_id}")
        live(work)
        work.get_by_role("button", name=re.compile("^Add a task")).first.click()
        dialog = work.get_by_role("dialog", name="Add a task")
        dialog.locator("[name=title]").fill("T4 slip")
        dialog.get_by_role("button", name="Add", exact=True).click()

        expect(bell).to_have_accessible_name("Notifications, 1 new")
        expect(home.get_by_role("status").filter(has_text="1 new")).to_have_count(1)
        assert home.evaluate("window.stayed") is True
        bell.click()
        home.get_by_role("button", name="T4 slip").click()
        home.wait_for_url("**/requests/*")
        live(home)
        expect(home.locator("#bell > summary")).to_have_accessible_name("Notifications")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_9_6_and_12_2_the_bell_and_the_choices(
    stage: Stage, browser: Browser, screenshots: Path, size: str, language: str, scheme: str
) -> None:
    asked = stage.asked(["Relevés bancaires de décembre 2025, tous les comptes"], client_name="Gagnon inc.")
    stage.world.change(asked.contact, locale=language)
    cookie = stage.account(asked)
    write(stage, asked, "Il manque la page 3.")
    write(stage, asked, "La page 4 est coupée: pouvez-vous la reprendre, avec le bas de la page et le total?")
    axe = Axe()
    with stage.reader(browser, cookie, size, language, color_scheme=scheme) as context:
        page = context.new_page()
        for path in ("/home", f"/requests/{asked.request.id}", "/account"):
            page.goto(stage.portal.url + path)
            if path != "/account":
                live(page)
            page.locator("#bell > summary").click()
            sound(axe, page)
            name = path.split("/")[1]
            page.screenshot(path=screenshots / f"bell-{name}.png")
        page.locator("#bell > summary").click()
        page.locator("#notifications").scroll_into_view_if_needed()
        page.locator("#notifications").screenshot(path=screenshots / "choices.png")
        page.locator("input[name='comment.email']").uncheck()
        page.locator("#notifications form button").first.click()
        page.wait_for_url("**done=notifications*")
        expect(page.locator("input[name='comment.email']")).not_to_be_checked()
        rows = stage.world.all(ContactNoticeChoice, contact_id=asked.contact.id)
        assert [(row.topic.value, row.by_portal, row.by_email) for row in rows] == [("comment", True, False)]
