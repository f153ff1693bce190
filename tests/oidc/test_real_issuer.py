"""Signing in by npm's oidc-provider, running for real beside a served portal (1.2)."""

from __future__ import annotations

import html
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.issuers import OidcIssuers
from portal_app.domain.issuers import Preset, StaffSignIn
from portal_app.models import FirmIssuer, SignInSession, StaffIdentity
from portal_app.ports import IssuerFault
from portal_app.services.sign_in.issuer import about_secret
from scripts.with_services import free_port
from tests.browser.stage import Stage, staged
from tests.http.test_auth import shown
from tests.trial.served import PATIENCE

pytestmark = pytest.mark.served

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
SECRET = "a secret & more"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("issuer")) as running:
        running.world.clock.moment = SystemClock().now()
        yield running


@pytest.fixture(scope="module")
def issuer(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer's address; the stage's firm may sign in by it."""
    folder, world = tmp_path_factory.mktemp("node"), stage.world
    with running(folder, f"{stage.portal.url}/staff/login/issuer/back") as url:
        world.put(
            FirmIssuer(
                firm_id=world.firm.id,
                preset=Preset.OTHER,
                issuer=url,
                client_id="portal",
                secret_sealed=world.ports.sealer.seal(SECRET.encode(), about_secret(world.firm.id)),
                changed_at=world.clock.now(),
            )
        )
        world.change(world.firm, staff_sign_in=StaffSignIn.ISSUER)
        yield url


@contextmanager
def running(folder: Path, redirect: str) -> Iterator[str]:
    """Install oidc-provider as its lock says, and run it until the block ends."""
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    for name in ("package.json", "package-lock.json", "issuer.mjs"):
        shutil.copy(HERE / name, folder)
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--silent"],
        cwd=folder,
        env=environment,
        check=True,
        timeout=240,
    )
    port = free_port()
    with (folder / "log").open("wb") as out:
        process = subprocess.Popen(
            ["node", "issuer.mjs", str(port), redirect],
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=12), timeout=PATIENCE) as client:
            client.get(f"{url}/.well-known/openid-configuration").raise_for_status()
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # `node` is a wrapper: what it started goes with it
        process.wait(PATIENCE)


def come_by(stage: Stage, email: str, **changed: str) -> httpx.Response:
    """A browser types its address, presses the button, and follows where it is led; gives the last page.

    `changed` is what somebody in between asks of the issuer instead.
    """
    with httpx.Client(
        follow_redirects=True, timeout=PATIENCE, headers={"Origin": stage.portal.url}
    ) as browser:
        asked = browser.post(f"{stage.portal.url}/staff/login", data={"email": email})
        assert "Continue with 127.0.0.1" in shown(asked)
        going = browser.post(f"{stage.portal.url}/staff/login/issuer", data={"email": email})
        found = re.search(r'content="0;url=([^"]+)"', going.text)
        assert found, going.text
        del browser.headers["Origin"]
        return browser.get(httpx.URL(html.unescape(found[1])).copy_merge_params(changed))


def test_1_2_staff_sign_in_by_a_real_issuer_and_are_known_to_it_from_then_on(
    stage: Stage, issuer: str
) -> None:
    world = stage.world
    luc = world.new_staff("Luc Bergeron", email="luc@tremblay.example")
    for _time in range(2):
        last = come_by(stage, luc.email)
        assert str(last.url) == f"{stage.portal.url}/staff"
    assert [(row.staff_id, row.issuer, row.subject) for row in world.all(StaffIdentity)] == [
        (luc.id, issuer, "luc@tremblay.example")
    ]
    assert [row.mfa_at is not None for row in world.all(SignInSession, staff_id=luc.id)] == [True, True]


def test_1_2_a_real_issuer_that_does_not_vouch_for_the_address_opens_nothing(
    stage: Stage, issuer: str
) -> None:
    world = stage.world
    eve = world.new_staff("Eve", email="unverified.eve@tremblay.example")
    last = come_by(stage, eve.email)
    assert last.status_code == 403
    assert "verified" in shown(last)
    assert world.all(SignInSession, staff_id=eve.id) == []


@pytest.mark.parametrize("how", ["issuer", "audience", "nonce", "expired"])
def test_asvs_22_a_token_of_a_real_issuer_that_says_something_wrong_opens_nothing(
    stage: Stage, issuer: str, how: str
) -> None:
    """Each is signed by the issuer's own key: what it says is all that is wrong with it."""
    world = stage.world
    eve = world.new_staff("Eve", email=f"{how}.eve@tremblay.example")
    last = come_by(stage, eve.email)
    assert last.status_code == 403
    assert "cannot be trusted" in shown(last)
    assert world.all(SignInSession, staff_id=eve.id) == []
    assert world.all(StaffIdentity, staff_id=eve.id) == []


def test_asvs_22_the_same_token_signed_anew_as_it_was_opens_the_door(stage: Stage, issuer: str) -> None:
    """So that it is the words that are refused above, and not the signature."""
    ana = stage.world.new_staff("Ana", email="as.it.was.ana@tremblay.example")
    assert str(come_by(stage, ana.email).url) == f"{stage.portal.url}/staff"
    assert [row.mfa_at is not None for row in stage.world.all(SignInSession, staff_id=ana.id)] == [True]


def test_asvs_22_a_nonce_that_was_changed_on_the_way_opens_nothing(stage: Stage, issuer: str) -> None:
    luis = stage.world.new_staff("Luis", email="luis@tremblay.example")
    last = come_by(stage, luis.email, nonce="of somebody else")
    assert (last.status_code, "cannot be trusted" in shown(last)) == (403, True)
    assert stage.world.all(SignInSession, staff_id=luis.id) == []


def test_asvs_22_an_issuer_that_calls_itself_by_another_name_is_not_taken(issuer: str) -> None:
    elsewhere = issuer.replace("127.0.0.1", "localhost")
    with pytest.raises(IssuerFault, match="names another issuer"):
        OidcIssuers(SystemClock(), may_be_inside=True).check(elsewhere)


def test_an_issuer_inside_is_asked_only_where_the_operator_lets_it(issuer: str) -> None:
    assert OidcIssuers(SystemClock(), may_be_inside=True).check(issuer) == issuer
    with pytest.raises(IssuerFault, match="ConnectError"):
        OidcIssuers(SystemClock()).check(issuer)
