"""*Require MFA* while a client's page stands open: its next event leads to sign-in, and back from there (6.8, 6.20)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from portal_app.models import Task
from portal_app.services.firm import security
from tests.browser.demo import NAMES, live, tick_box
from tests.browser.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.served]


def test_6_20_an_open_tab_is_led_to_sign_in_at_its_next_event(stage: Stage, browser: Browser) -> None:
    world, asked = stage.world, stage.asked()
    with stage.reader(browser, asked.cookie) as phone:
        page = phone.new_page()
        page.goto(asked.url)
        live(page)
        expect(page.get_by_role("link", name="Create an account")).to_have_count(1)
        security.require_mfa(world.ports, world.staff, is_on=True)

        tick_box(page, asked.tasks[0].title, "en").click()

        page.wait_for_url(re.compile(r"/f/[^/]+/login\?next="))
        expect(page.get_by_role("button", name=NAMES["en"]["sign_in"])).to_be_visible()
        account = page.get_by_role("link", name="Create an account").get_attribute("href") or ""
        assert account.endswith(f"/register?next=%2Frequests%2F{asked.request.id}")
        assert [row.completed_at for row in world.all(Task, section_id=asked.request.id)] == [None] * 5
