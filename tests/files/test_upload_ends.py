"""Who may upload and until when, and what follows a file that landed (5.12, 5.19, 6.13, 8.7, 10.10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.errors import NotFound, PortalError, RuleBroken
from portal_app.domain.uploads import MB, UploadGone
from portal_app.models import (
    AccessLevel,
    AuditEntry,
    Client,
    Notification,
    PortalAccess,
    Recipient,
    Section,
    StoredFile,
    Task,
    TaskAnswer,
    WorkItem,
)
from portal_app.services.clients import contacts
from portal_app.services.files import arrivals, parts, uploads
from portal_app.services.files.upload_sweep import sweep_uploads
from portal_app.services.tasks import tasks
from tests.files.tools import BODY, Asked, asked, begin, bring, nothing_is_left, pdf, told, uploaded
from tests.world import World


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


def _unlink(world: World, who: Asked) -> None:
    contacts.unlink_contact(world.ports, world.staff, who.request.client_id, who.contact.id)


@pytest.mark.parametrize(
    "ends", [_withdraw, _remove, _archive_contact, _archive_work, _archive_section, _change_address, _unlink]
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


def test_5_19_ticking_during_an_upload_completes_the_task_when_it_ends(world: World, who: Asked) -> None:
    token = begin(world, who, BODY)
    tasks.complete_task(world.ports, who.client, who.task.id)
    assert world.get(who.task).completed_at is None

    bring(world, token, BODY)

    task: Task = world.get(who.task)
    assert task.completed_at == world.clock.now()
    assert task.completed_by_contact_id == who.contact.id
    assert [row.kind for row in world.all(Notification, task_id=task.id)] == ["task_completed"]


def test_5_19_a_tick_that_waited_for_somebody_elses_file_stays_whose_it_was(world: World, who: Asked) -> None:
    client = world.all(Client, id=who.request.client_id)[0]
    world.change(world.firm, portal_on_at=world.clock.now())
    world.change(client, portal_on_at=world.clock.now())
    luc = world.new_contact(client, "Luc Gagnon")
    world.give_account(luc, client)
    token, _standing = uploads.start_upload(
        world.ports, world.signed_in(luc), who.task.id, "Lease.pdf", len(BODY)
    )
    tasks.complete_task(world.ports, who.client, who.task.id)

    bring(world, token, BODY)

    assert world.all(StoredFile)[0].contact_id == luc.id
    assert world.get(who.task).completed_by_contact_id == who.contact.id
    assert [row.contact_id for row in world.all(TaskAnswer)] == [who.contact.id]
    assert [row.contact_id for row in world.all(Notification, kind="task_completed")] == [who.contact.id]


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


@pytest.mark.parametrize("fails", ["refused", "stopped", "too late"])
def test_5_19_and_10_10_a_tick_falls_with_a_file_that_fails_whatever_else_came(
    world: World, who: Asked, fails: str
) -> None:
    bad = b"MZ\x90\0\x03\0\0\0" + bytes(2 * MB)
    token = begin(world, who, bad, "Payroll.pdf")
    other = begin(world, who, BODY, "Other.pdf")
    tasks.complete_task(world.ports, who.client, who.task.id)
    bring(world, other, BODY[:MB])
    if fails == "stopped":
        _withdraw(world, who)
    if fails == "too late":
        world.clock.advance(hours=24)
        sweep_uploads(world.ports)
    else:
        bring(world, other, BODY) if fails == "refused" else None
        with pytest.raises(PortalError):
            bring(world, token, bad)

    task: Task = world.get(who.task)
    assert (task.completed_at, task.completes_after_upload_id) == (None, None)
    assert world.all(Notification, kind="task_completed") == []


def test_5_19_a_tick_goes_on_waiting_for_what_still_comes_when_one_is_cancelled(
    world: World, who: Asked
) -> None:
    token, other = begin(world, who, BODY, "Wrong.pdf"), begin(world, who, BODY, "Right.pdf")
    tasks.complete_task(world.ports, who.client, who.task.id)
    uploads.cancel_upload(world.ports, token)
    bring(world, other, BODY)
    assert world.get(who.task).completed_at == world.clock.now()


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
