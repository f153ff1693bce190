"""What uploads may weigh: totals, open uploads, kinds, and the room that is left (1.10, 10.2, 10.12)."""

from __future__ import annotations

import hashlib
import threading

import pytest

from portal_app.domain import uploads as rules
from portal_app.domain.errors import NotFound, TryLater
from portal_app.domain.uploads import MB, NoRoomLeft, Refused, UploadGone
from portal_app.models import FilePart, Side, StoredFile
from portal_app.ports import NoRoom
from portal_app.services.files import arrivals, parts, uploads
from portal_app.text import use_locale
from tests.files.tools import BODY, Asked, begin, bring, nothing_is_left, pdf, plain, uploaded
from tests.world import World


def test_the_task_total_counts_files_and_uploads_on_their_way(world: World, who: Asked) -> None:
    world.change(world.firm, task_total_mb=4)
    uploaded(world, who, pdf(MB))
    token = begin(world, who, pdf(2 * MB))

    with pytest.raises(Refused, match=r"1\sMB of 4\sMB are left"):
        begin(world, who, pdf(MB + 1))
    begin(world, who, pdf(MB))

    uploads.cancel_upload(world.ports, token)
    begin(world, who, pdf(2 * MB))


def test_the_firms_attachments_have_a_total_of_their_own(world: World, who: Asked) -> None:
    world.change(world.firm, task_total_mb=1)
    uploaded(world, who, pdf(MB))

    token, _standing = uploads.start_upload(world.ports, world.staff, who.task.id, "letter.pdf", MB)
    bring(world, token, pdf(MB))

    assert {file.side for file in world.all(StoredFile)} == {Side.CLIENT, Side.FIRM}
    assert plain(world, world.all(StoredFile, side=Side.FIRM)[0].id, who) == pdf(MB)


@pytest.mark.parametrize("number", range(2))
def test_uploads_begun_at_once_never_exceed_the_total(world: World, who: Asked, number: int) -> None:
    world.change(world.firm, task_total_mb=3)
    start = threading.Barrier(8)
    begun: list[str] = []
    refused: list[str] = []

    def race() -> None:
        start.wait()
        try:
            begun.append(begin(world, who, pdf(MB)))
        except Refused as error:
            refused.append(error.text)

    racers = [threading.Thread(target=race) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert (len(begun), len(refused)) == (3, 5)


def test_lowering_a_limit_touches_no_file_and_no_upload_already_there(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    world.change(world.firm, task_total_mb=1, largest_file_mb=1)

    assert bring(world, token, BODY) is not None


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (
            MB + 1,
            "il fait 1\xa0048\xa0577\xa0octets, et un fichier peut faire 1\xa0048\xa0576\xa0octets au plus",
        ),
        (3 * MB, "il fait 3\xa0Mo, et un fichier peut faire 1\xa0Mo au plus"),
    ],
)
def test_10_2_a_file_too_large_by_little_says_by_how_much(
    world: World, who: Asked, length: int, said: str
) -> None:
    world.change(world.firm, largest_file_mb=1)
    with use_locale("fr"), pytest.raises(Refused) as refusal:
        uploads.start_upload(world.ports, who.client, who.task.id, "a.pdf", length)
    assert said in refusal.value.text


@pytest.mark.parametrize("length", [0, -1])
def test_fault_18_nothing_empty_begins(world: World, who: Asked, length: int) -> None:
    with pytest.raises(Refused, match="is empty"):
        uploads.start_upload(world.ports, who.client, who.task.id, "a.pdf", length)
    assert nothing_is_left(world)


def test_what_the_content_refuses_leaves_nothing(world: World, who: Asked) -> None:
    body = b"MZ\x90\0\x03\0\0\0" + bytes(2 * MB)
    token = begin(world, who, body)

    with pytest.raises(Refused, match="Programs are refused"):
        bring(world, token, body)

    assert nothing_is_left(world)
    with pytest.raises(NotFound):
        uploads.upload_standing(world.ports, token)


@pytest.mark.parametrize("packets", [(3, 10), (1, 1, 1, 4000), (5000,)])
def test_content_is_looked_at_however_small_the_first_packets_are(
    world: World, who: Asked, packets: tuple[int, ...]
) -> None:
    body = b"<html><script>alert(1)</script>" + b" " * 9000
    token, at = begin(world, who, body), 0

    def trickle() -> None:
        nonlocal at
        for size in (*packets, 1 << 20):
            arrival = arrivals.receive(world.ports, token, at)
            parts.store_part(world.ports, arrival, memoryview(body)[at : at + size])
            at += size

    with pytest.raises(Refused, match="Web pages are refused"):
        trickle()
    assert at <= rules.HEAD
    assert nothing_is_left(world)


def test_the_first_bytes_can_be_refused_before_anything_is_sent(world: World, who: Asked) -> None:
    with pytest.raises(Refused, match="Programs"):
        uploads.start_upload(world.ports, who.client, who.task.id, "a.pdf", 100, head=b"MZ" + bytes(100))
    assert nothing_is_left(world)


def test_asvs_43_a_person_has_forty_uploads_open_at_most(world: World, who: Asked) -> None:
    for number in range(rules.OPEN_UPLOADS):
        begin(world, who, pdf(100), f"{number}.pdf")
    with pytest.raises(TryLater):
        begin(world, who, pdf(100))

    world.clock.advance(hours=24)
    begin(world, who, pdf(100))


def test_asvs_43_a_task_takes_a_bounded_number_of_files(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FILES_PER_TASK", 2)
    for name in ("a.pdf", "b.pdf"):
        uploaded(world, who, pdf(100), name)
    with pytest.raises(Refused, match="ZIP"):
        begin(world, who, pdf(100))


def test_asvs_43_crumbs_end_an_upload_before_they_fill_the_database(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "SPARE_PARTS", 3)
    body = pdf(100)
    token = begin(world, who, body)
    with pytest.raises(UploadGone):
        bring(world, token, body, part=1)
    assert nothing_is_left(world)


def test_fault_4_without_room_no_upload_begins(world: World, who: Asked) -> None:
    world.objects.room = len(BODY) - 1
    with pytest.raises(NoRoomLeft, match="no room"):
        begin(world, who, BODY)
    assert nothing_is_left(world)


def test_fault_4_a_disk_that_fills_up_loses_one_part_and_the_upload_goes_on_later(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])

    def full(_key: str, _sealed: object) -> None:
        raise NoRoom

    with monkeypatch.context() as disk:
        disk.setattr(world.objects, "put", full)
        with pytest.raises(NoRoomLeft):
            bring(world, token, BODY)
    assert uploads.upload_standing(world.ports, token).received == MB
    assert len(world.all(FilePart)) == len(world.objects.parts) == 1

    receipt = bring(world, token, BODY)
    assert receipt is not None
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
