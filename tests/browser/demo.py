"""The demo firm, served for real, and what a person does there, in either language."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.with_services import free_port
from tests.trial.served import ROOT, Served, served

PASSWORD = "demo-demo-demo"
NAMES = {
    "en": {
        "sign_in": "Sign in",
        "open": "Open my requests",
        "done": "Mark as done: {}",
        "undo": "Undo",
        "upload": "Upload a file",
        "send_link": "Send access link",
        "send": "Send to client",
        "add_section": "Add a client section",
    },
    "fr": {
        "sign_in": "Se connecter",
        "open": "Ouvrir mes demandes",
        "done": "Marquer comme terminée\N{NO-BREAK SPACE}: {}",
        "undo": "Annuler",
        "upload": "Téléverser un fichier",
        "send_link": "Envoyer le lien d'accès",
        "send": "Envoyer au client",
        "add_section": "Ajouter une section client",
    },
}
SIZES = {
    "phone": {"width": 360, "height": 740},
    "tablet": {"width": 768, "height": 1024},
    "desk": {"width": 1440, "height": 900},
}
PATIENCE_MS = 40_000
LOOKS_EVERY_MS = 100
Found = TypeVar("Found")


def seen(page: Page, look: Callable[[], Found | None], what: str) -> Found:
    """What `look` finds, once it finds something; the page's own events go on between two looks."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not (found := look()):
        assert time.monotonic() < deadline, f"never came: {what}"
        page.wait_for_timeout(LOOKS_EVERY_MS)
    return found


def until(page: Page, question: str) -> None:
    """Wait until the page answers yes; Playwright's own way needs `eval`, which the policy forbids."""
    seen(page, lambda: page.evaluate(question), question)


@contextmanager
def demo(folder: Path, **environment: str) -> Iterator[Served]:
    """Fill a demo firm in `folder` and serve it, timetable and all."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    port = free_port()  # known before the e-mails, whose links name it
    given = kept | {"PORTAL_DEMO": "true", "PORTAL_DATA_DIR": str(folder), "PORT": str(port)} | environment
    subprocess.run([sys.executable, "-m", "portal_app.cli", "demo"], cwd=ROOT, env=given, check=True)
    with served("portal_app.asgi:app", folder, at=port, PORTAL_ROLE="all", **environment) as running:
        yield running


@dataclass
class Mailbox:
    """The demo's captured mail."""

    portal: Served

    def all(self) -> list[dict[str, Any]]:
        """Every e-mail, newest last."""
        asked = httpx.get(f"{self.portal.inside}/dev/mailbox.json", timeout=PATIENCE_MS / 1000)
        mails: list[dict[str, Any]] = asked.json()
        return mails

    def newest(self, to: str, page: Page, more_than: int = 0) -> dict[str, Any]:
        """The newest e-mail to an address, once there are more than `more_than` of them."""

        def come() -> dict[str, Any] | None:
            found = [mail for mail in self.all() if mail["to"] == to]
            return found[-1] if len(found) > more_than else None

        return seen(page, come, f"a new e-mail to {to}")

    def code(self, to: str, page: Page, more_than: int = 0) -> str:
        """The six digits of the newest sign-in code to an address, whatever else comes to it meanwhile."""

        def come() -> str | None:
            fresh = [mail for mail in self.all() if mail["to"] == to][more_than:]
            codes = [
                found[1]
                for mail in fresh
                if (found := re.search(r"^\s*(\d{6})\s*$", mail["text"], re.MULTILINE))
            ]
            return str(codes[-1]) if codes else None

        return seen(page, come, f"a code to {to}")

    def count(self, to: str) -> int:
        """How many e-mails went to an address."""
        return sum(mail["to"] == to for mail in self.all())


def link_in(mail: dict[str, Any]) -> str:
    """The magic link: alone on its line, once, in the text part (6.27)."""
    links = [line for line in mail["text"].splitlines() if re.fullmatch(r"http\S+/r/\S+", line)]
    assert len(links) == 1, mail["text"]
    return links[0]


def code_in(mail: dict[str, Any]) -> str:
    """The six digits of a code's e-mail."""
    found = re.findall(r"(?<!\d)\d{6}(?!\d)", mail["text"])
    assert len(set(found)) == 1, mail["text"]
    return str(found[0])


def browse(browser: Browser, size: str, language: str, **more: Any) -> BrowserContext:
    """A browser of somebody's own."""
    context = browser.new_context(viewport=SIZES[size], locale=f"{language}-CA", **more)
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in_as_staff(page: Page, portal: Served, language: str, email: str = "owner@demo.example") -> None:
    """Address, password, code from the mailbox; ends in triage."""
    mailbox, names = Mailbox(portal), NAMES[language]
    before = mailbox.count(email)
    page.goto(f"{portal.url}/staff/login")
    page.locator("input[name=email]").fill(email)
    page.locator("form button.main").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=names["sign_in"]).click()
    page.locator("input[name=code]").fill(mailbox.code(email, page, before))
    page.locator("form button.main").click()
    page.wait_for_url("**/staff")


def live(page: Page) -> None:
    """Wait until the page's own script has taken over from the first view, and answers."""
    page.locator("html[data-live]").wait_for(timeout=PATIENCE_MS)
    expect(page.locator("#first")).to_have_count(0, timeout=PATIENCE_MS)


def claim(page: Page, link: str, language: str) -> None:
    """Open the link and press its one button."""
    page.goto(link)
    page.get_by_role("button", name=NAMES[language]["open"]).click()
    page.wait_for_url("**/requests/*")


def tick_box(page: Page, title: str, language: str) -> Any:
    """The checkbox of a task."""
    return page.get_by_role("checkbox", name=NAMES[language]["done"].format(title), exact=True)
