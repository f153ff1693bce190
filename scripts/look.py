"""Draw every plain page and every e-mail in every state, to be looked at: both languages, schemes and widths.

    python -m scripts.look [name …] [--out /tmp/look] [--axe]

Writes HTML and PNG into the folder. With --axe each page is also checked for accessibility.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from starlette.requests import Request

from portal_app.http.rendering import render
from portal_app.text import LANGUAGES, use_locale
from tests.http.page_samples import PAGES
from tests.services.mail_samples import MAILS

SIZES = {"360": {"width": 360, "height": 780}, "1440": {"width": 1440, "height": 900}}
SCHEMES = ("light", "dark")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Drawing:
    """One document in one language."""

    name: str
    language: str
    html: str


def drawings(names: set[str]) -> Iterator[Drawing]:
    """Pages as `page-<name>`, e-mails as `mail-<event>`; all of them when no name is given."""
    scope = {"type": "http", "method": "GET", "path": "/here", "query_string": b"", "headers": []}
    for language in LANGUAGES:
        with use_locale(language):
            for name, (template, context) in PAGES.items():
                if not names or name in names:
                    answer = render(Request(scope), template, **context)
                    yield Drawing(f"page-{name}", language, bytes(answer.body).decode())
        for name, compose in MAILS.items():
            if not names or name in names:
                yield Drawing(f"mail-{name}", language, compose(language).html)


def draw(browser: Browser, drawing: Drawing, out: Path, *, with_axe: bool) -> list[str]:
    """Write the pictures; returns what axe says against the document."""
    source = out / f"{drawing.name}-{drawing.language}.html"
    source.write_text(drawing.html, encoding="utf-8")
    faults = []
    for width, size in SIZES.items():
        for scheme in SCHEMES:
            page = browser.new_page(
                viewport=size, color_scheme=scheme, device_scale_factor=2 if width == "360" else 1
            )
            page.goto(source.as_uri())
            page.screenshot(path=out / f"{source.stem}-{width}-{scheme}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                faults.append(f"{source.stem} {width}: {wide} px wide")
            if with_axe:
                found = Axe().run(page).response["violations"]
                faults += [
                    f"{source.stem} {width} {scheme}: {rule['id']} {rule['nodes'][0]['html'][:160]}"
                    for rule in found
                ]
            page.close()
    return faults


def main() -> None:
    """Draw what was asked for and print what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("/tmp/look"))  # noqa: S108
    parser.add_argument("--axe", action="store_true")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for drawing in drawings(set(asked.names)):
            for fault in draw(browser, drawing, asked.out, with_axe=asked.axe):
                print(fault)
        browser.close()


if __name__ == "__main__":
    main()
