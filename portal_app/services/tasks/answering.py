"""What an answer does to its task, whichever it is: facts, history, who is told; and how all of it is taken back.

`tasks` and `client_answers` are the doors; here is what they share (5.8, 5.12, 5.16, 8.1, 8.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain import promises
from portal_app.domain.errors import RuleBroken
from portal_app.models import Answer, Comment, Contact, Staff, StoredFile, Task, TaskAnswer, new_id
from portal_app.services.access import Sight
from portal_app.services.automations import automations
from portal_app.services.reminders import replanning
from portal_app.services.triage import triage
from portal_app.text import _
from portal_app.work import Work

UNDO_FOR = timedelta(seconds=10)  # 5.12
COMPLETING = frozenset({Answer.DONE, Answer.NOT_APPLICABLE, Answer.ALREADY_HAVE})
_QUOTED = 300  # characters of what was written that a notification carries


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, checked. `once_key` names it, so that the same one sent twice is one."""

    answer: Answer
    text: str = ""
    promised_on: date | None = None
    file: StoredFile | None = None
    once_key: str = ""


def store(work: Work, task: Task, sight: Sight, given: Given) -> None:
    """Give the answer: three complete the task, a promise and a question leave it open (5.8)."""
    row = _row(work, task, sight, given)
    work.add(row)
    if given.answer in COMPLETING:
        _complete(work, task, sight, given, row)
    elif given.answer is Answer.PROMISED:
        _promise(work, task, sight, given, row)
    else:
        _ask(work, task, sight, given, row)


def take_back(work: Work, task: Task, last: TaskAnswer, sight: Sight) -> None:
    """The answer, what it wrote and whom it told, as if it had not been given (5.12)."""
    last.undone_at = work.now
    before = last.before or {}
    task.completed_at = task.completed_by_contact_id = task.accepted_at = None
    task.answer = Answer(before["answer"]) if before.get("answer") else None
    task.answer_text = str(before.get("answer_text") or "")
    task.promised_on = date.fromisoformat(before["promised_on"]) if before.get("promised_on") else None
    asked_at = before.get("question_open_at")
    task.question_open_at = datetime.fromisoformat(asked_at) if asked_at else None
    work.add(task, last)
    if last.answer is Answer.QUESTION:
        written = select(Comment).where(Comment.task_id == task.id, Comment.once_key == last.once_key)
        for comment in work.session.exec(written):
            work.session.delete(comment)
    for kind in ("task_completed", "request_completed", "promise", "question"):
        triage.take_back(work, f"{kind}:{last.id}")
    automations.take_back(work, last.id)
    record(work, "task_undone", task, sight)


def is_there(work: Work, task: Task, once_key: str) -> bool:
    """Whether this very answer is stored: a second press, or a queue sent again."""
    if not once_key:
        return False
    query = select(TaskAnswer.id).where(TaskAnswer.once_key == _key(task, once_key))
    return work.session.exec(query).first() is not None


def first_stands(work: Work, task: Task, sight: Sight, answer: Answer) -> None:
    """On a completed task: the same answer again says nothing; another person sees whose it was (5.12, 5.16)."""
    mine = sight.contact is not None and task.completed_by_contact_id == sight.contact.id
    if mine and task.answer is answer:
        return
    if mine:
        text = _("This task is completed. Ask {firm} to reopen it.").format(firm=sight.firm.name)
        raise RuleBroken(text)
    name = who_completed(work, task) or sight.firm.name
    raise RuleBroken(_("{name} already completed this task.").format(name=name))


def who_completed(work: Work, task: Task) -> str:
    """The name of who completed the task; empty where nobody's stands there."""
    return who_completed_each(work, [task]).get(task.id, "")


def who_completed_each(work: Work, tasks: Sequence[Task]) -> dict[UUID, str]:
    """The same for each of these tasks where somebody's name stands there."""
    query = (
        select(Task.id, func.coalesce(Contact.name, Staff.name))
        .outerjoin(Contact, col(Contact.id) == Task.completed_by_contact_id)
        .outerjoin(Staff, col(Staff.id) == Task.completed_by_staff_id)
        .where(col(Task.id).in_([task.id for task in tasks if task.completed_at is not None]))
    )
    return {task_id: name for task_id, name in work.session.exec(query) if name}


def last_answer(work: Work, task_id: UUID) -> TaskAnswer | None:
    """The task's latest answer, taken back or not."""
    return last_answers(work, [task_id]).get(task_id)


def last_answers(work: Work, task_ids: Sequence[UUID]) -> dict[UUID, TaskAnswer]:
    """The latest answer of each of these tasks that has one, taken back or not."""
    query = select(TaskAnswer).where(col(TaskAnswer.task_id).in_(task_ids))
    ordered = query.order_by(col(TaskAnswer.at), col(TaskAnswer.id))
    return {row.task_id: row for row in work.session.exec(ordered)}


def can_undo(task: Task, last: TaskAnswer | None, contact_id: UUID | None, now: datetime) -> bool:
    """Whether this person may take the task's latest answer back now (5.12); not once staff reopened it."""
    return (
        last is not None
        and contact_id is not None
        and last.contact_id == contact_id
        and last.undone_at is None
        and now <= last.at + UNDO_FOR
        and (task.reopened_at is None or task.reopened_at <= last.at)
    )


def record(work: Work, kind: str, task: Task, sight: Sight, **facts: Any) -> None:
    """Timeline, audit, the reminders worked out anew (7.7), and whoever looks at the request or its work."""
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id,
        contact_id=sight.contact.id if sight.contact else None,
        facts={"title": task.title} | facts,
    )
    work.audit(kind.replace("_", ":", 1), firm_id=sight.firm.id, subject_kind="task", subject_id=task.id)
    replanning.replan(work, [sight.request.id])
    ring(work, sight)


def ring(work: Work, sight: Sight) -> None:
    """Tell the open pages of both sides."""
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def _row(work: Work, task: Task, sight: Sight, given: Given) -> TaskAnswer:
    row_id = new_id()
    return TaskAnswer(
        id=row_id,
        firm_id=task.firm_id,
        task_id=task.id,
        answer=given.answer,
        text=given.text,
        promised_on=given.promised_on,
        file_id=given.file.id if given.file else None,
        file_name=given.file.name if given.file else "",
        before=_said(task),
        once_key=_key(task, given.once_key or row_id.hex),
        contact_id=sight.contact.id if sight.contact else None,
        at=work.now,
    )


def _said(task: Task) -> dict[str, str | None]:
    """What an undo brings back."""
    return {
        "answer": task.answer.value if task.answer else None,
        "answer_text": task.answer_text,
        "promised_on": task.promised_on.isoformat() if task.promised_on else None,
        "question_open_at": task.question_open_at.isoformat() if task.question_open_at else None,
    }


def _complete(work: Work, task: Task, sight: Sight, given: Given, row: TaskAnswer) -> None:
    task.completed_at, task.completed_by_contact_id = work.now, sight.contact.id if sight.contact else None
    task.answer, task.answer_text = given.answer, given.text
    task.question_open_at = task.completes_after_upload_id = None
    work.add(task)
    work.session.flush()
    facts = {"answer": given.answer.value, "text": given.text[:_QUOTED], "file": row.file_name}
    told = {name: value for name, value in facts.items() if value}
    triage.notify(work, sight, "task_completed", task=task, once_key=f"task_completed:{row.id}", **told)
    if not _open_tasks(work, sight):
        triage.notify(work, sight, "request_completed", once_key=f"request_completed:{row.id}")
    automations.task_completed(work, sight.work_item, task, row.id)
    record(work, "task_completed", task, sight)


def _promise(work: Work, task: Task, sight: Sight, given: Given, row: TaskAnswer) -> None:
    assert given.promised_on is not None  # noqa: S101  client_answers checked it
    task.answer, task.answer_text, task.promised_on = given.answer, given.text, given.promised_on
    work.add(task)
    day, late = given.promised_on.isoformat(), promises.is_late(given.promised_on, task.due_on)
    told = {"on": day, "is_late": True} if late else {"on": day}
    triage.notify(work, sight, "promise", task=task, once_key=f"promise:{row.id}", **told)
    record(work, "task_promised", task, sight, on=day)


def _ask(work: Work, task: Task, sight: Sight, given: Given, row: TaskAnswer) -> None:
    task.answer, task.answer_text = given.answer, given.text
    task.question_open_at = task.question_open_at or work.now
    asked = Comment(
        firm_id=task.firm_id,
        task_id=task.id,
        body=given.text,
        contact_id=row.contact_id,
        once_key=row.once_key,
        at=work.now,
    )
    work.add(task, asked)
    told = given.text[:_QUOTED]
    triage.notify(work, sight, "question", task=task, once_key=f"question:{row.id}", text=told)
    record(work, "question_asked", task, sight)


def _key(task: Task, once_key: str) -> str:
    return f"{task.id}:{once_key}"


def _open_tasks(work: Work, sight: Sight) -> bool:
    query = select(Task.id).where(
        Task.section_id == sight.request.id,
        col(Task.completed_at).is_(None),
        col(Task.put_aside_at).is_(None),
    )
    return work.session.exec(query.limit(1)).first() is not None
