"""What a live page does by itself: says what happened, and leaves when its session has ended (4.6, 4.10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from portal_app.text import _, use_locale
from tests.browser.demo import browse, live, sign_in_as_staff
from tests.trial.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.served]

WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"


def signed_in(portal: Served, browser: Browser, language: str) -> Page:
    context = browse(browser, "desk", language)
    context.add_init_script(WATCH)
    page = context.new_page()
    sign_in_as_staff(page, portal, language)
    return page


def test_asvs_19_signing_out_in_one_tab_sends_the_others_to_sign_in_and_back(
    portal: Served, browser: Browser
):
    page = signed_in(portal, browser, "en")
    other = page.context.new_page()
    other.goto(f"{portal.url}/staff/work")
    live(other)
    expect(other.locator("main h1")).to_be_visible()

    page.request.post(f"{portal.url}/staff/logout", headers={"Origin": portal.url})

    other.wait_for_url("**/staff/login?next=%2Fstaff%2Fwork")
    page.wait_for_url("**/staff/login?next=%2Fstaff")
    page.context.close()


def test_4_6_whoever_is_signed_out_is_led_to_sign_in_each_time_they_come_back(
    portal: Served, browser: Browser
):
    page = browse(browser, "desk", "en").new_page()
    for _time in range(3):
        page.goto(f"{portal.url}/staff/work")
        page.wait_for_url("**/staff/login?next=%2Fstaff%2Fwork")
    page.context.close()


def test_4_6_two_pages_that_lead_to_each_other_do_not_run_hot(portal: Served, browser: Browser):
    page = browse(browser, "desk", "en").new_page()
    asked: list[str] = []

    def send_back(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="text/html", body="<script>location.replace('/staff/work')</script>")

    page.route("**/staff/login?*", send_back)
    page.goto(f"{portal.url}/staff/work")
    while len(asked) < 3:
        page.wait_for_timeout(100)
    page.wait_for_timeout(2_000)
    assert len(asked) == 3
    while len(asked) < 4:  # it waits longer each time, and does not give up
        page.wait_for_timeout(100)
    page.context.close()


def test_what_was_done_is_said_in_the_status_region(portal: Served, browser: Browser):
    page = signed_in(portal, browser, "fr")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    live(page)
    with use_locale("fr"):
        button, said = _("Mark all read"), _("All marked read.")
    page.get_by_role("button", name=button).first.click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    assert faults == []
    page.context.close()
