"""Files off a task: a client takes back what they uploaded, staff remove any; both can be undone (10.8, 10.11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Side, StoredFile, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.files import uploads
from portal_app.services.files.there import names_on
from portal_app.text import _
from portal_app.work import Work, begin

UNDO_FOR: Final = timedelta(minutes=10)
"""How long whoever took a file back can undo it by themselves; staff can until it is really gone."""


def take_own_back(ports: Ports, actor: Actor, task_id: UUID, file_id: UUID) -> None:
    """A client takes back a file that they uploaded, as long as its task is open (10.11). Twice is once.

    Raises `RuleBroken` for somebody else's file and on a completed task, and what the doors raise.
    """
    with begin(ports, actor) as work:
        row, task, sight = _own(work, task_id, file_id)
        if row.deleted_at is None:
            _put_away(work, row, task, sight, "file_taken_back")


def put_own_back(ports: Ports, actor: Actor, task_id: UUID, file_id: UUID) -> None:
    """Undo `take_own_back`, within ten minutes, for whoever did it, while the task has room for it (1.10). Twice is once.

    Raises likewise, and `Refused`.
    """
    with begin(ports, actor) as work:
        row, task, sight = _own(work, task_id, file_id)
        if row.deleted_at is None:
            return
        if not can_undo(row, sight, work.now):
            text = _("It is too late to undo this. Ask {firm} to restore the file.")
            raise RuleBroken(text.format(firm=sight.firm.name))
        limits, taken = uploads.limits_of(sight.firm), uploads.reserved(work, task.id, Side.CLIENT)
        rules.check_room(row.name, row.size, limits, taken)
        _restore(work, row, task, sight)


def remove_file(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Staff take a file off its task; it can be restored for the firm's time, then really goes (10.8). Twice is once."""
    with begin(ports, actor) as work:
        row, task, sight = _of_firm(work, file_id)
        if row.deleted_at is None:
            _put_away(work, row, task, sight, "file_removed")


def restore_file(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Staff put a removed file back on its task, whoever took it off; where its name is taken, under a number (10.4)."""
    with begin(ports, actor) as work:
        row, task, sight = _of_firm(work, file_id)
        if row.deleted_at is not None:
            _restore(work, row, task, sight)


def can_undo(file: StoredFile, sight: Sight, now: datetime) -> bool:
    """Whether the reader took this file of theirs back themselves, a moment ago."""
    by = file.deleted_by_hand_over_id if file.hand_over_id else file.deleted_by_contact_id
    mine = file.hand_over_id or file.contact_id
    return (
        access.is_own(sight, file)
        and by == mine
        and file.deleted_at is not None
        and now <= file.deleted_at + UNDO_FOR
    )


def undoable(sight: Sight, now: datetime) -> ColumnElement[bool]:
    """`can_undo`, as a clause."""
    hands = [hand.id for hand in sight.handed]
    by_hand = col(StoredFile.deleted_by_hand_over_id).in_(hands)
    by_me = and_(
        col(StoredFile.deleted_by_contact_id) == (sight.contact.id if sight.contact else None),
        col(StoredFile.hand_over_id).is_(None),
    )
    return and_(
        by_hand if hands else by_me,
        col(StoredFile.deleted_at) >= now - UNDO_FOR,
        col(StoredFile.replaced_by_id).is_(None),
    )


def _own(work: Work, task_id: UUID, file_id: UUID) -> tuple[StoredFile, Task, Sight]:
    if not work.actor.is_client:
        raise NotFound(_("There is nothing here."))
    row, task, sight = access.task_file(work, file_id, Permission.TASK_UPLOAD)
    if task.id != task_id or row.replaced_by_id is not None:
        raise NotFound(_("There is nothing here."))
    if not access.is_own(sight, row):
        raise RuleBroken(_("Only what you put here yourself can be taken back. Ask the firm."))
    if task.completed_at is not None:
        text = _("This task is completed, so its files stay. Ask {firm} to reopen it.")
        raise RuleBroken(text.format(firm=sight.firm.name))
    return row, task, sight


def _of_firm(work: Work, file_id: UUID) -> tuple[StoredFile, Task, Sight]:
    row, task, sight = access.task_file(work, file_id, Permission.REQUEST_EDIT)
    if row.replaced_by_id is not None:
        raise NotFound(_("There is nothing here."))
    return row, task, sight


def _put_away(work: Work, row: StoredFile, task: Task, sight: Sight, kind: str) -> None:
    by = None if work.actor.is_staff else sight
    for one in _versions(work, row):
        one.deleted_at = work.now
        one.deleted_by_staff_id = work.actor.staff_id
        one.deleted_by_contact_id = by.contact.id if by and by.contact else None
        one.deleted_by_hand_over_id = by.handed[0].id if by and by.handed else None
        work.add(one)
    _record(work, row, task, sight, kind)


def _restore(work: Work, row: StoredFile, task: Task, sight: Sight) -> None:
    row.name = rules.numbered(row.name, names_on(work, task.id, sight.handed[0].id if sight.handed else None))
    for one in _versions(work, row):
        one.deleted_at = one.deleted_by_staff_id = None
        one.deleted_by_contact_id = one.deleted_by_hand_over_id = None
        work.add(one)
    _record(work, row, task, sight, "file_restored")


def _versions(work: Work, row: StoredFile) -> list[StoredFile]:
    """The file with the versions before it: they go and come back together."""
    return [row, *work.session.exec(select(StoredFile).where(StoredFile.replaced_by_id == row.id))]


def _record(work: Work, row: StoredFile, task: Task, sight: Sight, kind: str) -> None:
    about: dict[str, Any] = {"contact_id": sight.contact.id} if sight.contact else {}
    hand = sight.handed[0] if sight.handed else None
    work.note(
        kind,
        firm_id=row.firm_id,
        client_id=row.client_id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        facts={"name": row.name} | ({"by": hand.name} if hand else {}),
        **about,
    )
    work.audit(
        kind.replace("_", ":", 1),
        firm_id=row.firm_id,
        subject_kind="file",
        subject_id=row.id,
        task=task.id,
        sha256=row.sha256.hex(),
    )
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")
