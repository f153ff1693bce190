"""What a client's phone opens first: a magic link's page, a checklist, and the same list as plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import brotli
import httpx
from playwright.sync_api import Browser

from tests.browser.demo import Mailbox, browse, claim, demo, link_in

CHROMIUM = "/usr/bin/chromium"
PLAIN = "/index.html"
CLIENTS = ("client11@mail.example", "client9@mail.example")
"""Two demo contacts with an unclaimed French link: one is claimed, the other's page is only looked at."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three pages are; `stored` is the browser that claimed the checklist."""

    plain: str
    link: str
    checklist: str
    stored: Any


@contextmanager
def addresses(browser: Browser, folder: Path) -> Iterator[Addresses]:
    """Serve a demo firm and the plain page while the block lasts."""
    with demo(folder / "demo") as portal:
        context = browse(browser, "phone", "fr")
        page = context.new_page()
        mine, other = (link_in(Mailbox(portal).newest(address, page)) for address in CLIENTS)
        claim(page, mine, "fr")
        checklist, stored = page.url, context.storage_state()
        cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
        html = httpx.get(checklist, cookies=cookies, headers={"accept-language": "fr"}).text
        context.close()
        (folder / "plain").mkdir()
        with floor(html, folder / "plain") as plain:
            yield Addresses(plain, other, checklist, stored)


class _Quiet(SimpleHTTPRequestHandler):
    """A packed page, which is all that is there."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        if self.path == PLAIN:
            self.send_header("Content-Encoding", "br")
        super().end_headers()

    def log_message(self, *_said: Any) -> None:
        """Nothing."""


@contextmanager
def floor(html: str, folder: Path) -> Iterator[str]:
    """A plain page at an address of its own: the document without scripts and early loads, packed as ours is."""
    plain = re.sub(r"<script.*?</script>|<link rel=\"modulepreload\"[^>]*>", "", html, flags=re.DOTALL)
    (folder / PLAIN[1:]).write_bytes(brotli.compress(plain.encode()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PLAIN}"
    finally:
        server.shutdown()
        server.server_close()
