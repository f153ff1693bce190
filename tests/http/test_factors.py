"""Second steps in a browser: a passkey alone, text messages, a reset by an admin (4.3, 4.5, row 8)."""

from __future__ import annotations

import re
from html import unescape

from portal_app.models import PortalAccount
from tests.authenticators import SoftKey
from tests.http.test_auth import CODE, shown, step_one
from tests.http.test_auth_resets import MFA, confirmed
from tests.signing import browser, latest_text
from tests.world import World


def asked(page: str) -> tuple[str, str]:
    """What a page asks of a passkey: the options, and the sealed question."""
    options = re.search(r'data-passkey="([^"]+)"', page)[1]
    sealed = re.search(r'name="asked" value="([^"]+)"', page)[1]
    return unescape(options), sealed


def test_4_3_a_passkey_is_made_and_signs_in_alone(world: World) -> None:
    page, key = confirmed(world), SoftKey(origin=world.settings.public_url)
    form = page.get(f"{MFA}/passkey")
    assert "script-src 'self';" in form.headers["content-security-policy"]
    options, sealed = asked(form.text)
    made = {"code": key.make(options), "asked": sealed, "name": "Telephone"}
    assert "Keep these codes" in shown(page.post(f"{MFA}/passkey", data=made))
    assert "Telephone" in shown(page.get(MFA))

    other = browser(world)
    assert "Sign in with a passkey" in shown(other.get("/staff/login"))
    options, sealed = asked(other.get("/staff/login/passkey?next=/staff/work").text)
    given = {"code": key.sign(options), "asked": sealed, "next": "/staff/work"}
    done = other.post("/staff/login/passkey", data=given)
    assert (done.status_code, done.headers["location"]) == (303, "/staff/work")
    assert other.get("/staff/account/confirm").status_code == 200
    again = browser(world).post("/staff/login/passkey", data=given)
    assert (again.status_code, "does not sign in here" in shown(again)) == (422, True)


def test_asvs_8_a_number_is_asked_for_with_its_risk_and_validated(world: World) -> None:
    world.change(world.firm, sms_codes_at=world.clock.now())
    page = confirmed(world)
    assert "Messages can be intercepted" in shown(page.get(f"{MFA}/sms"))
    wrong = page.post(f"{MFA}/sms/start", data={"number": "418 555"})
    assert (wrong.status_code, 'value="418 555"' in wrong.text) == (422, True)
    page.post(f"{MFA}/sms/start", data={"number": "418 555-0142"})
    assert 'autocomplete="one-time-code"' in page.get(f"{MFA}/sms").text
    page.post(f"{MFA}/sms", data={"code": latest_text(world)})
    assert "To the number that ends in 42" in shown(page.get(MFA))

    other = browser(world)
    step_one(other, world)
    assert "ends in 42" in " ".join(shown(other.get(CODE)).split())
    done = other.post(CODE, data={"factor": "sms", "code": latest_text(world)})
    assert done.headers["location"] == "/staff"


def test_4_5_the_reset_asks_first_and_opening_it_changes_nothing(world: World) -> None:
    client = world.new_client()
    contact = world.new_contact(client)
    account = world.give_account(contact, client)
    path = f"/staff/contacts/{contact.id}/mfa"
    page = confirmed(world)
    assert "Be sure who asks" in shown(page.get(path))
    assert world.all(PortalAccount)[0].mfa_reset_at is None
    assert page.post(path).headers["location"] == f"/staff/contacts/{contact.id}"
    assert world.get(account).mfa_reset_at == world.clock.now()
    for stranger in (browser(world).get(path), browser(world).post(path)):
        assert stranger.headers["location"].startswith("/staff/login")
    assert page.get("/staff/contacts/no-number/mfa").status_code == 404
