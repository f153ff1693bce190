"""Magic links in a browser, through the real gate: scanners, two devices, double clicks, both languages (6.4, 6.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import links as link_pages
from portal_app.models import (
    AccessGrant,
    Activity,
    AuditEntry,
    Client,
    ClientRequest,
    Contact,
    Device,
    LinkToken,
    OutboxMail,
    Recipient,
    SignInSession,
    WorkItem,
)
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.text import unbroken
from tests.services.posted import code_in, token_in
from tests.services.sends import sent
from tests.world import World

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Safe Links",
    "Proofpoint URL Defense",
    "Mimecast-URL-Protection",
    "BarracudaCentral/1.0",
    "Slackbot-LinkExpanding 1.0",
)
OPEN, ACCESS = "Open my requests", "Send access link"


def browser(world: World) -> TestClient:
    """A browser of its own before the link pages, gate included; it follows no redirect by itself."""
    pages = Starlette(routes=link_pages.routes)
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings)
    return TestClient(
        gate,
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=("192.0.2.7", 4711),
        headers={"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0"},
    )


def shown(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", response.text, flags=re.S)).split())


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found, name
    return found[1]


def buttons(response: Any) -> list[str]:
    return [unescape(words) for words in re.findall(r"<button[^>]*>([^<]+)</button>", response.text)]


@dataclass
class Story:
    """A request that was sent, and the address in its e-mail."""

    world: World
    request: ClientRequest
    path: str

    def open(self, page: TestClient | None = None) -> Any:
        return (page or browser(self.world)).get(self.path)

    def press(self, page: TestClient, path: str = "") -> Any:
        path = path or self.path
        shown_page = page.get(path)
        return page.post(path, data={"device": hidden(shown_page, "device")})

    def holder(self) -> TestClient:
        """A browser that pressed first."""
        page = browser(self.world)
        assert self.press(page).status_code == 303
        return page

    def asked(self, page: TestClient) -> Any:
        response = page.post(f"{self.path}/access")
        deliver_outbox(self.world.ports)
        return response

    def type(self, page: TestClient, response: Any, code: str) -> Any:
        fields = {"code": code, "page": hidden(response, "page"), "device": hidden(response, "device")}
        return page.post(f"{self.path}/code", data=fields)

    @property
    def request_path(self) -> str:
        return f"/requests/{self.request.id}"


@pytest.fixture
def story(world: World) -> Story:
    request = world.draft_request()
    sent(world, request)
    deliver_outbox(world.ports)
    return Story(world, request, f"/r/{token_in(world.mail.sent[0])}")


def everything(world: World) -> str:
    kinds = (AccessGrant, LinkToken, Device, Recipient, Activity, AuditEntry, OutboxMail, SignInSession)
    return repr([world.all(kind) for kind in kinds])


def test_6_4_the_link_shows_the_firm_what_it_is_about_and_one_button(story: Story) -> None:
    response = story.open()
    assert response.status_code == 200
    assert buttons(response) == [OPEN]
    for words in ("Tremblay Ouellet CPA", "Documents for 2025", "Marie-Claude Gagnon", "Sophie Ouellet"):
        assert words in shown(response)
    assert "set-cookie" not in response.headers


def test_asvs_24_fault_11_scanners_that_fetch_use_nothing_up(story: Story) -> None:
    before = everything(story.world)
    for number in range(100):
        page = browser(story.world)
        agent = {"User-Agent": SCANNERS[number % 5]}
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        response = page.request(method, story.path, headers=agent)
        assert "set-cookie" not in response.headers
        page.request(method, f"{story.path}/access", headers=agent)
        page.request(method, f"{story.path}/code", headers=agent)
    assert everything(story.world) == before

    assert story.press(browser(story.world)).headers["location"] == story.request_path


def test_asvs_23_the_page_keeps_its_address_to_itself(story: Story) -> None:
    response = story.open()
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"
    token = story.path.removeprefix("/r/")
    assert not re.search(rf"\?[^\"']*{re.escape(token)}", response.text), "never in a query string"
    posts_to = re.findall(r'action="([^"]+)"', response.text)
    assert posts_to == [story.path]


def test_6_4_pressing_leads_to_the_request_with_a_cookie_of_this_device(story: Story) -> None:
    page = browser(story.world)
    done = story.press(page)
    assert (done.status_code, done.headers["location"]) == (303, story.request_path)
    cookie = done.headers["set-cookie"]
    assert cookie.startswith("device=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert story.open(page).headers["location"] == story.request_path, "from now on straight to the request"


def test_6_5_a_second_browser_is_asked_to_get_its_own(story: Story) -> None:
    story.holder()
    second = browser(story.world)
    response = story.open(second)
    assert "This link was opened on another device" in shown(response)
    assert buttons(response) == [ACCESS]
    late = second.post(story.path)
    assert "This link was opened on another device" in shown(late)
    assert "set-cookie" not in late.headers


def test_fault_14_a_double_click_is_one_device(story: Story) -> None:
    page = browser(story.world)
    device = hidden(story.open(page), "device")
    first = browser(story.world).post(story.path, data={"device": device})  # its answer is lost
    second = page.post(story.path, data={"device": device})
    assert first.headers["location"] == second.headers["location"] == story.request_path
    assert second.cookies["device"] == device
    assert story.open(page).headers["location"] == story.request_path


def test_fault_12_the_code_from_the_mail_opens_it_here(story: Story) -> None:
    story.holder()
    page = browser(story.world)
    response = story.asked(page)
    assert response.status_code == 200
    assert unbroken("Check your e-mail") in shown(response)

    done = story.type(page, response, code_in(story.world.mail.sent[-1]))

    assert (done.status_code, done.headers["location"]) == (303, story.request_path)
    assert story.open(page).headers["location"] == story.request_path


def test_6_5_the_access_link_opens_it_where_it_is_pressed_and_the_first_device_is_told(story: Story) -> None:
    first = story.holder()
    story.asked(browser(story.world))
    path = f"/r/{token_in(story.world.mail.sent[-1])}"
    phone = browser(story.world)
    assert buttons(phone.get(path)) == [OPEN]
    assert story.press(phone, path).headers["location"] == story.request_path
    assert "This link was opened on another device" in shown(story.open(first))


def test_6_5_a_wrong_code_says_how_many_tries_are_left_and_five_end_it(story: Story) -> None:
    story.holder()
    page = browser(story.world)
    response = story.asked(page)
    code = code_in(story.world.mail.sent[-1])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in ("4 tries are left", "3 tries are left", "2 tries are left", "One try is left"):
        response = story.type(page, response, wrong)
        assert (response.status_code, left in shown(response)) == (422, True)
    ended = story.type(page, response, wrong)
    assert "This code no longer works" in shown(ended)
    assert buttons(ended) == [ACCESS]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "123 45"])
def test_6_5_what_cannot_be_a_code_is_no_try(story: Story, typed: str) -> None:
    story.holder()
    page = browser(story.world)
    response = story.asked(page)
    refused = story.type(page, response, typed)
    assert refused.status_code == 422
    assert "six digits" in shown(refused)
    spaced = code_in(story.world.mail.sent[-1])
    assert story.type(page, refused, f" {spaced[:3]} {spaced[3:]} ").status_code == 303


def test_6_12_the_answer_page_is_the_same_whatever_is_true(story: Story) -> None:
    story.holder()
    page = browser(story.world)

    def answer() -> str:
        response = story.asked(page)
        text = re.sub(r'value="[^"]*"', 'value=""', response.text)
        return f"{response.status_code} {sorted(response.headers)} {text}"

    good = answer()
    assert len(story.world.mail.sent) == 2
    assert answer() == good, "too soon"
    story.world.clock.advance(minutes=2)
    story.world.change(story.world.all(Contact)[0], archived_at=story.world.clock.now())
    assert answer() == good, "archived"
    assert len(story.world.mail.sent) == 2


def test_6_12_sixty_presses_an_hour_from_one_network_address(story: Story) -> None:
    page = browser(story.world)
    answers = [page.post(f"{story.path}/access").status_code for _press in range(61)]
    assert answers == [200] * 60 + [429]


def test_6_6_an_expired_link_says_when_and_offers_an_access_link(story: Story) -> None:
    page = story.holder()
    story.world.clock.advance(days=30)
    response = story.open(page)
    assert response.status_code == 410
    assert "expired on 1\N{NO-BREAK SPACE}April\N{NO-BREAK SPACE}2026".replace(
        "\N{NO-BREAK SPACE}", " "
    ) in shown(response)
    assert buttons(response) == [ACCESS]


def test_6_13_a_withdrawn_request_says_so_and_whom_to_ask(story: Story) -> None:
    sending.withdraw_request(story.world.ports, story.world.staff, story.request.id)
    response = story.open()
    assert response.status_code == 410
    assert "This request was withdrawn" in shown(response)
    assert "Sophie Ouellet" in shown(response)
    assert buttons(response) == []


def test_6_10_a_closed_request_says_so_and_offers_no_access_link(story: Story) -> None:
    page = story.holder()
    work_item = story.world.all(WorkItem, id=story.request.work_item_id)[0]
    story.world.change(work_item, completed_at=story.world.clock.now())
    response = story.open(page)
    assert "This request is closed" in shown(response)
    assert "418 555-0142" in shown(response).replace("\N{NO-BREAK SPACE}", " ")
    assert ACCESS not in buttons(response)


def test_a_link_that_is_none_is_not_found(world: World) -> None:
    page = browser(world)
    for path in ("/r/x", f"/r/{'a' * 43}"):
        assert page.get(path).status_code == 404
        assert page.post(path).status_code == 404
        assert page.post(f"{path}/access").status_code == 404
        assert page.post(f"{path}/code", data={"code": "123456"}).status_code == 404
    assert "Page not found" in shown(page.get("/r/x"))


def test_the_page_is_in_the_readers_language(story: Story) -> None:
    page = browser(story.world)
    french = page.get(story.path, headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert buttons(french) == ["Ouvrir mes demandes"]
    assert '<html lang="fr' in french.text

    story.holder()
    assert buttons(page.get(story.path, headers={"Accept-Language": "fr"})) == ["Envoyer le lien d'accès"]


def test_the_language_can_be_changed_on_every_page_of_a_link(story: Story) -> None:
    story.holder()
    page = browser(story.world)
    response = story.asked(page)
    switch = unescape(re.findall(r'<a href="([^"]+)" lang="fr"', response.text)[0])
    back = page.get(switch)
    assert back.status_code == 303
    assert page.get(back.headers["location"]).status_code in (200, 303)


def test_asvs_38_a_forged_host_changes_no_address(story: Story) -> None:
    response = browser(story.world).get(story.path, headers={"Host": "evil.example"})
    assert "Open my requests" in response.text
    assert "evil.example" not in response.text


def test_asvs_34_a_post_from_another_site_claims_nothing(story: Story) -> None:
    page = browser(story.world)
    refused = page.post(story.path, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert story.world.all(AccessGrant)[0].device_id is None


def test_6_21_a_signed_in_recipient_goes_straight_and_binds_nothing(story: Story) -> None:
    world = story.world
    person = world.all(Contact)[0]
    world.give_account(person, world.all(Client, id=story.request.client_id)[0])
    _row, token = world.new_session(firm_id=person.firm_id, contact_id=person.id)
    page = browser(world)
    page.cookies.set("client", token)
    assert story.open(page).headers["location"] == story.request_path
    assert page.post(story.path).headers["location"] == story.request_path
    assert world.all(AccessGrant)[0].device_id is None


def test_6_20_under_require_mfa_the_link_leads_to_sign_in_and_then_to_the_request(story: Story) -> None:
    story.world.change(story.world.firm, mfa_required_at=story.world.clock.now())
    for response in (story.open(), browser(story.world).post(story.path)):
        assert response.status_code == 303
        assert response.headers["location"] == f"/f/tremblay/login?next=%2Frequests%2F{story.request.id}"


def test_6_22_the_other_person_s_link_offers_one_press_on_a_device_that_shows_somebody_else(
    world: World,
) -> None:
    client = world.new_client()
    request = world.draft_request(
        client, to=[world.new_contact(client), world.new_contact(client, "Luc Gagnon")]
    )
    sent(world, request)
    deliver_outbox(world.ports)
    first, second = (Story(world, request, f"/r/{token_in(letter)}") for letter in world.mail.sent)
    page = first.holder()
    world.clock.advance(minutes=1)
    assert second.press(page).status_code == 303
    assert second.open(page).status_code == 303

    seen = first.open(page)

    assert seen.status_code == 200
    assert buttons(seen) == [OPEN]
    assert "stands open for somebody else" in shown(seen)
    world.clock.advance(minutes=1)
    assert first.press(page).headers["location"] == first.request_path
    assert first.open(page).status_code == 303
    assert second.open(page).status_code == 200
