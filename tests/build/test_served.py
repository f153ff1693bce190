"""The built portal as it is run: Granian, its health, and a real browser that finds it alive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, sync_playwright

from portal_app import routes
from portal_app.assets import ROOT, SITE
from tests.served import served_demo

pytestmark = pytest.mark.served

CHROMIUM = os.environ.get("PORTAL_TEST_CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served demo."""
    with served_demo(tmp_path_factory.mktemp("served")) as url:
        yield url


def test_it_can_serve_and_so_can_what_it_stands_on(portal: str) -> None:
    assert httpx.get(f"{portal}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{portal}/readyz")
    assert ready.status_code == 200, ready.text


@pytest.mark.parametrize("path", ["/ping", "/_health", "/_upload", "/_all_routes", "/sitemap.xml"])
def test_asvs_57_what_reflex_serves_by_itself_is_not_there(portal: str, path: str) -> None:
    assert httpx.get(f"{portal}{path}").status_code == 404


def test_pages_come_in_the_reader_s_language_and_packed(portal: str) -> None:
    headers = {"accept-language": "fr-CA", "accept-encoding": "br"}

    answer = httpx.get(f"{portal}{routes.TRIAGE}", headers=headers, follow_redirects=True)

    assert '<html lang="fr"' in answer.text
    assert answer.headers["content-encoding"] == "br"


def test_building_again_changes_nothing() -> None:
    before = (SITE / "documents.json").stat().st_mtime_ns

    again = subprocess.run(
        [sys.executable, "-m", "scripts.build_site"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert again.stdout == ""
    assert (SITE / "documents.json").stat().st_mtime_ns == before


@pytest.mark.browser
def test_a_page_comes_alive_under_its_policy(portal: str) -> None:
    """Nobody is signed in: the page opens its socket, asks, is told to leave, and does."""
    complaints: list[ConsoleMessage] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("console", lambda message: complaints.append(message) if message.type == "error" else None)

        with page.expect_websocket(lambda socket: "/_event" in socket.url):
            page.goto(f"{portal}{routes.CLIENTS}")
        page.wait_for_url(f"**{routes.STAFF_LOGIN}*")

        browser.close()
    assert [message.text for message in complaints] == []
