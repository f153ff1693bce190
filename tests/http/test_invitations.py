"""An invitation in a browser, through the real gate: scanners, passwords, somebody else signed in (3.3, 3.4, 3.9)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.gate import Gate
from portal_app.http import auth, auth_code
from portal_app.http import invitations as invitation_pages
from portal_app.models import (
    AccessStatus,
    Activity,
    AuditEntry,
    Invitation,
    InvitationLink,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    SignInSession,
)
from portal_app.services.sign_in.sessions import SessionBook
from tests.services.invited import NEW, Story, with_account
from tests.signing import latest_code, mails
from tests.world import PASSWORD, World

SCANNERS = ("Safe Links", "Proofpoint URL Defense", "Mimecast-URL-Protection", "Slackbot-LinkExpanding 1.0")
CODE = "/f/tremblay/login/code"


def browser(world: World, **cookies: str) -> TestClient:
    """A browser of its own, gate included; it follows no redirect by itself."""
    pages = Starlette(routes=[*invitation_pages.routes, *auth.routes, *auth_code.routes])
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings)
    return TestClient(
        gate,
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=("192.0.2.7", 4711),
        cookies=cookies,
        headers={"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0"},
    )


def shown(response: Any) -> str:
    text = response.text.replace("<wbr>", "")
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.S)).split())


def buttons(response: Any) -> list[str]:
    return [unescape(words) for words in re.findall(r"<button[^>]*>([^<]+)</button>", response.text)]


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


@pytest.fixture
def path(story: Story) -> str:
    return f"/invite/{story.token}"


def client_cookie(world: World, contact: Any) -> str:
    return world.new_session(contact_id=contact.id, firm_id=contact.firm_id)[1]


def test_3_2_the_page_says_who_invites_whom_to_what_until_when(story: Story, path: str) -> None:
    response = browser(story.world).get(path)
    assert response.status_code == 200
    assert buttons(response) == ["Accept and create my account"]
    for words in ("Tremblay Ouellet CPA", "Sophie Ouellet", "Marie-Claude Gagnon", story.contact.email):
        assert words in shown(response)
    assert 'autocomplete="new-password"' in response.text
    assert (response.headers["referrer-policy"], response.headers["cache-control"]) == (
        "no-referrer",
        "no-store",
    )


def test_asvs_24_scanners_that_fetch_use_nothing_up(story: Story, path: str) -> None:
    def everything() -> str:
        kinds = (Invitation, InvitationLink, PortalAccess, Activity, AuditEntry, OutboxMail, SignInSession)
        return repr([story.world.all(kind) for kind in kinds])

    before = everything()
    for number in range(100):
        agent = {"User-Agent": SCANNERS[number % 4]}
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        for address in (path, f"{path}/again", f"{path}/leave"):
            response = browser(story.world).request(method, address, headers=agent)
            assert "set-cookie" not in response.headers
    assert everything() == before
    assert browser(story.world).post(path, data={"password": NEW}).headers["location"] == CODE


def test_3_4_a_password_then_a_code_and_home(story: Story, path: str) -> None:
    page = browser(story.world)
    weak = page.post(path, data={"password": "short"})
    assert (weak.status_code, 'id="password-wrong"' in weak.text) == (422, True)
    assert page.post(path, data={"password": NEW}).headers["location"] == CODE
    done = page.post(CODE, data={"code": latest_code(story.world)})
    assert "Keep these codes" in shown(done)
    assert 'href="/home"' in done.text
    assert story.access.status is AccessStatus.ACCEPTED
    assert story.token not in repr(story.world.all(SignInSession))


def test_pressing_twice_is_pressing_once(story: Story, path: str) -> None:
    page = browser(story.world)
    page.post(path, data={"password": NEW})
    again = browser(story.world).post(path, data={"password": NEW})
    assert again.status_code == 410
    assert "This invitation was accepted" in shown(again)
    assert "/f/tremblay/login" in again.text
    assert len(story.world.all(PortalAccount)) == 1


def test_of_two_at_once_the_second_goes_on_with_the_same_password(
    story: Story, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = story.look()
    story.accept()
    monkeypatch.setattr(invitation_pages, "_look", _once(seen, invitation_pages._look))
    assert browser(story.world).post(path, data={"password": NEW}).headers["location"] == CODE
    monkeypatch.setattr(invitation_pages, "_look", _once(seen, invitation_pages._look))
    assert browser(story.world).post(path, data={"password": "not the same one"}).status_code == 410


def _once(first: Any, then: Any) -> Any:
    """What the page looked like before the other one was faster, then as it is."""
    left = [first]
    return lambda request: left.pop() if left else then(request)


def test_3_4_an_account_signs_in_on_the_page_and_the_client_is_added(world: World) -> None:
    story = with_account(world)
    page, path = browser(world), f"/invite/{story.token}"
    assert buttons(page.get(path)) == ["Sign in and accept"]
    wrong = page.post(path, data={"password": "not it at all"})
    assert (wrong.status_code, buttons(wrong)) == (422, ["Sign in and accept"])
    assert page.post(path, data={"password": PASSWORD}).headers["location"] == CODE
    assert story.access.status is AccessStatus.INVITED
    page.post(CODE, data={"code": latest_code(world)})
    assert story.access.status is AccessStatus.ACCEPTED


def test_3_4_who_is_signed_in_presses_once(world: World) -> None:
    story = with_account(world)
    page, path = browser(world, client=client_cookie(world, story.contact)), f"/invite/{story.token}"
    assert buttons(page.get(path)) == ["Accept the invitation"]
    assert story.access.status is AccessStatus.INVITED
    assert page.post(path).headers["location"] == "/home"
    assert story.access.status is AccessStatus.ACCEPTED


def test_3_9_somebody_else_is_told_and_may_sign_out(story: Story, path: str) -> None:
    world = story.world
    home = world.new_client("Home")
    other = world.new_contact(home, "Nadia Haddad")
    world.give_account(other, home)
    page = browser(world, client=client_cookie(world, other))
    for response in (page.get(path), page.post(path, data={"password": NEW})):
        assert "This invitation is for someone else" in shown(response)
        assert "Nadia Haddad" in shown(response)
        assert story.contact.email not in response.text
        assert buttons(response) == ["Sign out"]
    assert story.access.status is AccessStatus.INVITED

    assert page.post(f"{path}/leave").headers["location"] == path
    assert all(row.ended_at for row in world.all(SignInSession))
    assert buttons(page.get(path)) == ["Accept and create my account"]


def test_4_8_a_staff_session_in_the_same_browser_is_nobodys_business(story: Story, path: str) -> None:
    token = story.world.new_session(staff_id=story.world.owner.id, firm_id=story.world.firm.id)[1]
    assert buttons(browser(story.world, staff=token).get(path)) == ["Accept and create my account"]


def test_asvs_13_the_page_at_72_hours_less_and_more_a_second(story: Story, path: str) -> None:
    page = browser(story.world)
    story.world.clock.advance(hours=72, seconds=-1)
    assert page.get(path).status_code == 200
    story.world.clock.advance(seconds=2)
    for response in (page.get(path), page.post(path, data={"password": NEW})):
        assert response.status_code == 410
        assert buttons(response) == ["Send a new invitation"]
    assert story.world.all(PortalAccount) == []


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("who", ["new", "with an account", "signed in"])
def test_asvs_13_an_invitation_is_accepted_until_its_last_second_by_every_way_in(
    world: World, who: str, seconds: int, is_open: bool
) -> None:
    """A password of one's own, the password of an account, one press while signed in: 72 hours, not one second more."""
    story = Story(world) if who == "new" else with_account(world)
    page, path = browser(world), f"/invite/{story.token}"
    typed = {"password": NEW if who == "new" else PASSWORD}
    world.clock.advance(hours=72, seconds=seconds)
    if who == "signed in":
        page, typed = browser(world, client=client_cookie(world, story.contact)), {}
    answer = page.post(path, data=typed)
    if who != "signed in" and is_open:
        assert answer.headers["location"] == CODE
        answer = page.post(CODE, data={"code": latest_code(world)})
    assert answer.status_code in ((200, 303) if is_open else (410,))
    [access] = world.all(PortalAccess, contact_id=story.contact.id, client_id=story.client.id)
    assert (access.status is AccessStatus.ACCEPTED) is is_open


def test_6_12_the_press_answers_the_same_whatever_is_true(story: Story, path: str) -> None:
    page = browser(story.world)
    story.world.clock.advance(hours=72)
    sent = page.post(f"{path}/again")
    held = page.post(f"{path}/again")  # within the minute
    story.cancel()
    cancelled = page.post(f"{path}/again")
    assert {(one.status_code, one.text) for one in (sent, held, cancelled)} == {(200, sent.text)}
    assert [mail.recipient for mail in mails(story.world, "invitation")] == [story.contact.email] * 2


def test_6_12_sixty_presses_an_hour_from_one_network(story: Story, path: str) -> None:
    page = browser(story.world)
    assert {page.post(f"{path}/again").status_code for _number in range(60)} == {200}
    refused = page.post(f"{path}/again")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)


def test_3_3_a_cancelled_invitation_says_so_and_whom_to_ask_and_a_false_one_is_not_found(
    story: Story, path: str
) -> None:
    story.cancel()
    page = browser(story.world)
    for response in (page.get(path), page.post(path, data={"password": NEW})):
        assert response.status_code == 410
        assert "This invitation was cancelled" in shown(response)
        assert "418" in shown(response)
        assert buttons(response) == []
    for method, address in (
        ("GET", "/invite/none"),
        ("POST", "/invite/none"),
        ("POST", "/invite/none/again"),
    ):
        assert page.request(method, address).status_code == 404


@pytest.mark.parametrize("how", ["used", "address", "portal off"])
def test_3_3_each_dead_invitation_says_which_it_is_and_offers_the_way_on(
    story: Story, path: str, how: str
) -> None:
    world, page = story.world, browser(story.world)
    if how == "used":
        page.post(path, data={"password": NEW})
    elif how == "address":
        world.change(story.contact, email="new@client.example", email_key="new@client.example")
    else:
        world.change(story.client, portal_on_at=None)
    answer = browser(world).get(path)
    said = shown(answer)
    assert answer.status_code == 410
    assert {
        "used": "An invitation works once. Sign in to go on.",
        "address": "the firm writes to another address of yours by now",
        "portal off": "What it led to is closed for now.",
    }[how] in said
    assert ("/f/tremblay/login" in answer.text) is (how == "used")
    assert "418" in said
    assert "new@client.example" not in answer.text


def test_3_3_whoever_has_an_account_is_led_to_it_from_a_cancelled_invitation(world: World) -> None:
    story = Story(world)
    world.give_account(story.contact, world.new_client("Another"))
    story.cancel()
    answer = browser(world).get(f"/invite/{story.token}")
    assert "Your account and your other clients are as they were." in shown(answer)
    assert 'href="/f/tremblay/login"' in answer.text


def test_a_forms_address_opened_by_itself_leads_back_in_the_language_asked(story: Story, path: str) -> None:
    page = browser(story.world)
    assert page.get(f"{path}/again?lang=fr").headers["location"] == f"{path}?lang=fr"
    page.get(f"{path}?lang=fr")
    assert "Votre invitation" in shown(page.get(path))
