"""Forgotten passwords and the authenticator in a browser (4.3, 4.5, 4.7)."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote, urlencode

import pyotp
import pytest
from starlette.testclient import TestClient

from portal_app.models import SignInSession
from tests.http.test_auth import CODE, SIGN_IN, shown, signed_in, step_one, with_account
from tests.signing import browser, latest_reset, mails
from tests.world import PASSWORD, World

MFA = "/staff/account/mfa"
NEW = "marmotte sous la neige"


@pytest.mark.parametrize("side", ["/staff", "/f/tremblay"])
def test_asvs_6_forgot_gives_one_answer_for_any_address(world: World, side: str) -> None:
    known = world.owner.email if side == "/staff" else with_account(world)
    answers = [
        browser(world).post(f"{side}/forgot", data={"email": email}) for email in (known, "nobody@x.example")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert "Look in your junk folder" in shown(answers[0])
    if side != "/staff":  # whoever has no account yet, and whoever is stuck
        assert 'href="/f/tremblay/register"' in answers[0].text
        assert "Create an account" in shown(answers[0])
        assert "418\N{NO-BREAK SPACE}555-0142" in shown(answers[0])
    assert [mail.recipient for mail in mails(world, "password_reset")] == [known]


def test_too_many_presses_from_one_address_are_answered_with_a_wait(world: World) -> None:
    page = browser(world)
    answers = [page.post("/staff/forgot", data={"email": f"n{n}@x.example"}) for n in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["retry-after"]) > 0


def test_a_link_sets_a_password_and_leads_to_sign_in(world: World) -> None:
    page = browser(world)
    page.post("/staff/forgot", data={"email": world.owner.email})
    link = f"/staff/reset/{latest_reset(world)}"
    for _ in range(2):
        assert 'autocomplete="new-password"' in page.get(link).text
    weak = page.post(link, data={"password": "password1"})
    assert weak.status_code == 422
    assert "common ones" in shown(weak)

    saved = page.post(link, data={"password": NEW})
    assert saved.headers["location"] == f"{SIGN_IN}?why=new_password"
    assert "staff" not in page.cookies
    assert "Your new password is saved." in shown(page.get(saved.headers["location"]))
    assert step_one(page, world).status_code == 422
    asked = page.post(SIGN_IN, data={"email": world.owner.email, "password": NEW})
    assert asked.headers["location"] == CODE


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_used_link_says_so_and_offers_a_new_one(world: World, method: str) -> None:
    page = browser(world)
    page.post("/staff/forgot", data={"email": world.owner.email})
    link = f"/staff/reset/{latest_reset(world)}"
    page.post(link, data={"password": NEW})
    for dead in (link, "/staff/reset/never-was-one", link.replace("/staff", "/f/tremblay")):
        response = page.request(
            method, dead, data={"password": "un autre encore"} if method == "POST" else None
        )
        assert response.status_code == 404
        assert "This link works no more." in shown(response)
        assert "Send the link" in shown(response)


def test_asvs_12_a_reset_ends_a_session_that_is_open_elsewhere(world: World) -> None:
    elsewhere = signed_in(world)
    page = browser(world)
    page.post("/staff/forgot", data={"email": world.owner.email})
    page.post(f"/staff/reset/{latest_reset(world)}", data={"password": NEW})
    assert elsewhere.get("/staff/account/confirm").status_code == 303
    assert all(row.ended_at is not None for row in world.all(SignInSession))


def test_a_bad_address_is_said_beside_the_field_and_kept(world: World) -> None:
    response = browser(world).post("/staff/forgot", data={"email": "sophie"})
    assert response.status_code == 422
    assert 'value="sophie"' in response.text
    assert 'id="email-wrong"' in response.text


def confirmed(world: World) -> TestClient:
    """The owner, signed in, who gave the password again."""
    page = signed_in(world)
    assert page.get(MFA).headers["location"] == f"/staff/account/confirm?{urlencode({'next': MFA})}"
    page.post("/staff/account/confirm", data={"factor": "password", "password": PASSWORD})
    return page


def test_4_3_an_app_is_set_up_by_picture_or_key_and_then_asked_for(world: World) -> None:
    page = confirmed(world)
    assert page.post(f"{MFA}/totp/start").headers["location"] == f"{MFA}/totp"
    body = page.get(f"{MFA}/totp").text
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", body)[1].replace(" ", "")
    picture = re.search(r'src="data:image/svg\+xml[^,]*,([^"]+)"', body)[1]
    drawing = base64.b64decode(picture) if "base64" in body else unquote(picture).encode()
    assert b"<svg" in drawing

    app = pyotp.TOTP(key)
    wrong = page.post(f"{MFA}/totp", data={"code": "000000"})
    assert (wrong.status_code, 'id="code-wrong"' in wrong.text) == (422, True)

    kept = page.post(f"{MFA}/totp", data={"code": app.at(world.clock.now())})
    assert "Keep these codes" in shown(kept)
    assert "Authenticator app" in shown(page.get(MFA))
    assert key not in page.get(MFA).text

    other = browser(world)
    step_one(other, world)
    assert "authenticator app" in shown(other.get(CODE))
    assert "Send the code again" not in shown(other.get(CODE))
    world.clock.advance(seconds=30)
    assert other.post(CODE, data={"code": app.at(world.clock.now())}).headers["location"] == "/staff"


def test_opening_the_page_makes_no_key(world: World) -> None:
    confirmed(world).get(f"{MFA}/totp")
    assert world.get(world.owner).totp_sealed is None


@pytest.mark.parametrize("base", [MFA, "/account/mfa"])
def test_asvs_7_nobody_reaches_the_set_up(world: World, base: str) -> None:
    for method, path in (
        ("GET", ""),
        ("POST", "/totp/start"),
        ("POST", "/totp"),
        ("POST", "/remove"),
        ("POST", "/codes"),
    ):
        response = browser(world).request(method, base + path)
        assert response.status_code == 303
        assert "/login?next=" in response.headers["location"]
