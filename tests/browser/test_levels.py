"""A level that changes while the contact's pages stand open: they lose and get what it holds by themselves (3.1, 3.10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app.models import AccessLevel, PortalAccess, Task
from tests.browser.demo import live
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    live(page)
    return page


def choose(page: Page, words: str) -> None:
    """One line of the contact's menu."""
    page.get_by_role("button", name="More for Ada Gagnon").click()
    page.get_by_role("button", name=words, exact=True).click()
    expect(page.get_by_role("status").filter(has_text="from now on")).to_be_visible()


def test_3_10_and_asvs_31_limited_and_full_again_in_open_tabs(stage: Stage, browser: Browser) -> None:
    world = stage.world
    ada = stage.asked(["Void cheque"], reader="Ada Gagnon", name="For Ada")
    luc = stage.asked(["T4 slips", "Lease"], reader="Luc Gagnon", name="For Luc", client=ada.client)
    as_ada = stage.account(ada, level=AccessLevel.FULL)
    token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)[1]
    as_staff = {"name": "staff", "value": token, "url": stage.portal.url}
    with (
        stage.reader(browser, as_ada) as phone,
        stage.reader(browser, as_staff, "desk") as desk,
    ):
        request = opened(phone.new_page(), luc.url)
        home = opened(phone.new_page(), f"{stage.portal.url}/home")
        staff = opened(desk.new_page(), f"{stage.portal.url}/staff/clients/{ada.client.id}")
        expect(home.get_by_role("link", name="For Luc")).to_be_visible()

        choose(staff, "Limit the access")

        expect(request.get_by_text("T4 slips")).to_have_count(0)
        expect(request.get_by_role("heading", level=1)).to_have_text("Page not found")
        expect(home.get_by_role("link", name="For Luc")).to_have_count(0)
        expect(home.get_by_role("link", name="For Ada").first).to_be_visible()
        opened(home, ada.url)
        home.goto(luc.url)
        expect(home.get_by_role("heading", level=1)).to_have_text("Page not found")
        assert [row.completed_at for row in world.all(Task, section_id=luc.request.id)] == [None, None]

        opened(home, f"{stage.portal.url}/home")
        choose(staff, "Give full access")

        expect(home.get_by_role("link", name="For Luc")).to_be_visible()
        assert world.all(PortalAccess, contact_id=ada.contact.id)[0].level is AccessLevel.FULL
        opened(request, luc.url)
        expect(request.get_by_text("T4 slips").first).to_be_visible()
