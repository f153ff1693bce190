"""The list of work: filtered by its address, due soonest first, paged by where the last page ended (5.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.names import initials, name_key
from portal_app.domain.permissions import Permission
from portal_app.models import Client, ClientRequest, Firm, Staff, Task, WorkItem, WorkStatus
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.clients import list_pages
from portal_app.services.firm.firm_days import today
from portal_app.services.work.work_words import Choice, status_choices, status_mark
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

PAGE = 50
"""Rows of one page."""
FOUND = 8
"""Clients offered while one types."""

OPEN, ALL, ARCHIVED, ME = "open", "all", "archived", "me"
OVERDUE, NO_DATE = "overdue", "none"
WITHIN = {"week": 7, "month": 30}
"""Days ahead that the filter by due date reaches."""
_NEVER = date(9999, 12, 31)
"""Where work without a due date stands in the order: last."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's address. Empty is the default: open work of everybody. Values that mean nothing are ignored."""

    client: str = ""
    assignee: str = ""
    status: str = ""
    waiting: str = ""
    due: str = ""
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One work item in the list."""

    id: str = ""
    href: str = ""
    title: str = ""
    client: str = ""
    drawing: str = "open"
    tone: str = "none"
    status: str = ""
    assignee: str = ""
    initials: str = ""
    marks: list[bool] = field(default_factory=list)
    asked: str = ""
    question: str = ""
    due: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class WorkList:
    """One page of the list; `next_after` is the address of the next one's start, empty on the last."""

    firm_id: str = ""
    rows: list[WorkRow] = field(default_factory=list)
    next_after: str = ""
    client_name: str = ""
    count: str = ""
    has_any: bool = False
    staff_choices: list[Choice] = field(default_factory=list)
    status_choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Progress:
    tasks: int = 0
    done: int = 0
    questions: int = 0


def work_list(ports: Ports, actor: Actor, filters: Filters) -> WorkList:
    """One page of the firm's work, due soonest first; work without a date comes last (5.1)."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        found = _page(work, filters)
        shown = found[:PAGE]
        progress = _progress(work, [item.id for item, _client, _name in shown])
        client = _client(work, filters.client)
        return WorkList(
            firm_id=str(firm.id),
            rows=[
                _row(work, firm, item, whose, name or "", progress.get(item.id, _Progress()))
                for item, whose, name in shown
            ],
            next_after=_mark(shown[-1][0]) if len(found) > PAGE else "",
            client_name=client.name if client else "",
            count=_count(work, filters),
            has_any=bool(shown) or _has_any(work),
            staff_choices=_staff(work),
            status_choices=status_choices(),
        )


def _page(work: Work, filters: Filters) -> list[tuple[WorkItem, str, str | None]]:
    due = func.coalesce(WorkItem.due_on, _NEVER)
    query = (
        select_rows(WorkItem, col(Client.name), col(Staff.name))
        .join(Client, col(Client.id) == WorkItem.client_id)
        .outerjoin(Staff, col(Staff.id) == WorkItem.assignee_id)
        .where(*_wanted(work, filters))
        .order_by(due, col(WorkItem.id))
        .limit(PAGE + 1)
    )
    if start := _start(filters.after):
        day, item_id = start
        query = query.where(or_(due > day, and_(due == day, col(WorkItem.id) > item_id)))
    return [(item, client, staff) for item, client, staff in work.session.execute(query)]


def _wanted(work: Work, filters: Filters) -> list[Any]:
    wanted: list[Any] = [col(WorkItem.firm_id) == work.actor.firm_id]
    is_archived = filters.status == ARCHIVED
    wanted.append(
        col(WorkItem.archived_at).is_not(None) if is_archived else col(WorkItem.archived_at).is_(None)
    )
    if filters.status in {"", OPEN}:
        wanted.append(col(WorkItem.status) != WorkStatus.COMPLETED)
    elif filters.status in set(WorkStatus):
        wanted.append(col(WorkItem.status) == WorkStatus(filters.status))
    if client_id := _uuid(filters.client):
        wanted.append(col(WorkItem.client_id) == client_id)
    assignee = work.actor.staff_id if filters.assignee == ME else _uuid(filters.assignee)
    if assignee:
        wanted.append(col(WorkItem.assignee_id) == assignee)
    if filters.waiting:
        wanted.append(_waits_on_client())
    if filters.due:
        wanted += _due(work, filters.due)
    if words := filters.search.strip():
        wanted.append(_matches(words))
    return wanted


def _due(work: Work, wanted: str) -> list[Any]:
    """Work by its due date, in the firm's calendar days; a value that means nothing leaves nothing out."""
    firm = work.session.get_one(Firm, work.actor.firm_id)
    day, due = today(firm, work.now), col(WorkItem.due_on)
    if wanted == OVERDUE:
        return [due < day, col(WorkItem.completed_at).is_(None)]
    if wanted in WITHIN:
        return [due >= day, due <= day + timedelta(days=WITHIN[wanted])]
    return [due.is_(None)] if wanted == NO_DATE else []


def _waits_on_client() -> ColumnElement[bool]:
    """Whether a request of it is out and has an open task."""
    return exists(
        select_rows(col(Task.id))
        .join(ClientRequest, col(ClientRequest.id) == Task.section_id)
        .where(
            col(ClientRequest.work_item_id) == WorkItem.id,
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Task.completed_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
    )


def _matches(words: str) -> ColumnElement[bool]:
    pattern, plain = list_pages.pattern(name_key(words)), list_pages.pattern(words.strip().lower())
    # A replica from before the key writes none while an update goes on.
    is_unkeyed = and_(col(WorkItem.title_key) == "", func.lower(WorkItem.title).like(plain, escape="\\"))
    return or_(
        col(WorkItem.title_key).like(pattern, escape="\\"),
        col(Client.name_key).like(pattern, escape="\\"),
        is_unkeyed,
    )


def _progress(work: Work, item_ids: list[UUID]) -> dict[UUID, _Progress]:
    """Of each work item, the tasks of its requests that are out: all, completed, with a question open."""
    is_open = col(Task.completed_at).is_(None)
    query = (
        select_rows(
            col(ClientRequest.work_item_id),
            func.count(),
            func.count(col(Task.completed_at)),
            func.count(col(Task.question_open_at)).filter(is_open),
        )
        .join(Task, col(Task.section_id) == ClientRequest.id)
        .where(
            col(ClientRequest.work_item_id).in_(item_ids),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
        .group_by(col(ClientRequest.work_item_id))
    )
    return {item_id: _Progress(*counts) for item_id, *counts in work.session.execute(query)}


def _row(work: Work, firm: Firm, item: WorkItem, client: str, assignee: str, progress: _Progress) -> WorkRow:
    drawing, tone, word = status_mark(item.status)
    day = today(firm, work.now)
    asked = _("{n} of {m}").format(n=progress.done, m=progress.tasks) if progress.tasks else ""
    questions = progress.questions
    return WorkRow(
        id=str(item.id),
        href=routes.to(routes.WORK, id=item.id),
        title=item.title,
        client=client,
        drawing=drawing,
        tone=tone,
        status=word,
        assignee=assignee,
        initials=initials(assignee),
        marks=[number < progress.done for number in range(progress.tasks)] if progress.tasks <= 12 else [],
        asked=asked,
        question=ngettext("{n} question open", "{n} questions open", questions) if questions else "",
        due=spoken.short_day(item.due_on, day) if item.due_on else "",
        is_late=item.due_on is not None and item.due_on < day and item.completed_at is None,
    )


def _count(work: Work, filters: Filters) -> str:
    query = (
        select_rows(func.count())
        .select_from(WorkItem)
        .join(Client, col(Client.id) == WorkItem.client_id)
        .where(*_wanted(work, filters))
    )
    return ngettext("{n} work item", "{n} work items", work.session.execute(query).scalar_one())


def _has_any(work: Work) -> bool:
    query = select(WorkItem.id).where(WorkItem.firm_id == work.actor.firm_id).limit(1)
    return work.session.exec(query).first() is not None


def _client(work: Work, client_id: str) -> Client | None:
    """The client that the list is narrowed to; another firm's is nobody."""
    wanted = _uuid(client_id)
    if wanted is None:
        return None
    row = work.session.get(Client, wanted)
    return row if row is not None and row.firm_id == work.actor.firm_id else None


def _staff(work: Work) -> list[Choice]:
    query = select(Staff).where(Staff.firm_id == work.actor.firm_id, col(Staff.deactivated_at).is_(None))
    return [Choice(str(one.id), one.name) for one in work.session.exec(query.order_by(col(Staff.name)))]


def _mark(item: WorkItem) -> str:
    return f"{(item.due_on or _NEVER).isoformat()}.{item.id.hex}"


def _start(after: str) -> tuple[date, UUID] | None:
    day, _dot, item_id = after.partition(".")
    try:
        return date.fromisoformat(day), UUID(item_id)
    except ValueError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def find_clients(ports: Ports, actor: Actor, words: str) -> list[Choice]:
    """The first clients by name whose name holds these words: whom a new work item is for."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_EDIT)
        query = select(Client).where(
            Client.firm_id == actor.firm_id,
            col(Client.archived_at).is_(None),
            col(Client.name_key).like(list_pages.pattern(name_key(words)), escape="\\"),
        )
        found = work.session.exec(query.order_by(col(Client.name_key), col(Client.id)).limit(FOUND))
        return [Choice(str(one.id), one.name) for one in found]
