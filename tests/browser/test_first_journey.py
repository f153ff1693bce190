"""The first whole journey: signed in, sent, claimed on another browser, uploaded, ticked, seen in triage (6.1 to 8.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app.adapters.clock import SystemClock
from portal_app.jobs.demo_people import organization
from portal_app.text import _, use_locale
from tests.browser.demo import NAMES, Mailbox, browse, claim, link_in, live, sign_in_as_staff, tick_box
from tests.trial.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.served]

TASKS = {"en": ("T4 summary", "Payroll register"), "fr": ("Sommaire T4", "Registre de paie")}
SECTION = {"en": "Payroll documents", "fr": "Documents de paie"}
CASES = [("phone", "en", 25), ("phone", "fr", 31), ("desk", "en", 17), ("desk", "fr", 22)]


@dataclass
class Office:
    """A staff member's browser, in their language."""

    page: Page
    portal: Served
    language: str

    def word(self, english: str) -> str:
        """A text of the page in the person's language."""
        with use_locale(self.language):
            return _(english)

    def press(self, name: str, **more: object) -> None:
        self.page.get_by_role("button", name=name, exact=True, **more).first.click()

    def dialog(self) -> object:
        return self.page.locator("dialog[open]")

    def open_work_of(self, client: str) -> None:
        """The client's one work item, by the list's search."""
        self.page.goto(f"{self.portal.url}/staff/work")
        live(self.page)
        self.page.get_by_role("searchbox").fill(client)
        self.page.keyboard.press("Enter")
        self.page.locator("main tr", has_text=client).locator("a[href^='/staff/work/']").first.click()
        self.page.wait_for_url("**/staff/work/*")
        expect(self.page.get_by_text(client).first).to_be_visible()

    def add_section(self, name: str) -> None:
        self.press(NAMES[self.language]["add_section"])
        self.dialog().get_by_role("textbox").first.fill(name)
        self.dialog().get_by_role("button", name=self.word("Add"), exact=True).click()
        expect(self.page.get_by_role("heading", name=name)).to_be_visible()

    def add_task(self, section: str, title: str, due_on: str) -> None:
        self.press(self.word("Add a task to {name}").format(name=section))
        form = self.dialog()
        form.get_by_role("textbox").first.fill(title)
        form.locator("input[type=date]").fill(due_on)
        form.get_by_role("button", name=self.word("Add"), exact=True).click()
        expect(self.page.get_by_text(title, exact=True)).to_be_visible()

    def send(self) -> None:
        name = NAMES[self.language]["send"]
        self.press(name)
        self.dialog().get_by_role("button", name=name, exact=True).click()
        expect(self.dialog()).to_have_count(0)


@pytest.fixture
def office(portal: Served, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Office]:
    size, language, _number = request.getfixturevalue("case")
    context = browse(browser, size, language)
    page = context.new_page()
    sign_in_as_staff(page, portal, language)
    yield Office(page, portal, language)
    context.close()


@pytest.fixture(params=CASES, ids=[f"{size}-{language}" for size, language, _number in CASES])
def case(request: pytest.FixtureRequest) -> tuple[str, str, int]:
    return request.param


def test_from_signing_in_to_a_ticked_task_in_triage(
    office: Office, portal: Served, browser: Browser, case: tuple[str, str, int], tmp_path: Path
) -> None:
    size, language, number = case
    client, section, titles = organization(number), SECTION[language], TASKS[language]
    address, mailbox = f"client{number + 1}@mail.example", Mailbox(portal)
    before = mailbox.count(address)

    office.open_work_of(client)
    office.add_section(section)
    for title in titles:
        office.add_task(section, title, (SystemClock().now().date() + timedelta(days=120)).isoformat())
    office.send()

    link = link_in(mailbox.newest(address, office.page, before))
    office.page.goto(f"{portal.url}/staff")
    live(office.page)
    phone = browse(browser, size, language)
    page = phone.new_page()
    claim(page, link, language)
    live(page)

    file = tmp_path / "releve.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b"figures " * 200_000)
    page.get_by_text(titles[0], exact=True).click()
    row = page.locator("li.task", has=page.get_by_role("heading", name=titles[0]))
    row.locator("input[type=file]").first.set_input_files(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    expect(row.get_by_text(digest[:8])).to_be_visible()
    tick_box(page, titles[0], language).click()
    expect(tick_box(page, titles[0], language)).to_be_checked()

    shown = office.page.get_by_text(titles[0], exact=True)
    expect(shown.first).to_be_visible()

    link_to_file = row.get_by_role("link", name="releve.pdf", exact=True)
    with page.expect_download() as download:
        link_to_file.click()
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    phone.close()
