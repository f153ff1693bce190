"""Every page on which somebody chooses a password holds to the same rules, to the last character (4.1, rows 1 and 2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from portal_app.models import Contact, Firm, PortalAccount, Staff
from portal_app.services.firm.setup import setup_key
from portal_app.services.requests import sending
from tests.http import test_invitations
from tests.http.test_account import Home
from tests.http.test_auth import with_account
from tests.http.test_auth_resets import confirmed
from tests.http.test_auth_setup import TYPED
from tests.http.test_field_hints import secrets_of
from tests.http.test_registering import link_of
from tests.services.invited import Story
from tests.services.test_staff_invitations import invited
from tests.signing import browser, latest_reset
from tests.world import World

PAST = "  Ünï cøde, 128 caractères et plus: "
LONG = unicodedata.normalize("NFD", PAST + "é 🐢 " * 30 + "  ")
STAFF, CLIENTS = "/staff/login", "/f/tremblay/login"


@dataclass
class Door:
    """A page that takes a new password, and where one signs in with it afterwards."""

    page: TestClient
    path: str
    email: str
    sign_in: str
    more: dict[str, str]

    def choose(self, password: str) -> Any:
        return self.page.post(self.path, data=self.more | {"password": password})


def setting_up(world: World) -> Door:
    with world.engine.begin() as connection:
        for table in ("staff", "firm"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  two names of ours
    more = TYPED | {"key": setup_key(world.ports), "firm_name": world.firm.name}
    return Door(browser(world), "/setup", more["email"], STAFF, more)


def joining(world: World) -> Door:
    token = invited(world)
    return Door(browser(world), f"/staff/join/{token}", "nadia@tremblay.example", STAFF, {})


def invitation(world: World) -> Door:
    story = Story(world)
    page = test_invitations.browser(world)
    return Door(page, f"/invite/{story.token}", story.contact.email, CLIENTS, {})


def registering(world: World) -> Door:
    world.change(world.firm, portal_on_at=world.clock.now())
    client = world.new_client()
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact])
    sending.send_request(world.ports, world.staff, request.id, [contact.id], "press")
    page = browser(world)
    page.post("/f/tremblay/register", data={"email": contact.email})
    return Door(page, link_of(world), contact.email, CLIENTS, {})


def staff_reset(world: World) -> Door:
    page = browser(world)
    page.post("/staff/forgot", data={"email": world.owner.email})
    return Door(page, f"/staff/reset/{latest_reset(world)}", world.owner.email, STAFF, {})


def client_reset(world: World) -> Door:
    page, email = browser(world), with_account(world)
    page.post("/f/tremblay/forgot", data={"email": email})
    return Door(page, f"/f/tremblay/reset/{latest_reset(world)}", email, CLIENTS, {})


def own_of_staff(world: World) -> Door:
    page = confirmed(world)
    return Door(page, "/staff/account/password", world.owner.email, STAFF, {"for": str(world.owner.id)})


def own_of_client(world: World) -> Door:
    home = Home(world)
    home.confirm()
    return Door(home.page, "/account/password", home.contact.email, CLIENTS, {"for": str(home.contact.id)})


DOORS = [setting_up, joining, invitation, registering, staff_reset, client_reset, own_of_staff, own_of_client]


def hashes(world: World) -> list[Any]:
    """What is kept of passwords, of everybody."""
    return [row.password_hash for kind in (Staff, PortalAccount) for row in world.all(kind)]


def local_part(email: str) -> str:
    return email.partition("@")[0]


@pytest.mark.parametrize("at", DOORS, ids=lambda one: one.__name__)
def test_asvs_1_and_2_each_page_refuses_what_is_too_short_common_or_telling(
    world: World, at: Callable[[World], Door]
) -> None:
    door = at(world)
    before = hashes(world)
    telling = local_part(door.email)
    for weak in (
        "sevench",
        unicodedata.normalize("NFD", "éééé ét"),
        "azertyuiop",
        "Tremblay Ouellet CPA",
        f"{telling.capitalize()}-12",
        door.email,
    ):
        refused = door.choose(weak)
        assert (refused.status_code, 'id="password-wrong"' in refused.text) == (422, True), weak
        assert not [one for kind, one in secrets_of(refused.text) if kind == "password" and "value" in one]
    assert hashes(world) == before


@pytest.mark.parametrize("at", DOORS, ids=lambda one: one.__name__)
def test_asvs_1_each_page_takes_128_characters_and_more_as_they_were_typed(
    world: World, at: Callable[[World], Door]
) -> None:
    """Typed decomposed with blanks at both ends; it signs in composed, and neither trimmed nor in another case."""
    composed = unicodedata.normalize("NFC", LONG)
    assert len(composed) > 128
    door = at(world)
    assert door.choose(LONG).status_code in (200, 303)
    assert world.all(Firm)
    assert world.all(Staff) or world.all(Contact)

    def signs_in(password: str) -> bool:
        answer = browser(world, address="10.0.0.9").post(
            door.sign_in, data={"email": door.email, "password": password}
        )
        return answer.status_code == 303

    for other in (composed.strip(), composed.swapcase(), composed[:72]):
        assert not signs_in(other)
    assert signs_in(composed)
