"""Ways in over a season: a link that expired and its fresh one, and a client who moves from the PIN to a magic link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal_app.text import unbroken
from tests.browser.checklists import stored
from tests.browser.demo import code_in, live, tick_box
from tests.browser.season import Season, path_in

pytestmark = [pytest.mark.browser, pytest.mark.served]


def shows(page: Page, address: str, heading: str) -> None:
    """The page at an address is a letter with this heading."""
    page.goto(address)
    says(page, heading)


def says(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def reads(page: Page, link: str) -> None:
    """The link opens the list, which listens from now on."""
    page.goto(link)
    page.wait_for_url("**/requests/*")
    live(page)


def test_6_6_an_expired_link_gives_way_to_a_fresh_one_of_thirty_days(journey: Season) -> None:
    client, contact = journey.person("Rita Caron")
    request = journey.world.draft_request(client, tasks=("T4",), to=[contact])
    journey.send(request)
    sent_on, phone = journey.today(), journey.phone()
    first = path_in(journey.newest(contact, phone), "r")
    phone.goto(first)
    journey.press_open(phone)

    journey.travel_to(sent_on + timedelta(days=29))
    reads(phone, first)
    journey.travel_to(sent_on + timedelta(days=32))
    expired = journey.word("This link expired on {date}", date=journey.spoken(sent_on + timedelta(days=30)))
    says(phone, expired)  # the open list knows by itself
    shows(phone, first, expired)
    phone.get_by_role("button", name=journey.word("Send access link")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(unbroken(journey.word("Check your e-mail")))
    fresh = path_in(journey.newest(contact, phone, 1), "r")
    shows(phone, first, expired)

    journey.travel_to(sent_on + timedelta(days=35))
    phone.goto(fresh)
    journey.press_open(phone)
    used_on = journey.today()
    for link in (first, fresh):
        reads(phone, link)
    journey.travel_to(used_on + timedelta(days=29))
    reads(phone, first)
    journey.travel_to(used_on + timedelta(days=31))
    again = journey.word("This link expired on {date}", date=journey.spoken(used_on + timedelta(days=30)))
    says(phone, again)
    shows(phone, fresh, again)


def test_6_9_a_client_with_a_pin_moves_to_a_magic_link_by_a_resend(journey: Season) -> None:
    client, contact = journey.person("Solange Huot", portal_on_at=None)
    request = journey.world.draft_request(client, tasks=("T4", "Lease"), to=[contact])
    journey.send(request)
    phone = journey.phone()
    first = journey.newest(contact, phone)
    classic = path_in(first, "p")
    phone.goto(classic)
    phone.get_by_role("textbox").fill("000000" if code_in(first) != "000000" else "000001")
    phone.get_by_role("button", name=journey.word("Open my requests")).click()
    expect(phone.get_by_text(journey.word("That is not the PIN we sent."))).to_be_visible()
    phone.get_by_role("textbox").fill(code_in(first))
    journey.press_open(phone)
    tick_box(phone, "T4", journey.language).click()
    expect(tick_box(phone, "T4", journey.language)).to_be_checked()
    stored(phone)

    page = journey.desk(f"/staff/clients/{client.id}")
    page.get_by_role("button", name=journey.word("More for this client")).click()
    page.get_by_role("button", name=journey.word("Portal access…")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=journey.word("Switch on"), exact=True).click()
    expect(dialog.get_by_text(journey.word("The portal is on for this client"))).to_be_visible()
    dialog.get_by_role("button", name=journey.word("Done"), exact=True).click()
    expect(dialog).to_have_count(0)

    # What was sent by PIN stays so until it is resent.
    shows(journey.phone(), classic, journey.word("Type your PIN"))
    work = journey.work_of(request)
    expect(work.locator(".rcpt").get_by_text(journey.word("classic", context="access"))).to_be_visible()
    work.get_by_role("button", name=journey.word("Resend"), exact=True).first.click()
    work.get_by_role("dialog").get_by_role("button", name=journey.word("Resend"), exact=True).click()
    expect(work.get_by_role("dialog")).to_have_count(0)
    second = journey.newest(contact, phone, 1)
    assert not re.search(r"(?<!\d)\d{6}(?!\d)", second["text"])  # no PIN any more
    other = journey.claim(path_in(second, "r"))
    expect(tick_box(other, "T4", journey.language)).to_be_checked()
    tick_box(other, "Lease", journey.language).click()
    expect(tick_box(other, "Lease", journey.language)).to_be_checked()
