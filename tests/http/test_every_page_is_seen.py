"""No page without somebody to look at it: a new route says in tests/browser/sights.py how it is opened, or that it draws nothing."""

from __future__ import annotations

from portal_app import portal_app
from portal_app.http import routes as http_routes
from portal_app.pages._frames import PAGES
from tests.browser.plain_sights import ANYWHERE, SAMPLES_OF, SILENT
from tests.browser.sights import SERVED, SIGHTS
from tests.http.page_samples import PAGES as SAMPLES

assert portal_app  # declares the pages


def test_12_2_every_page_that_reflex_draws_is_opened_in_a_browser() -> None:
    assert {sight.route for sight in SIGHTS} == {page.route for page in PAGES}


def test_12_2_every_plain_route_is_drawn_opened_or_draws_nothing() -> None:
    routes = {route.path for route in http_routes() if "GET" in (route.methods or ())}
    seen = {*SAMPLES_OF, *(sight.route for sight in SERVED)}
    assert routes == seen | SILENT
    assert not seen & SILENT


def test_12_2_every_sample_belongs_to_a_route() -> None:
    named = {name for samples in SAMPLES_OF.values() for name in samples.split()}
    assert set(SAMPLES) == named | ANYWHERE
