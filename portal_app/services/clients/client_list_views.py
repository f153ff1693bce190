"""The clients' list: one page at a time, found, narrowed and put in order by the database (2.1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.names import initials, name_key
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
    Staff,
    Task,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import list_pages
from portal_app.services.dashboard import figures
from portal_app.services.dashboard.figures import Scope
from portal_app.services.invitations.portal_words import client_mark
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

PAGE = list_pages.PAGE
ALL, MINE, ARCHIVED = "", "mine", "archived"
BY_NAME, BY_NAME_DOWN = "", "down"
PORTAL_ON, ACTIVATED = "on", "activated"
"""The two figures of 8.9, as filters of the list."""


@dataclass(frozen=True, slots=True)
class ListWanted:
    """What the reader wants to see; `after` is the `next_after` of the page before.

    `portal` is one of the dashboard's figures: the very clients that it counts (8.9).
    """

    search: str = ""
    view: str = ALL
    portal: str = ""
    order: str = BY_NAME
    after: str = ""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client in the list."""

    id: str = ""
    href: str = ""
    name: str = ""
    number: str = ""
    contacts: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    marks: list[bool] = field(default_factory=list)
    waiting: str = ""
    staff: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class ClientList:
    """One page; `next_after` is empty on the last, `has_any` false where the firm has no client at all.

    `bell` is the channel that says when to look again.
    """

    rows: list[ClientRow] = field(default_factory=list)
    next_after: str = ""
    count: str = ""
    has_any: bool = False
    bell: str = ""


def client_list(ports: Ports, actor: Actor, wanted: ListWanted) -> ClientList:
    """One page of the firm's clients, by name; names are found without case and accents."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.CLIENT_READ)
        where = _narrowed(work, wanted)
        found = list_pages.by_name(work, Client, where, wanted.after, is_down=wanted.order == BY_NAME_DOWN)
        shown = found[:PAGE]
        is_whole = len(found) <= PAGE and not wanted.after
        total = len(found) if is_whole else list_pages.count(work, Client, where)
        return ClientList(
            rows=_rows(work, shown),
            next_after=list_pages.after(shown[-1].name_key, shown[-1].id) if len(found) > PAGE else "",
            count=ngettext("{n} client", "{n} clients", total),
            has_any=bool(shown) or _has_any(work),
            bell=f"firm:{actor.firm_id}",
        )


def _narrowed(work: Work, wanted: ListWanted) -> list[ColumnElement[bool]]:
    is_archived = wanted.view == ARCHIVED
    archived_at = col(Client.archived_at)
    narrowed: list[ColumnElement[bool]] = [
        col(Client.firm_id) == work.actor.firm_id,
        col(Client.test_of_staff_id).is_(None),
        archived_at.is_not(None) if is_archived else archived_at.is_(None),
    ]
    if wanted.view == MINE:
        mine = select(ClientAssignment.client_id).where(ClientAssignment.staff_id == work.actor.staff_id)
        narrowed.append(col(Client.id).in_(mine))
    if wanted.portal in (PORTAL_ON, ACTIVATED):
        narrowed += _counted(work, wanted.portal)
    if words := name_key(wanted.search):
        narrowed.append(_matches(work, words))
    return narrowed


def _counted(work: Work, portal: str) -> list[ColumnElement[bool]]:
    firm = work.session.get_one(Firm, work.actor.firm_id)
    is_counted = figures.is_portal_on(firm) if portal == PORTAL_ON else figures.is_activated(firm)
    return [*figures.counted_clients(Scope(firm, work.now)), is_counted]


def _matches(work: Work, words: str) -> ColumnElement[bool]:
    """By the client's name or number, or by a contact's name or address."""
    pattern = list_pages.pattern(words)
    people = (
        select(ClientContact.client_id)
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .where(
            Contact.firm_id == work.actor.firm_id,
            or_(
                col(Contact.email_key).like(pattern, escape="\\"),
                col(Contact.name_key).like(pattern, escape="\\"),
            ),
        )
    )
    return or_(
        col(Client.name_key).like(pattern, escape="\\"),
        func.lower(Client.number).like(pattern, escape="\\"),
        col(Client.id).in_(people),
    )


def _rows(work: Work, shown: list[Client]) -> list[ClientRow]:
    ids = [client.id for client in shown]
    firm = work.session.get_one(Firm, work.actor.firm_id)
    people, statuses = _contacts(work, ids), _statuses(work, ids)
    progress, staff = _progress(work, ids), _assigned(work, ids)
    return [
        _row(
            client,
            people.get(client.id, []),
            client_mark(
                statuses.get(client.id, set()), is_on=bool(firm.portal_on_at and client.portal_on_at)
            ),
            progress.get(client.id),
            staff.get(client.id, []),
        )
        for client in shown
    ]


def _row(
    client: Client,
    people: list[str],
    mark: tuple[str, str, str],
    progress: tuple[int, int] | None,
    staff: list[str],
) -> ClientRow:
    drawing, tone, portal = mark
    done, tasks = progress or (0, 0)
    return ClientRow(
        id=str(client.id),
        href=routes.to(routes.CLIENT, id=client.id),
        name=client.name,
        number=client.number,
        contacts=list_pages.some(people),
        drawing=drawing,
        tone=tone,
        portal=portal,
        marks=[number < done for number in range(tasks)] if tasks <= 12 else [],
        waiting=_("{n} of {m}").format(n=done, m=tasks) if tasks else "",
        staff=list_pages.some(staff),
        initials=initials(staff[0]) if staff else "",
    )


def _contacts(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select_rows(col(ClientContact.client_id), col(Contact.name))
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .where(col(ClientContact.client_id).in_(ids), col(Contact.archived_at).is_(None))
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
    )
    return list_pages.grouped(work, query)


def _assigned(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select_rows(col(ClientAssignment.client_id), col(Staff.name))
        .join(Staff, col(Staff.id) == ClientAssignment.staff_id)
        .where(col(ClientAssignment.client_id).in_(ids))
        .order_by(col(ClientAssignment.position), col(ClientAssignment.id))
    )
    return list_pages.grouped(work, query)


def _statuses(work: Work, ids: list[UUID]) -> dict[UUID, set[AccessStatus]]:
    query = (
        select_rows(col(PortalAccess.client_id), col(PortalAccess.status))
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .where(col(PortalAccess.client_id).in_(ids), col(Contact.archived_at).is_(None))
    )
    statuses: dict[UUID, set[AccessStatus]] = defaultdict(set)
    for client_id, status in work.session.execute(query):
        statuses[client_id].add(status)
    return statuses


def _progress(work: Work, ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Tasks completed and tasks asked, over the client's requests that still have an open task."""
    open_tasks = func.count().filter(col(Task.completed_at).is_(None))
    by_request = (
        select_rows(
            col(ClientRequest.client_id),
            func.count(col(Task.completed_at)).label("done"),
            func.count().label("tasks"),
        )
        .join(Task, col(Task.section_id) == ClientRequest.id)
        .where(
            col(ClientRequest.client_id).in_(ids),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
        .group_by(col(ClientRequest.client_id), col(ClientRequest.id))
        .having(open_tasks > 0)
        .subquery()
    )
    query = select_rows(
        by_request.c.client_id, func.sum(by_request.c.done), func.sum(by_request.c.tasks)
    ).group_by(by_request.c.client_id)
    return {client_id: (int(done), int(tasks)) for client_id, done, tasks in work.session.execute(query)}


def _has_any(work: Work) -> bool:
    query = select(Client.id).where(Client.firm_id == work.actor.firm_id).limit(1)
    return work.session.exec(query).first() is not None
