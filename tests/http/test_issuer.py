"""Staff sign in by the firm's issuer, in a browser, through the real gate; forged answers open nothing (1.2, asvs 22)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.domain.issuers import Preset, StaffSignIn
from portal_app.models import (
    AuditEntry,
    FirmIssuer,
    IssuerAttempt,
    SignInSession,
    Staff,
    StaffIdentity,
)
from portal_app.services.sign_in.issuer import about_secret
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.services.team import staff_invitations, team
from portal_app.services.team.staff_invitations import InvitationFields
from tests.http.test_auth import shown
from tests.oidc import small_issuer as small
from tests.oidc.small_issuer import CLIENT, SECRET, Change, SmallIssuer, with_claims
from tests.services.test_staff_invitations import link_of
from tests.signing import browser, mails
from tests.world import PASSWORD, World

BACK = "/staff/login/issuer/back"


@pytest.fixture
def issuer(world: World) -> Iterator[SmallIssuer]:
    """An issuer that the firm's staff may sign in by, and that vouches for Luc."""
    with small.small_issuer() as running:
        running.now = lambda: int(world.clock.now().timestamp())
        world.put(
            FirmIssuer(
                firm_id=world.firm.id,
                preset=Preset.OTHER,
                issuer=running.url,
                client_id=CLIENT,
                secret_sealed=world.ports.sealer.seal(SECRET.encode(), about_secret(world.firm.id)),
                changed_at=world.clock.now(),
            )
        )
        world.change(world.firm, staff_sign_in=StaffSignIn.EITHER)
        running.person = {"sub": "luc-1", "email": "Luc.Bergeron@tremblay.example", "email_verified": True}
        yield running


@pytest.fixture
def luc(world: World) -> Staff:
    return world.new_staff("Luc Bergeron")


def leave(page: TestClient, issuer: SmallIssuer, email: str, **more: str) -> dict[str, str]:
    """Press *Continue with …*; gives what the issuer sends back."""
    answer = page.post("/staff/login/issuer", data={"email": email, **more})
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return issuer.arrive(html.unescape(found[1]))


def come_back(page: TestClient, query: dict[str, str]) -> Any:
    return page.get(f"{BACK}?{urlencode(query)}", headers={"Sec-Fetch-Site": "cross-site"})


def sign_in(
    world: World, issuer: SmallIssuer, email: str, page: TestClient | None = None, **more: str
) -> Any:
    page = page or browser(world)
    return come_back(page, leave(page, issuer, email) | more)


def is_in(world: World, page: TestClient) -> bool:
    """Whether the cookie of this browser is a live session's."""
    return SessionBook(world.ports).resolve({"staff": page.cookies.get("staff", "")}, "").staff is not None


def test_1_2_signing_in_by_the_issuer_takes_the_place_of_password_and_mfa(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    page = browser(world)
    query = leave(page, issuer, luc.email, next="/staff/work")
    during = page.cookies["staff"]
    answer = come_back(page, query)

    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/work")
    assert is_in(world, page)
    assert page.cookies["staff"] != during, "the session has a token of its own"
    assert issuer.asked["scope"] == "openid email"
    assert issuer.asked["code_challenge_method"] == "S256"
    assert issuer.asked["login_hint"] == luc.email
    assert issuer.redeemed[0]["redirect_uri"] == world.settings.public_url + BACK
    assert mails(world, "sign_in_code") == []
    [told] = [mail for mail in mails(world, "security_notice") if "now opens" in mail.subject]
    assert told.recipient == luc.email
    assert "sign_in:issuer_linked" in [entry.action for entry in world.all(AuditEntry)]


def test_1_2_the_sign_in_page_offers_what_the_persons_firm_allows(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    def asked(email: str) -> str:
        return shown(browser(world).post("/staff/login", data={"email": email}))

    other = world.new_staff("Rival", firm=world.new_firm("Other CPA", slug="other"))
    nobody = asked("nobody@tremblay.example").replace("nobody@tremblay.example", "X")
    assert "Continue with" not in nobody
    assert asked(other.email).replace(other.email, "X") == nobody, (
        "an unknown address goes on as with a password"
    )
    either = asked(luc.email)
    assert "Continue with 127.0.0.1" in either
    assert "Forgot password" in either

    world.change(world.firm, staff_sign_in=StaffSignIn.ISSUER)
    assert "Forgot password" not in asked(luc.email)
    owners = asked(world.owner.email)
    assert "Forgot password" in owners
    assert "Continue with" in owners

    world.change(world.firm, staff_sign_in=StaffSignIn.PASSWORD)
    assert "Continue with" not in asked(luc.email)


def test_1_2_where_the_issuer_is_required_a_members_password_opens_nothing_and_an_owners_does(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    world.change(world.firm, staff_sign_in=StaffSignIn.ISSUER)
    page = browser(world)
    refused = page.post("/staff/login", data={"email": luc.email, "password": PASSWORD})
    assert refused.status_code == 422
    page.post("/staff/forgot", data={"email": luc.email})
    assert mails(world, "password_reset") == []
    owner = page.post("/staff/login", data={"email": world.owner.email, "password": PASSWORD})
    assert owner.headers["location"] == "/staff/login/code"


def test_where_a_password_is_required_the_issuer_opens_nothing(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    page = browser(world)
    query = leave(page, issuer, luc.email)
    world.change(world.firm, staff_sign_in=StaffSignIn.PASSWORD)
    answer = come_back(page, query)
    assert answer.status_code == 403
    assert not is_in(world, page)
    assert page.post("/staff/login/issuer", data={"email": luc.email}).headers["location"] == "/staff/login"


FORGED: dict[str, Change] = {
    "wrong issuer": with_claims(iss="https://evil.example"),
    "wrong audience": with_claims(aud="another client"),
    "ours among others without azp": with_claims(aud=[CLIENT, "another client"]),
    "made for another client": with_claims(aud=[CLIENT, "another client"], azp="another client"),
    "wrong nonce": with_claims(nonce="another sign-in's"),
    "no nonce": with_claims(nonce=None),
    "expired": with_claims(exp=-61),
    "no expiry": with_claims(exp=None),
    "from the future": with_claims(iat=400, exp=700),
    "not yet": with_claims(nbf=400),
    "nobody": with_claims(sub=None),
    "alg none": small.unsigned,
    "signed with the secret": small.by_the_secret,
    "signed with the public key": small.by_the_public_key,
    "unknown key": small.by_an_unknown_key,
    "another key of that name": small.by_a_key_of_the_same_name,
    "of another access token": with_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no token at all": lambda _issuer, _claims: "not.a.token",
}


@pytest.mark.parametrize("how", FORGED)
def test_asvs_22_a_forged_id_token_opens_nothing(
    world: World, issuer: SmallIssuer, luc: Staff, how: str
) -> None:
    issuer.change = FORGED[how]
    page = browser(world)
    answer = sign_in(world, issuer, luc.email, page)
    assert answer.status_code == 403
    assert "cannot be trusted" in shown(answer)
    assert not is_in(world, page)
    assert world.all(StaffIdentity) == []
    assert world.all(SignInSession) == []
    refused = [entry.facts["why"] for entry in world.all(AuditEntry, action="sign_in:refused")]
    assert refused == ["issuer: token"]


def test_asvs_22_an_answer_in_the_name_of_another_issuer_is_not_redeemed(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    answer = sign_in(world, issuer, luc.email, iss="https://evil.example")
    assert answer.status_code == 403
    assert issuer.redeemed == []


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_key_that_the_issuer_made_since_is_read_anew(
    world: World, issuer: SmallIssuer, luc: Staff, name: str
) -> None:
    assert sign_in(world, issuer, luc.email).status_code == 303
    issuer.key = small.RSAKey.generate_key(2048, {"kid": name})
    issuer.change = lambda it, claims: it.signed(claims, kid=name)
    assert sign_in(world, issuer, luc.email).status_code == 303


@pytest.mark.parametrize("how", ["another browser", "another state", "twice", "too late", "none begun"])
def test_the_way_back_works_once_in_the_browser_that_left_and_for_ten_minutes(
    world: World, issuer: SmallIssuer, luc: Staff, how: str
) -> None:
    page = browser(world)
    query = leave(page, issuer, luc.email)
    left = page.cookies["staff"]
    if how == "another browser":
        page = browser(world)
    elif how == "another state":
        query["state"] = "x"
    elif how == "twice":
        assert come_back(page, query).status_code == 303
        page = browser(world)
        page.cookies.set("staff", left)
    elif how == "too late":
        world.clock.advance(minutes=10)
    else:
        page, query = browser(world), {"code": "x", "state": "y"}
    answer = come_back(page, query)
    assert answer.status_code == 403
    assert "Start again" in shown(answer)
    assert not is_in(world, page)
    assert len(issuer.redeemed) == (1 if how == "twice" else 0)


@pytest.mark.parametrize("verified", [None, False, "false", "yes", 0])
def test_1_2_an_address_that_the_issuer_does_not_vouch_for_links_nobody(
    world: World, issuer: SmallIssuer, luc: Staff, verified: object
) -> None:
    issuer.person = {"sub": "luc-1", "email": luc.email}
    if verified is not None:
        issuer.person["email_verified"] = verified
    answer = sign_in(world, issuer, luc.email)
    assert answer.status_code == 403
    assert "verified" in shown(answer)
    assert world.all(StaffIdentity) == []


def test_1_2_microsofts_word_for_verified_counts(world: World, issuer: SmallIssuer, luc: Staff) -> None:
    issuer.person = {"sub": "luc-1", "email": luc.email, "xms_edov": "1"}
    assert sign_in(world, issuer, luc.email).status_code == 303


def test_1_2_once_linked_issuer_and_subject_count_and_no_address_any_more(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    eve = world.new_staff("Ève Marchand", email="eve@tremblay.example")
    assert sign_in(world, issuer, luc.email).status_code == 303
    issuer.person = {"sub": "luc-1", "email": eve.email, "email_verified": True}
    assert sign_in(world, issuer, luc.email).status_code == 303
    assert {row.staff_id for row in world.all(SignInSession)} == {luc.id}

    issuer.person = {"sub": "luc-2", "email": luc.email, "email_verified": True}
    other = sign_in(world, issuer, luc.email)
    assert other.status_code == 403
    assert "Another account" in shown(other)
    assert [row.subject for row in world.all(StaffIdentity)] == ["luc-1"]


def test_1_13_whoever_left_comes_in_by_no_issuer_either(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    eve = world.new_staff("Ève Marchand")
    assert sign_in(world, issuer, luc.email).status_code == 303
    page = browser(world)
    query = leave(page, issuer, eve.email)
    team.deactivate(world.ports, world.staff, luc.id, eve.id)
    assert come_back(page, query).status_code == 403
    assert not is_in(world, page)
    assert world.all(StaffIdentity) == [], "whoever comes back is linked anew"


def test_1_2_an_issuer_opens_its_own_firm_alone(world: World, issuer: SmallIssuer, luc: Staff) -> None:
    rival = world.new_staff("Rival", firm=world.new_firm("Other CPA", slug="other"))
    issuer.person = {"sub": "r", "email": rival.email, "email_verified": True}
    answer = sign_in(world, issuer, luc.email)
    assert answer.status_code == 403
    assert rival.email in shown(answer)
    assert world.all(SignInSession) == []


def test_1_13_an_invited_person_joins_by_the_issuer_without_a_password(
    world: World, issuer: SmallIssuer
) -> None:
    world.change(world.firm, staff_sign_in=StaffSignIn.ISSUER)
    fields = InvitationFields("Nadia Cormier", "nadia@tremblay.example", Role.MEMBER, "en")
    staff_invitations.invite(world.ports, world.staff, fields)
    token = link_of(world)
    page = browser(world)
    first = page.get(f"/staff/join/{token}")
    assert "password" not in shown(first).lower()
    assert page.post(f"/staff/join/{token}", data={"password": "marmotte sous la neige"}).status_code == 404

    issuer.person = {"sub": "n", "email": "someone@tremblay.example", "email_verified": True}
    assert come_back(page, leave(page, issuer, "", invitation=token)).status_code == 403
    issuer.person = {"sub": "n", "email": "Nadia@tremblay.example", "email_verified": True}
    assert come_back(page, leave(page, issuer, "", invitation=token)).status_code == 303
    assert is_in(world, page)
    [nadia] = world.all(Staff, email_key="nadia@tremblay.example")
    assert nadia.password_hash is None
    assert page.get(f"/staff/join/{token}").status_code == 404


def test_stopping_at_the_issuer_says_so_and_an_issuer_that_is_away_too(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    page = browser(world)
    query = leave(page, issuer, luc.email)
    stopped = come_back(page, {"error": "access_denied", "state": query["state"]})
    assert "You stopped at 127.0.0.1" in shown(stopped)
    world.change(world.all(FirmIssuer)[0], issuer="http://127.0.0.1:9")
    away = page.post("/staff/login/issuer", data={"email": luc.email})
    assert away.status_code == 403
    assert "does not answer" in shown(away)


def test_no_secret_lies_in_the_clear(world: World, issuer: SmallIssuer, luc: Staff) -> None:
    page = browser(world)
    leave(page, issuer, luc.email)
    [attempt], [kept] = world.all(IssuerAttempt), world.all(FirmIssuer)
    stored = repr(attempt) + repr(kept)
    assert SECRET not in stored
    assert issuer.asked["nonce"] not in stored
    assert issuer.asked["state"] not in stored
    assert page.cookies["staff"] not in stored


def test_the_page_on_the_way_lets_nothing_else_be_loaded(
    world: World, issuer: SmallIssuer, luc: Staff
) -> None:
    answer = browser(world).post("/staff/login/issuer", data={"email": luc.email})
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_secret_is_typed_on_a_page_of_its_own_by_an_owner_who_confirmed(
    world: World, issuer: SmallIssuer
) -> None:
    page = browser(world)
    assert page.get("/staff/settings/sign-in/issuer").headers["location"].startswith("/staff/login")
    session, token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    page.cookies.set("staff", token)
    assert page.get("/staff/settings/sign-in/issuer").headers["location"].startswith("/staff/account/confirm")
    world.change(session, confirmed_at=world.clock.now())
    form = page.get("/staff/settings/sign-in/issuer")
    assert CLIENT in form.text
    assert SECRET not in form.text
    typed = {"preset": "other", "issuer": issuer.url, "client_id": "", "secret": "another secret"}
    refused = page.post("/staff/settings/sign-in/issuer", data=typed)
    assert refused.status_code == 422
    assert "another secret" not in refused.text
    saved = page.post("/staff/settings/sign-in/issuer", data=typed | {"client_id": "new"})
    assert saved.headers["location"] == "/staff/settings/sign-in"
    assert world.all(FirmIssuer)[0].client_id == "new"
    member = browser(world)
    luc = world.new_staff("Luc Bergeron")
    member.cookies.set("staff", world.new_session(staff_id=luc.id, firm_id=world.firm.id)[1])
    assert member.get("/staff/settings/sign-in/issuer").status_code == 404
    assert member.post("/staff/settings/sign-in/issuer", data=typed).status_code == 404
