"""One client's page: facts, contacts, who looks after them, work, what is waited for, and the timeline (2.8, 8.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy import select as select_rows
from sqlmodel import SQLModel, col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.names import initials
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientKind,
    ClientRequest,
    Firm,
    Invitation,
    OutboxMail,
    PortalAccess,
    Recipient,
    Staff,
    Task,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.services import access, spoken
from portal_app.services.clients import client_people
from portal_app.services.clients.client_people import ContactRow
from portal_app.services.firm import firm_days
from portal_app.services.firm.firm_days import today
from portal_app.services.invitations import colleague_views
from portal_app.services.invitations.colleague_views import InviteRow
from portal_app.services.invitations.portal_words import client_mark
from portal_app.services.links import grants
from portal_app.services.reminders import reminder_rows
from portal_app.services.requests import request_lines
from portal_app.services.requests.request_lines import StatePart
from portal_app.services.work import timeline_views
from portal_app.services.work.timeline_views import Moment
from portal_app.services.work.work_rows import WorkRows, rows_of_each
from portal_app.services.work.work_words import Choice, status_mark
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work, reading

MOST_WORK = 20


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """A staff member who looks after the client."""

    id: str = ""
    name: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request that is out and not complete."""

    id: str = ""
    href: str = ""
    title: str = ""
    name: str = ""
    parts: list[StatePart] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work item of the client."""

    id: str = ""
    href: str = ""
    title: str = ""
    drawing: str = "open"
    tone: str = "none"
    status: str = ""
    due: str = ""
    is_late: bool = False
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class ClientView:
    """The whole page, in the reader's language; `bells` are the channels that say when to look again."""

    id: str = ""
    name: str = ""
    kind: str = ""
    kind_word: str = ""
    number: str = ""
    notes: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    is_portal_on: bool = False
    is_test: bool = False
    is_archived: bool = False
    archived: str = ""
    archive_text: str = ""
    pause: str = ""
    contacts: list[ContactRow] = field(default_factory=list)
    invites: list[InviteRow] = field(default_factory=list)
    assigned: list[AssignedRow] = field(default_factory=list)
    to_assign: list[Choice] = field(default_factory=list)
    requests: list[RequestRow] = field(default_factory=list)
    work: list[WorkLine] = field(default_factory=list)
    timeline: list[Moment] = field(default_factory=list)
    bells: list[str] = field(default_factory=list)
    firm_language: str = "fr"


def client_view(ports: Ports, actor: Actor, client_id: UUID) -> ClientView:
    """A client of the firm. Raises `NotFound`."""
    with reading(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_READ)
        firm = work.session.get_one(Firm, client.firm_id)
        is_on = bool(firm.portal_on_at and client.portal_on_at)
        drawing, tone, portal = client_mark(client_people.statuses(work, client), is_on=is_on)
        assigned, lines = _assigned(work, client), _work(work, firm, client)
        return ClientView(
            id=str(client.id),
            name=client.name,
            kind=client.kind.value,
            kind_word=kind_word(client.kind),
            number=client.number,
            notes=client.notes,
            firm_language=firm.locale,
            drawing=drawing,
            tone=tone,
            portal=portal,
            is_portal_on=client.portal_on_at is not None,
            is_test=client.test_of_staff_id is not None,
            is_archived=client.archived_at is not None,
            archived=_archived(firm, client),
            archive_text=_archive_text(work, client),
            pause=_pause(firm, client, work.now),
            contacts=client_people.contact_rows(work, client),
            invites=colleague_views.waiting(work, client),
            assigned=assigned,
            to_assign=_to_assign(work, client, assigned),
            requests=_requests(work, client),
            work=lines,
            timeline=list(timeline_views.of_client(work, firm, client.id)),
            bells=[f"firm:{firm.id}", f"sign-ins:{firm.id}", *(f"work:{line.id}" for line in lines)],
        )


def kind_word(kind: ClientKind) -> str:
    """Whom the firm serves."""
    return _("Individual") if kind is ClientKind.PERSON else _("Organization")


def _pause(firm: Firm, client: Client, now: datetime) -> str:
    """Until when the client's reminders are paused; empty where they are not (7.8)."""
    if client.reminders_paused_at is None:
        return ""
    return reminder_rows.paused_words(client.reminders_paused_until, firm_days.today(firm, now))


def _archive_text(work: Work, client: Client) -> str:
    """What ends when the client is archived, and how many of each (2.15)."""
    links = sum(client_people.open_links(work, client, col(AccessGrant.expires_at) > work.now).values())
    mine = select(ClientRequest.id).where(ClientRequest.client_id == client.id)
    invited = _count(
        work,
        Invitation,
        col(Invitation.client_id) == client.id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.ended_at).is_(None),
        col(Invitation.expires_at) > work.now,
    )
    people = _count(
        work,
        PortalAccess,
        col(PortalAccess.client_id) == client.id,
        col(PortalAccess.status) == AccessStatus.ACCEPTED,
    )
    mails = _count(
        work, OutboxMail, col(OutboxMail.phase).in_(grants.WAITING), col(OutboxMail.request_id).in_(mine)
    )
    coming = _count(
        work, Recipient, col(Recipient.request_id).in_(mine), col(Recipient.next_reminder_at).is_not(None)
    )
    parts = [
        ngettext("{n} open link ends.", "{n} open links end.", links) if links else "",
        ngettext("{n} person no longer signs in to it.", "{n} people no longer sign in to it.", people)
        if people
        else "",
        ngettext("{n} open invitation ends.", "{n} open invitations end.", invited) if invited else "",
        ngettext("{n} waiting e-mail is taken back.", "{n} waiting e-mails are taken back.", mails)
        if mails
        else "",
        ngettext("{n} coming reminder stays away.", "{n} coming reminders stay away.", coming)
        if coming
        else "",
    ]
    return " ".join(part for part in parts if part)


def _count(work: Work, kind: type[SQLModel], *where: ColumnElement[bool]) -> int:
    query = select_rows(func.count()).select_from(kind).where(*where)
    return int(work.session.execute(query).scalar_one())


def _assigned(work: Work, client: Client) -> list[AssignedRow]:
    query = (
        select(Staff)
        .join(ClientAssignment, col(ClientAssignment.staff_id) == Staff.id)
        .where(ClientAssignment.client_id == client.id)
        .order_by(col(ClientAssignment.position), col(ClientAssignment.id))
    )
    return [AssignedRow(str(one.id), one.name, initials(one.name)) for one in work.session.exec(query)]


def _to_assign(work: Work, client: Client, assigned: list[AssignedRow]) -> list[Choice]:
    query = select(Staff).where(Staff.firm_id == client.firm_id, col(Staff.deactivated_at).is_(None))
    there = {row.id for row in assigned}
    people = [one for one in work.session.exec(query.order_by(col(Staff.name))) if str(one.id) not in there]
    return [Choice(str(one.id), one.name) for one in people]


def _requests(work: Work, client: Client) -> list[RequestRow]:
    """What is out and has an open task, in the order of sending."""
    has_open = exists(
        select_rows(col(Task.id)).where(
            col(Task.section_id) == ClientRequest.id,
            col(Task.completed_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
    )
    query = (
        select(WorkItem)
        .join(ClientRequest, col(ClientRequest.work_item_id) == WorkItem.id)
        .where(
            ClientRequest.client_id == client.id,
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(WorkItem.completed_at).is_(None),
            col(WorkItem.archived_at).is_(None),
            has_open,
        )
        .order_by(col(ClientRequest.sent_at).desc())
        .limit(MOST_WORK)
    )
    items = {item.id: item for item in work.session.exec(query)}
    there = rows_of_each(work, list(items.values()))
    return [row for rows in there.values() for row in _asked(work, rows)]


def _asked(work: Work, rows: WorkRows) -> list[RequestRow]:
    item = rows.item
    names = {section.id: section.name for section in rows.sections}
    return [
        RequestRow(
            id=str(request.id),
            href=routes.to(routes.WORK, id=item.id),
            title=item.title if item.title != names.get(request.id) else "",
            name=names.get(request.id, ""),
            parts=request_lines.state_parts(rows, request, work.now),
        )
        for request in rows.requests.values()
        if request.sent_at is not None
        and request.withdrawn_at is None
        and any(task.completed_at is None for task in rows.shown_tasks(request.id))
    ]


def _work(work: Work, firm: Firm, client: Client) -> list[WorkLine]:
    """The client's work: what is not completed first, due soonest first."""
    query = (
        select_rows(WorkItem, col(Staff.name))
        .outerjoin(Staff, col(Staff.id) == WorkItem.assignee_id)
        .where(col(WorkItem.client_id) == client.id, col(WorkItem.archived_at).is_(None))
        .order_by(
            col(WorkItem.completed_at).is_not(None),
            col(WorkItem.due_on).is_(None),
            col(WorkItem.due_on),
            col(WorkItem.id),
        )
        .limit(MOST_WORK)
    )
    day = today(firm, work.now)
    lines = []
    for item, assignee in work.session.execute(query):
        drawing, tone, status = status_mark(item.status)
        lines.append(
            WorkLine(
                id=str(item.id),
                href=routes.to(routes.WORK, id=item.id),
                title=item.title,
                drawing=drawing,
                tone=tone,
                status=status,
                due=spoken.short_day(item.due_on, day) if item.due_on else "",
                is_late=item.due_on is not None and item.due_on < day and item.completed_at is None,
                assignee=assignee or "",
            )
        )
    return lines


def _archived(firm: Firm, client: Client) -> str:
    if client.archived_at is None:
        return ""
    return _("Archived on {day}").format(day=format_date(today(firm, client.archived_at)))
