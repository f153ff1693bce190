"""Who asks, and the three cookies (4.6, 4.8, asvs 17)."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from portal_app.domain.actors import Kind, Role
from portal_app.http import visitors
from portal_app.models import Contact, PortalAccount, Staff
from portal_app.settings import Settings
from tests.world import World


def asked(world: World, path: str = "/home", **headers: object) -> Request:
    """A request as the gate lets it in."""
    app = Starlette()
    app.state.ports = world.ports
    raw = [
        (f"x-portal-{name}".encode(), (value.hex if hasattr(value, "hex") else str(value)).encode())
        for name, value in {"address": "192.0.2.7", **headers}.items()
    ]
    scope: dict[str, Any] = {"type": "http", "app": app, "path": path, "headers": raw, "query_string": b""}
    return Request(scope)


@pytest.fixture
def contact(world: World) -> Contact:
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    return person


def test_without_cookies_nobody_asks(world: World) -> None:
    actor = visitors.of(asked(world))
    assert (actor.kind, actor.address) == (Kind.NOBODY, "192.0.2.7")


def test_one_browser_holds_all_three_side_by_side(world: World, contact: Contact) -> None:
    """4.8: the page says as whom it is asked."""
    staff, _ = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    client, _ = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    device, _ = world.new_device()
    all_three = {"staff": staff.id, "client": client.id, "device": device.device_id}

    as_staff = visitors.of(asked(world, "/staff/clients", **all_three))
    assert (as_staff.kind, as_staff.staff_id, as_staff.role) == (Kind.STAFF, world.owner.id, Role.OWNER)
    assert (as_staff.contact_id, as_staff.device_id) == (None, None)

    as_client = visitors.of(asked(world, "/home", **all_three))
    assert (as_client.kind, as_client.contact_id, as_client.device_id) == (
        Kind.CLIENT,
        contact.id,
        device.device_id,
    )
    assert as_client.staff_id is None
    assert visitors.of(asked(world, "/files/x", **all_three), Kind.STAFF).kind is Kind.STAFF


def test_a_device_alone_is_a_client_without_a_name(world: World) -> None:
    device, _ = world.new_device()
    actor = visitors.of(asked(world, device=device.device_id))
    assert (actor.kind, actor.contact_id, actor.firm_id) == (Kind.CLIENT, None, None)


def test_a_page_whose_path_only_begins_like_staffs_is_a_clients(world: World) -> None:
    staff, _ = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    assert visitors.of(asked(world, "/staffing", staff=staff.id)).kind is Kind.NOBODY


def test_who_left_asks_as_nobody(world: World, contact: Contact) -> None:
    """1.13, 2.10: read anew at every request."""
    staff, _ = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    client, _ = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    account = world.all(PortalAccount)[0]
    now = world.clock.now()

    world.change(account, disabled_at=now)
    assert visitors.of(asked(world, client=client.id)).kind is Kind.NOBODY
    world.change(account, disabled_at=None)
    world.change(contact, archived_at=now)
    assert visitors.of(asked(world, client=client.id)).kind is Kind.NOBODY
    world.change(world.all(Staff)[0], deactivated_at=now)
    assert visitors.of(asked(world, "/staff", staff=staff.id)).kind is Kind.NOBODY


@pytest.mark.parametrize("gone", ["ended_at", "mfa_at"])
def test_an_ended_session_and_one_without_its_second_factor_are_nobody(
    world: World, contact: Contact, gone: str
) -> None:
    client, _ = world.new_session(firm_id=world.firm.id, contact_id=contact.id)
    assert visitors.of(asked(world, client=client.id)).kind is Kind.CLIENT
    world.change(client, **{gone: world.clock.now() if gone == "ended_at" else None})
    assert visitors.of(asked(world, client=client.id)).kind is Kind.NOBODY


def _cookie(response: Response) -> Any:
    [(_name, morsel)] = SimpleCookie(response.headers["set-cookie"]).items()
    return morsel


@pytest.mark.parametrize("kind", [visitors.STAFF, visitors.CLIENT, visitors.DEVICE])
def test_asvs_17_cookies_are_kept_from_scripts_and_other_sites(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    https = Settings(_env_file=None, public_url="https://portal.example")
    monkeypatch.setattr(visitors, "settings", lambda: https)
    response = Response()
    visitors.keep(response, kind, "secret")
    morsel = _cookie(response)
    assert morsel.key == f"__Host-{kind}"
    assert (morsel["httponly"], morsel["secure"], morsel["samesite"], morsel["path"]) == (
        True,
        True,
        "lax",
        "/",
    )
    assert morsel["domain"] == ""


def test_on_the_demos_plain_http_names_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = Settings(_env_file=None, demo=True)
    monkeypatch.setattr(visitors, "settings", lambda: demo)
    response = Response()
    visitors.keep_device(response, "secret")
    morsel = _cookie(response)
    assert (morsel.key, morsel["secure"]) == ("device", "")
    assert int(morsel["max-age"]) == visitors.DEVICE_LASTS_FOR.total_seconds()


def test_taking_one_cookie_back_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    response = Response()
    visitors.forget(response, visitors.CLIENT)
    morsel = _cookie(response)
    assert morsel.key.endswith("client")
    assert morsel["max-age"] == "0"
