"""Fields for passwords and codes: a password manager and a phone know them, and nothing is in their way (row 3)."""

from __future__ import annotations

import re
from pathlib import Path

import portal_app
from tests.http.test_auth import step_one
from tests.http.test_templates import Outline, drawn, every_page
from tests.signing import browser
from tests.world import World

ROOT = Path(portal_app.__file__).parents[1]
CODES = {"code", "pin"}
IN_THE_WAY = {"readonly", "disabled", "pattern", "minlength", "onpaste", "oncopy", "ondrop", "oninput"}


def secrets_of(html: str) -> list[tuple[str, dict[str, str]]]:
    """The fields of a page that take a password or a code, as *password* or *code* and their attributes."""
    found = []
    for field in Outline(html).all("input"):
        if field.get("type") == "password":
            found.append(("password", field))
        elif field.get("name") in CODES and field.get("type") != "hidden":
            found.append(("code", field))
    return found


def is_for_six_digits(field: dict[str, str]) -> bool:
    return field.get("inputmode") == "numeric"


@every_page
def test_asvs_3_each_field_for_a_secret_says_what_it_is_and_takes_all_of_it(name: str) -> None:
    for kind, field in secrets_of(drawn(name)):
        assert not IN_THE_WAY & set(field), field
        length = int(field.get("maxlength") or 1000)
        if kind == "password" and field["name"] == "password":
            assert field["autocomplete"] in {"current-password", "new-password"}
            assert length >= 128
        elif kind == "password":
            assert (field["name"], field["autocomplete"]) == ("secret", "off")  # the issuer's, nobody's own
        elif is_for_six_digits(field):
            assert field["autocomplete"] == "one-time-code"
            assert length >= len("123 456")
        else:  # recovery codes and codes of another device: no phone has them in a message
            assert field["autocomplete"] == "off"
            assert length >= len("ABCD EFGH")


@every_page
def test_asvs_3_a_page_with_a_password_names_whose_it_is(name: str) -> None:
    """So that a manager keeps it under the address, also where the address is not typed."""
    fields = Outline(drawn(name)).all("input")
    if any(one.get("name") == "password" for one in fields):
        assert [one["name"] for one in fields if one.get("autocomplete") == "username"] == ["email"]


def test_asvs_3_no_script_of_ours_knows_when_somebody_pastes() -> None:
    scripts = [*ROOT.glob("assets/*.js"), *ROOT.glob("portal_app/components/*.js*")]
    assert {"passkey.js", "answers.js"} <= {path.name for path in scripts}
    for path in scripts:
        assert not re.search(r"paste|clipboardData", path.read_text(encoding="utf-8"), re.IGNORECASE), path


def test_asvs_3_a_password_never_grows_too_old(world: World) -> None:
    world.clock.advance(days=3_000)
    first = step_one(browser(world), world)
    assert first.headers["location"] == "/staff/login/code"
