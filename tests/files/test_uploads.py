"""Uploads as services: arriving part by part, landing, and whoever else brings the same bytes."""

from __future__ import annotations

import hashlib
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal_app.domain.errors import NotFound
from portal_app.domain.uploads import MB, WrongOffset
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files import arrivals, downloads, landing, parts, running_sums, uploads
from portal_app.services.files.arrivals import Arrival, SealedPart
from portal_app.work import Work
from tests.files.tools import BODY, Asked, begin, bring, pdf, plain, uploaded
from tests.world import World


def test_a_file_comes_back_as_it_was_sent_with_its_receipt(world: World, who: Asked) -> None:
    receipt = uploaded(world, who, BODY)

    assert receipt.size == len(BODY)
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
    assert receipt.received_at == world.clock.now()
    assert plain(world, receipt.file_id, who) == BODY
    assert [part.size for part in world.all(FilePart)] == [MB, MB, MB, 17]


def test_asvs_51_what_is_stored_shows_nothing_of_the_file(world: World, who: Asked) -> None:
    canary = b"NAS 046 454 286"
    uploaded(world, who, pdf(1000) + canary)

    assert world.objects.parts
    assert not any(canary in sealed or b"%PDF" in sealed for sealed in world.objects.parts.values())


def test_10_4_photos_never_take_each_others_names_nor_replace_one_another(world: World, who: Asked) -> None:
    def begun() -> str:
        given = (world.ports, who.client, who.task.id, "image.jpg", 30)
        return uploads.start_upload(*given, is_photo=True)[0]

    first, second = begun(), begun()  # both on their way
    body = b"\xff\xd8\xff\xe0" + bytes(26)
    names = [receipt.name for token in (second, first) if (receipt := bring(world, token, body))]

    day = world.clock.now().astimezone(ZoneInfo(world.firm.time_zone)).date()
    assert names == [f"{who.task.title} – {day} – {number}.jpg" for number in (2, 1)]


def test_until_the_last_part_there_is_no_file(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[: 2 * MB])

    assert world.all(StoredFile) == []
    assert uploads.upload_standing(world.ports, token).received == 2 * MB
    with pytest.raises(NotFound):
        downloads.open_file(world.ports, who.client, world.all(Upload)[0].id)


def test_fault_1_another_process_goes_on_and_the_sum_is_right(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[: MB + 5])
    running_sums.sums.kept.clear()

    receipt = bring(world, token, BODY)

    assert receipt is not None
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
    assert plain(world, receipt.file_id, who) == BODY


def test_the_running_sum_is_used_again_only_where_it_stopped(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    upload = world.all(Upload)[0]
    assert running_sums.sums.take(upload.id, MB) is not None
    assert running_sums.sums.take(upload.id, MB - 1) is None

    receipt = bring(world, token, BODY)

    assert receipt is not None
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
    assert upload.id not in running_sums.sums.kept


def test_fault_3_of_two_requests_with_the_same_bytes_one_is_told_where_to_go_on(
    world: World, who: Asked
) -> None:
    token = begin(world, who, BODY)
    stale, fresh = (arrivals.receive(world.ports, token, 0) for _ in range(2))
    parts.store_part(world.ports, fresh, memoryview(BODY)[:MB])

    with pytest.raises(WrongOffset) as wrong:
        parts.store_part(world.ports, stale, memoryview(BODY)[:100])

    assert wrong.value.offset == MB
    assert len(world.objects.parts) == len(world.all(FilePart)) == 1
    receipt = bring(world, token, BODY)
    assert receipt is not None
    assert plain(world, receipt.file_id, who) == BODY


def sealed(world: World, arrival: Arrival, body: bytes) -> list[SealedPart]:
    """All that is missing, durable and without a row."""
    pieces = [memoryview(body)[at : at + MB] for at in range(arrival.offset, len(body), MB)]
    return [arrivals.seal_part(world.ports, arrival, piece) for piece in pieces]


def test_fault_3_of_two_requests_with_the_same_parts_one_gets_rows_and_nothing_stays_of_the_other(
    world: World, who: Asked
) -> None:
    token = begin(world, who, BODY)
    first, second = (sealed(world, arrivals.receive(world.ports, token, 0), BODY[: 3 * MB]) for _ in range(2))
    parts.commit_parts(world.ports, arrivals.receive(world.ports, token, 0), first[:2])

    with pytest.raises(WrongOffset) as wrong:
        parts.commit_parts(world.ports, arrivals.receive(world.ports, token, 2 * MB), second)

    assert wrong.value.offset == 2 * MB
    rows = sorted(world.all(FilePart), key=lambda row: row.number)
    assert [(row.number, row.offset, row.size) for row in rows] == [(0, 0, MB), (1, MB, MB)]
    kept = {row.object_key for row in rows}
    assert set(world.objects.parts) == kept | {first[2].object_key}


def test_fault_1_parts_that_land_together_have_the_right_sum_in_another_process(
    world: World, who: Asked
) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    running_sums.sums.kept.clear()
    arrival = arrivals.receive(world.ports, token, MB)

    receipt = parts.commit_parts(world.ports, arrival, sealed(world, arrival, BODY))

    assert receipt is not None
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
    assert plain(world, receipt.file_id, who) == BODY


def test_10_10_a_look_at_whether_the_uploader_is_welcome_is_not_jumped_over(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    is_welcome = landing.is_welcome

    def looks(work: Work, upload: Any) -> bool:
        looked.append(upload.received)
        return is_welcome(work, upload)

    monkeypatch.setattr(parts, "CHECKED_EVERY", 2)
    monkeypatch.setattr(landing, "is_welcome", looks)
    arrival = arrivals.receive(world.ports, begin(world, who, BODY), 0)
    looked.clear()
    coming = sealed(world, arrival, BODY[: 3 * MB])

    parts.commit_parts(world.ports, arrival, coming[:2])
    parts.commit_parts(world.ports, arrival, coming[2:])

    assert looked == [2 * MB, 3 * MB]


@pytest.mark.parametrize("number", range(2))
def test_ten_requests_race_for_one_part_and_one_wins(world: World, who: Asked, number: int) -> None:
    body = pdf(2 * MB)
    token = begin(world, who, body)
    start = threading.Barrier(10)
    outcomes: list[object] = []

    def race() -> None:
        arrival = arrivals.receive(world.ports, token, 0)
        start.wait()
        try:
            outcomes.append(parts.store_part(world.ports, arrival, memoryview(body)[:MB]))
        except WrongOffset as wrong:
            outcomes.append(wrong.offset)

    racers = [threading.Thread(target=race) for _ in range(10)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(outcomes, key=str) == [MB] * 9 + [None]
    assert len(world.objects.parts) == len(world.all(FilePart)) == 1


def test_a_wrong_offset_says_the_right_one(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    for offset in (0, MB - 1, MB + 1, len(BODY)):
        with pytest.raises(WrongOffset) as wrong:
            arrivals.receive(world.ports, token, offset)
        assert wrong.value.offset == MB
