"""Documents by HTTP: taken, looked at, taken back, and as a zip (10.3, 10.5, 10.6)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.domain.actors import Actor
from portal_app.http import documents as pages
from portal_app.http import downloads, uploads, zips
from portal_app.jobs.demo_documents import _letter
from portal_app.models import AccessLevel, AuditEntry, Document, PortalAccess, SharedWith
from portal_app.services.documents import documents, folders
from tests.adapters.pictures import halves, saved
from tests.documents.conftest import House
from tests.files.test_tus import TUS, told
from tests.files.tools import pdf
from tests.security.house import _Client


def who(actor: Actor) -> dict[str, str]:
    """What the gate tells the routes about this browser."""
    kind = "staff" if actor.is_staff else "client"
    assert actor.session_id is not None
    return {f"x-portal-{kind}": actor.session_id.hex}


@pytest.fixture
def http(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(bootstrap, "ports", lambda: house.world.ports)
    every = [*pages.routes, *downloads.routes, *uploads.routes, *zips.routes]
    with TestClient(Starlette(routes=every), follow_redirects=False) as client:
        yield client


@pytest.fixture
def staff(house: House) -> Actor:
    """The owner, with a session of their own."""
    session, _ = house.world.new_session(firm_id=house.world.firm.id, staff_id=house.world.owner.id)
    return replace(house.world.staff, session_id=session.id)


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_10_1_a_document_comes_by_tus_for_a_contact_and_for_staff(
    http: TestClient,
    house: House,
    staff: Actor,
) -> None:
    body, place = pdf(700), {"client": str(house.client.id), "filename": "Slip.pdf"}
    for actor, side in ((house.limited, "documents"), (staff, "firm documents")):
        more = {"shared": "staff"} if actor.is_staff else {}
        made = http.post(
            "/files/",
            headers=TUS
            | who(actor)
            | {"upload-length": "700", "upload-metadata": told(side=side, **place, **more)},
        )
        assert made.status_code == 201, made.text
        sent = http.patch(
            made.headers["location"],
            content=body,
            headers=TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"},
        )
        assert sent.status_code == 204
        assert "portal-receipt" in sent.headers

    first, second = sorted(house.world.all(Document), key=lambda row: row.id)
    assert (first.contact_id, first.shared_with) == (house.luc.id, SharedWith.CLIENT)
    assert (second.staff_id, second.shared_with) == (house.world.owner.id, SharedWith.STAFF)


def test_10_6_what_is_no_place_takes_nothing(http: TestClient, house: House, staff: Actor) -> None:
    good = {"client": str(house.client.id), "filename": "a.pdf", "side": "firm documents"}
    for wrong in (
        {"client": "x"},
        {"folder": "x"},
        {"document": "1"},
        {"shared": "all"},
        {"shared": "named"},
    ):
        headers = TUS | who(staff) | {"upload-length": "9", "upload-metadata": told(**(good | wrong))}
        assert http.post("/files/", headers=headers).status_code == 404


def test_10_3_a_document_is_never_active_content(http: TestClient, house: House) -> None:
    document = house.put(house.world.staff)

    answer = http.get(f"/files/{document.file_id}/download", headers=who(house.full))

    assert answer.content == pdf(3000)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert http.get(f"/files/{document.file_id}/download", headers=who(house.limited)).status_code == 404


def test_10_5_too_many_files_for_one_zip_are_said_never_left_out(
    http: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips.zips, "MOST", 1)
    address = f"/zip/clients/{house.client.id}/documents"
    house.put(house.world.staff)
    assert http.get(address, headers=who(house.full)).headers["content-type"] == "application/zip"

    house.put(house.world.staff, "Another.pdf")
    answer = http.get(address, headers=who(house.full))

    assert answer.status_code == 422
    assert "more than 1 files, too many for one archive" in answer.text


@pytest.mark.parametrize("name", ["photo.png", "letter.pdf"])
def test_10_6_a_preview_is_a_picture_drawn_anew_for_whoever_sees_the_document(
    http: TestClient,
    house: House,
    name: str,
) -> None:
    body = saved(halves(), "PNG") if name.endswith("png") else _letter("Lettre", "Marie")
    document = house.put(house.world.staff, name, body=body)
    address = f"/files/{document.file_id}/pages/1"

    seen = http.get(address, headers=who(house.full))

    assert seen.status_code == 200
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.content.startswith(b"\xff\xd8\xff")
    assert seen.headers["cache-control"] == "no-store"
    assert seen.headers["content-security-policy"].startswith("sandbox")
    assert seen.headers["x-content-type-options"] == "nosniff"
    for actor in (house.limited,):
        assert http.get(address, headers=who(actor)).status_code == 404
    assert http.get(address).status_code == 404
    assert [entry.actor_id for entry in house.world.all(AuditEntry, action="file:previewed")] == [
        house.marie.id
    ]


def test_10_6_beyond_the_last_page_and_of_other_kinds_there_is_no_preview(
    http: TestClient,
    house: House,
) -> None:
    letter = house.put(house.world.staff, "letter.pdf", body=_letter("Lettre", "Marie"))
    broken = house.put(house.world.staff, "broken.pdf", body=pdf(900))
    table = house.put(house.world.staff, "table.csv", body=b"a,b\n1,2\n")

    def status(document: Document, number: str) -> int:
        return http.get(f"/files/{document.file_id}/pages/{number}", headers=who(house.full)).status_code

    assert [status(letter, number) for number in ("0", "2", "41", "x")] == [404, 415, 404, 404]
    assert [status(broken, "1"), status(table, "1")] == [415, 415]


def test_10_7_the_page_of_a_document_shows_its_pages_and_its_receipt(
    http: TestClient,
    house: House,
) -> None:
    document = house.put(house.full, "letter.pdf", body=_letter("Lettre", "Marie"))

    page = http.get(f"/documents/{document.id}", headers=who(house.full))

    assert page.status_code == 200
    assert f"/files/{document.file_id}/pages/1" in page.text
    assert "SHA-256" in page.text
    assert f'action="/documents/{document.id}/remove"' in page.text
    assert http.get(f"/documents/{document.id}", headers=who(house.limited)).status_code == 404
    assert http.get(f"/documents/{document.id}").headers["location"].startswith("/f/tremblay/login")


def test_10_8_what_one_put_there_is_taken_back_and_nothing_else(
    http: TestClient,
    house: House,
) -> None:
    own, firms = house.put(house.full), house.put(house.world.staff, "Ours.pdf")

    assert http.post(f"/documents/{own.id}/remove", headers=who(house.full)).status_code == 303
    assert http.post(f"/documents/{firms.id}/remove", headers=who(house.full)).status_code == 409

    assert house.world.get(own).deleted_at is not None
    assert house.world.get(firms).deleted_at is None


def test_10_5_a_zip_of_a_client_a_folder_or_a_selection_holds_what_its_reader_sees(
    http: TestClient,
    house: House,
    staff: Actor,
) -> None:
    world, client = house.world, house.client
    folder = folders.add_folder(world.ports, world.staff, client.id, "Taxes 2025")
    shared = house.put(world.staff, "Letter.pdf", folder=folder)
    house.put(world.staff, "Notes.pdf", folder=folder, shared_with=SharedWith.STAFF)
    own = house.put(house.limited, "Slip.pdf")

    def held(address: str, actor: Actor) -> list[str]:
        answer = http.get(address, headers=who(actor))
        return names(answer.content) if answer.status_code == 200 else []

    everything = f"/zip/clients/{client.id}"
    assert held(everything, staff) == ["Taxes 2025/Letter.pdf", "Taxes 2025/Notes.pdf", "Slip.pdf"]
    assert held(everything, house.full) == ["Taxes 2025/Letter.pdf", "Slip.pdf"]
    assert held(everything, house.limited) == ["Slip.pdf"]
    assert held(f"/zip/folders/{folder}", house.full) == ["Taxes 2025/Letter.pdf"]
    assert held(f"/zip/folders/{folder}", house.limited) == []
    chosen = f"/zip/clients/{client.id}/documents?id={shared.id}&id={own.id}"
    assert held(chosen, house.full) == ["Taxes 2025/Letter.pdf", "Slip.pdf"]
    assert held(chosen, house.limited) == ["Slip.pdf"]
    content = http.get(everything, headers=who(house.limited)).content
    assert zipfile.ZipFile(io.BytesIO(content)).read("Slip.pdf") == pdf(3000)


def test_10_5_a_zip_of_a_task_a_request_and_a_work_item(
    http: TestClient,
    house: House,
    staff: Actor,
) -> None:
    one = _Client(house.world, house.world.firm, "Roy", "Roys", inside="Withheld")
    reader = house.world.signed_in(one.contact)
    for address, inside in (
        (f"/zip/tasks/{one.rows['task']}", "Roys.pdf"),
        (f"/zip/requests/{one.rows['request']}", "T4 of Roys/Roys.pdf"),
    ):
        for actor in (staff, reader):
            assert names(http.get(address, headers=who(actor)).content) == [inside]
        assert http.get(address, headers=who(house.full)).status_code == 404
        assert http.get(address).status_code == 404
    work = f"/zip/work/{one.rows['work']}"
    assert names(http.get(work, headers=who(staff)).content) == ["Roys papers/T4 of Roys/Roys.pdf"]
    assert http.get(work, headers=who(reader)).status_code == 404


def test_3_10_a_zip_under_way_breaks_off_when_the_right_to_it_ends(house: House) -> None:
    world = house.world
    for name in ("a.pdf", "b.pdf"):
        house.put(world.staff, name)
    plan = zips.zips.of_documents(world.ports, house.full, house.client.id)
    entries = zips._entries(world.ports, house.full, plan)
    next(entries)

    given = world.all(PortalAccess, contact_id=house.marie.id)[0]
    world.change(given, level=AccessLevel.LIMITED)

    with pytest.raises(downloads.CutShort):
        next(entries)


def test_10_8_a_removed_document_is_in_no_zip_and_opens_nowhere(
    http: TestClient,
    house: House,
    staff: Actor,
) -> None:
    document = house.put(house.world.staff)
    documents.remove_documents(house.world.ports, house.world.staff, [document.id])

    for actor in (staff, house.full):
        assert http.get(f"/zip/clients/{house.client.id}", headers=who(actor)).status_code == 404
        assert http.get(f"/files/{document.file_id}/download", headers=who(actor)).status_code == 404
