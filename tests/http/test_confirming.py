"""*Confirm that it is you* in a browser, and back to where the person was going (4.7, rows 16 and 21)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from portal_app.domain.errors import ConfirmNeeded
from portal_app.state import telling
from tests.signing import browser, latest_code, mails
from tests.world import PASSWORD, World


def shown(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.text))


def as_staff(world: World) -> TestClient:
    page = browser(world)
    _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    page.cookies.set("staff", token, domain="localhost.local")
    return page


def as_client(world: World) -> TestClient:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    page = browser(world)
    _row, token = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    page.cookies.set("client", token, domain="localhost.local")
    return page


@pytest.mark.parametrize(
    ("signed_in", "here", "place", "cookie"),
    [
        (as_staff, "/staff/account/confirm", "/staff/account/mfa", "staff"),
        (as_client, "/account/confirm", "/account", "client"),
    ],
)
def test_4_7_the_password_again_and_on_with_a_new_cookie(
    world: World, signed_in: object, here: str, place: str, cookie: str
) -> None:
    page = signed_in(world)
    before = page.cookies[cookie]
    asked = page.get(here, params={"next": place})
    assert 'autocomplete="current-password"' in asked.text
    assert f'name="next" value="{place}"' in asked.text

    wrong = page.post(here, data={"factor": "password", "password": "tell-nobody", "next": place})
    assert wrong.status_code == 422
    assert "This is not your password." in shown(wrong)
    assert "tell-nobody" not in wrong.text
    assert page.cookies[cookie] == before

    done = page.post(here, data={"factor": "password", "password": PASSWORD, "next": place})
    assert (done.status_code, done.headers["location"]) == (303, place)
    assert page.cookies[cookie] != before


def test_4_7_a_code_instead_of_the_password(world: World) -> None:
    page = as_client(world)
    asked = page.post("/account/confirm/code", data={"factor": "email", "next": "/account"})
    assert asked.headers["location"] == "/account/confirm?factor=email&next=%2Faccount"
    form = page.get(asked.headers["location"])
    assert 'autocomplete="one-time-code"' in form.text
    assert "m…n@client.example" in shown(form)
    code = latest_code(world)
    assert code not in form.text
    done = page.post("/account/confirm", data={"factor": "email", "code": code, "next": "/account"})
    assert done.headers["location"] == "/account"


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/staff", "/account/confirm?next=x"]
)
def test_4_7_it_leads_nowhere_else(world: World, place: str) -> None:
    page = as_client(world)
    done = page.post("/account/confirm", data={"factor": "password", "password": PASSWORD, "next": place})
    assert done.headers["location"] == "/home"


@pytest.mark.parametrize("here", ["/staff/account/confirm", "/account/confirm"])
def test_4_7_strangers_are_led_to_sign_in(world: World, here: str) -> None:
    page = browser(world)
    for response in (
        page.get(here),
        page.post(here, data={"factor": "password", "password": PASSWORD}),
        page.post(f"{here}/code", data={"factor": "email"}),
    ):
        assert response.status_code == 303
        assert "/login?" in response.headers["location"]
    assert mails(world, "sign_in_code") == []


@pytest.mark.parametrize(
    ("here", "to"),
    [
        ("/account", "/account/confirm?next=%2Faccount"),
        ("/staff/settings?part=team", "/staff/account/confirm?next=%2Fstaff%2Fsettings%3Fpart%3Dteam"),
        ("//evil.example", "/account/confirm?next=%2F"),
    ],
)
def test_4_7_a_live_page_leads_there_and_back(here: str, to: str) -> None:
    [event] = telling._events(ConfirmNeeded("First."), here)
    assert event.payload == {"to": to, "why": "First."}
