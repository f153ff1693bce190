"""*Continue on a computer* in two browsers, through the real gate (6.5a)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import continuing as pages
from portal_app.http import links as link_pages
from portal_app.models import AccessGrant, AuditEntry, ContinueCode, Device, LostDevice
from portal_app.services.links import continuing
from portal_app.services.links.request_ways import new_way
from portal_app.services.sign_in.sessions import SessionBook
from tests.files.tools import asked
from tests.http.test_links import SCANNERS, buttons, hidden, shown
from tests.services.test_continuing import token_of
from tests.world import World

OPEN, SHOW = "Open my requests", "Show the code"
VALUE = re.compile(r'value="[^"]*"')


def browser(world: World, cookie: str = "", address: str = "192.0.2.7") -> TestClient:
    """A browser of its own, gate included; with the cookie of a device that is known."""
    app = Starlette(routes=[*pages.routes, *link_pages.routes])
    app.state.ports = world.ports
    made = TestClient(
        Gate(app, sessions=SessionBook(world.ports), settings=world.settings),
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=(address, 4711),
        headers={"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0"},
    )
    if cookie:
        made.cookies.set("device", cookie)
    return made


class Story:
    """A phone that holds a request."""

    def __init__(self, world: World) -> None:
        self.world, self.who = world, asked(world)
        self.phone = browser(world, self.who.cookie)
        self.request_path = f"/requests/{self.who.request.id}"
        self.path = f"{self.request_path}/continue"

    def code(self) -> str:
        found = re.search(r'class="passcode">([^<]+)<', self.phone.post(self.path).text)
        assert found
        return found[1]

    def type(self, page: TestClient, code: str) -> Any:
        return page.post("/continue", data={"code": code, "device": hidden(page.get("/continue"), "device")})

    def token(self) -> str:
        """What the picture holds: it is drawn, so the service is asked for one more."""
        return token_of(continuing.offer(self.world.ports, self.who.client, self.who.request.id))


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def everything(world: World) -> str:
    return repr([world.all(kind) for kind in (AccessGrant, ContinueCode, Device, LostDevice, AuditEntry)])


def test_6_5a_the_phone_explains_and_then_shows_a_code_in_two_groups_and_a_picture(story: Story) -> None:
    before = story.phone.get(story.path)
    assert (before.status_code, buttons(before)) == (200, [SHOW])
    assert "Documents for 2025" in shown(before)
    assert "passcode" not in re.sub(r"<style.*?</style>", "", before.text, flags=re.S)

    after = story.phone.post(story.path)

    assert (after.status_code, buttons(after)) == (200, ["Get another code"])
    assert re.search(r'class="passcode">[2-9A-Y]{4}\N{NO-BREAK SPACE}[2-9A-Y]{4}<', after.text)
    assert f"{story.world.settings.public_url.partition('://')[2]}/continue" in shown(after)
    picture = re.search(r'<img class="qr" src="data:image/svg\+xml[^,]*,([^"]+)"', after.text)
    assert picture
    assert unquote(unescape(picture[1])).startswith("<svg")
    assert after.headers["cache-control"] == "no-store"


def test_6_5a_typing_the_code_brings_the_request_here(story: Story) -> None:
    computer = browser(story.world)
    done = story.type(computer, story.code())
    assert (done.status_code, done.headers["location"]) == (303, story.request_path)
    assert done.headers["set-cookie"].startswith("device=")
    assert computer.get(story.path).status_code == 200, "the computer may give it back"
    lost = story.phone.get(story.path)
    assert (lost.status_code, lost.headers["location"]) == (303, story.request_path)
    assert story.phone.post(story.path).headers["location"] == story.request_path


def test_6_5a_scanning_opens_a_page_and_its_button_brings_the_request(story: Story) -> None:
    path, tablet = f"/continue/{story.token()}", browser(story.world)
    opened = tablet.get(path)
    assert (opened.status_code, buttons(opened)) == (200, [OPEN])
    assert "set-cookie" not in opened.headers
    assert "Documents for 2025" in shown(opened)
    done = tablet.post(path, data={"device": hidden(opened, "device")})
    assert (done.status_code, done.headers["location"]) == (303, story.request_path)
    assert tablet.get(path).headers["location"] == story.request_path, "opened again it leads straight there"


def test_fault_14_a_double_click_is_one_device(story: Story) -> None:
    code, page = story.code(), browser(story.world)
    fields = {"code": code, "device": hidden(page.get("/continue"), "device")}
    first = browser(story.world).post("/continue", data=fields)  # its answer is lost
    second = page.post("/continue", data=fields)
    assert first.headers["location"] == second.headers["location"] == story.request_path
    assert second.cookies["device"] == fields["device"]


def test_asvs_24_fault_11_whoever_fetches_uses_nothing_up(story: Story) -> None:
    code, token = story.code(), story.token()
    before = everything(story.world)
    for number in range(30):
        page = story.phone if number % 2 else browser(story.world)
        method, agent = ("GET", "HEAD", "OPTIONS")[number % 3], {"User-Agent": SCANNERS[number % 5]}
        for path in (story.path, "/continue", f"/continue/{token}", f"/continue?code={code}"):
            response = page.request(method, path, headers=agent)
            assert "set-cookie" not in response.headers
    assert everything(story.world) == before
    assert browser(story.world).post(f"/continue/{token}").headers["location"] == story.request_path


def test_6_5a_the_answer_is_the_same_for_wrong_spent_and_expired(story: Story) -> None:
    def answer(code: str, number: int) -> str:
        response = story.type(browser(story.world, address=f"198.51.100.{number}"), code)
        return f"{response.status_code} {sorted(response.headers)} {VALUE.sub('', response.text)}"

    wrong = answer("XXXX XXXX", 1)
    assert "This code opens nothing" in wrong
    spent = story.code()
    assert story.type(browser(story.world), spent).status_code == 303
    assert answer(spent, 2) == wrong, "spent"

    again = asked(story.world, "Luc Gagnon")
    late = continuing.offer(story.world.ports, again.client, again.request.id)
    story.world.clock.advance(minutes=10)
    assert answer(late.code, 3) == wrong, "expired"


def test_6_5a_pictures_that_bring_nothing_answer_alike_and_offer_the_field(story: Story) -> None:
    def answer(token: str, method: str) -> str:
        response = browser(story.world).request(method, f"/continue/{token}")
        return f"{response.status_code} {VALUE.sub('', response.text)}"

    token = story.token()
    assert browser(story.world).post(f"/continue/{token}").status_code == 303
    for method in ("GET", "POST"):
        assert answer(token, method) == answer("a" * 43, method) == answer("x", method)
        assert answer(token, method).startswith("410 ")
    page = browser(story.world).get(f"/continue/{token}")
    assert (buttons(page), re.findall(r'action="([^"]+)"', page.text)) == ([OPEN], ["/continue"])


def test_6_5a_five_wrong_tries_from_one_address_and_the_right_code_waits_too(story: Story) -> None:
    page, code = browser(story.world), story.code()
    assert [story.type(page, "XXXXXXXX").status_code for _try in range(5)] == [422] * 5
    locked = story.type(page, code)
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 3500
    assert "set-cookie" not in locked.headers
    assert story.type(browser(story.world, address="198.51.100.9"), code).status_code == 303


@pytest.mark.parametrize("typed", ["", "K7PM", "K7PM4XHDX", "K7PM 4XH!", "٣٣٣٣٣٣٣٣"])
def test_6_5a_what_cannot_be_a_code_is_no_try(story: Story, typed: str) -> None:
    page = browser(story.world)
    for _try in range(6):
        refused = story.type(page, typed)
        assert refused.status_code == 422
        assert "eight letters and digits" in shown(refused)
    assert story.type(page, story.code().lower()).status_code == 303


def test_6_5a_strangers_get_no_code(story: Story) -> None:
    known = browser(story.world, story.world.new_device()[1])
    for method in ("GET", "POST"):
        assert known.request(method, story.path).status_code == 404
        assert known.request(method, "/requests/none/continue").status_code == 404
        led = browser(story.world).request(method, story.path)
        assert (led.status_code, led.headers["location"]) == (303, story.request_path)
    assert story.world.all(ContinueCode) == []


def test_asvs_34_posts_from_another_site_move_and_make_nothing(story: Story) -> None:
    token, code = story.token(), story.code()
    before = everything(story.world)
    evil = {"Origin": "https://evil.example"}
    assert story.phone.post(story.path, headers=evil).status_code == 403
    page = browser(story.world)
    assert page.post("/continue", data={"code": code}, headers=evil).status_code == 403
    assert page.post(f"/continue/{token}", headers=evil).status_code == 403
    assert everything(story.world) == before


def test_6_5a_the_pages_are_in_the_readers_language_and_can_change_it(story: Story) -> None:
    french = {"Accept-Language": "fr-CA"}
    assert buttons(story.phone.get(story.path, headers=french)) == ["Afficher le code"]
    page = browser(story.world)
    wrong = page.post("/continue", data={"code": "XXXXXXXX"}, headers=french)
    assert buttons(wrong) == ["Ouvrir mes demandes"]
    assert "Ce code n’ouvre rien" in shown(wrong)
    switch = unescape(re.findall(r'<a href="([^"]+)" lang="en"', wrong.text)[0])
    back = page.get(switch)
    assert (back.status_code, back.headers["location"]) == (303, "/continue")


def test_6_5a_the_page_of_another_device_says_where_the_code_is_typed(story: Story) -> None:
    world, who = story.world, story.who
    assert story.type(browser(world), story.code()).status_code == 303
    way = new_way(world.ports, who.client, who.request.id)
    assert way
    page = story.phone.get(way.removesuffix("/access"))
    assert "This link was opened on another device" in shown(page)
    assert "Continue on a computer" in shown(page)
    assert 'href="/continue"' in page.text
