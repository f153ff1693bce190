"""A contact archived while signed in, and an address changed while links are out: what their open pages do (2.10, 2.17)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app.adapters.clock import SystemClock
from portal_app.models import Client, Contact, OutboxMail
from portal_app.services.mail.outbox import deliver_outbox
from tests.browser.demo import NAMES, browse, claim, live, tick_box
from tests.browser.stage import Stage, opened
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.signing import latest_code
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.served]

OLD, NEW = "mc@ancienne.example", "mc@nouvelle.example"
OVER = "This link no longer works"


def delivered(stage: Stage, address: str) -> list[str]:
    """Let the mail that waits go out: the links in the e-mails that went to this address, in order."""
    world = stage.world
    world.clock.moment = SystemClock().now()
    world.mail.sent.clear()
    deliver_outbox(world.ports)
    mails = [mail for mail in world.mail.sent if mail.recipient == address]
    return [f"{stage.portal.url}/r/{token_in(mail)}" for mail in mails]


def mailed(stage: Stage, client: Client, contact: Contact, task: str) -> str:
    """The magic link of a request with this task that goes out to the contact now."""
    world = stage.world
    sent(world, world.draft_request(client, tasks=[task], to=[contact], name=f"About {task}"))
    [link] = delivered(stage, contact.email)
    return link


def is_over(page: Page) -> None:
    """The page says that the link works no more, and offers nothing to press."""
    expect(page.get_by_role("heading", level=1)).to_have_text(OVER)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)


def sign_in(page: Page, stage: Stage, contact: Contact) -> None:
    """Address, password and the code by e-mail, on the page where one stands."""
    page.get_by_label("E-mail address").fill(contact.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name=NAMES["en"]["sign_in"]).click()
    page.get_by_label("Six-digit code").wait_for()
    page.get_by_label("Six-digit code").fill(latest_code(stage.world))
    page.get_by_role("button", name="Continue").click()


def test_2_10_a_contact_archived_while_signed_in_is_led_out_and_restored_without_a_word(
    stage: Stage, browser: Browser
) -> None:
    world, asked = stage.world, stage.asked()
    path = f"/staff/contacts/{asked.contact.id}"
    with (
        stage.reader(browser, stage.account(asked)) as signed_in,
        stage.reader(browser, asked.cookie) as bound,
        opened(stage, browser, path) as owner,
    ):
        home, device = signed_in.new_page(), bound.new_page()
        home.goto(f"{stage.portal.url}/home")
        device.goto(asked.url)
        live(home)
        live(device)

        owner.get_by_role("button", name="More for this contact").click()
        owner.get_by_role("button", name="Archive…").click()
        dialog = owner.get_by_role("dialog", name="Archive this contact?")
        expect(dialog.get_by_role("listitem")).to_have_text(
            ["1 signed-in browser", "1 open link to a request", "1 device bound to a link"]
        )
        dialog.get_by_role("button", name="Archive", exact=True).click()

        home.wait_for_url(re.compile(r"/login\?next=%2Fhome$"))
        is_over(device)
        mails = len(world.all(OutboxMail))
        owner.get_by_role("button", name="Restore", exact=True).click()
        expect(owner.get_by_text("Restored. Nothing was sent.")).to_be_visible()
        assert len(world.all(OutboxMail)) == mails

        device.goto(asked.url)
        live(device)
        tick_box(device, asked.tasks[0].title, "en").click()
        expect(device.get_by_role("button", name=NAMES["en"]["undo"])).to_be_visible()
        sign_in(home, stage, asked.contact)
        home.wait_for_url("**/home")
        expect(home.get_by_role("link", name="Documents for 2025").first).to_be_visible()


def test_2_17_an_address_changed_while_links_are_out_ends_them_and_the_new_one_gets_its_own(
    stage: Stage, browser: Browser
) -> None:
    world = stage.world
    world.clock.moment = SystemClock().now() - timedelta(minutes=1)
    client = world.new_client()
    contact = world.new_contact(client, email=OLD)
    waiting, claimed = (mailed(stage, client, contact, task) for task in ("Lease", "Deed"))
    phone, other = browse(browser, "phone", "en"), browse(browser, "phone", "en")
    page = phone.new_page()
    claim(page, claimed, "en")
    live(page)

    with opened(stage, browser, f"/staff/contacts/{contact.id}") as owner:
        owner.get_by_role("button", name="Edit").click()
        form = owner.get_by_role("dialog", name="Edit the contact")
        form.get_by_label("E-mail").fill(NEW)
        expect(form.get_by_role("checkbox", name="resend the 2 requests that are open")).to_be_checked()
        form.get_by_role("button", name="Save").click()
        expect(owner.get_by_text("Saved. 2 requests are on their way to them.")).to_be_visible()

    is_over(page)
    for link in (waiting, claimed):
        page.goto(link)
        is_over(page)
    links, seen = delivered(stage, NEW), other.new_page()
    assert OLD not in {mail.recipient for mail in world.mail.sent}
    for link, task in zip(links, ("Lease", "Deed"), strict=True):
        claim(seen, link, "en")
        live(seen)
        tick_box(seen, task, "en").click()
        expect(seen.get_by_role("button", name=NAMES["en"]["undo"])).to_be_visible()
    phone.close()
    other.close()
