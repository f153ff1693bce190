"""A colleague is invited, joins, and leaves to a successor while their tab is open (1.13)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from portal_app.models import ClientAssignment, Staff
from tests.browser.demo import browse, live
from tests.browser.stage import Stage, opened
from tests.services.test_staff_invitations import GOOD, link_of
from tests.signing import latest_code

pytestmark = pytest.mark.browser


def test_1_13_invited_joined_and_left_to_a_successor_while_the_tab_is_open(
    stage: Stage, browser: Browser
) -> None:
    world = stage.world
    with opened(stage, browser, "/staff/settings/team") as owner:
        owner.get_by_role("button", name="Invite", exact=True).click()
        form = owner.get_by_role("dialog", name="Invite to the team")
        form.get_by_label("Name").fill("Nadia Cormier")
        form.get_by_label("E-mail address").fill("nadia at home")
        form.get_by_role("button", name="Invite", exact=True).click()
        expect(form.get_by_text("This is not an e-mail address")).to_be_visible()
        expect(form.get_by_label("Name")).to_have_value("Nadia Cormier")
        form.get_by_label("E-mail address").fill("nadia@tremblay.example")
        form.get_by_role("button", name="Invite", exact=True).click()
        expect(owner.get_by_role("heading", name="Invited")).to_be_visible()

        hers = browse(browser, "phone", "en")
        nadia = hers.new_page()
        nadia.goto(f"{stage.portal.url}/staff/join/{link_of(world)}")
        nadia.get_by_label("New password").fill(GOOD)
        nadia.get_by_role("button", name="Join the team").click()
        nadia.get_by_label("Six-digit code").wait_for()
        nadia.get_by_label("Six-digit code").fill(latest_code(world))
        nadia.get_by_role("button", name="Continue").click()
        nadia.get_by_role("link", name="I have kept them").click()
        nadia.wait_for_url("**/staff")
        nadia.goto(f"{stage.portal.url}/staff/clients")
        live(nadia)
        [row] = world.all(Staff, email_key="nadia@tremblay.example")
        client = world.new_client("Clinique Papineau", assigned=row)

        owner.get_by_role("button", name="Deactivate Nadia Cormier").click()
        leaving = owner.get_by_role("dialog", name="Deactivate")
        expect(leaving.get_by_text("1 assigned client")).to_be_visible()
        leaving.get_by_role("button", name="Deactivate").click()
        expect(leaving.get_by_text("Choose who takes over.")).to_be_visible()
        leaving.get_by_label("Who takes over").select_option(label="Sophie Ouellet")
        leaving.get_by_role("button", name="Deactivate").click()

        expect(owner.get_by_role("heading", name="No longer here")).to_be_visible()
        expect(nadia).to_have_url(re.compile("/staff/login"))
        hers.close()
    assert [one.staff_id for one in world.all(ClientAssignment, client_id=client.id)] == [world.owner.id]
