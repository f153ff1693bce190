"""Ticking a task, by itself or when its upload ends, and taking an answer back for ten seconds (5.8, 5.12, 5.19)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Answer, Contact, Side, StoredFile, Task, Upload
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.files.there import there
from portal_app.services.tasks import answering
from portal_app.services.tasks.answering import Given
from portal_app.text import _
from portal_app.work import Work, begin


def complete_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Mark a task done as its recipient (5.8). Ticking twice is ticking once.

    While a file of that task is still arriving, the task completes when the upload ends (5.19). Raises
    `RuleBroken` when a file is needed (5.3) or somebody else was first (5.16).
    """
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.TASK_COMPLETE, lock=True)
        if task.completed_at is not None:
            answering.first_stands(work, task, sight, Answer.DONE)
            return
        arriving = _arriving(work, task)
        if arriving is not None:
            task.completes_after_upload_id = arriving
            task.ticked_by_contact_id = sight.contact.id if sight.contact else None
            work.add(task)
            answering.ring(work, sight)
            return
        if task.needs_file and not has_file(work, task.id):
            raise RuleBroken(_("This task needs a file. Upload it first, then mark the task as done."))
        answering.store(work, task, sight, Given(Answer.DONE))


def undo_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Take one's own last answer back within ten seconds, with its notification (5.12). Raises `RuleBroken`.

    Undoing twice is undoing once: an earlier answer stands. A tick that still waits for a file is taken
    back at any time, since nobody was told of it.
    """
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.TASK_COMPLETE, lock=True)
        if task.completes_after_upload_id is not None and task.completed_at is None:
            task.completes_after_upload_id = None
            work.add(task)
            answering.ring(work, sight)
            return
        last = answering.last_answer(work, task.id)
        if task.completed_at is None and (last is None or last.undone_at is not None):
            return
        if last is None or sight.contact is None or last.contact_id != sight.contact.id:
            raise RuleBroken(_("Only the person who answered can undo it."))
        if not answering.can_undo(task, last, sight.contact.id, work.now):
            raise RuleBroken(
                _("It is too late to undo this. Ask {firm} to reopen the task.").format(firm=sight.firm.name)
            )
        answering.take_back(work, task, last, sight)


def upload_ended(work: Work, task: Task, sight: Sight, upload_id: UUID, *, arrived: bool) -> None:
    """Inside the upload's transaction: complete a task that waited for this file, unless others still come (5.19).

    One that was cancelled completes nothing, and what else is on its way is waited for.
    """
    if task.completes_after_upload_id is None or task.completed_at is not None:
        return
    task.completes_after_upload_id = _arriving(work, task, besides=upload_id)
    if arrived and task.completes_after_upload_id is None:
        answering.store(work, task, _of_who_ticked(work, task, sight), Given(Answer.DONE))
    work.add(task)


def _of_who_ticked(work: Work, task: Task, sight: Sight) -> Sight:
    """The sight of whose tick waited, which may be another recipient's than the file."""
    if task.ticked_by_contact_id is None or sight.contact is None:
        return sight
    return replace(sight, contact=work.session.get_one(Contact, task.ticked_by_contact_id))


def upload_failed(work: Work, task: Task) -> None:
    """A tick that waited falls with a file that was refused, stopped or never whole, whatever else came (5.19)."""
    task.completes_after_upload_id = None
    work.add(task)


def has_file(work: Work, task_id: UUID) -> bool:
    """Whether a client's file lies on the task, whole."""
    query = select(StoredFile.id).where(
        StoredFile.task_id == task_id,
        StoredFile.side == Side.CLIENT,
        there(),
    )
    return work.session.exec(query.limit(1)).first() is not None


def _arriving(work: Work, task: Task, besides: UUID | None = None) -> UUID | None:
    """An upload of this task that is still under way, the latest first."""
    query = (
        select(Upload.id)
        .where(
            Upload.task_id == task.id,
            Upload.side == Side.CLIENT,
            col(Upload.finished_at).is_(None),
            Upload.expires_at > work.now,
            Upload.id != besides,
        )
        .order_by(col(Upload.created_at).desc())
        .limit(1)
    )
    return work.session.exec(query).first()
