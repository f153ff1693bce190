"""Comments on a task, by clients and staff, and notes that stay with staff (5.7, 5.12)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Comment, SectionKind, Task
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.access import Sight
from portal_app.services.notices import telling
from portal_app.services.reminders import replanning
from portal_app.services.tasks import task_mail
from portal_app.services.triage import triage
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST = 5_000
"""Characters in one comment."""


def add_comment(
    ports: Ports,
    actor: Actor,
    task_id: UUID,
    body: str,
    *,
    is_note: bool = False,
    once_key: str | None = None,
) -> None:
    """Write on a task. With `once_key` a repeat (a second press, a queue sent again) changes nothing.

    A client cannot write on a completed task (5.12), and never writes notes. A comment by staff answers an
    open question, so its reminders go on (5.8). Raises `BadInput` or `RuleBroken`.
    """
    text = _checked(body)
    with begin(ports, actor) as work:
        if actor.is_staff:
            _by_staff(work, task_id, text, is_note=is_note, once_key=once_key)
        else:
            _by_client(work, task_id, text, once_key=once_key)


def close_question(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Let a question rest without writing; the task's reminders go on (5.8)."""
    with begin(ports, actor) as work:
        task, sight = access.task(work, task_id, Permission.REQUEST_EDIT, lock=True)
        task.question_open_at = None
        work.add(task)
        work.audit("question:closed", firm_id=task.firm_id, subject_kind="task", subject_id=task.id)
        replanning.replan(work, [sight.request.id])
        _ring(work, sight)


def _checked(body: str) -> str:
    text = typed.plain(body).strip()
    if not text:
        raise BadInput(_("Write something first."), field="body")
    if len(text) > LONGEST:
        raise BadInput(_("This comment is too long: {n} characters at most.").format(n=LONGEST), field="body")
    return text


def _by_client(work: Work, task_id: UUID, text: str, *, once_key: str | None) -> None:
    task, sight = access.task(work, task_id, Permission.TASK_COMMENT, lock=True)
    if _is_there(work, task, once_key):
        return
    if task.completed_at is not None:
        raise RuleBroken(
            _("This task is completed, so comments are closed. Ask {firm} to reopen it.").format(
                firm=sight.firm.name
            )
        )
    row = _written(work, task, text, once_key, contact_id=sight.contact.id if sight.contact else None)
    row.hand_over_id = sight.handed[0].id if sight.handed else None
    by = {"by": sight.handed[0].name} if sight.handed else {}
    triage.notify(work, sight, "comment", task=task, once_key=f"comment:{row.id}", text=text[:300], **by)
    _record(work, row, task, sight, **by)


def _by_staff(work: Work, task_id: UUID, text: str, *, is_note: bool, once_key: str | None) -> None:
    task = access.of_firm(work, Task, task_id, Permission.WORK_EDIT, lock=True)
    section = access.section(work, task.section_id, Permission.WORK_EDIT)
    if _is_there(work, task, once_key):
        return
    row = _written(work, task, text, once_key, staff_id=work.actor.staff_id, is_note=is_note)
    if section.kind is SectionKind.STAFF:
        work.note(
            "comment_added",
            firm_id=task.firm_id,
            work_item_id=section.work_item_id,
            task_id=task.id,
            facts=_facts(row, task),
        )
        work.audit("comment:added", firm_id=task.firm_id, subject_kind="task", subject_id=task.id)
        work.ring(f"work:{section.work_item_id}")
        return
    sight = access.request(work, section.id, Permission.REQUEST_EDIT)
    if not is_note:
        task.question_open_at = None
        work.add(task)
        replanning.replan(work, [sight.request.id])
        if task_mail.is_out(sight) and task.put_aside_at is None:
            key = f"comment:{row.id.hex}"
            telling.tell_recipients(work, sight, "comment", task=task, once_key=key, text=text[:300])
    _record(work, row, task, sight)


def _written(
    work: Work,
    task: Task,
    text: str,
    once_key: str | None,
    *,
    contact_id: UUID | None = None,
    staff_id: UUID | None = None,
    is_note: bool = False,
) -> Comment:
    row = Comment(
        firm_id=task.firm_id,
        task_id=task.id,
        body=text,
        contact_id=contact_id,
        staff_id=staff_id,
        is_note=is_note,
        once_key=f"{task.id}:{once_key}" if once_key else None,
        at=work.now,
    )
    work.add(row)
    work.session.flush()
    return row


def _record(work: Work, row: Comment, task: Task, sight: Sight, **by: str) -> None:
    work.note(
        "comment_added",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        contact_id=row.contact_id,
        facts=_facts(row, task) | by,
    )
    work.audit("comment:added", firm_id=sight.firm.id, subject_kind="task", subject_id=task.id)
    _ring(work, sight)


def _facts(row: Comment, task: Task) -> dict[str, object]:
    return {"title": task.title, "is_note": row.is_note}


def _ring(work: Work, sight: Sight) -> None:
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def _is_there(work: Work, task: Task, once_key: str | None) -> bool:
    if once_key is None:
        return False
    query = select(Comment.id).where(Comment.once_key == f"{task.id}:{once_key}")
    return work.session.exec(query).first() is not None
