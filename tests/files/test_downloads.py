"""Downloads: who may, what is sent, and what never leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal_app.domain.uploads import MB
from portal_app.http import zips
from portal_app.http.downloads import CutShort, disposition
from portal_app.models import AccessLevel, AuditEntry, Client, FilePart, Notification, StoredFile
from portal_app.services.files import downloads
from portal_app.services.invitations import levels
from portal_app.services.triage.triage_words import Told, words
from tests.files.tools import Asked, asked, pdf, uploaded
from tests.world import World

BODY = pdf(3 * MB + 17)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is sent is the same from every database."""
    return sqlite_engine


@pytest.fixture
def url(world: World, who: Asked) -> str:
    """Where a file of three parts and a bit lies."""
    return f"/files/{uploaded(world, who, BODY).file_id}/download"


def test_the_file_comes_back_byte_for_byte(http: TestClient, who: Asked, url: str) -> None:
    answer = http.get(url, headers=who.headers)

    assert answer.status_code == 200
    assert answer.content == BODY
    assert answer.headers["content-length"] == str(len(BODY))


def test_asvs_46_a_download_is_never_active_content_nor_kept(http: TestClient, who: Asked, url: str) -> None:
    headers = http.get(url, headers=who.headers).headers

    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert headers["cache-control"] == "no-store"


def test_a_range_is_for_what_is_sent_and_a_head_tells_of_the_whole(
    http: TestClient, who: Asked, url: str
) -> None:
    for asked_for in ("bytes=5-9", "bytes=-1", "bytes=99999999-"):
        head = http.head(url, headers={**who.headers, "Range": asked_for})
        assert head.status_code == 200
        assert head.headers["content-length"] == str(len(BODY))
        assert "content-range" not in head.headers


def _expired(world: World, who: Asked) -> dict[str, str]:
    world.change(who.grant, expires_at=world.clock.now())
    return who.headers


def _removed(world: World, who: Asked) -> dict[str, str]:
    world.change(who.grant, ended_at=world.clock.now(), ended_because="removed")
    return who.headers


def _other_client(world: World, who: Asked) -> dict[str, str]:
    return asked(world, "Jean Roy").headers


def _other_firm(world: World, who: Asked) -> dict[str, str]:
    eve = world.new_staff("Eve", firm=world.new_firm("Other", slug="other"))
    return {"x-portal-staff": world.new_session(firm_id=eve.firm_id, staff_id=eve.id)[0].id.hex}


def _ended_session(world: World, who: Asked) -> dict[str, str]:
    session = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)[0]
    world.change(session, ended_at=world.clock.now())
    return {"x-portal-staff": session.id.hex}


@pytest.mark.parametrize(
    "somebody",
    [lambda _w, _a: {}, _expired, _removed, _other_client, _other_firm, _ended_session],
    ids=["anonymous", "expired", "removed", "other client", "other firm", "session ended"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_asvs_46_nobody_else_finds_the_file(
    world: World,
    http: TestClient,
    who: Asked,
    url: str,
    somebody: Callable[[World, Asked], dict[str, str]],
    method: str,
) -> None:
    answer = http.request(method, url, headers=somebody(world, who))

    assert answer.status_code == 404
    assert b"%PDF" not in answer.content


@pytest.mark.parametrize("path", ["not-an-id", "01a20078-882e-7d69-b35f-41ba8a0895a4"])
def test_what_is_no_file_is_not_found(http: TestClient, who: Asked, path: str) -> None:
    assert http.get(f"/files/{path}/download", headers=who.headers).status_code == 404


def test_a_deleted_file_is_not_found(world: World, http: TestClient, who: Asked, url: str) -> None:
    world.change(world.all(StoredFile)[0], deleted_at=world.clock.now())
    assert http.get(url, headers=who.headers).status_code == 404


def test_staff_of_the_firm_download_and_it_is_audited(world: World, http: TestClient, url: str) -> None:
    session = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)[0]

    answer = http.get(url, headers={"x-portal-staff": session.id.hex})

    assert answer.content == BODY
    entry = [row for row in world.all(AuditEntry) if row.action == "file:downloaded"]
    assert [row.actor_id for row in entry] == [world.owner.id]


RANGES = [
    ("bytes=0-0", 0, 1),
    ("bytes=10-19", 10, 20),
    (f"bytes={MB - 1}-{MB}", MB - 1, MB + 1),
    (f"bytes={MB}-{2 * MB - 1}", MB, 2 * MB),
    (f"bytes={3 * MB}-", 3 * MB, len(BODY)),
    ("bytes=5-99999999999", 5, len(BODY)),
    ("bytes=-17", len(BODY) - 17, len(BODY)),
    ("bytes=-99999999999", 0, len(BODY)),
]


@pytest.mark.parametrize(("asked_for", "first", "end"), RANGES)
def test_a_range_is_exactly_that(
    http: TestClient, who: Asked, url: str, asked_for: str, first: int, end: int
) -> None:
    answer = http.get(url, headers=who.headers | {"range": asked_for})

    assert answer.content == BODY[first:end]
    assert answer.headers["content-length"] == str(end - first)
    if end - first == len(BODY):
        assert answer.status_code == 200
    else:
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/{len(BODY)}"


@pytest.mark.parametrize("asked_for", [f"bytes={len(BODY)}-", "bytes=20-10", "bytes=-0"])
def test_a_range_outside_the_file_is_416(http: TestClient, who: Asked, url: str, asked_for: str) -> None:
    answer = http.get(url, headers=who.headers | {"range": asked_for})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(BODY)}"


@pytest.mark.parametrize("asked_for", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_any_other_range_gives_the_whole_file(http: TestClient, who: Asked, url: str, asked_for: str) -> None:
    answer = http.get(url, headers=who.headers | {"range": asked_for})
    assert (answer.status_code, answer.content) == (200, BODY)


def test_a_range_goes_on_only_in_the_same_content(http: TestClient, who: Asked, url: str) -> None:
    tag = http.head(url, headers=who.headers).headers["etag"]
    wanted = who.headers | {"range": "bytes=5-9"}

    assert http.get(url, headers=wanted | {"if-range": tag}).content == BODY[5:10]
    assert http.get(url, headers=wanted | {"if-range": '"another"'}).content == BODY


def test_head_says_what_get_would_and_sends_nothing(http: TestClient, who: Asked, url: str) -> None:
    answer = http.head(url, headers=who.headers)

    assert answer.headers["content-length"] == str(len(BODY))
    assert answer.content == b""


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        (
            'relevé "1"\r\nX: y.pdf',
            "attachment; filename=\"relev_ _1___X_ y.pdf\"; filename*=UTF-8''relev%C3%A9%20%221%22%0D%0AX%3A%20y.pdf",
        ),
        ("😀.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%98%80.png"),
    ],
)
def test_fault_17_names_leave_by_rfc_6266(name: str, header: str) -> None:
    assert disposition(name) == header
    header.encode("ascii")


def until_it_breaks(http: TestClient, url: str, who: Asked) -> bytes:
    """What arrives of a download that ends before its announced length."""
    arrived = bytearray()

    def read() -> None:
        with http.stream("GET", url, headers=who.headers) as answer:
            for chunk in answer.iter_bytes():
                arrived.extend(chunk)

    with pytest.raises(CutShort):
        read()
    return bytes(arrived)


# fault 22


def _flip(world: World, keys: list[str]) -> None:
    part = bytearray(world.objects.parts[keys[1]])
    part[500] ^= 1
    world.objects.parts[keys[1]] = bytes(part)


def _truncate(world: World, keys: list[str]) -> None:
    world.objects.parts[keys[1]] = world.objects.parts[keys[1]][:-1]


def _cut_to_header(world: World, keys: list[str]) -> None:
    world.objects.parts[keys[1]] = world.objects.parts[keys[1]][:12]


def _lose_header(world: World, keys: list[str]) -> None:
    world.objects.parts[keys[1]] = world.objects.parts[keys[1]][12:]


def _swap(world: World, keys: list[str]) -> None:
    parts = world.objects.parts
    parts[keys[1]], parts[keys[2]] = parts[keys[2]], parts[keys[1]]


def _lose(world: World, keys: list[str]) -> None:
    del world.objects.parts[keys[1]]


def _empty(world: World, keys: list[str]) -> None:
    world.objects.parts[keys[1]] = b""


def _append(world: World, keys: list[str]) -> None:
    world.objects.parts[keys[1]] += b"\0"


def _of_another_file(world: World, keys: list[str]) -> None:
    other = uploaded(world, asked(world, "Jean Roy"), BODY)
    theirs = next(p for p in world.all(FilePart, upload_id=other.file_id) if p.number == 1)
    world.objects.parts[keys[1]] = world.objects.parts[theirs.object_key]


MUTATIONS = [_flip, _truncate, _cut_to_header, _lose_header, _swap, _lose, _empty, _append, _of_another_file]


def keys_of(world: World) -> list[str]:
    """Object keys of the only file, by number."""
    return [part.object_key for part in sorted(world.all(FilePart), key=lambda part: part.number)]


def damage_is_known(world: World, who: Asked) -> bool:
    flagged = [file.damaged_at == world.clock.now() for file in world.all(StoredFile, task_id=who.task.id)]
    told = [row.staff_id for row in world.all(Notification) if row.kind == "file_damaged"]
    audited = [row for row in world.all(AuditEntry) if row.action == "file:found_damaged"]
    return flagged == [True] and told == [world.owner.id] and len(audited) >= 1


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_fault_22_no_byte_of_a_bad_part_leaves_and_the_download_breaks_off(
    world: World, http: TestClient, who: Asked, url: str, mutate: Callable[[World, list[str]], None]
) -> None:
    mutate(world, keys_of(world))
    arrived = until_it_breaks(http, url, who)

    assert BODY.startswith(arrived)
    assert len(arrived) <= MB
    assert damage_is_known(world, who)


def test_fault_22_and_10_5_a_bad_part_breaks_a_zip_off_and_staff_are_told(
    world: World, who: Asked, url: str
) -> None:
    world.objects.parts[keys_of(world)[2]] = b"x" * 100
    plan = zips.zips.of_task(world.ports, who.client, who.task.id)

    ((_name, pieces),) = zips._entries(world.ports, who.client, plan)
    with pytest.raises(CutShort):
        list(pieces)

    assert damage_is_known(world, who)


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("wanted", [None, "bytes=0-9"])
def test_fault_22_a_bad_first_or_last_part_is_found_before_a_length_is_said(
    world: World, http: TestClient, who: Asked, url: str, number: int, wanted: str | None
) -> None:
    world.objects.parts[keys_of(world)[number]] = b"x" * 100

    for _ in range(2):
        answer = http.get(url, headers=who.headers | ({"range": wanted} if wanted else {}))
        assert answer.status_code == 500
        assert "damaged" in answer.text
        assert "%PDF" not in answer.text

    assert damage_is_known(world, who)


def test_fault_22_staff_read_in_triage_which_file_is_damaged(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    world.objects.parts[keys_of(world)[0]] = b"x" * 100
    http.get(url, headers=who.headers)

    row = next(row for row in world.all(Notification) if row.kind == "file_damaged")
    told = words(Told(row.kind, row.facts, who="", task="", request=""), world.clock.now().date())
    assert told.plain == "The stored file Bank statements.pdf is damaged"
    assert told.tone == "late"


def test_fault_22_a_dropped_row_is_found_before_a_length_is_said(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    part = next(part for part in world.all(FilePart) if part.number == 1)
    with world.ports.sessions.writing() as session:
        session.delete(session.get(FilePart, part.id))
        session.commit()

    assert http.get(url, headers=who.headers).status_code == 500
    assert damage_is_known(world, who)


def test_fault_22_parts_that_are_right_but_sum_up_wrong_never_end_a_download(
    world: World, http: TestClient, who: Asked, url: str
) -> None:
    world.change(world.all(StoredFile)[0], sha256=bytes(32))
    arrived = until_it_breaks(http, url, who)

    assert len(arrived) < len(BODY)
    assert damage_is_known(world, who)


def test_a_download_under_way_ends_with_the_right_to_it(
    world: World, http: TestClient, who: Asked, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = downloads.read_part

    def then_expire(*about: object) -> bytes:
        if about[2] == 1:
            world.change(who.grant, expires_at=world.clock.now() - timedelta(seconds=1))
        return read(*about)

    monkeypatch.setattr(downloads, "read_part", then_expire)
    arrived = until_it_breaks(http, url, who)

    assert arrived == BODY[: 2 * MB]
    assert world.all(StoredFile)[0].damaged_at is None


def test_3_10_a_download_under_way_is_cut_where_the_level_changes(
    world: World, http: TestClient, who: Asked, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Full access read what went to somebody else; limited, not a byte more of it."""
    client = world.all(Client)[0]
    reader = world.new_contact(client, "Ada Gagnon")
    world.give_account(reader, client, level=AccessLevel.FULL)
    session, _token = world.new_session(contact_id=reader.id, firm_id=reader.firm_id)
    signed_in = replace(who, client=world.signed_in(reader))
    monkeypatch.setattr(Asked, "headers", {"x-portal-client": session.id.hex})
    read = downloads.read_part

    def then_limit(*about: object) -> bytes:
        if about[2] == 1:
            levels.change_level(world.ports, world.staff, client.id, reader.id, AccessLevel.LIMITED)
        return read(*about)

    monkeypatch.setattr(downloads, "read_part", then_limit)
    arrived = until_it_breaks(http, url, signed_in)

    assert arrived == BODY[: 2 * MB]
    assert http.get(url, headers=signed_in.headers).status_code == 404
