"""A served portal whose clock travels: weeks of a tax season in one test, seen by staff at a desk and clients on phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from portal_app.models import Client, ClientRequest, Contact
from portal_app.text import _, format_date, pgettext, use_locale
from tests.browser.demo import Mailbox, browse, live
from tests.browser.stage import Stage, staged

MONDAY, FRIDAY = 0, 4


@dataclass
class Season(Stage):
    """One firm over time. Time only goes ahead, so every test counts from `today()` and has a client of its own."""

    browser: Browser
    language: str = "en"
    _open: ExitStack = field(default_factory=ExitStack)

    # time

    def now(self) -> datetime:
        """The portal's moment; the world's clock is set by it, so that rows written now are of now."""
        answer = httpx.get(f"{self.portal.url}/dev/clock", timeout=120).raise_for_status()
        self.world.clock.moment = datetime.fromisoformat(answer.json()["now"])
        return self.world.clock.moment

    def today(self) -> date:
        """The firm's calendar day."""
        return self.now().astimezone(self.zone).date()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.world.firm.time_zone)

    def travel_to(self, day: date, hour: int = 12) -> None:
        """To an hour of a day of the firm; everything that becomes due on the way is done."""
        by = datetime.combine(day, time(hour), self.zone) - self.now()
        assert by > timedelta(), f"{day} is past"
        body = {"advance": f"PT{int(by.total_seconds()) + 1}S"}
        httpx.post(f"{self.portal.url}/dev/clock", json=body, timeout=120).raise_for_status()
        self.now()

    def after_weekends(self, weekday: int, least: int) -> date:
        """The first such day of the week that is `least` days ahead."""
        day = self.today() + timedelta(days=least)
        return day + timedelta(days=(weekday - day.weekday()) % 7)

    # words

    def word(self, english: str, *, context: str = "", **values: Any) -> str:
        """A text of the pages in the language of this journey."""
        with use_locale(self.language):
            return (pgettext(context, english) if context else _(english)).format(**values)

    def spoken(self, day: date) -> str:
        with use_locale(self.language):
            return format_date(day)

    # people

    def person(self, name: str, **more: Any) -> tuple[Client, Contact]:
        """A client of this name with one contact, who reads in the language of this journey."""
        self.now()
        client = self.world.new_client(f"{name} {self.language}", **more)
        address = f"{name.lower().replace(' ', '.')}.{self.language}@client.example"
        return client, self.world.new_contact(client, name, email=address, locale=self.language)

    def phone(self) -> Page:
        """A client's phone: 360 px, nothing on it yet."""
        return self._context("phone").new_page()

    def desk(self, path: str) -> Page:
        """The owner at 1440 px, just signed in, on a page of the firm."""
        world = self.world
        self.now()
        world.change(world.owner, locale=self.language)
        _row, token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
        context = self._context("desk")
        context.add_cookies([{"name": "staff", "value": token, "url": self.portal.url}])
        page = context.new_page()
        page.goto(f"{self.portal.url}{path}")
        live(page)
        return page

    def work_of(self, request: ClientRequest) -> Page:
        """The request's work item, as the owner sees it now."""
        page = self.desk(f"/staff/work/{request.work_item_id}")
        expect(page.locator(".sect").first).to_be_visible()
        return page

    def _context(self, size: str) -> BrowserContext:
        context = browse(self.browser, size, self.language)
        self._open.callback(context.close)
        return context

    @contextmanager
    def speaking(self, language: str) -> Iterator[Season]:
        """A journey in one language; its browsers close at its end."""
        self.language = language
        with ExitStack() as self._open:
            yield self

    # acts

    def send(self, request: ClientRequest, *, rule: str = "") -> None:
        """Send it by hand from the dialog (6.1)."""
        page, send = self.work_of(request), self.word("Send to client")
        page.get_by_role("button", name=send, exact=True).first.click()
        dialog = page.get_by_role("dialog")
        if rule:
            dialog.get_by_text(self.word(rule), exact=True).click()
        dialog.get_by_role("button", name=send, exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)

    def claim(self, link: str) -> Page:
        """A phone on which the link was opened and its one button pressed."""
        page = self.phone()
        page.goto(link)
        self.press_open(page)
        return page

    def press_open(self, page: Page) -> None:
        page.get_by_role("button", name=self.word("Open my requests")).click()
        page.wait_for_url("**/requests/*")
        live(page)

    def row(self, page: Page, title: str) -> Locator:
        """A task of the client's list, unfolded."""
        row = page.locator("li.task", has=page.get_by_role("heading", name=title))
        if row.locator("details").first.get_attribute("open") is None:
            row.locator("summary").first.click()
        return row

    # mail

    def mails(self, contact: Contact) -> list[dict[str, Any]]:
        """Every e-mail to this person, oldest first."""
        return [mail for mail in Mailbox(self.portal).all() if mail["to"] == contact.email]

    def newest(self, contact: Contact, page: Page, more_than: int = 0) -> dict[str, Any]:
        assert contact.email
        return Mailbox(self.portal).newest(contact.email, page, more_than)

    def day_of(self, mail: dict[str, Any]) -> date:
        """On which day of the firm it left."""
        return datetime.fromisoformat(mail["at"]).astimezone(self.zone).date()

    def reminders(self, contact: Contact) -> list[date]:
        """The days on which reminders reached this person."""
        subject = self.word("Reminder: {title}", title="")
        return [self.day_of(mail) for mail in self.mails(contact) if mail["subject"].startswith(subject)]


def path_in(mail: dict[str, Any], kind: str) -> str:
    """The one link of a kind (`r`, `p`, `h`) in an e-mail, alone on its line (6.27)."""
    links = [line for line in mail["text"].splitlines() if re.fullmatch(rf"http\S+/{kind}/\S+", line)]
    assert len(links) == 1, mail["text"]
    return str(links[0])


@contextmanager
def season(folder: Path, browser: Browser) -> Iterator[Season]:
    """Serve an empty firm with its timetable, at noon: what a journey finds is the same at every hour of the real day."""
    with staged(folder, PORTAL_ROLE="all") as stage:
        begun = Season(stage.portal, stage.world, browser)
        begun.travel_to(begun.today() + timedelta(days=1))
        yield begun
