"""The built portal as it is run: Granian, its health, and a real browser that finds it alive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from portal_app import routes
from portal_app.assets import ROOT
from scripts.with_services import free_port
from tests.browser.conftest import FLAGS
from tests.browser.demo import demo
from tests.trial.served import Served

pytestmark = pytest.mark.served

CHROMIUM = os.environ.get("PORTAL_TEST_CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served demo."""
    with demo(tmp_path_factory.mktemp("served")) as running:
        yield running


def test_it_can_serve_and_so_can_what_it_stands_on(portal: Served) -> None:
    assert httpx.get(f"{portal.url}/healthz", timeout=30).json() == {"status": "ok"}
    ready = httpx.get(f"{portal.url}/readyz", timeout=30)
    assert ready.status_code == 200, ready.text


def test_make_run_s_own_server_answers_before_all_is_loaded(tmp_path: Path) -> None:
    port = str(free_port())
    environment = os.environ | {"PORTAL_DEMO": "true", "PORT": port, "PORTAL_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "portal_app.serve"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        transport = httpx.HTTPTransport(retries=12)  # the pauses between them double: about half a minute
        with httpx.Client(transport=transport, timeout=30) as asker:
            assert asker.get(f"http://localhost:{port}/healthz").json() == {"status": "ok"}
    finally:
        running.terminate()
        running.communicate(timeout=60)


@pytest.mark.parametrize("path", ["/ping", "/_health", "/_upload", "/_all_routes", "/sitemap.xml"])
def test_asvs_57_what_reflex_serves_by_itself_is_not_there(portal: Served, path: str) -> None:
    assert httpx.get(f"{portal.url}{path}", timeout=30).status_code == 404


def test_pages_come_in_the_reader_s_language_and_packed(portal: Served) -> None:
    headers = {"accept-language": "fr-CA", "accept-encoding": "br"}

    answer = httpx.get(f"{portal.url}{routes.CLIENTS}", headers=headers, timeout=30)

    assert '<html lang="fr"' in answer.text
    assert answer.headers["content-encoding"] == "br"


@pytest.mark.browser
def test_a_page_comes_alive_under_its_policy(portal: Served) -> None:
    """Nobody is signed in: the page opens its socket, asks, is told to leave, and does."""
    complaints: list[str] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        with page.expect_websocket(lambda socket: routes.SOCKET in socket.url):
            page.goto(f"{portal.url}{routes.CLIENTS}")
        page.wait_for_url(f"**{routes.STAFF_LOGIN}*")

        browser.close()
    assert not complaints
