"""Uploads as services: reserving, arriving part by part, landing, being stopped."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal_app.domain import uploads as rules
from portal_app.domain.errors import NotFound, PortalError, RuleBroken, TryLater
from portal_app.domain.uploads import MB, NoRoomLeft, Refused, UploadGone, WrongOffset
from portal_app.models import (
    AccessLevel,
    AuditEntry,
    Client,
    FilePart,
    Notification,
    PortalAccess,
    Recipient,
    Section,
    Side,
    StoredFile,
    Task,
    Upload,
    WorkItem,
)
from portal_app.ports import NoRoom
from portal_app.services.files import arrivals, downloads, parts, running_sums, uploads
from portal_app.services.tasks import tasks
from tests.files.tools import Asked, asked, begin, bring, pdf, uploaded
from tests.world import World

BODY = pdf(3 * MB + 17)


def plain(world: World, file_id: Any, who: Asked) -> bytes:
    """A file read back whole."""
    file = downloads.open_file(world.ports, who.client, file_id)
    return b"".join(downloads.read_part(world.ports, file, number) for number in range(len(file.parts)))


def told(world: World) -> list[Notification]:
    """What staff were told of files, in order."""
    rows = [row for row in world.all(Notification) if row.kind == "files_uploaded"]
    return sorted(rows, key=lambda row: row.at)


def nothing_is_left(world: World) -> bool:
    return not (world.all(Upload) or world.all(FilePart) or world.all(StoredFile) or world.objects.parts)


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


# limits


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


# who, and until when


def test_5_12_a_completed_task_takes_no_file(world: World, who: Asked) -> None:
    world.change(who.task, completed_at=world.clock.now())
    with pytest.raises(RuleBroken, match="takes no more files"):
        begin(world, who, BODY)
    assert nothing_is_left(world)


def test_nobody_else_can_begin(world: World, who: Asked) -> None:
    other_firm = world.new_firm("Other", slug="other")
    stranger = world.new_staff("Eve", firm=other_firm)
    other = asked(world, "Jean Roy")
    for actor in (
        world.actor(stranger),
        other.client,
        world.new_device()[0],
        replace(who.client, device_id=None),
    ):
        with pytest.raises(PortalError):
            uploads.start_upload(world.ports, actor, who.task.id, "a.pdf", 100)
    assert nothing_is_left(world)


def finishes(world: World, token: str) -> StoredFile:
    assert bring(world, token, BODY) is not None
    return world.all(StoredFile)[0]


def test_an_upload_finishes_after_the_grant_expired_and_staff_see_that_it_is_late(
    world: World, who: Asked
) -> None:
    world.change(who.grant, expires_at=world.clock.now())
    world.clock.advance(seconds=-1)
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    world.clock.advance(hours=23)

    assert finishes(world, token).late_at == world.clock.now()


def test_an_upload_finishes_after_the_grant_moved(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    world.change(who.grant, device_id=world.new_device()[0].device_id)
    assert finishes(world, token).late_at is None


@pytest.mark.parametrize("closed", ["task", "work"])
def test_an_upload_finishes_after_task_or_work_was_completed(world: World, who: Asked, closed: str) -> None:
    token = begin(world, who, BODY)
    row = who.task if closed == "task" else world.all(WorkItem)[0]
    world.change(row, completed_at=world.clock.now())

    assert finishes(world, token).late_at is not None
    assert [row.facts["is_late"] for row in told(world)] == [True]


def _withdraw(world: World, who: Asked) -> None:
    world.change(who.request, withdrawn_at=world.clock.now())


def _remove(world: World, who: Asked) -> None:
    world.change(world.all(Recipient, request_id=who.request.id)[0], removed_at=world.clock.now())


def _archive_contact(world: World, who: Asked) -> None:
    world.change(who.contact, archived_at=world.clock.now())


def _archive_work(world: World, who: Asked) -> None:
    world.change(world.all(WorkItem)[0], archived_at=world.clock.now())


def _archive_section(world: World, who: Asked) -> None:
    world.change(world.all(Section)[0], archived_at=world.clock.now())


def _change_address(world: World, who: Asked) -> None:
    world.change(who.contact, email="new@client.example", email_key="new@client.example")


@pytest.mark.parametrize(
    "ends", [_withdraw, _remove, _archive_contact, _archive_work, _archive_section, _change_address]
)
@pytest.mark.parametrize("when", ["between requests", "before the last part"])
def test_6_13_taking_the_way_in_away_stops_the_upload_and_leaves_nothing(
    world: World, who: Asked, ends: Any, when: str
) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[: 3 * MB])
    arrival = arrivals.receive(world.ports, token, 3 * MB)
    ends(world, who)

    def go_on() -> None:
        if when == "between requests":
            arrivals.receive(world.ports, token, 3 * MB)
        else:
            parts.store_part(world.ports, arrival, memoryview(BODY)[3 * MB :])

    with pytest.raises(UploadGone):
        go_on()

    assert nothing_is_left(world)


def test_a_contact_with_full_access_who_is_no_recipient_uploads_too(world: World, who: Asked) -> None:
    client = world.all(Client)[0]
    boss = world.new_contact(client, "Boss")
    world.give_account(boss, client, level=AccessLevel.FULL)
    token, _standing = uploads.start_upload(
        world.ports, world.signed_in(boss), who.task.id, "a.pdf", len(BODY)
    )
    bring(world, token, BODY[:MB])
    access = world.all(PortalAccess, contact_id=boss.id)[0]
    world.change(access, level=AccessLevel.LIMITED)

    with pytest.raises(UploadGone):
        bring(world, token, BODY)


def test_a_deactivated_staff_members_upload_stops(world: World, who: Asked) -> None:
    junior = world.new_staff("Junior")
    token, _standing = uploads.start_upload(world.ports, world.actor(junior), who.task.id, "a.pdf", len(BODY))
    bring(world, token, BODY[:MB])
    world.change(junior, deactivated_at=world.clock.now())

    with pytest.raises(UploadGone):
        bring(world, token, BODY)
    assert nothing_is_left(world)


def test_after_24_hours_an_upload_has_ended(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])
    world.clock.advance(hours=24, seconds=-1)
    uploads.upload_standing(world.ports, token)
    world.clock.advance(seconds=1)

    for late in (uploads.upload_standing, uploads.cancel_upload):
        with pytest.raises(UploadGone):
            late(world.ports, token)
    with pytest.raises(UploadGone):
        arrivals.receive(world.ports, token, MB)


def test_cancelling_leaves_nothing_and_a_whole_file_is_not_cancelled(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    bring(world, token, BODY[: 2 * MB])
    uploads.cancel_upload(world.ports, token)
    assert nothing_is_left(world)
    with pytest.raises(NotFound):
        uploads.cancel_upload(world.ports, token)

    whole = begin(world, who, BODY)
    bring(world, whole, BODY)
    with pytest.raises(RuleBroken, match="arrived already"):
        uploads.cancel_upload(world.ports, whole)
    assert len(world.all(StoredFile)) == 1


# what follows


def test_5_19_ticking_during_an_upload_completes_the_task_when_it_ends(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    tasks.complete_task(world.ports, who.client, who.task.id)
    assert world.get(who.task).completed_at is None

    bring(world, token, BODY)

    task: Task = world.get(who.task)
    assert task.completed_at == world.clock.now()
    assert task.completed_by_contact_id == who.contact.id
    assert [row.kind for row in world.all(Notification, task_id=task.id)] == ["task_completed"]


@pytest.mark.parametrize("needs_file", [True, False])
def test_5_19_ticking_during_an_upload_does_not_complete_the_task_when_it_fails(
    world: World, who: Asked, needs_file: bool
) -> None:
    world.change(who.task, needs_file=needs_file)
    token = begin(world, who, BODY)
    tasks.complete_task(world.ports, who.client, who.task.id)

    uploads.cancel_upload(world.ports, token)

    task: Task = world.get(who.task)
    assert task.completed_at is None
    assert task.completes_after_upload_id is None


def test_8_7_files_of_ten_minutes_are_one_notification_and_nobody_hears_of_their_own(
    world: World, who: Asked
) -> None:
    for name in ("a.pdf", "b.pdf"):
        uploaded(world, who, pdf(100), name)
        world.clock.advance(minutes=9)
    world.clock.advance(minutes=2)
    uploaded(world, who, pdf(100), "c.pdf")
    token, _standing = uploads.start_upload(world.ports, world.staff, who.task.id, "ours.pdf", 100)
    bring(world, token, pdf(100))

    assert [row.facts["count"] for row in told(world)] == [2, 1]
    assert {row.staff_id for row in told(world)} == {world.owner.id}
    assert [row.action for row in world.all(AuditEntry) if row.action == "file:uploaded"] == [
        "file:uploaded"
    ] * 4
    assert f"request:{who.request.id}" in world.bell.rung


def test_a_second_file_of_one_name_is_kept_beside_the_first(world: World, who: Asked) -> None:
    names = [uploaded(world, who, pdf(100), name).name for name in ("a.pdf", "A.pdf", "a.pdf")]
    assert names == ["a.pdf", "A (2).pdf", "a (3).pdf"]


def test_fault_17_a_name_without_anything_readable_becomes_file(world: World, who: Asked) -> None:
    assert uploaded(world, who, pdf(100), "\0/..").name == "File"
