"""Where staff find the firm's own sign-in address, and help: copied, followed from elsewhere, in both languages (1.7, 1.17)."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from portal_app.components.manual import manual, news
from portal_app.text import _, unbroken, use_locale
from tests.browser.demo import live
from tests.browser.stage import Stage, opened, staged
from tests.browser.test_staff_pages import WCAG, fits

pytestmark = [pytest.mark.browser, pytest.mark.served]

CONTACT = "aide@exploitant.example"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A portal whose operator said whom to ask."""
    with staged(tmp_path_factory.mktemp("help"), PORTAL_OPERATOR_CONTACT=CONTACT) as running:
        yield running


@pytest.mark.parametrize("language", ["en", "fr"])
def test_1_7_the_address_is_copied_and_opens_the_firm_s_page_from_its_own_website(
    stage: Stage, browser: Browser, language: str
) -> None:
    may_copy = ["clipboard-read", "clipboard-write"]
    with opened(stage, browser, "/staff/settings", "desk", language, permissions=may_copy) as page:
        page.get_by_role("button", name=_("Copy to clipboard"), exact=True).click()
        expect(page.get_by_text(_("Copied."), exact=True)).to_be_visible()
        address = page.evaluate("navigator.clipboard.readText()")
    assert address == f"{stage.portal.url}/f/{stage.world.firm.slug}/login"

    with stage.reader(browser, _nobody(stage), "phone", language) as context, use_locale(language):
        page = context.new_page()

        def website(route: Route) -> None:
            html = f'<a href="{escape(address)}">Client portal</a>'
            route.fulfill(body=html, content_type="text/html")

        page.route("http://cabinet.example/", website)
        page.goto("http://cabinet.example/")
        page.get_by_role("link", name="Client portal").click()

        expect(page.get_by_role("button", name=_("Sign in"), exact=True)).to_be_visible()
        expect(page.get_by_text(stage.world.firm.name).first).to_be_visible()
        assert page.url == address  # what a bookmark keeps
        assert stage.world.firm.name in page.title()


def _nobody(stage: Stage) -> dict[str, str]:
    return {"name": "locale", "value": "", "url": stage.portal.url}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_1_17_the_menu_leads_to_the_manual_what_is_new_and_whom_to_ask(
    stage: Stage, browser: Browser, size: str, language: str
) -> None:
    with opened(stage, browser, "/staff", size, language) as page:
        if size == "phone":
            page.get_by_role("button", name=_("More"), exact=True).click()
        page.get_by_role("link", name=_("Help and feedback"), exact=True).locator("visible=true").click()

        expect(page.get_by_role("heading", level=1, name=_("Help and feedback"))).to_be_visible()
        live(page)
        for chapter in manual():
            section = page.get_by_role("region", name=chapter.title, exact=True)
            expect(section).to_contain_text(unbroken(chapter.texts[0]))
        latest = page.get_by_role("region", name=_("What is new"), exact=True)
        for title, text in news():
            expect(latest).to_contain_text(unbroken(f"{title} {text}"))
        asked = page.get_by_role("region", name=_("Whom to ask"), exact=True)
        expect(asked.get_by_role("link", name=CONTACT)).to_have_attribute("href", f"mailto:{CONTACT}")
        assert fits(page)
        assert Axe().run(page, options=WCAG).response["violations"] == []
