"""Files that staff take out: who gets them, and as what (1.16, 8.3, 14.1)."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.gate import Gate
from portal_app.http import exports
from portal_app.models import Staff
from portal_app.services.sign_in.sessions import SessionBook
from tests.world import World


def browser(world: World, staff: Staff | None = None) -> TestClient:
    app = Starlette(routes=exports.routes)
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    cookies = (
        {"staff": world.new_session(staff_id=staff.id, firm_id=staff.firm_id)[1]} if staff is not None else {}
    )
    return TestClient(gate, base_url=world.settings.public_url, follow_redirects=False, cookies=cookies)


FILES = [
    "/staff/activity/export?kind=clients",
    "/staff/portal/export?status=none",
    "/staff/portal/export?tab=pending",
]


@pytest.mark.parametrize("path", FILES)
def test_14_1_an_admin_gets_a_file_that_no_browser_opens(world: World, path: str) -> None:
    world.new_client("Café Lunette")
    admin = world.new_staff("Ada Admin", role=Role.ADMIN)

    got = browser(world, admin).get(path)

    assert got.status_code == 200
    assert got.headers["content-type"] == "text/csv; charset=utf-8"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert got.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("path", FILES)
def test_1_16_a_member_finds_no_export_and_nobody_is_asked_to_sign_in(world: World, path: str) -> None:
    assert browser(world, world.new_staff("Karim Benali")).get(path).status_code == 404

    got = browser(world).get(path)

    assert (got.status_code, got.headers["location"][:12]) == (303, "/staff/login")
