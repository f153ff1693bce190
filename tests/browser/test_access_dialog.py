"""One client's portal in Chromium: the same dialog from the list and from the client's page (2.3, 2.8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal_app.models import AccessLevel, AccessStatus, InvitationLink, PortalAccess
from tests.browser.stage import Stage, opened, staged
from tests.signing import mails, text_of
from tests.trial.served import becomes

pytestmark = [pytest.mark.browser, pytest.mark.served]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One served portal for this module."""
    with staged(tmp_path_factory.mktemp("access")) as running:
        running.world.change(running.world.firm, portal_on_at=running.world.clock.now())
        yield running


def dialog_of(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=f"Portal of {name}")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_2_3_a_click_anywhere_on_a_row_opens_the_dialog_that_the_client_s_page_opens(
    stage: Stage, browser: Browser, size: str
) -> None:
    client = stage.world.new_client(f"Scierie {size}", portal_on_at=None)
    stage.world.new_contact(client, "Nadia Haddad", email=f"nadia-{size}@scierie.example")
    with opened(stage, browser, f"/staff/portal?search=scierie+{size}", size) as page:
        row = page.locator("[data-row]")
        expect(row).to_have_count(1)
        box = row.bounding_box()
        assert box is not None
        for across in (0.3, 0.6, 0.95):
            page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.5)
            dialog = dialog_of(page, client.name)
            expect(dialog).to_be_visible()
            dialog.get_by_role("button", name="Done").click()
            expect(dialog).to_have_count(0)
        page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
        expect(dialog_of(page, client.name)).to_contain_text("Nadia Haddad")
        from_list = dialog_of(page, client.name).inner_text()

        dialog_of(page, client.name).get_by_role("link", name="Go to the client").click()
        expect(page.get_by_role("heading", level=1, name=client.name)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="More for this client").click()
        page.get_by_role("button", name="Portal access…").click()
        expect(dialog_of(page, client.name)).to_be_visible()
        becomes(lambda: dialog_of(page, client.name).inner_text(), from_list)


def test_2_8_access_level_invitation_resend_and_cancel_one_by_one(stage: Stage, browser: Browser) -> None:
    world = stage.world
    client = world.new_client("Verger Roy", portal_on_at=None)
    nadia = world.new_contact(client, "Nadia Roy", email="nadia@verger.example")
    world.new_contact(client, "Luc Roy", email="luc@verger.example")
    with opened(stage, browser, "/staff/portal?search=verger") as page:
        page.locator("[data-row] .open").click()
        dialog = dialog_of(page, "Verger Roy")
        dialog.get_by_role("button", name="Switch on", exact=True).click()
        dialog.get_by_role("checkbox", name="Access for Nadia Roy").click()
        level = dialog.get_by_role("combobox", name="Level of Nadia Roy")
        expect(level).to_have_value("limited")
        level.select_option("full")
        expect(level).to_have_value("full")
        message = dialog.get_by_role("textbox", name="Message in the next invitation")
        message.fill("See you on Monday.")
        message.blur()
        dialog.get_by_role("button", name="Invite Nadia Roy").click()
        dialog.get_by_role("button", name="Resend the invitation to Nadia Roy").wait_for()
        [letter] = mails(world, "invitation")
        assert letter.recipient == nadia.email
        assert "See you on Monday." in text_of(world, letter)

        for link in world.all(InvitationLink):  # the next may leave after a minute (6.12)
            world.change(link, created_at=link.created_at - timedelta(minutes=2))
        dialog.get_by_role("button", name="Resend the invitation to Nadia Roy").click()
        expect(dialog.get_by_role("status")).to_contain_text("A new invitation is on its way.")
        assert len(mails(world, "invitation")) == 2
        dialog.get_by_role("button", name="Cancel the access of Nadia Roy").click()
        expect(dialog.get_by_text("Nadia Roy will not sign in to this client")).to_be_visible()
        expect(dialog.get_by_role("button", name="Keep the access")).to_be_focused()
        dialog.get_by_role("button", name="Keep the access").click()
        expect(dialog.get_by_role("button", name="Cancel the access of Nadia Roy")).to_be_focused()
        dialog.get_by_role("button", name="Cancel the access of Nadia Roy").click()
        dialog.get_by_role("button", name="Cancel the access", exact=True).click()
        expect(dialog.get_by_role("status")).to_contain_text("Nadia Roy cannot sign in to this client.")
        expect(dialog.get_by_role("row", name="Nadia Roy")).to_contain_text("Cancelled")
    [row] = world.all(PortalAccess, client_id=client.id)
    assert (row.level, row.status) == (AccessLevel.FULL, AccessStatus.CANCELLED)
    assert {mail.recipient for mail in mails(world, "invitation")} == {nadia.email}
