"""Two workers, PostgreSQL and Redis: what one stores the other shows at once, without reloading (8.2, 15.1)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.demo import Mailbox, browse, claim, link_in, live, sign_in_as_staff, tick_box
from tests.trial.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.served, pytest.mark.postgres, pytest.mark.redis]


def test_8_2_every_tab_of_either_worker_sees_the_tick_without_reloading(
    replicas: Served, browser: Browser
) -> None:
    office = browse(browser, "desk", "en")
    tabs = [office.new_page() for _tab in range(4)]  # sockets land on either worker
    sign_in_as_staff(tabs[0], replicas, "en")
    before = []  # another client of the demo has a task of this name
    for tab in tabs:
        tab.goto(f"{replicas.url}/staff")
        live(tab)
        expect(tab.locator(".bone, [aria-busy='true']")).to_have_count(0)
        before.append(tab.get_by_text("Payroll summary").count())
    phone = browse(browser, "phone", "en")
    page = phone.new_page()
    claim(page, link_in(Mailbox(replicas).newest("client10@mail.example", page)), "en")
    live(page)

    tick_box(page, "Payroll summary", "en").click()

    for tab, count in zip(tabs, before, strict=True):
        expect(tab.get_by_text("Payroll summary")).to_have_count(count + 1)
    office.close()
    phone.close()
