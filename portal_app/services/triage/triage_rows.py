"""The rows that triage stands on: one's own notifications by view, their counts, and what they are about (8.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.models import Client, Contact, Notification, Section, Side, StoredFile, Task, WorkItem
from portal_app.services.files.there import there
from portal_app.services.triage.triage_words import ASKING, FAILURES
from portal_app.text import _, ngettext
from portal_app.work import Work

UNREAD, ALL, QUESTIONS, FAILED, SNOOZED = "unread", "all", "questions", "failures", "snoozed"
CLIENTS = "clients"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is: tasks completed, tasks asked, the earliest date of an open one."""

    done: int = 0
    tasks: int = 0
    first_due: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A notification, and the names of what it is about."""

    row: Notification
    client: str
    work: str
    contact: str
    request: str
    task: str
    is_question_open: bool


def own(work: Work) -> list[ColumnElement[bool]]:
    """What makes a notification one's own, and still told."""
    return [
        col(Notification.staff_id) == work.actor.staff_id,
        col(Notification.firm_id) == work.actor.firm_id,
        col(Notification.taken_back_at).is_(None),
    ]


def found(work: Work, view: str, most: int) -> list[Found]:
    """One's own notifications of a view, newest first."""
    return found_where(work, most, *own(work), in_view(work, view))


def found_where(work: Work, most: int, *where: ColumnElement[bool]) -> list[Found]:
    """Notifications that fit, whoever's they are, newest first."""
    query = (
        select_rows(
            Notification,
            col(Client.name),
            col(WorkItem.title),
            col(Contact.name),
            col(Section.name),
            col(Task.title),
            and_(col(Task.question_open_at).is_not(None), col(Task.completed_at).is_(None)),
        )
        .outerjoin(Client, col(Client.id) == Notification.client_id)
        .outerjoin(WorkItem, col(WorkItem.id) == Notification.work_item_id)
        .outerjoin(Contact, col(Contact.id) == Notification.contact_id)
        .outerjoin(Section, col(Section.id) == Notification.request_id)
        .outerjoin(Task, col(Task.id) == Notification.task_id)
        .where(*where)
        .order_by(col(Notification.at).desc(), col(Notification.id).desc())
        .limit(most)
    )
    return [
        Found(row, client or "", item or "", contact or "", request or "", task or "", bool(is_open))
        for row, client, item, contact, request, task, is_open in work.session.execute(query)
    ]


def in_view(work: Work, view: str) -> ColumnElement[bool]:
    """What makes a notification stand in a view."""
    until, unread = col(Notification.snoozed_until), col(Notification.read_at).is_(None)
    is_snoozed = and_(until.is_not(None), until > work.now, unread)
    is_here = or_(until.is_(None), until <= work.now, ~unread)
    return {
        UNREAD: and_(unread, is_here),
        QUESTIONS: and_(col(Notification.kind).in_(ASKING), is_here, or_(unread, _asks_still())),
        FAILED: and_(col(Notification.kind).in_(FAILURES), is_here),
        SNOOZED: is_snoozed,
    }.get(view, is_here)


def counts(work: Work) -> dict[str, int]:
    """How many stand in each view (of failures, the unread), and from how many clients the unread come."""
    unread = in_view(work, UNREAD)
    failed = and_(in_view(work, FAILED), col(Notification.read_at).is_(None))

    def counted(where: ColumnElement[bool]) -> Any:
        return func.count().filter(where)

    query = select_rows(
        counted(unread),
        func.count(col(Notification.client_id).distinct()).filter(unread),
        counted(in_view(work, QUESTIONS)),
        counted(failed),
        counted(in_view(work, SNOOZED)),
    ).where(*own(work))
    values = work.session.execute(query).one()
    return dict(zip((UNREAD, CLIENTS, QUESTIONS, FAILED, SNOOZED), values, strict=True))


def progress_of(work: Work, request_ids: Iterable[UUID]) -> dict[UUID, Progress]:
    """How far each request is."""
    query = (
        select_rows(
            col(Task.section_id),
            func.count(col(Task.completed_at)),
            func.count(),
            func.min(case((col(Task.completed_at).is_(None), col(Task.due_on)))),
        )
        .where(col(Task.section_id).in_(list(request_ids)), col(Task.put_aside_at).is_(None))
        .group_by(col(Task.section_id))
    )
    return {request_id: Progress(*facts) for request_id, *facts in work.session.execute(query)}


def progress_words(progress: Progress, day: date) -> tuple[str, str]:
    """Where a request stands, and the tone of it: complete, late by n days, n of m in."""
    if progress.tasks and progress.done == progress.tasks:
        return _("complete"), "ok"
    if progress.first_due is not None and progress.first_due < day:
        days = (day - progress.first_due).days
        return ngettext("{n} day late", "{n} days late", days), "late"
    if not progress.tasks:
        return "", "m"
    return _("{n} of {m} in").format(n=progress.done, m=progress.tasks), "m"


def files_of(work: Work, task_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Files that clients put on tasks, and their bytes."""
    query = (
        select_rows(col(StoredFile.task_id), func.count(), func.sum(StoredFile.size))
        .where(
            col(StoredFile.task_id).in_(list(task_ids)),
            col(StoredFile.side) == Side.CLIENT,
            there(),
        )
        .group_by(col(StoredFile.task_id))
    )
    return {task_id: (count, int(size)) for task_id, count, size in work.session.execute(query)}


def _asks_still() -> ColumnElement[bool]:
    open_tasks = select(Task.id).where(
        col(Task.question_open_at).is_not(None), col(Task.completed_at).is_(None)
    )
    return and_(col(Notification.kind) == "question", col(Notification.task_id).in_(open_tasks))
