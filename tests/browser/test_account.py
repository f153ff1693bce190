"""A contact's account on a phone, in French: another client, another session ended, another address (2.2, 2.18, 4.4)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from portal_app.models import AccessStatus, ClientContact, PortalAccess
from portal_app.text import _, unbroken, use_locale
from tests.browser.demo import live
from tests.browser.stage import Asked, Stage
from tests.services.account_acts import token_of
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.served]

NEW = "marie@nouvelle.example"


def second_client(stage: Stage, asked: Asked) -> str:
    """One more client of the reader's, with a request of its own; its name."""
    world, now = stage.world, stage.world.clock.now()
    client = world.new_client("Succession Roland Gagnon")
    shared = {
        "firm_id": client.firm_id,
        "client_id": client.id,
        "contact_id": asked.contact.id,
        "created_at": now,
    }
    world.put(ClientContact(**shared), PortalAccess(**shared, status=AccessStatus.ACCEPTED))
    request = world.draft_request(client, tasks=["Testament"], to=[asked.contact])
    world.change(request, sent_at=now, sent_by_staff_id=world.owner.id)
    return client.name


def test_2_18_and_4_4_a_contact_switches_client_ends_a_session_and_changes_the_address(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked()
    cookie, other_client = stage.account(asked), second_client(stage, asked)
    _row, elsewhere = stage.world.new_session(contact_id=asked.contact.id, firm_id=asked.contact.firm_id)
    stolen = cookie | {"value": elsewhere}
    with use_locale("fr"):
        end, save, send = _("End all others"), _("Confirm"), _("Send the link")
        address, new, password = _("E-mail address"), unbroken(_("New e-mail address")), _("Password")
        confirm, done = (
            _("Confirm the address"),
            _("Your new address is confirmed. From now on you sign in with it."),
        )
    with (
        stage.reader(browser, stolen, language="fr") as thief,
        stage.reader(browser, cookie, language="fr") as mine,
    ):
        left = thief.new_page()
        left.goto(f"{stage.portal.url}/home")
        live(left)

        page = mine.new_page()
        page.goto(asked.url)
        live(page)
        page.locator("#who > summary").click()
        page.get_by_role("button", name=other_client).click()
        expect(page.locator("#who > summary")).to_contain_text(other_client)
        expect(page.get_by_text("Testament").first).to_be_visible()

        page.get_by_role("link", name="Compte").click()
        page.get_by_role("button", name=end).click()
        left.wait_for_url("**/login?next=%2Fhome")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert Axe().run(page).response["violations"] == []

        page.get_by_role("link", name=address, exact=True).click()
        page.get_by_label(password, exact=True).fill(PASSWORD)
        page.get_by_role("button", name=save, exact=True).click()
        page.get_by_label(new, exact=True).fill(NEW)
        page.get_by_role("button", name=send).click()
        expect(page.get_by_role("status").filter(has_text=NEW)).to_be_visible()
        page.goto(f"{stage.portal.url}/f/tremblay/address/{token_of(stage.world)}")
        page.get_by_role("button", name=confirm).click()
        expect(page.get_by_role("status").filter(has_text=done)).to_be_visible()
    assert stage.world.get(asked.contact).email == NEW
