"""The file of clients and contacts as a browser sends it: who may, how large, and back (2.1, 1.16)."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.domain.csv_files import LARGEST
from portal_app.gate import Gate
from portal_app.http import imports
from portal_app.models import AuditEntry, ContactImport, Staff
from portal_app.services.sign_in.sessions import SessionBook
from tests.world import World

SEND = "/staff/contacts/import/file"
GOOD = b"Client,Contact,E-mail\nStudio,Nadia,n@h.example\n=cmd,Luc,broken\n"


def browser(world: World, staff: Staff | None = None) -> TestClient:
    app = Starlette(routes=imports.routes)
    app.state.ports = world.ports
    gate = Gate(app, sessions=SessionBook(world.ports), settings=world.settings)
    cookies = (
        {"staff": world.new_session(staff_id=staff.id, firm_id=staff.firm_id)[1]} if staff is not None else {}
    )
    url = world.settings.public_url
    return TestClient(gate, base_url=url, follow_redirects=False, cookies=cookies, headers={"origin": url})


def sent(world: World, data: bytes, *, name: str = "C:\\fakepath\\clients.csv", staff: Staff | None = None):
    files = {"file": (name, data, "text/csv")}
    return browser(world, staff or world.owner).post(SEND, files=files)


def test_2_1_a_file_leads_to_its_preview(world: World) -> None:
    got = sent(world, GOOD)

    (kept,) = world.all(ContactImport)
    assert (got.status_code, got.headers["location"]) == (303, f"/staff/contacts/import/{kept.id}")
    assert (kept.file_name, kept.content.encode()) == ("clients.csv", GOOD)


def test_2_1_too_large_or_none_is_refused_with_the_way_back(world: World) -> None:
    got = sent(world, b"a,b\n" * (LARGEST // 4 + 20_000))
    assert (got.status_code, "larger than 5 MB" in got.text) == (422, True)
    got = sent(world, b"x" * (LARGEST + 1))
    assert (got.status_code, "larger than 5 MB" in got.text) == (422, True)
    for body in (
        {"data": {"file": "no file"}},
        {"content": b"Client,Contact\n"},
        {"files": {"file": ("", b"")}},
    ):
        got = browser(world, world.owner).post(SEND, **body)
        assert (got.status_code, "Choose a CSV file first" in got.text) == (422, True)
        assert 'href="/staff/contacts/import"' in got.text
    assert world.all(ContactImport) == []


def test_1_16_members_and_strangers_bring_nothing(world: World) -> None:
    there = world.new_firm("Other", slug="other")
    rival = world.new_staff("Rival", role=Role.OWNER, firm=there)
    assert sent(world, GOOD, staff=world.new_staff("Karim")).status_code == 404
    assert world.all(ContactImport) == []
    got = browser(world).post(SEND, files={"file": ("x.csv", GOOD)})
    assert (got.status_code, got.headers["location"]) == (303, "/staff/login")

    sent(world, GOOD)
    (kept,) = world.all(ContactImport)
    lines = f"/staff/contacts/import/{kept.id}/errors.csv"
    assert browser(world, rival).get(lines).status_code == 404
    assert browser(world, world.all(Staff)[1]).get(lines).status_code == 404
    assert browser(world).get(lines).status_code == 303
    assert browser(world, world.owner).get("/staff/contacts/import/nonsense/errors.csv").status_code == 404
    assert "access:refused" in {row.action for row in world.all(AuditEntry)}


def test_asvs_39_lines_in_error_and_the_file_to_fill_in_hold_no_formula(world: World) -> None:
    sent(world, GOOD)
    (kept,) = world.all(ContactImport)
    at = browser(world, world.owner)

    out = at.get(f"/staff/contacts/import/{kept.id}/errors.csv")
    template = at.get("/staff/contacts/import/template.csv")

    assert '"\'=cmd"' in out.text
    assert '"=cmd"' not in out.text
    for got in (out, template):
        assert got.headers["content-type"] == "text/csv; charset=utf-8"
        assert got.headers["content-disposition"].startswith("attachment;")
        assert got.headers["cache-control"] == "no-store"
        assert got.content.startswith(b"\xef\xbb\xbf")
