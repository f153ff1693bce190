"""The rows behind a figure: the same definition as its count, a page at a time (8.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import MOST
from portal_app.models import (
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    OutboxMail,
    Recipient,
    Section,
    Task,
)
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.dashboard import figure_words, figures
from portal_app.services.dashboard.counting import counts
from portal_app.services.dashboard.dashboard_views import MINE
from portal_app.services.dashboard.figures import Figure, Scope
from portal_app.services.firm.firm_days import day_of
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_number, format_time, ngettext
from portal_app.work import Work, reading

PAGE = 50
FURTHEST = 2000
"""Pages that can be asked for."""
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; values that mean nothing are ignored."""

    of: str = ""
    who: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row; `name` leads to `href`, or nowhere where there is nothing to see. `rest` fills the last columns."""

    key: str = ""
    href: str = ""
    name: str = ""
    title: str = ""
    marks: list[bool] = field(default_factory=list)
    asked: str = ""
    rest: list[str] = field(default_factory=list)
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class FigureRows:
    """One page of rows; `count` is the figure itself, `total` how many rows stand behind it."""

    of: str = ""
    title: str = ""
    count: str = ""
    total: int = 0
    heads: list[str] = field(default_factory=list)
    rows: list[FigureRow] = field(default_factory=list)
    kinds: list[Choice] = field(default_factory=list)
    next_page: str = ""
    previous_page: str = ""
    bell: str = ""


def figure_rows(ports: Ports, actor: Actor, wanted: Wanted) -> FigureRows:
    """One page of the rows behind a figure; an unknown figure is *outstanding*."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        scope = Scope(firm, work.now, actor.staff_id if wanted.who == MINE else None)
        figure = Figure(wanted.of) if wanted.of in set(Figure) else Figure.OUTSTANDING
        page = _number(wanted.page)
        found = READERS[figure](work, scope, figure, (page - 1) * PAGE)
        total = _total(work, scope, figure)
        return FigureRows(
            of=figure.value,
            title=figure_words.name(figure),
            count=ngettext("{n} row", "{n} rows", total)
            if figure in (Figure.REMINDERS, Figure.FAILED)
            else ngettext("{n} request", "{n} requests", total),
            total=total,
            heads=figure_words.heads(figure),
            rows=found[:PAGE],
            kinds=[Choice(one.value, figure_words.name(one)) for one in Figure],
            next_page=str(page + 1) if len(found) > PAGE else "",
            previous_page=str(page - 1) if page > 1 else "",
            bell=f"firm:{firm.id}",
        )


def _number(written: str) -> int:
    return min(int(written), FURTHEST) if written.isascii() and written.isdigit() and int(written) else 1


def _total(work: Work, scope: Scope, figure: Figure) -> int:
    now = counts(work, scope)
    return {
        Figure.OUTSTANDING: now.outstanding,
        Figure.OVERDUE: now.overdue,
        Figure.COMPLETED: now.completed,
        Figure.REMINDERS: now.reminders,
        Figure.LIMIT: now.reminder_limit,
        Figure.FAILED: now.failed_mails,
    }[figure]


def _waiting(work: Work, scope: Scope, figure: Figure, skip: int) -> list[FigureRow]:
    """Requests that are out, longest due first; those without a date come last."""
    due = (
        select_rows(func.min(col(Task.due_on)))
        .where(
            col(Task.section_id) == ClientRequest.id,
            col(Task.completed_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
        .scalar_subquery()
    )
    query = figures.requests(ClientRequest, col(Client.name), col(Section.name), due)
    query = query.where(*figures.narrowed(figure, scope))
    query = query.order_by(func.coalesce(due, _NEVER), col(ClientRequest.id)).offset(skip).limit(PAGE + 1)
    rows = list(work.session.execute(query))
    ids = [request.id for request, *_more in rows]
    progress, used = _progress(work, ids), _used(work, ids)
    return [
        _request_row(
            request,
            client,
            title,
            progress,
            rest=[
                _("{n} of {m}").format(n=used.get(request.id, 0), m=MOST),
                spoken.short_day(due_on, scope.day) if due_on else _("no date"),
                *([_late(due_on, scope.day)] if figure is Figure.OVERDUE else []),
            ],
            is_late=due_on is not None and due_on < scope.day,
        )
        for request, client, title, due_on in rows
    ]


def _completed(work: Work, scope: Scope, _figure: Figure, skip: int) -> list[FigureRow]:
    done = figures.completed(scope).subquery()
    query = figures.requests(
        ClientRequest, col(Client.name), col(Section.name), done.c.sent_at, done.c.done_at
    )
    query = query.join(done, done.c.request_id == ClientRequest.id)
    query = query.order_by(done.c.done_at.desc(), col(ClientRequest.id)).offset(skip).limit(PAGE + 1)
    rows = list(work.session.execute(query))
    progress = _progress(work, [request.id for request, *_more in rows])
    return [
        _request_row(
            request,
            client,
            title,
            progress,
            rest=[
                spoken.short_day(day_of(scope.firm, sent_at), scope.day),
                spoken.short_day(day_of(scope.firm, done_at), scope.day),
                format_number(round((done_at - sent_at).total_seconds() / 86400, 1)),
            ],
        )
        for request, client, title, sent_at, done_at in rows
    ]


def _reminders(work: Work, scope: Scope, _figure: Figure, skip: int) -> list[FigureRow]:
    due = figures.reminders_of_today(scope)
    query = figures.requests(
        ClientRequest,
        col(Client.name),
        col(Section.name),
        due.c.recipient_id,
        due.c.at,
        due.c.gone,
        Contact.name,
    )
    query = query.join(due, due.c.request_id == ClientRequest.id)
    query = query.join(Recipient, col(Recipient.id) == due.c.recipient_id)
    query = query.join(Contact, col(Contact.id) == Recipient.contact_id)
    query = query.order_by(due.c.at, due.c.recipient_id).offset(skip).limit(PAGE + 1)
    rows = list(work.session.execute(query))
    progress = _progress(work, [request.id for request, *_more in rows])
    zone = scope.firm.time_zone
    return [
        _request_row(
            request,
            client,
            title,
            progress,
            key=recipient_id.hex,
            rest=[
                name,
                (_("sent at {time}") if gone else _("at {time}")).format(time=format_time(at, zone)),
            ],
        )
        for request, client, title, recipient_id, at, gone, name in rows
    ]


def _failed(work: Work, scope: Scope, _figure: Figure, skip: int) -> list[FigureRow]:
    """E-mails that came back, latest first; each leads to its request's work, else to the contact's client."""
    at = figures.failed_at()
    client_id = (
        select_rows(col(ClientContact.client_id))
        .where(col(ClientContact.contact_id) == OutboxMail.contact_id)
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select_rows(OutboxMail, at, col(Contact.name), col(ClientRequest.work_item_id), client_id)
        .outerjoin(Contact, col(Contact.id) == OutboxMail.contact_id)
        .outerjoin(ClientRequest, col(ClientRequest.id) == OutboxMail.request_id)
        .where(*figures.is_failed_mail(scope))
        .order_by(at.desc(), col(OutboxMail.id))
        .offset(skip)
        .limit(PAGE + 1)
    )
    return [
        FigureRow(
            key=mail.id.hex,
            href=_href(work_item_id, whose),
            name=name or mail.recipient,
            title=mail.subject,
            asked=mail.recipient,
            rest=[mail.answer, spoken.moment(when, scope.now, scope.firm.time_zone)],
        )
        for mail, when, name, work_item_id, whose in work.session.execute(query)
    ]


def _href(work_item_id: UUID | None, client_id: UUID | None) -> str:
    if work_item_id:
        return routes.to(routes.WORK, id=work_item_id)
    return routes.to(routes.CLIENT, id=client_id) if client_id else ""


READERS: dict[Figure, Callable[[Work, Scope, Figure, int], list[FigureRow]]] = {
    Figure.OUTSTANDING: _waiting,
    Figure.OVERDUE: _waiting,
    Figure.COMPLETED: _completed,
    Figure.REMINDERS: _reminders,
    Figure.LIMIT: _waiting,
    Figure.FAILED: _failed,
}


def _request_row(
    request: ClientRequest, client: str, title: str, progress: dict[UUID, tuple[int, int]], **more: Any
) -> FigureRow:
    done, tasks = progress.get(request.id, (0, 0))
    return FigureRow(
        key=more.pop("key", request.id.hex),
        href=routes.to(routes.WORK, id=request.work_item_id),
        name=client,
        title=title,
        marks=[number < done for number in range(tasks)] if tasks <= 12 else [],
        asked=_("{n} of {m}").format(n=done, m=tasks),
        **more,
    )


def _progress(work: Work, request_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    query = (
        select_rows(col(Task.section_id), func.count(col(Task.completed_at)), func.count())
        .where(col(Task.section_id).in_(request_ids), col(Task.put_aside_at).is_(None))
        .group_by(col(Task.section_id))
    )
    return {request_id: (done, tasks) for request_id, done, tasks in work.session.execute(query)}


def _used(work: Work, request_ids: list[UUID]) -> dict[UUID, int]:
    """The most reminders that one of a request's recipients had."""
    query = (
        select_rows(col(Recipient.request_id), func.max(col(Recipient.reminders_used)))
        .where(col(Recipient.request_id).in_(request_ids), col(Recipient.removed_at).is_(None))
        .group_by(col(Recipient.request_id))
    )
    return {row[0]: row[1] for row in work.session.execute(query)}


def _late(due_on: date | None, day: date) -> str:
    days = (day - due_on).days if due_on else 0
    return ngettext("{n} day", "{n} days", days)
