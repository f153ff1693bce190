"""The brand by hand: uploaded, placed by keyboard alone, looked at, and found by a client whose page does not jump."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from portal_app.models import BrandImage
from tests.adapters import pictures
from tests.browser.demo import live
from tests.browser.stage import Stage, opened
from tests.browser.test_staff_pages import WCAG, fits
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]

HERE = "/staff/settings/branding"
LOGO = pictures.saved(pictures.halves(900, 300), "PNG")
HERO = pictures.saved(pictures.landscape(3, 1000, 700), "JPEG", quality=80)
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const it of list.getEntries()) sum += it.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""
"""How much has moved on the page since it began, as browsers count it."""


def choose(page: Page, use: str, name: str, content: bytes) -> None:
    """Choose a file for the logo or the hero."""
    file = {"name": name, "mimeType": "image/png", "buffer": content}
    page.locator(f"#{use} input[type=file]").set_input_files([file])  # type: ignore[list-item]


def test_1_4_and_1_5_a_brand_is_made_by_keyboard_and_stands_on_the_client_s_home(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked()
    cookie = stage.account(asked)
    with opened(stage, browser, HERE) as page:
        choose(page, "logo", "logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        expect(page.locator("#logo-wrong")).to_contain_text("no image that the portal can read")
        choose(page, "logo", "logo.png", LOGO)
        expect(page.get_by_alt_text("The logo on a light page")).to_be_visible(timeout=60_000)
        expect(page.locator("#logo-wrong")).to_be_empty()
        choose(page, "hero", "façade.jpg", HERO)
        expect(page.get_by_text("façade.jpg")).to_be_visible(timeout=60_000)

        page.get_by_role("radio", name="Spruce").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text("Ink: white text at")).to_be_visible()
        across = page.get_by_role("slider", name="From left to right")
        across.focus()
        page.keyboard.press("End")
        expect(across).to_have_value("100")
        becomes(
            lambda: [(image.use, image.focus_x) for image in stage.world.all(BrandImage)],
            [("logo", 50), ("hero", 100)],
        )
        expect(
            page.frame_locator(".screen.phone iframe").get_by_alt_text("Tremblay Ouellet CPA")
        ).to_be_visible()

        assert fits(page)
        assert Axe().run(page, options=WCAG).response["violations"] == []

    with stage.reader(browser, cookie) as phone:
        page = phone.new_page()
        page.goto(f"{stage.portal.url}/home")
        live(page)
        shown = page.locator(".hero img")
        expect(shown).to_be_visible()
        page.wait_for_function("document.querySelector('.hero img').naturalWidth > 0")

        assert page.evaluate("document.querySelector('.hero img').currentSrc").endswith(".avif")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.hero img')).objectPosition")
            == "100% 50%"
        )
        assert page.evaluate(SHIFTS) < 0.01
        expect(page.get_by_role("link", name="Tremblay Ouellet CPA")).to_be_visible()
        assert fits(page)
