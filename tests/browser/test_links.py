"""Magic links in a real browser: scanners use nothing up, the first device is bound, another gets its own way."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.browser.demo import (
    NAMES,
    PATIENCE_MS,
    Mailbox,
    browse,
    claim,
    code_in,
    link_in,
    live,
    seen,
    tick_box,
)
from tests.trial.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.served]

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "Proofpoint URL Defense",
    "Barracuda Sentinel",
    "Mimecast URL Protection",
    "Googlebot/2.1",
)
BEGUN = (
    "performance.getEntriesByType('resource').filter(it => it.name.endsWith('.js')).map(it => it.startTime)"
)
"""When each script that has come began to be fetched."""
FRENCH, ENGLISH = "client11@mail.example", "client10@mail.example"


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browse(browser, "phone", "fr")
    yield context
    context.close()


def asked(portal: Served, address: str, phone: BrowserContext) -> str:
    """The magic link in the first e-mail to this address."""
    page = phone.new_page()
    mail = Mailbox(portal).newest(address, page)
    page.close()
    return link_in(mail)


def test_fault_11_scanners_that_fetch_or_render_the_link_use_nothing_up(
    portal: Served, browser: Browser, phone: BrowserContext
) -> None:
    link = asked(portal, "client9@mail.example", phone)
    for agent in SCANNERS:
        for method in ("GET", "HEAD", "GET"):
            answer = httpx.request(method, link, headers={"User-Agent": agent})
            assert answer.status_code == 200
            assert not answer.headers.get_list("Set-Cookie")
    scanner = browse(browser, "desk", "fr", user_agent=SCANNERS[0])
    rendered = scanner.new_page()
    rendered.goto(link)
    expect(rendered.get_by_role("button", name="Ouvrir mes demandes")).to_be_visible()
    scanner.close()

    page = phone.new_page()
    claim(page, link, "fr")

    expect(page.get_by_role("checkbox")).to_have_count(6)


def test_6_5_a_second_browser_gets_its_own_link_and_the_first_then_the_same_page(
    portal: Served, browser: Browser, phone: BrowserContext
) -> None:
    link, mailbox = asked(portal, FRENCH, phone), Mailbox(portal)
    first = phone.new_page()
    claim(first, link, "fr")
    live(first)
    second_browser = browse(browser, "desk", "fr")
    second = second_browser.new_page()
    before = mailbox.count(FRENCH)

    second.goto(link)
    expect(second.get_by_role("heading", name="Ce lien a été ouvert sur un autre appareil")).to_be_visible()
    second.get_by_role("button", name=NAMES["fr"]["send_link"]).click()
    second.locator("input[name=code]").fill(code_in(mailbox.newest(FRENCH, second, before)))
    second.get_by_role("button", name=NAMES["fr"]["open"]).click()
    second.wait_for_url("**/requests/*")

    expect(second.get_by_role("checkbox")).to_have_count(6)
    lost = first.get_by_role("heading", name="Ce lien a été ouvert sur un autre appareil")
    expect(lost).to_be_visible(timeout=PATIENCE_MS)
    second_browser.close()


def test_the_page_of_a_link_fetches_the_lists_scripts_once_it_is_painted(
    portal: Served, phone: BrowserContext
) -> None:
    link, page = asked(portal, "client7@mail.example", phone), phone.new_page()
    faults: list[str] = []
    scripts: list[Response] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("response", lambda got: scripts.append(got) if got.url.endswith(".js") else None)

    page.goto(link)

    def all_come() -> list[float]:
        found: list[float] = page.evaluate(BEGUN)
        return found if len(found) == len(scripts) > 10 else []

    begun = seen(page, all_come, "the scripts")
    page.wait_for_load_state("networkidle")
    painted = page.evaluate("performance.getEntriesByType('paint')[0].startTime")
    assert {got.status for got in scripts} == {200}
    assert min(begun) >= painted
    assert faults == []


def test_9_2_an_early_tick_without_script_is_stored(portal: Served, browser: Browser) -> None:
    context = browse(browser, "phone", "en", java_script_enabled=False)
    page = context.new_page()
    mail = next(mail for mail in Mailbox(portal).all() if mail["to"] == ENGLISH)
    claim(page, link_in(mail), "en")

    tick_box(page, "Payroll summary", "en").click()

    expect(tick_box(page, "Payroll summary", "en")).to_be_checked()
    expect(page.get_by_role("button", name=NAMES["en"]["undo"])).to_be_visible()
    context.close()


def opened(portal: Served, page: Page) -> None:
    """The English list on this device: by the first press of its link, or where that was another's, by a code."""
    mailbox, send_link = Mailbox(portal), page.get_by_role("button", name=NAMES["en"]["send_link"])
    open_it = page.get_by_role("button", name=NAMES["en"]["open"])
    before = mailbox.count(ENGLISH)
    page.goto(link_in(next(mail for mail in mailbox.all() if mail["to"] == ENGLISH)))
    expect(send_link.or_(open_it)).to_be_visible()
    if send_link.is_visible():
        send_link.click()
        page.locator("input[name=code]").fill(code_in(mailbox.newest(ENGLISH, page, before)))
    open_it.click()
    page.wait_for_url("**/requests/*")
    live(page)


def test_fault_15_a_tick_without_network_shows_at_once_and_is_stored_once_when_it_is_back(
    portal: Served, browser: Browser
) -> None:
    context = browse(browser, "phone", "en")
    page = context.new_page()
    opened(portal, page)
    box = tick_box(page, "Visa statements, three months", "en")

    context.set_offline(True)
    box.click()
    expect(box).to_be_checked()
    expect(page.get_by_text("Waiting for the network").first).to_be_visible()
    context.set_offline(False)

    expect(page.get_by_text("Waiting for the network")).to_have_count(0, timeout=PATIENCE_MS)
    page.reload()
    expect(tick_box(page, "Visa statements, three months", "en")).to_be_checked()
    context.close()
