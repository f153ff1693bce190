"""Files that staff take out: who gets them, and as what (1.16, 8.3, 14.1)."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.gate import Gate
from portal_app.http import exports
from portal_app.models import Staff
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.work import begin
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


AUDIT = "/staff/activity/audit"


@pytest.mark.parametrize(
    ("path", "kind"), [*((path, "text/csv") for path in FILES), (AUDIT, "application/jsonl")]
)
def test_14_1_and_14_2_an_admin_gets_a_file_that_no_browser_opens(world: World, path: str, kind: str) -> None:
    world.new_client("Café Lunette")
    admin = world.new_staff("Ada Admin", role=Role.ADMIN)

    got = browser(world, admin).get(path)

    assert got.status_code == 200
    assert got.headers["content-type"] == f"{kind}; charset=utf-8"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert got.content.startswith(b"\xef\xbb\xbf" if kind == "text/csv" else b"{")


@pytest.mark.parametrize("path", [*FILES, AUDIT])
def test_1_16_a_member_finds_no_export_and_nobody_is_asked_to_sign_in(world: World, path: str) -> None:
    assert browser(world, world.new_staff("Karim Benali")).get(path).status_code == 404

    got = browser(world).get(path)

    assert (got.status_code, got.headers["location"][:12]) == (303, "/staff/login")


def test_14_2_a_firm_gets_its_own_chain_and_the_export_is_in_it(world: World) -> None:
    other = world.new_firm("Another", slug="another")
    for firm in (world.firm, other):
        with begin(world.ports, world.staff) as work:
            work.audit("request:sent", firm_id=firm.id)

    got = browser(world, world.owner).get(AUDIT)

    entries = [json.loads(line) for line in got.text.splitlines()]
    assert {entry["chain"] for entry in entries} == {str(world.firm.id)}
    assert [entry["action"] for entry in entries][-1] == "audit:exported"
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
