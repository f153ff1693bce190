"""A client's own file on a phone: taken back, put back, replaced, with its receipt; and what staff see (10.4, 10.7, 10.11)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import live
from tests.browser.stage import Stage, opened
from tests.browser.test_documents import file

pytestmark = [pytest.mark.browser, pytest.mark.served]


def sound(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]


def test_10_11_taken_back_and_put_back_live_on_both_sides(stage: Stage, browser: Browser) -> None:
    asked = stage.asked(["T4 slips"], client_name="Gagnon inc.")
    world = stage.world
    world.change(asked.tasks[0], needs_file=True)
    with (
        stage.reader(browser, asked.cookie) as phone,
        opened(stage, browser, f"/staff/work/{asked.request.work_item_id}") as desk,
    ):
        page = phone.new_page()
        page.goto(asked.url)
        live(page)
        task = page.locator("li.task")
        task.locator("summary").first.click()
        task.get_by_label("Upload a file", exact=True).set_input_files(file("T4 2025.pdf"))
        own = task.locator("li.own", has_text="T4 2025.pdf")
        expect(own.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()
        desk.get_by_role("button", name="T4 slips", exact=True).click()
        dialog = desk.get_by_role("dialog", name="T4 slips")
        expect(dialog.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()

        own.get_by_role("button", name="Take back…: T4 2025.pdf").click()
        expect(own.get_by_role("button", name="Take it back: T4 2025.pdf")).to_be_focused()
        sound(page)
        own.get_by_role("button", name="Take it back: T4 2025.pdf").click()

        undo = own.get_by_role("button", name="Undo: T4 2025.pdf")
        expect(undo).to_be_focused()
        expect(dialog.get_by_text("Taken back by Marie-Claude Gagnon")).to_be_visible()
        expect(page.get_by_text("A file is needed before you tick.")).to_be_visible()
        sound(page)
        undo.click()

        expect(own.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()
        expect(dialog.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()
        expect(dialog.get_by_text("Taken back by Marie-Claude Gagnon")).to_have_count(0)
        dialog.get_by_role("button", name="Remove T4 2025.pdf").click()
        expect(own).to_have_count(0)
        dialog.get_by_role("button", name="Restore T4 2025.pdf").click()
        expect(own.get_by_role("link", name="T4 2025.pdf", exact=True)).to_be_visible()
        sound(desk)


def test_10_4_replaced_on_a_phone_and_the_version_before_stays_with_staff(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Void cheque"], client_name="Roy inc.")
    with (
        stage.reader(browser, asked.cookie) as phone,
        opened(stage, browser, f"/staff/work/{asked.request.work_item_id}") as desk,
    ):
        page = phone.new_page()
        page.goto(asked.url)
        live(page)
        task = page.locator("li.task")
        task.locator("summary").first.click()
        task.get_by_label("Upload a file", exact=True).set_input_files(file("Cheque.pdf"))
        link = task.locator("li.own").get_by_role("link", name="Cheque.pdf", exact=True)
        expect(link).to_be_visible()
        before = link.get_attribute("href")

        task.get_by_label("Replace…: Cheque.pdf").set_input_files(file("Better scan.pdf"))

        expect(task.locator("figure.slip")).to_have_count(2)
        expect(task.locator("li.own")).to_have_count(1)
        expect(link).not_to_have_attribute("href", before or "")
        sound(page)
        desk.get_by_role("button", name="Void cheque", exact=True).click()
        dialog = desk.get_by_role("dialog", name="Void cheque")
        dialog.get_by_text("Earlier versions").click()
        expect(dialog.locator(f'.versions a[href="{before}"]')).to_be_visible()


def test_10_5_and_10_7_staff_take_all_files_of_a_task_and_the_client_the_receipt(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked(["Void cheque"], client_name="Caron inc.")
    with (
        stage.reader(browser, asked.cookie) as phone,
        opened(stage, browser, f"/staff/work/{asked.request.work_item_id}") as desk,
    ):
        page = phone.new_page()
        page.goto(asked.url)
        live(page)
        task = page.locator("li.task")
        task.locator("summary").first.click()
        task.get_by_label("Upload a file", exact=True).set_input_files(file("Cheque.pdf"))
        slip = task.locator("figure.slip").get_by_role("link", name="Receipt (PDF): Cheque.pdf")
        expect(slip).to_be_visible()
        with page.expect_download() as receipt:
            task.locator("li.own").get_by_role("link", name="Receipt (PDF): Cheque.pdf").click()
        assert receipt.value.suggested_filename == "Receipt Void cheque.pdf"

        desk.get_by_role("button", name="Void cheque", exact=True).click()
        dialog = desk.get_by_role("dialog", name="Void cheque")
        with desk.expect_download() as every:
            dialog.get_by_role("link", name="All files of this task (zip)").click()
        assert every.value.suggested_filename.endswith(".zip")
