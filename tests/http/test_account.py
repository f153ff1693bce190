"""The account's plain pages in a browser, through the real gate (9.5, 2.18, 3.6, 3.11, 4.4, 4.7 to 4.10)."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ColleagueInvite,
    Contact,
    PortalAccess,
    PortalAccount,
    SignInSession,
    Staff,
)
from tests.services.account_acts import token_of
from tests.signing import browser, latest_code, mails
from tests.world import PASSWORD, World


def shown(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.text))  # type: ignore[attr-defined]


class Home:
    """A contact with full access to one client, signed in in a browser."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client: Client = world.new_client("Boulangerie Soleil")
        self.contact: Contact = world.new_contact(self.client, "Ann Soleil")
        world.give_account(self.contact, self.client, level=AccessLevel.FULL)
        self.page = self.open()

    def open(self) -> TestClient:
        page = browser(self.world)
        self.session, token = self.world.new_session(firm_id=self.world.firm.id, contact_id=self.contact.id)
        page.cookies.set("client", token, domain="localhost.local")
        return page

    def post(self, path: str, **typed: str) -> object:
        return self.page.post(path, data={"for": str(self.contact.id), **typed})

    @property
    def row(self) -> Contact:
        return self.world.get(self.contact)  # type: ignore[no-any-return]

    def confirm(self) -> None:
        """*Confirm that it is you*, as 4.7 asks."""
        done = self.page.post("/account/confirm", data={"factor": "password", "password": PASSWORD})
        assert done.status_code == 303

    def sign_in(self, next_path: str) -> object:
        """The whole way back through the sign-in page."""
        slug = self.world.firm.slug
        self.page.post(
            f"/f/{slug}/login",
            data={"email": self.row.email, "password": PASSWORD, "next": next_path},
        )
        return self.page.post(f"/f/{slug}/login/code", data={"code": latest_code(self.world)})


@pytest.fixture
def home(world: World) -> Home:
    return Home(world)


def test_9_5_the_page_shows_who_one_is_and_saves_it_in_the_language_chosen(home: Home) -> None:
    words = shown(home.page.get("/account"))
    for said in ("Ann Soleil", home.contact.email, "Where you are signed in", "Reminders", "Sign out"):
        assert said in words or said in home.page.get("/account").text

    done = home.post("/account", name="Anne Soleil", phone="418 555-0100", locale="fr")
    assert done.headers["location"] == "/account?done=saved"
    assert (home.row.name, home.row.phone, home.row.locale) == ("Anne Soleil", "418 555-0100", "fr")
    after = home.page.get("/account?done=saved")
    assert '<html lang="fr-CA">' in after.text
    assert "Enregistré." in shown(after)


def test_9_5_what_cannot_be_kept_stays_typed_with_a_sentence_beside_it(home: Home) -> None:
    refused = home.post("/account", name="", phone="418 555-0100", locale="fr")
    assert refused.status_code == 422
    assert "Write your name." in shown(refused)
    assert 'value="418 555-0100"' in refused.text
    assert home.row.name == "Ann Soleil"


@pytest.mark.parametrize(
    "path",
    [
        "/account",
        "/account/address",
        "/account/password",
        "/account/reminders",
        "/account/browsers/end",
        "/account/browsers/0195d2f0-0000-7000-8000-000000000001/end",
        "/account/people",
    ],
)
def test_asvs_28_strangers_devices_and_staff_change_nothing_on_the_account(home: Home, path: str) -> None:
    world = home.world
    stranger, device, staff = browser(world), browser(world), browser(world)
    device.cookies.set("device", world.new_device()[1], domain="localhost.local")
    _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    staff.cookies.set("staff", token, domain="localhost.local")
    before = [row.model_dump() for kind in (Contact, Staff, SignInSession) for row in world.all(kind)]
    for page in (stranger, device, staff):
        answer = page.post(
            path, data={"name": "Eve", "locale": "fr", "email": "eve@x.example", "password": "x"}
        )
        assert answer.status_code == 303
        assert urlsplit(answer.headers["location"]).path == f"/f/{world.firm.slug}/login"
    after = [row.model_dump() for kind in (Contact, Staff, SignInSession) for row in world.all(kind)]
    assert before == after


def test_4_10_a_session_that_timed_out_leads_to_sign_in_and_back_with_what_was_typed(home: Home) -> None:
    home.world.clock.advance(minutes=61)
    led = home.post("/account", name="Anne-Marie", phone="418 555-0199", locale="fr")
    way = urlsplit(led.headers["location"])
    assert parse_qs(way.query)["next"] == ["/account"]
    assert "Anne-Marie" not in led.headers["set-cookie"]

    back = home.sign_in("/account")
    assert back.headers["location"] == "/account"
    page = home.page.get("/account")
    assert 'value="Anne-Marie"' in page.text
    assert 'value="418 555-0199"' in page.text
    assert home.row.name == "Ann Soleil"
    assert 'value="Anne-Marie"' not in home.page.get("/account").text  # once


def test_4_9_what_somebody_typed_shows_to_nobody_else_who_signs_in_there(home: Home) -> None:
    world = home.world
    home.world.clock.advance(minutes=61)
    home.post("/account", name="Anne-Marie", phone="418 555-0199", locale="fr")
    other = world.new_contact(home.client, "Luc Soleil")
    world.put(
        PortalAccess(
            firm_id=world.firm.id,
            client_id=home.client.id,
            contact_id=other.id,
            status=AccessStatus.ACCEPTED,
            created_at=world.clock.now(),
        )
    )
    _row, token = world.new_session(firm_id=world.firm.id, contact_id=other.id)
    world.put(
        PortalAccount(
            firm_id=world.firm.id, contact_id=other.id, created_at=world.clock.now(), password_hash="x"
        )
    )
    home.page.cookies.set("client", token, domain="localhost.local")
    assert "Anne-Marie" not in home.page.get("/account").text

    refused = home.post("/account", name="Anne-Marie", locale="fr")  # a form made for Ann
    assert refused.status_code == 409
    assert "Somebody else is signed in here now." in shown(refused)
    assert {row.name for row in world.all(Contact)} == {"Ann Soleil", "Luc Soleil"}


def test_2_18_the_whole_way_to_a_new_address(home: Home) -> None:
    asked = home.page.get("/account/address")
    assert asked.headers["location"] == "/account/confirm?next=%2Faccount%2Faddress"
    home.confirm()
    wrong = home.post("/account/address", email="not an address")
    assert (wrong.status_code, 'value="not an address"' in wrong.text) == (422, True)
    sent = home.post("/account/address", email="ann@new.example")
    assert "ann@new.example" in shown(sent)

    way = f"/f/{home.world.firm.slug}/address/{token_of(home.world)}"
    for _again in range(3):
        assert home.page.get(way).status_code == 200  # looking changes nothing
    assert home.row.email != "ann@new.example"
    done = home.page.post(way)
    assert done.headers["location"] == "/account?done=address"
    assert home.row.email == "ann@new.example"
    assert home.page.get("/account").status_code == 200  # the session stays
    assert home.page.get(way).status_code == 404


def test_2_18_elsewhere_the_link_asks_for_the_password(home: Home) -> None:
    home.confirm()
    home.post("/account/address", email="ann@new.example")
    way, phone = f"/f/{home.world.firm.slug}/address/{token_of(home.world)}", browser(home.world)
    assert 'autocomplete="current-password"' in phone.get(way).text
    wrong = phone.post(way, data={"password": "guess-guess"})
    assert (wrong.status_code, "guess-guess" in wrong.text) == (422, False)
    done = phone.post(way, data={"password": PASSWORD})
    assert done.headers["location"] == f"/f/{home.world.firm.slug}/login?why=new_address"
    assert home.row.email == "ann@new.example"


def test_asvs_23_the_token_of_an_address_stands_in_no_query_and_no_referrer(home: Home) -> None:
    home.confirm()
    home.post("/account/address", email="ann@new.example")
    seen = home.page.get(f"/f/{home.world.firm.slug}/address/{token_of(home.world)}")
    assert seen.headers["referrer-policy"] in {"no-referrer", "strict-origin"}
    assert token_of(home.world) not in "".join(re.findall(r"[?&][^\"]*", seen.text))


def test_asvs_19_a_new_password_signs_every_other_browser_out(home: Home) -> None:
    other = home.open()
    assert other.get("/account").status_code == 200
    assert home.page.get("/account/password").headers["location"].startswith("/account/confirm")
    home.confirm()
    refused = home.post("/account/password", password="password1")
    assert refused.status_code == 422
    assert "password1" not in refused.text
    assert (
        home.post("/account/password", password="marmotte sous la neige")
        .headers["location"]
        .endswith("done=password")
    )
    assert home.page.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_4_4_a_browser_is_ended_by_its_button_and_this_one_is_signed_out_by_its_own(home: Home) -> None:
    other = home.open()
    found = re.findall(
        r'action="(/account/browsers/[0-9a-f-]+/end)".*?aria-label="([^"]+)"', home.page.get("/account").text
    )
    ways = {label.split()[0]: action for action, label in found}
    assert home.post(ways["End"]).headers["location"] == "/account?done=ended"
    assert other.get("/account").status_code == 303
    assert "/login" in home.post(ways["Sign"]).headers["location"]
    assert home.page.get("/account").status_code == 303


def test_7_5_reminders_are_switched_by_a_button(home: Home) -> None:
    assert home.post("/account/reminders", on="").headers["location"] == "/account?done=reminders_off"
    assert home.row.reminders_off_at is not None
    assert 'name="on" value="1"' in home.page.get("/account").text
    home.post("/account/reminders", on="1")
    assert home.row.reminders_off_at is None


def test_3_6_a_colleague_is_invited_from_the_account_and_the_page_says_where_that_stands(home: Home) -> None:
    wrong = home.post(
        "/account/people",
        client=str(home.client.id),
        invite_name="Julie",
        invite_email="no",
        level="full",
        message="Bonjour",
    )
    assert wrong.status_code == 422
    for kept in ('value="Julie"', 'value="no"', ">Bonjour</textarea>", '<details class="other" open>'):
        assert kept in wrong.text
    done = home.post(
        "/account/people",
        client=str(home.client.id),
        invite_name="Julie Roy",
        invite_email="julie@roy.example",
        level="full",
        invite_locale="fr",
    )
    assert done.headers["location"] == "/account?done=asked"
    [wish] = home.world.all(ColleagueInvite)
    assert (wish.level, wish.locale, wish.client_id) == (AccessLevel.FULL, "fr", home.client.id)
    page = shown(home.page.get("/account?done=asked"))
    assert "julie@roy.example" in page
    assert "The firm is looking at it" in page
    home.world.change(home.world.firm, invites_need_approval=False)
    done = home.post(
        "/account/people", client=str(home.client.id), invite_name="Luc", invite_email="luc@roy.example"
    )
    assert done.headers["location"] == "/account?done=invited"
    assert [mail.recipient for mail in mails(home.world, "invitation")] == ["luc@roy.example"]


def test_3_6_with_limited_access_the_page_offers_nothing_and_the_address_refuses(home: Home) -> None:
    """asvs_31: the level changed while the page stood open."""
    assert "Invite a colleague" in shown(home.page.get("/account"))
    [mine] = home.world.all(PortalAccess)
    home.world.change(mine, level=AccessLevel.LIMITED)
    refused = home.post(
        "/account/people", client=str(home.client.id), invite_name="Julie", invite_email="julie@roy.example"
    )
    assert refused.status_code == 409
    assert "Your access is limited" in shown(refused)
    assert "Invite a colleague" not in shown(home.page.get("/account"))
    assert home.world.all(ColleagueInvite) == []


@pytest.mark.parametrize("gone", ["cancelled", "archived", "switched off"])
def test_3_11_an_account_with_no_client_left_signs_in_to_a_page_that_says_whom_to_ask(
    home: Home, gone: str
) -> None:
    world = home.world
    [mine] = world.all(PortalAccess)
    if gone == "cancelled":
        world.change(mine, status=AccessStatus.CANCELLED)
    elif gone == "archived":
        world.change(home.client, archived_at=world.clock.now())
    else:
        world.change(home.client, portal_on_at=None)
    home.page.cookies.clear()
    assert home.sign_in("/account").headers["location"] == "/account"
    words = shown(home.page.get("/account"))
    assert "Your account opens no client any more. Ask the firm if you expected one." in words
    assert "418" in words  # the firm's phone
    assert "Boulangerie Soleil" not in words


def test_4_8_a_staff_member_who_is_a_contact_has_two_accounts_in_one_browser(home: Home) -> None:
    world = home.world
    _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    home.page.cookies.set("staff", token, domain="localhost.local")
    home.confirm()
    asked = home.page.get("/staff/account/address")
    assert asked.headers["location"].startswith("/staff/account/confirm")  # confirmed as the contact alone
    home.post("/account/address", email="ann@new.example")
    home.page.post(f"/f/{world.firm.slug}/address/{token_of(world)}")
    assert world.get(world.owner).email == world.owner.email
    assert home.row.email == "ann@new.example"


def test_2_18_staff_change_their_own_address_the_same_way(world: World) -> None:
    page = browser(world)
    _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    page.cookies.set("staff", token, domain="localhost.local")
    assert page.get("/staff/account/address").headers["location"].startswith("/staff/account/confirm")
    page.post("/staff/account/confirm", data={"factor": "password", "password": PASSWORD})
    page.post("/staff/account/address", data={"email": "sophie@new.example"})
    done = page.post(f"/staff/address/{token_of(world)}")
    assert done.headers["location"] == "/staff/account?done=address"
    assert world.get(world.owner).email == "sophie@new.example"


def test_4_4_staff_have_their_own_account_page_with_browsers_to_end(world: World) -> None:
    """9.5, 4.10."""
    page, other = browser(world), browser(world)
    for one in (page, other):
        _row, token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
        one.cookies.set("staff", token, domain="localhost.local")
    words = shown(page.get("/staff/account"))
    assert "Where you are signed in" in words
    assert world.owner.email in words
    refused = page.post("/staff/account", data={"name": "", "locale": "fr"})
    assert (refused.status_code, "Write your name." in shown(refused)) == (422, True)
    page.post("/staff/account", data={"name": "Sophie Roy", "locale": "fr"})
    assert (world.get(world.owner).name, world.get(world.owner).locale) == ("Sophie Roy", "fr")
    assert page.post("/staff/account/browsers/end").headers["location"] == "/staff/account?done=others"
    assert other.get("/staff/account").headers["location"] == "/staff/login?next=%2Fstaff%2Faccount"
    assert page.get("/staff/account").status_code == 200
    [here] = re.findall(r'action="(/staff/account/browsers/[0-9a-f-]+/end)"', page.get("/staff/account").text)
    assert page.post(here).headers["location"] == "/staff/login"
    lost = page.post("/staff/account", data={"name": "Typed", "locale": "fr", "for": str(world.owner.id)})
    assert lost.headers["location"] == "/staff/login?next=%2Fstaff%2Faccount"
    assert world.get(world.owner).name == "Sophie Roy"
