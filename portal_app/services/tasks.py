"""What a client answers: ticking a task, and taking the tick back for ten seconds (5.8, 5.12, 5.16, 5.19)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Answer, Contact, Side, Staff, StoredFile, Task, TaskAnswer, Upload
from portal_app.ports import Ports
from portal_app.services import access, triage
from portal_app.services.access import Sight
from portal_app.text import _
from portal_app.work import Work, begin

UNDO_FOR = timedelta(seconds=10)  # 5.12


def complete_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Mark a task done as its recipient (5.8). Ticking twice is ticking once.

    While a file of that task is still arriving, the task completes when the upload ends (5.19). Raises
    `RuleBroken` when a file is needed (5.3) or somebody else was first (5.16).
    """
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.TASK_COMPLETE, lock=True)
        if task.completed_at is not None:
            _first_stands(work, task, sight)
            return
        arriving = _arriving(work, task)
        if arriving is not None:
            task.completes_after_upload_id = arriving
            work.add(task)
            _ring(work, sight)
            return
        if task.needs_file and not has_file(work, task.id):
            raise RuleBroken(_("This task needs a file. Upload it first, then mark the task as done."))
        _complete(work, task, sight)


def undo_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Take one's own answer back within ten seconds, with its notification (5.12). Raises `RuleBroken`."""
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.TASK_COMPLETE, lock=True)
        if task.completes_after_upload_id is not None and task.completed_at is None:
            task.completes_after_upload_id = None
            work.add(task)
            _ring(work, sight)
            return
        last = _last_answer(work, task)
        if task.completed_at is None and (last is None or last.undone_at is not None):
            return
        if last is None or sight.contact is None or last.contact_id != sight.contact.id:
            raise RuleBroken(_("Only the person who answered can undo it."))
        if work.now > last.at + UNDO_FOR:
            raise RuleBroken(
                _("It is too late to undo this. Ask {firm} to reopen the task.").format(firm=sight.firm.name)
            )
        _undo(work, task, last, sight)


def upload_ended(work: Work, task: Task, sight: Sight, upload_id: UUID, *, arrived: bool) -> None:
    """Inside the upload's transaction: complete a task that waited for this file, or let it be (5.19)."""
    if task.completes_after_upload_id is None or task.completed_at is not None:
        return
    still = _arriving(work, task, besides=upload_id)
    if still is not None:
        task.completes_after_upload_id = still
    else:
        task.completes_after_upload_id = None
        if arrived or has_file(work, task.id):
            _complete(work, task, sight)
    work.add(task)


def has_file(work: Work, task_id: UUID) -> bool:
    """Whether a client's file lies on the task, whole."""
    query = select(StoredFile.id).where(
        StoredFile.task_id == task_id,
        StoredFile.side == Side.CLIENT,
        col(StoredFile.deleted_at).is_(None),
    )
    return work.session.exec(query.limit(1)).first() is not None


def _complete(work: Work, task: Task, sight: Sight) -> None:
    contact_id = sight.contact.id if sight.contact else None
    answer = TaskAnswer(
        firm_id=task.firm_id, task_id=task.id, answer=Answer.DONE, contact_id=contact_id, at=work.now
    )
    task.completed_at, task.completed_by_contact_id, task.answer = work.now, contact_id, Answer.DONE
    task.question_open_at = None
    work.add(task, answer)
    work.session.flush()
    triage.notify(
        work, sight, "task_completed", task=task, once_key=f"task_completed:{answer.id}", answer="done"
    )
    if not _open_tasks(work, sight):
        triage.notify(work, sight, "request_completed", once_key=f"request_completed:{answer.id}")
    _record(work, "task_completed", task, sight)


def _undo(work: Work, task: Task, last: TaskAnswer, sight: Sight) -> None:
    last.undone_at = work.now
    task.completed_at = task.completed_by_contact_id = task.answer = None
    work.add(task, last)
    triage.take_back(work, f"task_completed:{last.id}")
    triage.take_back(work, f"request_completed:{last.id}")
    _record(work, "task_undone", task, sight)


def _first_stands(work: Work, task: Task, sight: Sight) -> None:
    """The same person's second press says nothing; another person sees whose answer it was (5.16)."""
    mine = sight.contact is not None and task.completed_by_contact_id == sight.contact.id
    if mine:
        return
    who: Contact | Staff | None = None
    if task.completed_by_contact_id is not None:
        who = work.session.get(Contact, task.completed_by_contact_id)
    elif task.completed_by_staff_id is not None:
        who = work.session.get(Staff, task.completed_by_staff_id)
    raise RuleBroken(
        _("{name} already completed this task.").format(name=who.name if who else sight.firm.name)
    )


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


def _last_answer(work: Work, task: Task) -> TaskAnswer | None:
    query = (
        select(TaskAnswer).where(TaskAnswer.task_id == task.id).order_by(col(TaskAnswer.at).desc()).limit(1)
    )
    return work.session.exec(query).first()


def _open_tasks(work: Work, sight: Sight) -> bool:
    query = select(Task.id).where(
        Task.section_id == sight.request.id,
        col(Task.completed_at).is_(None),
        col(Task.put_aside_at).is_(None),
    )
    return work.session.exec(query.limit(1)).first() is not None


def _record(work: Work, kind: str, task: Task, sight: Sight) -> None:
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        contact_id=sight.contact.id if sight.contact else None,
        facts={"title": task.title},
    )
    work.audit(kind.replace("_", ":", 1), firm_id=sight.firm.id, subject_kind="task", subject_id=task.id)
    _ring(work, sight)


def _ring(work: Work, sight: Sight) -> None:
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")
