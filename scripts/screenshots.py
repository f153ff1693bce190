"""Draws every reactive page and dialog of a filled demo, at 360, 768 and 1440 px, light and dark, in both languages.

`make screenshots` writes them into test-results/screenshots, and those that the README shows into docs/screenshots;
plain pages and e-mails are drawn by scripts/look.py. `python -m scripts.screenshots phone` draws one size alone.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from portal_app import routes
from portal_app.assets import ROOT
from portal_app.pages._frames import PAGES
from portal_app.text import _, use_locale
from tests.browser.conftest import FLAGS
from tests.browser.demo import (
    NAMES,
    PASSWORD,
    SIZES,
    Mailbox,
    browse,
    claim,
    code_in,
    demo,
    link_in,
    live,
    sign_in_as_staff,
)
from tests.trial.served import Served

TARGET = ROOT / "test-results" / "screenshots"
README = ROOT / "docs" / "screenshots"
SHOWN = (
    "claim-fr-phone-light",
    "request-fr-phone-light",
    "request-en-phone-dark",
    "staff-work-id-en-desk-light",
    "staff-en-desk-light",
)
"""The pictures of the README."""
SCHEMES = ("light", "dark")
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250))))"
"""Ends once the colours of a scheme have reached everything."""
ASKED = {"en": "client10@mail.example", "fr": "client11@mail.example"}
"""Demo contacts whose first e-mail holds an unclaimed link, by language."""

PEOPLE: FilePayload = {
    "name": "people.csv",
    "mimeType": "text/csv",
    "buffer": b"name,email,client\nNadia Roy,nadia@roy.example,Verger Roy\nLuc Roy,luc@,Verger Roy\n",
}
"""A file to import, whose second line is wrong."""


def staff_pages(page: Page, portal: Served) -> Iterator[str]:
    """Go to every staff page in turn; a page of one thing is reached from its list. Gives its name, once settled."""
    for route in (declared.route for declared in PAGES if declared.audience == "staff"):
        before, is_one, after = route.partition("[id]")
        if route == routes.IMPORT:
            page.goto(portal.url + routes.IMPORTS)
            settle(page)
            page.locator("input[type=file]").set_input_files(PEOPLE)
            page.locator("main form .btn.main").click()
            page.wait_for_url(f"**{before}*-*")
        elif is_one:
            page.goto(portal.url + before.rstrip("/"))
            settle(page)
            page.goto(portal.url + first_of(page, before) + after)
        else:
            page.goto(portal.url + route)
        settle(page)
        yield route.strip("/").replace("/", "-").replace("[", "").replace("]", "")


def first_of(page: Page, before: str) -> str:
    """Where the list's first row leads."""
    links = page.locator(f'main [data-row] a[href^="{before}"]')
    return (links.first.get_attribute("href") or "").split("?")[0]


def draw(browser: Browser, portal: Served, size: str, language: str) -> None:
    """One person of each side, in one language and size, in both schemes."""
    context = browse(browser, size, language)
    page = context.new_page()
    sign_in_as_staff(page, portal, language)
    for name in staff_pages(page, portal):
        shoot(page, f"{name}-{language}-{size}")
    draw_dialogs(page, portal, size, language)
    context.close()

    context = browse(browser, size, language)
    page = context.new_page()
    page.goto(link := link_in(Mailbox(portal).newest(ASKED[language], page)))
    shoot(page, f"claim-{language}-{size}")
    claim(page, link, language)
    settle(page)
    shoot(page, f"request-untouched-{language}-{size}")
    page.locator("input.tick:not([aria-disabled='true'], :disabled)").first.click()
    page.get_by_role("button", name=NAMES[language]["undo"]).first.wait_for()
    page.locator("main summary").first.click()
    shoot(page, f"request-{language}-{size}")
    context.close()
    draw_home(browser, portal, size, language)


def draw_dialogs(page: Page, portal: Served, size: str, language: str) -> None:
    """A task being added to a new section, then the section being sent."""
    page.goto(f"{portal.url}/staff/work")
    settle(page)
    each = page.locator('main a[href^="/staff/work/"]').nth(3 + list(NAMES).index(language))
    page.goto(portal.url + (each.get_attribute("href") or ""))
    settle(page)
    dialog, send = page.locator("dialog[open]"), NAMES[language]["send"]
    with use_locale(language):
        add, add_task = _("Add"), _("Add a task to {name}")
    page.get_by_role("button", name=NAMES[language]["add_section"], exact=True).first.click()
    dialog.get_by_role("textbox").first.fill("T4")
    dialog.get_by_role("button", name=add, exact=True).click()
    page.get_by_role("button", name=add_task.format(name="T4"), exact=True).first.click()
    dialog.get_by_role("textbox").first.fill("T4")
    shoot(page, f"dialog-task-{language}-{size}", whole=False)
    dialog.get_by_role("button", name=add, exact=True).click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name=send, exact=True).first.click()
    dialog.get_by_role("button", name=send, exact=True).wait_for()
    shoot(page, f"dialog-send-{language}-{size}", whole=False)


def draw_home(browser: Browser, portal: Served, size: str, language: str) -> None:
    """What a client sees who signed in with a password."""
    context = browse(browser, size, language)
    page = context.new_page()
    mailbox, email = Mailbox(portal), "client1@mail.example"
    before = mailbox.count(email)
    page.goto(f"{portal.url}/f/demo/login")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button.main").click()
    page.locator("input[name=code]").fill(code_in(mailbox.newest(email, page, before)))
    page.locator("form button.main").click()
    page.wait_for_url("**/home")
    settle(page)
    shoot(page, f"home-{language}-{size}")
    context.close()


def settle(page: Page) -> None:
    """Wait until what stood in for text has given way to it."""
    live(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".bone, [aria-busy='true']")).to_have_count(0)


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """The page, or with `whole` all its height, so that what sticks to the edge stays there; in both schemes."""
    size = page.viewport_size or SIZES["phone"]
    height = int(page.evaluate("document.documentElement.scrollHeight")) if whole else 0
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(PAINTED)
        page.screenshot(path=TARGET / f"{name}-{scheme}.png", animations="disabled")
    page.set_viewport_size(size)


def main() -> None:
    """Draw them all, on a demo of their own a size, since a link opens on one device only."""
    chromium = os.environ.get("PORTAL_TEST_CHROMIUM") or shutil.which("chromium")
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=FLAGS)
        for size in sys.argv[1:] or SIZES:
            with tempfile.TemporaryDirectory(prefix="comptoir-look-") as folder, demo(Path(folder)) as portal:
                for language in NAMES:
                    draw(browser, portal, size, language)
        browser.close()
    README.mkdir(parents=True, exist_ok=True)
    for name in SHOWN:
        if (drawn := TARGET / f"{name}.png").exists():
            Image.open(drawn).quantize(256).save(README / drawn.name, optimize=True)  # a third of the bytes
    print(f"{len(list(TARGET.iterdir()))} pictures in {TARGET.relative_to(ROOT)}; {routes.TRIAGE} first.")


if __name__ == "__main__":
    main()
