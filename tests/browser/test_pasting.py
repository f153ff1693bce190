"""A password manager's paste, in Chromium, into every field for a password or a code of the plain pages (row 3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from portal_app.http.rendering import render
from portal_app.text import use_locale
from tests.http.page_samples import PAGES
from tests.http.test_field_hints import secrets_of
from tests.http.test_templates import asked, drawn

pytestmark = pytest.mark.browser

ORIGIN = "http://localhost"
LONG = "Ünï cøde & spaces  " * 7
PASTED = {"password": LONG.strip(), "code": "123 456"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that gets the samples with the headers that the portal sends."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    shown = context.new_page()
    shown.route(f"{ORIGIN}/**", answer)
    yield shown
    context.close()


def answer(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name not in PAGES:
        route.fulfill(status=404, body="")
        return
    template, context = PAGES[name]
    with use_locale("en"):
        sample = render(asked(), template, **context)
    route.fulfill(status=200, headers=dict(sample.headers), body=bytes(sample.body))


def test_asvs_3_whatever_a_password_manager_pastes_is_typed_as_it_is(page: Page) -> None:
    assert len(PASTED["password"]) >= 128
    tried = 0
    for name in PAGES:
        fields = secrets_of(drawn(name))
        if not fields:
            continue
        page.goto(f"{ORIGIN}/{name}")
        for kind, attributes in fields:
            field = page.locator(f"input[name={attributes['name']}]").first
            page.evaluate("text => navigator.clipboard.writeText(text)", PASTED[kind])
            field.focus()
            page.keyboard.press("Control+V")
            expect(field, f"{name} {attributes}").to_have_value(PASTED[kind])
            tried += 1
    assert tried >= 20
