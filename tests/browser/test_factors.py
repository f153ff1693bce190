"""A passkey in Chromium, with a virtual authenticator: made on one's own pages, then a whole sign-in (4.3).

The pages are answered in this process, gate included; Chromium does the rest: script, policy, cookies, WebAuthn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from portal_app.assets import content
from portal_app.models import Passkey
from tests import signing
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(sqlite_engine: Engine, tmp_path: Path) -> Iterator[World]:
    """A firm whose sign-in pages are answered on a port of this machine; which database it has is all one here."""
    made = World(sqlite_engine, tmp_path)

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/assets/passkey-"):
                self._send(200, [("content-type", "text/javascript")], content("passkey.js"))
                return
            length = int(self.headers.get("content-length") or 0)
            said = signing.browser(made).request(
                self.command, self.path, content=self.rfile.read(length), headers=dict(self.headers)
            )
            kept = [(name, value) for name, value in said.headers.multi_items() if name != "content-length"]
            self._send(said.status_code, kept, said.content)

        do_POST = do_GET

        def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    url = f"http://localhost:{server.server_port}"
    made.settings = made.settings.model_copy(update={"public_url": url})
    made.ports = replace(made.ports, settings=made.settings)
    Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def with_authenticator(page: Page) -> None:
    """A phone's authenticator that knows its person."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    more = {"hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})


def test_4_3_a_passkey_is_made_and_then_signs_in_without_a_password(world: World, browser: Browser) -> None:
    context = browser.new_context(locale="en-CA")
    page = context.new_page()
    with_authenticator(page)
    _session, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    context.add_cookies([{"name": "staff", "value": token, "url": world.settings.public_url}])

    page.goto(f"{world.settings.public_url}/staff/account/mfa")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="Passkey").click()
    page.get_by_label("Its name").fill("Telephone")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Keep these codes").wait_for()
    assert [key.name for key in world.all(Passkey)] == ["Telephone"]

    context.clear_cookies()
    page.goto(f"{world.settings.public_url}/staff/login")
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{world.settings.public_url}/staff")
    assert "staff" in {cookie["name"] for cookie in context.cookies()}
    assert world.all(Passkey)[0].used_at == world.clock.now()
    context.close()
