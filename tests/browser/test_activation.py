"""Clients brought onto the portal many at once: bulk access to home on a phone; resend and cancel (2.7, 2.9, 3.4, 4.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal_app.models import AccessStatus, Client, Contact, PortalAccess
from portal_app.services.clients import contacts
from tests.browser.demo import code_in, live
from tests.browser.season import Season, path_in
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.served]

SECRET = "marmotte sous la neige"


def shared(journey: Season, name: str) -> tuple[list[Client], Contact]:
    """Two clients whose portal is off, and the one contact whom both have."""
    world = journey.world
    client, contact = journey.person(name)
    other = world.new_client(f"{name} Holding", portal_on_at=None)
    world.change(client, portal_on_at=None)
    contacts.link_contact(world.ports, world.staff, other.id, contact.id)
    return [client, other], contact


def pick(page: Page, journey: Season, name: str) -> None:
    """Tick the row of this name, once nothing ticks it any more, and wait until the page says so."""
    box = page.get_by_role("checkbox", name=journey.word("Select: {name}", name=name), exact=True)
    expect(box).not_to_be_checked()
    box.click()
    expect(box).to_be_checked()


def test_2_7_bulk_access_then_accept_on_a_phone_with_mfa_to_home(journey: Season) -> None:
    name = f"Ursule {journey.language}"
    clients, contact = shared(journey, name)
    page = journey.desk(f"/staff/portal?search=ursule+{journey.language}")
    for client in clients:
        pick(page, journey, client.name)
    page.get_by_role("button", name=journey.word("Change access…")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(journey.word("Send them now")).click()
    dialog.get_by_role("button", name=journey.word("See who gets what")).click()
    expect(dialog.locator(".dry tbody tr")).to_have_count(2)
    dialog.get_by_role("button", name=journey.word("Do it")).click()
    job = page.get_by_role("region", name=journey.word("Bulk work"))
    expect(job.get_by_role("button", name=journey.word("Undo"))).to_be_visible()  # live, by the bell

    phone = journey.phone()
    mail = journey.newest(contact, phone)
    assert all(client.name in mail["text"] for client in clients)  # 3.12: one e-mail
    phone.goto(path_in(mail, "invite"))
    phone.locator("input[name=password]").fill(SECRET)
    phone.get_by_role("button", name=journey.word("Accept and create my account")).click()
    phone.locator("input[name=code]").fill(code_in(journey.newest(contact, phone, 1)))
    phone.locator("input[name=code]").press("Enter")
    phone.get_by_role("link", name=journey.word("I have kept them")).click()  # recovery codes (4.3)
    phone.wait_for_url("**/home")
    live(phone)
    expect(page.get_by_role("cell", name=journey.word("Activated"), exact=True)).to_have_count(2)
    rows = journey.world.all(PortalAccess, contact_id=contact.id)
    assert {row.status for row in rows} == {AccessStatus.ACCEPTED}


def test_2_9_resend_to_selected_and_cancel_invitations(journey: Season) -> None:
    name = f"Wilfrid {journey.language}"
    clients, contact = shared(journey, name)
    page = journey.desk(f"/staff/portal?search=wilfrid+{journey.language}")
    page.locator("[data-row] .open").first.click()  # anywhere on the row (2.3)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=journey.word("Switch on"), exact=True).click()
    dialog.get_by_role("checkbox", name=journey.word("Access for {name}", name=name)).click()
    expect(dialog.get_by_role("combobox", name=journey.word("Level of {name}", name=name))).to_be_visible()
    dialog.get_by_role("button", name=journey.word("Done"), exact=True).click()

    page.goto(f"{journey.portal.url}/staff/portal?tab=pending&search=wilfrid+{journey.language}")
    live(page)
    expect(page.get_by_text(journey.word("not sent yet"))).to_be_visible()
    pick(page, journey, contact.email)
    page.get_by_role("button", name=journey.word("Resend to selected")).click()
    phone = journey.phone()
    mail = journey.newest(contact, phone)
    expect(page.get_by_text(journey.word("not sent yet"))).to_have_count(0)

    pick(page, journey, contact.email)
    page.get_by_role("button", name=journey.word("Cancel invitations")).click()
    page.get_by_role("dialog").get_by_role(
        "button", name=journey.word("Cancel the selected invitations")
    ).click()
    expect(
        page.get_by_role("checkbox", name=journey.word("Select: {name}", name=contact.email))
    ).to_have_count(0)
    phone.goto(path_in(mail, "invite"))
    expect(phone.locator("input[name=password]")).to_have_count(0)
    (row,) = journey.world.all(PortalAccess, contact_id=contact.id)
    assert (row.status, row.client_id) == (AccessStatus.CANCELLED, clients[0].id)


def test_2_5_a_sign_in_shows_on_an_open_management_page_and_in_an_open_dialog(journey: Season) -> None:
    name = f"Xavier {journey.language}"
    client, contact = journey.person(name)
    account = journey.world.give_account(contact, client)
    seen = journey.now() - timedelta(days=40)
    journey.world.change(account, last_sign_in_at=seen)
    path = f"/staff/portal?search=xavier+{journey.language}"
    page, other = journey.desk(path), journey.desk(path)
    today = journey.word("Today, {time}", time="")
    row = page.locator("[data-row]")
    expect(row.locator("td", has_text=today)).to_have_count(0)
    other.locator("[data-row] .open").click()
    dialog = other.get_by_role("dialog")
    expect(dialog.get_by_text(contact.email or "")).to_be_visible()

    phone = journey.phone()
    phone.goto(f"{journey.portal.url}/f/{journey.world.firm.slug}/login")
    phone.locator("input[name=email]").fill(contact.email or "")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("input[name=password]").press("Enter")
    phone.locator("input[name=code]").fill(code_in(journey.newest(contact, phone)))
    phone.locator("input[name=code]").press("Enter")
    phone.wait_for_url("**/home")

    expect(row.locator("td", has_text=today)).to_have_count(1)
    expect(dialog.locator("td", has_text=today)).to_have_count(1)
    other.reload()
    live(other)
    expect(dialog).to_have_count(0)


def test_2_7_whoever_started_bulk_work_sees_it_on_other_pages_until_it_is_put_away(journey: Season) -> None:
    name = f"Yvette {journey.language}"
    client, contact = journey.person(name, portal_on_at=None)
    page = journey.desk(f"/staff/portal?search=yvette+{journey.language}")
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{journey.portal.url}/staff/contacts")
    live(elsewhere)
    pick(page, journey, client.name)
    page.get_by_role("button", name=journey.word("Change access…")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=journey.word("See who gets what")).click()
    dialog.get_by_role("button", name=journey.word("Do it")).click()

    strip = elsewhere.get_by_role("region", name=journey.word("Bulk work"))
    put_away = strip.get_by_role("button", name=journey.word("Put this away"))
    expect(strip).to_contain_text("1 client")  # live, by the bell
    expect(put_away).to_be_visible()  # and done
    elsewhere.reload()
    live(elsewhere)
    expect(strip.get_by_role("link")).to_have_attribute("href", "/staff/portal")
    put_away.click()
    expect(strip).to_have_count(0)
    expect(page.get_by_role("region", name=journey.word("Bulk work"))).to_have_count(0)
    assert journey.world.all(PortalAccess, contact_id=contact.id)[0].status is AccessStatus.GIVEN
