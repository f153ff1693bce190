"""Debian's `oathtool` as somebody's authenticator: its codes set the app up and sign in, on both sides (4.3)."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from scripts.with_services import program
from tests.conftest import absent
from tests.http.test_account import Home
from tests.http.test_auth import shown, signed_in
from tests.signing import browser
from tests.world import PASSWORD, World


@pytest.fixture(scope="session")
def oathtool() -> str:
    """Where it is; `scripts.with_services` installs it for `make check`."""
    found = program("oathtool", "oathtool", installs=False)
    if found is None:
        absent("oathtool", "install it (Debian: apt-get install oathtool)")
    return str(found)


def code_of(oathtool: str, key: str, at: datetime) -> str:
    """What it shows for this key at this moment, with the key given as the page shows it."""
    asked = [oathtool, "--totp", "--base32", "--now", f"{at:%Y-%m-%d %H:%M:%S} UTC", "--", "-"]
    run = subprocess.run(asked, input=key, capture_output=True, text=True, check=True, timeout=30)
    return run.stdout.strip()


def people(world: World, side: str) -> tuple[TestClient, str, str, str, str]:
    """Somebody signed in: their browser, address, page of second steps, sign-in page, and where that ends."""
    if side == "staff":
        return signed_in(world), world.owner.email, "/staff/account/mfa", "/staff/login", "/staff"
    home = Home(world)
    return home.page, home.contact.email, "/account/mfa", f"/f/{world.firm.slug}/login", "/home"


@pytest.mark.parametrize("side", ["staff", "client"])
def test_4_3_asvs_9_codes_made_by_oathtool_set_the_app_up_and_sign_in_once(
    world: World, oathtool: str, side: str
) -> None:
    page, email, steps, entrance, inside = people(world, side)
    confirm = steps.replace("/mfa", "/confirm")
    page.post(confirm, data={"factor": "password", "password": PASSWORD})
    page.post(f"{steps}/totp/start")
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", page.get(f"{steps}/totp").text)[1]
    kept = page.post(f"{steps}/totp", data={"code": code_of(oathtool, key, world.clock.now())})
    assert "Keep these codes" in shown(kept)

    world.clock.advance(minutes=2)
    for off_by, opens in ((-60, False), (60, False), (30, True), (30, False)):
        other = browser(world)
        first = other.post(entrance, data={"email": email, "password": PASSWORD})
        assert first.headers["location"] == f"{entrance}/code"
        code = code_of(oathtool, key, world.clock.now() + timedelta(seconds=off_by))
        done = other.post(f"{entrance}/code", data={"factor": "totp", "code": code})
        assert (done.status_code, done.headers.get("location")) == ((303, inside) if opens else (422, None))
