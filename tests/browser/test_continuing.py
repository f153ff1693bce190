"""*Continue on a computer* between two real browsers: by code, by picture, and with an upload under way (6.5a, 10.10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from portal_app.models import StoredFile
from portal_app.text import _, use_locale
from tests.browser.demo import NAMES, browse, live
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]


def word(language: str, english: str) -> str:
    with use_locale(language):
        return _(english)


def code_on(page: Page, language: str) -> str:
    """From the request's page to the code."""
    page.get_by_role("link", name=word(language, "Continue on a computer")).click()
    page.get_by_role("button", name=word(language, "Show the code")).click()
    expect(
        page.get_by_role("img", name=word(language, "QR code that opens this list on another device"))
    ).to_be_visible()
    return page.locator(".passcode").inner_text()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_6_5a_the_code_of_the_phone_opens_the_list_on_the_computer(
    stage: Stage, browser: Browser, language: str
) -> None:
    asked = stage.asked()
    computer = browse(browser, "desk", language)
    with stage.reader(browser, asked.cookie, language=language) as phone:
        here, there = phone.new_page(), computer.new_page()
        here.goto(asked.url)
        live(here)
        code = code_on(here, language)

        there.goto(f"{stage.portal.url}/continue")
        there.get_by_label(word(language, "Code"), exact=True).fill(code.lower())
        there.get_by_role("button", name=NAMES[language]["open"]).click()

        live(there)
        expect(there).to_have_url(asked.url)
        expect(there.get_by_role("checkbox")).to_have_count(len(asked.tasks))
        here.goto(asked.url)
        expect(here.get_by_role("heading", level=1)).to_have_text(
            word(language, "This link was opened on another device")
        )
    computer.close()


def test_10_10_the_phone_stays_until_its_upload_is_there(
    stage: Stage, browser: Browser, tmp_path: Path
) -> None:
    asked = stage.asked(email="uploads@client.example")
    file = tmp_path / "T4.pdf"
    file.write_bytes(b"%PDF-1.7\n" + bytes(3_000_000))
    held: list[Route] = []
    computer = browse(browser, "desk", "en")
    with stage.reader(browser, asked.cookie) as phone:
        uploading, showing, there = phone.new_page(), phone.new_page(), computer.new_page()
        uploading.route(
            "**/files/**",
            lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
        )
        uploading.goto(asked.url)
        live(uploading)
        task = uploading.locator("li.task").first
        if task.locator("details").first.get_attribute("open") is None:
            task.locator("summary").first.click()
        with uploading.expect_request(lambda request: request.method == "PATCH"):
            task.get_by_label(NAMES["en"]["upload"], exact=True).set_input_files(file)

        showing.goto(asked.url)
        live(showing)
        code = code_on(showing, "en")
        there.goto(f"{stage.portal.url}/continue")
        there.get_by_label("Code", exact=True).fill(code)
        with uploading.expect_event("console", lambda said: said.text == "asked to leave"):
            uploading.evaluate("addEventListener('portal:leaving', () => console.log('asked to leave'))")
            there.get_by_role("button", name=NAMES["en"]["open"]).click()
        expect(uploading).to_have_url(asked.url)

        for route in held:
            route.continue_()
        expect(uploading.get_by_role("heading", level=1)).to_have_text(
            "This link was opened on another device"
        )
        expect(there.get_by_text("T4.pdf").first).to_be_attached()
    stored = [(row.name, row.late_at) for row in stage.world.all(StoredFile)]
    assert stored == [("T4.pdf", None)]
    computer.close()
