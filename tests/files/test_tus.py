"""The protocol, word by word: tus 1.0 with creation, creation-with-upload, termination, expiration, checksum."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal_app.domain.uploads import MB
from portal_app.http import uploads as routes
from portal_app.http.draining import draining
from portal_app.models import FilePart, Side, StoredFile, Upload
from tests.files.tools import Asked, pdf
from tests.world import World

TUS = {"tus-resumable": "1.0.0"}
STREAM = TUS | {"content-type": "application/offset+octet-stream"}
BODY = pdf(2 * MB + 17)


def told(**values: str | bytes) -> str:
    """An `Upload-Metadata` header."""
    encoded = {
        key: base64.b64encode(value.encode() if isinstance(value, str) else value).decode()
        for key, value in values.items()
    }
    return ",".join(f"{key} {value}".strip() for key, value in encoded.items())


def post(http: TestClient, who: Asked, body: bytes = BODY, *, content: bytes = b"", **more: str) -> Any:
    """Begin an upload; `more` replaces headers, with _ for -."""
    headers: dict[str, Any] = TUS | who.headers | {"upload-length": str(len(body))}
    headers["upload-metadata"] = told(task=str(who.task.id), filename="Relevé 1.pdf")
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    sent = {name: value.encode("latin-1") for name, value in headers.items() if value}
    return http.post("/files/", headers=sent, content=content)


def patch(http: TestClient, url: str, content: bytes, offset: int, **more: str) -> Any:
    headers = STREAM | {"upload-offset": str(offset)} | {k.replace("_", "-"): v for k, v in more.items()}
    return http.patch(url, headers={k: v.encode("latin-1") for k, v in headers.items() if v}, content=content)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """The protocol is the same on every database."""
    return sqlite_engine


@pytest.fixture
def url(http: TestClient, who: Asked) -> str:
    """An upload that has begun."""
    return post(http, who).headers["location"]


def test_options_says_what_is_spoken(http: TestClient) -> None:
    for path in ("/files/", "/files/any"):
        answer = http.options(path)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        extensions = set(answer.headers["tus-extension"].split(","))
        assert extensions == {"creation", "creation-with-upload", "termination", "expiration", "checksum"}


def test_an_upload_in_two_requests_becomes_a_file_with_a_receipt(
    world: World, http: TestClient, who: Asked
) -> None:
    begun = post(http, who)
    url = begun.headers["location"]
    assert begun.status_code == 201
    assert url.startswith("/files/")
    assert len(url) >= len("/files/") + 43
    assert begun.headers["upload-expires"] == "Tue, 03 Mar 2026 14:00:00 GMT"

    first = patch(http, url, BODY[:MB], 0)
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(MB))
    assert "portal-receipt" not in first.headers

    head = http.head(url, headers=TUS)
    assert head.status_code == 200
    assert head.headers["upload-offset"] == str(MB)
    assert head.headers["upload-length"] == str(len(BODY))
    assert head.headers["cache-control"] == "no-store"

    last = patch(http, url, BODY[MB:], MB)
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(BODY)))
    receipt = json.loads(unquote(last.headers["portal-receipt"]))
    file = world.all(StoredFile)[0]
    assert receipt == {
        "id": str(file.id),
        "name": "Relevé 1.pdf",
        "size": "2\N{NO-BREAK SPACE}MB",
        "at": "2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026, 09:00",
        "sha256": receipt["sha256"],
        "paper": f"/files/{file.id}/receipt",
    }
    assert receipt["sha256"].replace(" ", "") == hashlib.sha256(BODY).hexdigest()
    assert [len(group) for group in receipt["sha256"].split(" ")] == [8] * 8
    assert (file.name, file.size, file.side) == ("Relevé 1.pdf", len(BODY), Side.CLIENT)
    assert http.get(f"/files/{file.id}/download", headers=who.headers).content == BODY


def test_a_lost_last_answer_can_be_asked_for_again(http: TestClient, who: Asked, url: str) -> None:
    done = patch(http, url, BODY, 0)

    head = http.head(url, headers=TUS)
    assert head.headers["upload-offset"] == str(len(BODY))
    assert head.headers["portal-receipt"] == done.headers["portal-receipt"]
    again = patch(http, url, b"", len(BODY))
    assert (again.status_code, again.headers["portal-receipt"]) == (204, done.headers["portal-receipt"])


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0.1"])
def test_another_version_is_412_and_changes_nothing(
    world: World, http: TestClient, who: Asked, url: str, version: str
) -> None:
    headers = {"tus-resumable": version} if version else {}
    answers = [
        http.post("/files/", headers=headers),
        http.head(url, headers=headers),
        http.patch(url, headers=headers, content=BODY),
        http.delete(url, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [412] * 4
    assert {answer.headers["tus-version"] for answer in answers} == {"1.0.0"}
    assert [upload.received for upload in world.all(Upload)] == [0]


@pytest.mark.parametrize(
    "headers",
    [
        {"upload_length": ""},
        {"upload_length": "-1"},
        {"upload_length": "1e3"},
        {"upload_length": "\xb2"},
        {"upload_length": "9" * 40},
        {"upload_metadata": "filename not*base64"},
        {"upload_metadata": "filename \xe9"},
        {"upload_defer_length": "1"},
        {"upload_concat": "partial"},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_400(
    world: World, http: TestClient, who: Asked, headers: dict[str, str]
) -> None:
    assert post(http, who, **headers).status_code == 400
    assert world.all(Upload) == []


@pytest.mark.parametrize(
    ("task", "status"),
    [("", 404), ("nothing", 404), ("01a20078-882e-7d69-b35f-41ba8a0895a4", 404), ("\xe9", 404)],
)
def test_a_task_that_is_not_there_is_404(http: TestClient, who: Asked, task: str, status: int) -> None:
    answer = post(http, who, upload_metadata=told(task=task.encode("latin-1"), filename="a.pdf"))
    assert answer.status_code == status


def test_nobody_begins_an_upload(world: World, http: TestClient, who: Asked) -> None:
    headers = TUS | {"upload-length": "10", "upload-metadata": told(task=str(who.task.id), filename="a.pdf")}
    assert http.post("/files/", headers=headers).status_code in (401, 404)
    assert world.all(Upload) == []


def test_staff_attach_the_firms_files(world: World, http: TestClient, who: Asked) -> None:
    session = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)[0]
    both = who.headers | {"x-portal-staff": session.id.hex}
    for side in ("firm", "client"):
        metadata = told(task=str(who.task.id), filename="a.pdf", side=side)
        headers = TUS | both | {"upload-length": "10", "upload-metadata": metadata}
        assert http.post("/files/", headers=headers).status_code == 201
    assert [upload.side for upload in world.all(Upload)] == [Side.FIRM, Side.CLIENT]


@pytest.mark.parametrize(
    ("body", "filename", "status", "sentence"),
    [
        (b"", "a.pdf", 400, "a.pdf is empty"),
        (b"x" * (2 * MB + 1), "a.pdf", 413, "a.pdf is too large"),
        (b"x", "a.exe", 415, "Programs are refused"),
        (b"x", "a.svg", 415, "SVG drawings are refused"),
    ],
)
def test_fault_18_refusals_come_with_a_reason(
    world: World, http: TestClient, who: Asked, body: bytes, filename: str, status: int, sentence: str
) -> None:
    world.change(world.firm, largest_file_mb=2)
    answer = post(http, who, body, upload_metadata=told(task=str(who.task.id), filename=filename))

    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert world.all(Upload) == []


def test_a_full_task_is_413_and_a_completed_one_409(world: World, http: TestClient, who: Asked) -> None:
    world.change(world.firm, task_total_mb=2)
    full = post(http, who)
    assert full.status_code == 413
    assert "left for this task" in full.text

    world.change(who.task, completed_at=world.clock.now())
    assert post(http, who, b"x").status_code == 409


def test_the_first_bytes_can_be_told_and_refused_before_the_rest(
    world: World, http: TestClient, who: Asked
) -> None:
    told_early = base64.b64encode(b"<html>").decode()
    assert post(http, who, portal_head=told_early).status_code == 415
    assert world.all(Upload) == []
    for unreadable in ("not*base64", "\xe9"):
        assert post(http, who, portal_head=unreadable).status_code == 201


def test_a_refused_kind_found_while_uploading_is_415_and_leaves_nothing(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    answer = patch(http, url, b"MZ" + bytes(2 * MB), 0)

    assert answer.status_code == 415
    assert "Programs are refused" in answer.text
    assert (world.all(Upload), world.all(FilePart), world.objects.parts) == ([], [], {})
    assert http.head(url, headers=TUS).status_code == 404


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "application/json"])
def test_a_patch_of_another_type_is_415(world: World, http: TestClient, url: str, content_type: str) -> None:
    assert patch(http, url, BODY, 0, content_type=content_type).status_code == 415
    assert world.all(FilePart) == []


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.0"])
def test_an_offset_that_is_no_number_is_400(http: TestClient, url: str, offset: str) -> None:
    assert patch(http, url, BODY, 0, upload_offset=offset).status_code == 400


def test_a_wrong_offset_is_409_and_says_the_right_one(world: World, http: TestClient, url: str) -> None:
    patch(http, url, BODY[:10], 0)
    for offset in (0, 9, 11):
        answer = patch(http, url, BODY[:10], offset)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "10")
    assert [part.size for part in world.all(FilePart)] == [10]


def test_fault_19_more_bytes_than_promised_are_413_and_complete_nothing(
    world: World, http: TestClient, url: str
) -> None:
    assert patch(http, url, BODY + b"x", 0).status_code == 413
    assert world.all(StoredFile) == []


def test_fault_19_without_a_content_length_the_counted_bytes_decide(
    world: World, http: TestClient, url: str
) -> None:
    def chunks(body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), 70_000):
            yield body[start : start + 70_000]

    headers = STREAM | {"upload-offset": "0"}
    assert http.patch(url, headers=headers, content=chunks(BODY + b"x")).status_code == 413
    assert world.all(StoredFile) == []

    offset = int(http.head(url, headers=TUS).headers["upload-offset"])
    headers["upload-offset"] = str(offset)
    assert http.patch(url, headers=headers, content=chunks(BODY[offset:])).status_code == 204
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()


def test_an_upload_that_never_was_is_404_and_one_that_expired_410(
    world: World, http: TestClient, url: str
) -> None:
    for path, status in (("/files/unknown", 404), (url, 410)):
        world.clock.advance(hours=24 if status == 410 else 0)
        answers = [http.head(path, headers=TUS), patch(http, path, BODY, 0), http.delete(path, headers=TUS)]
        assert [answer.status_code for answer in answers] == [status] * 3
        assert all("upload-offset" not in answer.headers for answer in answers)


def test_a_withdrawn_request_ends_its_uploads_with_410(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    patch(http, url, BODY[:MB], 0)
    world.change(who.request, withdrawn_at=world.clock.now())
    assert patch(http, url, BODY[MB:], MB).status_code == 410
    assert world.objects.parts == {}


def test_delete_ends_an_upload_and_leaves_nothing(world: World, http: TestClient, url: str) -> None:
    patch(http, url, BODY[:MB], 0)

    assert http.delete(url, headers=TUS).status_code == 204
    assert http.head(url, headers=TUS).status_code == 404
    assert (world.all(Upload), world.objects.parts) == ([], {})


def test_delete_keeps_a_file_that_arrived(world: World, http: TestClient, url: str) -> None:
    patch(http, url, BODY, 0)
    assert http.delete(url, headers=TUS).status_code == 409
    assert len(world.all(StoredFile)) == 1


def test_creation_may_bring_all_the_bytes(world: World, http: TestClient, who: Asked) -> None:
    answer = post(http, who, content=BODY, content_type="application/offset+octet-stream")

    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(BODY)))
    assert "portal-receipt" in answer.headers
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()


def test_creation_may_bring_some_bytes(http: TestClient, who: Asked) -> None:
    answer = post(http, who, content=BODY[:100], content_type="application/offset+octet-stream")
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "100")
    assert patch(http, answer.headers["location"], BODY[100:], 100).status_code == 204


def test_creation_that_brings_too_much_still_tells_its_address(
    world: World, http: TestClient, who: Asked
) -> None:
    answer = post(http, who, content=BODY + b"x", content_type="application/offset+octet-stream")
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0")
    assert world.all(StoredFile) == []


@pytest.mark.parametrize(("algorithm", "summed"), [("sha1", hashlib.sha1), ("sha256", hashlib.sha256)])
def test_a_right_checksum_is_kept_and_a_wrong_one_is_460(
    world: World, http: TestClient, url: str, algorithm: str, summed: type
) -> None:
    right = base64.b64encode(summed(BODY[:100]).digest()).decode()

    assert patch(http, url, b"%" + BODY[:99], 0, upload_checksum=f"{algorithm} {right}").status_code == 460
    assert http.head(url, headers=TUS).headers["upload-offset"] == "0"
    assert world.objects.parts == {}
    answer = patch(http, url, BODY[:100], 0, upload_checksum=f"{algorithm} {right}")
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "100")


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha1 not*base64", "sha1 \xe9"])
def test_a_checksum_that_cannot_be_checked_is_400(http: TestClient, url: str, checksum: str) -> None:
    assert patch(http, url, BODY[:100], 0, upload_checksum=checksum).status_code == 400


def test_a_checksum_over_more_than_a_part_is_400(http: TestClient, url: str) -> None:
    summed = base64.b64encode(hashlib.sha1(BODY, usedforsecurity=False).digest()).decode()
    assert patch(http, url, BODY, 0, upload_checksum=f"sha1 {summed}").status_code == 400


def test_proxies_that_know_only_post_are_no_obstacle(http: TestClient, url: str) -> None:
    headers = STREAM | {"upload-offset": "0", "x-http-method-override": "PATCH"}
    assert http.post(url, headers=headers, content=BODY[:10]).headers["upload-offset"] == "10"
    headers = TUS | {"x-http-method-override": "DELETE"}
    assert http.post(url, headers=headers).status_code == 204


def test_a_post_to_an_upload_without_override_is_405(http: TestClient, url: str) -> None:
    assert http.post(url, headers=TUS).status_code == 405


def test_asvs_34_a_form_of_another_site_cannot_begin_or_change_anything(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert http.post("/files/", headers=who.headers | form, content=b"a=b").status_code == 412
    assert http.post(url, headers=who.headers | form, content=b"a=b").status_code == 412
    assert [upload.received for upload in world.all(Upload)] == [0]


def test_fault_4_without_room_the_answer_is_507(world: World, http: TestClient, who: Asked, url: str) -> None:
    world.objects.room = 0
    assert post(http, who).status_code == 507
    answer = patch(http, url, BODY, 0)
    assert answer.status_code == 507
    assert "no room" in answer.text
    assert http.head(url, headers=TUS).headers["upload-offset"] == "0"

    world.objects.room = 1 << 40
    assert patch(http, url, BODY, 0).status_code == 204


def test_asvs_43_an_address_has_sixty_requests_open_at_most(
    http: TestClient, who: Asked, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(routes._open, "192.0.2.7", routes.REQUESTS_PER_ADDRESS)
    answer = patch(http, url, BODY, 0, x_portal_address="192.0.2.7")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert patch(http, url, BODY, 0, x_portal_address="192.0.2.8").status_code == 204
    assert "192.0.2.8" not in routes._open


def test_a_process_that_stops_takes_no_more_bytes_and_keeps_what_it_has(
    http: TestClient, who: Asked, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch(http, url, BODY[:MB], 0)
    monkeypatch.setattr(draining, "is_on", True)

    answer = patch(http, url, BODY[MB:], MB)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert post(http, who).status_code == 503
    assert http.head(url, headers=TUS).headers["upload-offset"] == str(MB)
