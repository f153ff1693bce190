"""Whole journeys by keyboard alone, on each side: the focus is seen at every stop, and what happened is said (12.2)."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from portal_app.models import PortalAccount, SectionKind
from portal_app.services.sign_in.authenticator import _about
from portal_app.services.templates import template_sections, template_tasks, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.templates import TemplateFields
from tests.browser.demo import Mailbox, live
from tests.browser.keys import Keys
from tests.browser.season import Season, path_in
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.served]


@pytest.fixture
def firm(seasons: Season) -> Iterator[Season]:
    with seasons.speaking("en") as speaking:
        yield speaking


def button(within: Page | Locator, name: str) -> Locator:
    return within.get_by_role("button", name=name, exact=True)


def test_12_2_a_client_goes_from_the_link_to_a_tick_a_file_a_comment_and_an_undo(firm: Season) -> None:
    client, reader = firm.person("Keyboard Reader")
    request = firm.world.draft_request(client, tasks=("Lease", "Insurance"), to=[reader])
    firm.send(request)
    page = firm.phone()
    keys = Keys(page)
    page.goto(path_in(firm.newest(reader, page), "r"))

    keys.press(button(page, "Open my requests"))
    page.wait_for_url("**/requests/*")
    live(page)
    lease = page.get_by_role("checkbox", name="Mark as done: Lease", exact=True)
    keys.press(lease, "Space")
    expect(lease).to_be_checked()
    expect(lease).to_be_focused()
    keys.hears("Lease Marked as done. The firm has been told.")
    expect(page.get_by_text("1 of 2 done")).to_be_attached()

    insurance = page.locator("li.task", has=page.get_by_role("heading", name="Insurance"))
    if insurance.locator("details").first.get_attribute("open") is None:
        keys.press(insurance.locator("summary").first)
    keys.choose_file(insurance.get_by_label("Upload a file", exact=True), "policy.pdf", b"%PDF-1.4 policy")
    expect(insurance.get_by_role("link", name="policy.pdf", exact=True)).to_be_visible()
    keys.hears("policy.pdf")
    keys.write(insurance.get_by_label("Add a comment"), "It ends in May.")
    keys.press(button(insurance, "Send"))
    keys.hears("It ends in May.")

    keys.press(lease, "Space", back=True)
    expect(lease).not_to_be_checked()
    expect(lease).to_be_focused()
    expect(page.get_by_text("0 of 2 done")).to_be_attached()


def test_12_2_a_client_signs_in_with_an_authenticator_and_goes_through_the_portal(firm: Season) -> None:
    client, reader = firm.person("Keyboard Account")
    request = firm.world.draft_request(client, tasks=("Deed",), to=[reader])
    firm.send(request)
    firm.world.give_account(reader, client)
    key = with_authenticator(firm, reader.id)
    page = firm.phone()
    keys = Keys(page)
    page.goto(f"{firm.portal.url}/f/{firm.world.firm.slug}/login")

    keys.write(page.get_by_label("E-mail address"), reader.email)
    keys.write(page.get_by_label("Password", exact=True), PASSWORD)
    keys.press(button(page, "Sign in"))
    page.wait_for_url("**/login/code*")
    keys.write(page.get_by_label("Code"), pyotp.TOTP(key).at(firm.now()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    live(page)

    keys.press(page.get_by_role("link", name="Open this task"))
    page.wait_for_url("**/requests/*")
    live(page)
    keys.press(page.get_by_role("link", name="Home", exact=True), back=True)
    page.wait_for_url("**/home")
    live(page)
    keys.press(page.get_by_role("link", name="Documents", exact=True))
    expect(page.get_by_role("heading", level=1, name="Documents")).to_be_visible()
    live(page)
    keys.press(page.get_by_role("link", name="Account", exact=True))
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def with_authenticator(firm: Season, contact_id: object) -> str:
    """The key of an app that is set up for this person's account."""
    key, world = pyotp.random_base32(), firm.world
    [account] = world.all(PortalAccount, contact_id=contact_id)
    world.change(
        account,
        totp_sealed=world.ports.sealer.seal(key.encode(), _about(account)),
        totp_confirmed_at=world.clock.now(),
    )
    return key


def test_12_2_staff_make_work_send_it_and_accept_what_comes_back(firm: Season) -> None:
    email = firm.world.owner.email
    client, reader = firm.person("Keyboard Client")
    made_from_a_template(firm)
    page = firm._context("desk").new_page()
    keys = Keys(page)
    page.goto(f"{firm.portal.url}/staff/login")
    mailbox, before = Mailbox(firm.portal), Mailbox(firm.portal).count(email)
    keys.write(page.locator("input[name=email]"), email)
    page.keyboard.press("Enter")
    keys.write(page.locator("input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    keys.write(page.locator("input[name=code]"), mailbox.code(email, page, before))
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff")
    live(page)

    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Work"))
    expect(page.get_by_role("heading", level=1, name="Work")).to_be_visible()
    opener = button(page, "From a template").first
    keys.press(opener)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()

    keys.press(opener)
    keys.write(dialog.get_by_role("searchbox", name="Client"), client.name)
    keys.press(dialog.get_by_role("radio", name=client.name), "Space")
    keys.press(button(dialog, "Make the work item"))
    page.wait_for_url("**/staff/work/*-*")
    expect(page.get_by_role("heading", level=1, name="Keyboard return")).to_be_visible()

    add = button(page, "Add a task to Documents")
    keys.press(add)
    expect(dialog.get_by_label("What you need")).to_be_focused()
    keys.write(dialog.get_by_label("What you need"), "Void cheque")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(button(page, "Void cheque")).to_be_visible()
    expect(add).to_be_focused()

    send = button(page, "Send to client").first
    keys.press(send)
    keys.press(button(dialog, "Send to client"))
    expect(dialog).to_have_count(0)
    keys.hears("Sent")
    theirs = firm.claim(path_in(firm.newest(reader, page), "r"))
    theirs.get_by_role("checkbox", name="Mark as done: Void cheque", exact=True).click()

    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Triage"))
    expect(
        page.get_by_role("heading", level=1, name="Triage")
    ).to_be_visible()  # the task stands on this page, too
    keys.press(page.get_by_role("button", name="Void cheque").first)
    accept = page.get_by_role("button", name="Accept", exact=True).first
    keys.press(accept)
    expect(page.get_by_text("accepted", exact=True)).to_be_visible()
    keys.hears("accepted")


def made_from_a_template(firm: Season) -> None:
    """A template with one section for the client, sent by hand."""
    world = firm.world
    made = templates.add_template(world.ports, world.staff, TemplateFields("Keyboard return"))
    asked = template_sections.add_section(world.ports, world.staff, made, "Documents", SectionKind.CLIENT)
    template_tasks.add_task(
        world.ports, world.staff, asked, TemplateTaskFields("Bank statements", due=TypedDays("9"))
    )
