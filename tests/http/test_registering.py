"""*Create an account* and *Send me my links* in a browser, through the real gate (3.7, 6.26)."""

from __future__ import annotations

import re

import pytest

from portal_app.models import PortalAccount, SignInSession
from portal_app.services.requests import sending
from tests.http.test_auth import shown
from tests.signing import browser, latest_code, mails, text_of
from tests.world import World

LOGIN = "/f/tremblay/login"
NEW = "marmotte sous la neige"


@pytest.fixture
def known(world: World) -> str:
    """The address of somebody who was sent a request, at a firm whose portal is on."""
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.new_client()
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact])
    sending.send_request(world.ports, world.staff, request.id, [contact.id], "press")
    world.clock.advance(minutes=2)
    email: str = contact.email
    return email


def link_of(world: World) -> str:
    found = re.search(
        r"(/f/tremblay/register/\S+)$", text_of(world, mails(world, "sign_up")[-1]), re.MULTILINE
    )
    assert found
    return found[1]


def test_1_7_the_sign_in_page_offers_both_ways_on(world: World, known: str) -> None:
    page = browser(world).get(f"{LOGIN}?next=/requests/0195")
    assert "Create an account" in shown(page)
    assert "Send me my links" in shown(page)
    assert 'href="/f/tremblay/register?next=%2Frequests%2F0195"' in page.text
    staff = browser(world).get("/staff/login")
    assert "Create an account" not in shown(staff)


@pytest.mark.parametrize("path", ["/f/tremblay/register", "/f/tremblay/links"])
def test_asvs_6_one_answer_for_any_address(world: World, known: str, path: str) -> None:
    answers = [browser(world).post(path, data={"email": email}) for email in (known, "nobody@x.example")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert "Look in your junk folder" in shown(answers[0])
    event = "sign_up" if path.endswith("register") else "my_links"
    assert [mail.recipient for mail in mails(world, event)] == [known]


@pytest.mark.parametrize("path", ["/f/tremblay/register", "/f/tremblay/links"])
def test_what_is_no_address_is_refused_beside_its_field_and_stays(
    world: World, known: str, path: str
) -> None:
    answer = browser(world).post(path, data={"email": "nobody at home"})
    assert answer.status_code == 422
    assert 'value="nobody at home"' in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("path", ["/f/tremblay/register", "/f/tremblay/links"])
def test_6_12_sixty_presses_an_hour_from_one_network_are_answered(world: World, path: str) -> None:
    world.change(world.firm, portal_on_at=world.clock.now())
    page = browser(world)
    answers = [page.post(path, data={"email": f"n{n}@x.example"}).status_code for n in range(61)]
    assert answers == [200] * 60 + [429]


def test_3_7_from_the_address_to_home_in_one_browser(world: World, known: str) -> None:
    page = browser(world)
    page.post("/f/tremblay/register", data={"email": known, "next": "/requests/0195"})
    link = link_of(world)
    for _ in range(3):
        assert 'autocomplete="new-password"' in page.get(link).text
        assert page.head(link).status_code == 200
    weak = page.post(link, data={"password": "password1"})
    assert weak.status_code == 422
    made = page.post(link, data={"password": NEW})
    assert made.headers["location"] == f"{LOGIN}/code"
    done = page.post(f"{LOGIN}/code", data={"code": latest_code(world)})
    assert "Keep these codes" in shown(done)
    assert 'href="/requests/0195"' in done.text
    assert [row.mfa_at is not None for row in world.all(SignInSession)] == [True]
    again = page.post(link, data={"password": NEW})
    assert again.status_code == 404
    assert "This link works no more." in shown(again)
    assert len(world.all(PortalAccount)) == 1


def test_asvs_23_the_link_is_in_no_query_and_sends_no_referrer(world: World, known: str) -> None:
    page = browser(world)
    page.post("/f/tremblay/register", data={"email": known})
    answer = page.get(link_of(world))
    assert answer.headers["referrer-policy"] in ("no-referrer", "strict-origin")
    assert answer.headers["cache-control"] == "no-store"
