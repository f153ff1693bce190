"""Plain pages and e-mails as a browser shows them: nothing wider than a phone, nothing axe objects to (12.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scripts.look import Drawing, drawings

pytestmark = pytest.mark.browser

DRAWINGS = [drawing for drawing in drawings(set()) if drawing.language == "fr"]  # the longer words
LEADS_ON = re.compile(r'<meta http-equiv="refresh"[^>]*>')
"""A page that goes on by itself, which these tests look at before it does."""
PAGES = [drawing for drawing in DRAWINGS if drawing.name.startswith("page-")]


@pytest.fixture(scope="module", params=["light", "dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, color_scheme=request.param, locale="fr-CA"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("drawing", DRAWINGS, ids=[drawing.name for drawing in DRAWINGS])
def test_12_2_a_phone_shows_it_whole_and_axe_finds_nothing(phone: Page, drawing: Drawing) -> None:
    phone.set_content(LEADS_ON.sub("", drawing.html))

    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(phone).response["violations"]] == []


SHOW_ALL = """document.querySelectorAll('[hidden]').forEach(it => { it.hidden = false; });
    document.querySelectorAll('details').forEach(it => { it.removeAttribute('name'); it.open = true; })"""
"""What a script shows once the browser can do it, and what is folded."""
SMALL = """() => [...document.querySelectorAll('.btn, .link, .check, .row, .foot a, .firm a, .field input, .field select')]
    .filter(it => it.getBoundingClientRect().height < 44).map(it => it.outerHTML)"""


@pytest.mark.parametrize("drawing", PAGES, ids=[drawing.name for drawing in PAGES])
def test_12_2_what_is_pressed_is_large_enough_for_a_thumb(phone: Page, drawing: Drawing) -> None:
    phone.set_content(LEADS_ON.sub("", drawing.html))
    phone.evaluate(SHOW_ALL)
    assert phone.evaluate(SMALL) == []
