"""The brand by plain routes: pictures for anybody, one POST for an image, and what an admin looks at (1.4 to 1.7)."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.http import branding, routes
from portal_app.models import BrandFile, BrandImage
from portal_app.services.sign_in.sessions import SessionBook
from tests.adapters import pictures
from tests.http.asked import words
from tests.world import World

LOGO = pictures.saved(pictures.halves(900, 300), "PNG")
UP = "/staff/settings/branding/images/"
LOOK = "/staff/settings/branding/preview/"


@pytest.fixture(autouse=True)
def ports(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)


def browser(world: World, language: str = "en", origin: str = "", **cookies: str) -> TestClient:
    app = Starlette(routes=routes())
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    url = world.settings.public_url
    headers = {"Accept-Language": language, "Origin": origin or url}
    return TestClient(gate, base_url=url, follow_redirects=False, headers=headers, cookies=cookies)


def owner(world: World) -> dict[str, str]:
    return {"staff": world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)[1]}


def member(world: World) -> dict[str, str]:
    person = world.new_staff("Nadia Benali")
    return {"staff": world.new_session(staff_id=person.id, firm_id=world.firm.id)[1]}


def test_1_7_a_logo_goes_up_and_stands_on_the_pages_of_clients(world: World) -> None:
    up = browser(world, **owner(world)).post(
        UP + "logo", content=LOGO, headers={"x-file-name": "caf%C3%A9.png"}
    )

    assert (up.status_code, up.json()) == (200, {"text": ""})
    assert world.all(BrandImage)[0].name == "café.png"
    for address in ("/f/tremblay/login", "/f/tremblay/help", "/f/tremblay/register", "/f/tremblay/links"):
        page = browser(world).get(address).text
        img = re.search(
            r'<img src="([^"]+)" srcset="[^"]+" width="120" height="40" alt="Tremblay Ouellet CPA">', page
        )
        assert img, address
        assert browser(world).get(img[1]).content.startswith(b"\x89PNG")


def test_asvs_46_a_picture_is_open_to_whoever_has_its_address_and_never_active(world: World) -> None:
    browser(world, **owner(world)).post(UP + "logo", content=LOGO)
    name = world.all(BrandFile)[0].name
    assert re.fullmatch(r"[0-9a-f]{32}\.png", name)

    shown = browser(world, origin="https://webmail.example").get(f"/brand/{name}")

    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    assert browser(world).get("/brand/" + "0" * 32 + ".png").status_code == 404


def test_asvs_34_an_image_comes_from_admins_by_our_own_page_only(world: World) -> None:
    assert browser(world).post(UP + "logo", content=LOGO).status_code == 401
    assert browser(world, **member(world)).post(UP + "logo", content=LOGO).status_code == 404
    abroad = browser(world, origin="https://evil.example", **owner(world))
    assert abroad.post(UP + "logo", content=LOGO).status_code == 403
    assert browser(world, **owner(world)).post(UP + "crest", content=LOGO).status_code == 404

    assert world.all(BrandImage) == []


def test_asvs_40_what_arrives_is_counted_whatever_was_said_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branding, "LARGEST", 1000)

    refused = browser(world, **owner(world)).post(UP + "hero", content=iter([b"\x89PNG", b"x" * 998]))

    assert refused.status_code == 422
    assert refused.json()["text"].startswith("This file is too large")


def test_1_6_what_is_no_image_gets_its_sentence(world: World) -> None:
    refused = browser(world, language="fr", **owner(world)).post(UP + "logo", content=b"<svg/>")

    assert refused.status_code == 422
    assert "PNG, JPEG, WebP ou HEIC" in refused.json()["text"]


@pytest.mark.parametrize(
    ("page", "english", "french"),
    [
        ("home", "To do now", "À faire maintenant"),
        ("sign-in", "Forgot password", "Mot de passe oublié"),
        ("email", "Open the request", "Ouvrir la demande"),
    ],
)
def test_1_5_an_admin_looks_at_the_real_pages_in_both_languages(
    world: World, page: str, english: str, french: str
) -> None:
    admin = browser(world, **owner(world))
    admin.post(UP + "logo", content=LOGO)

    shown = {language: admin.get(f"{LOOK}{page}?language={language}") for language in ("en", "fr")}

    assert english in words(shown["en"])
    assert french in words(shown["fr"])
    for answer in shown.values():
        assert 'alt="Tremblay Ouellet CPA"' in answer.text
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


def test_1_16_previews_are_for_admins(world: World) -> None:
    assert browser(world, **member(world)).get(LOOK + "home").status_code == 404
    assert browser(world, **owner(world)).get(LOOK + "elsewhere").status_code == 404
    signed_out = browser(world).get(LOOK + "email")
    assert signed_out.status_code == 303
    assert signed_out.headers["location"].startswith("/staff/login")
