"""The clients' list: one page at a time, found, narrowed and put in order by the database (2.1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
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
from portal_app.services.portal_words import client_mark
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

PAGE = 50
ALL, MINE, ARCHIVED = "", "mine", "archived"
BY_NAME, BY_NAME_DOWN = "", "down"


@dataclass(frozen=True, slots=True)
class ListWanted:
    """What the reader wants to see; `after` is the `next_after` of the page before."""

    search: str = ""
    view: str = ALL
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
        found = _page(work, wanted)
        shown = found[:PAGE]
        is_whole = len(found) <= PAGE and not wanted.after
        total = len(found) if is_whole else _count(work, wanted)
        return ClientList(
            rows=_rows(work, shown),
            next_after=f"{shown[-1].name_key}\n{shown[-1].id.hex}" if len(found) > PAGE else "",
            count=ngettext("{n} client", "{n} clients", total),
            has_any=bool(shown) or _has_any(work),
            bell=f"firm:{actor.firm_id}",
        )


def _page(work: Work, wanted: ListWanted) -> list[Client]:
    key, client_id = col(Client.name_key), col(Client.id)
    is_down = wanted.order == BY_NAME_DOWN
    query = select(Client).where(*_narrowed(work, wanted)).limit(PAGE + 1)
    query = query.order_by(key.desc(), client_id.desc()) if is_down else query.order_by(key, client_id)
    if start := _start(wanted.after):
        name, row_id = start
        beyond, later = (key < name, client_id < row_id) if is_down else (key > name, client_id > row_id)
        query = query.where(or_(beyond, and_(key == name, later)))
    return list(work.session.exec(query))


def _count(work: Work, wanted: ListWanted) -> int:
    query = select_rows(func.count()).select_from(Client).where(*_narrowed(work, wanted))
    return int(work.session.execute(query).scalar_one())


def _narrowed(work: Work, wanted: ListWanted) -> list[ColumnElement[bool]]:
    is_archived = wanted.view == ARCHIVED
    archived_at = col(Client.archived_at)
    narrowed: list[ColumnElement[bool]] = [
        col(Client.firm_id) == work.actor.firm_id,
        archived_at.is_not(None) if is_archived else archived_at.is_(None),
    ]
    if wanted.view == MINE:
        mine = select(ClientAssignment.client_id).where(ClientAssignment.staff_id == work.actor.staff_id)
        narrowed.append(col(Client.id).in_(mine))
    if words := name_key(wanted.search):
        narrowed.append(_matches(work, words))
    return narrowed


def _matches(work: Work, words: str) -> ColumnElement[bool]:
    """By the client's name or number, or by a contact's name or address."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    people = (
        select(ClientContact.client_id)
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .where(
            Contact.firm_id == work.actor.firm_id,
            or_(
                col(Contact.email_key).like(pattern, escape="\\"),
                func.lower(Contact.name).like(pattern, escape="\\"),
            ),
        )
    )
    return or_(
        col(Client.name_key).like(pattern, escape="\\"),
        func.lower(Client.number).like(pattern, escape="\\"),
        col(Client.id).in_(people),
    )


def _start(after: str) -> tuple[str, UUID] | None:
    name, _break, row_id = after.partition("\n")
    try:
        return name, UUID(row_id)
    except ValueError:
        return None


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
        contacts=_some(people),
        drawing=drawing,
        tone=tone,
        portal=portal,
        marks=[number < done for number in range(tasks)] if tasks <= 12 else [],
        waiting=_("{n} of {m}").format(n=done, m=tasks) if tasks else "",
        staff=_some(staff),
        initials=initials(staff[0]) if staff else "",
    )


def _some(names: list[str]) -> str:
    """The first name, and how many more."""
    if len(names) < 2:
        return "".join(names)
    return _("{name} and {n} more").format(name=names[0], n=len(names) - 1)


def _contacts(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select_rows(col(ClientContact.client_id), col(Contact.name))
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .where(col(ClientContact.client_id).in_(ids), col(Contact.archived_at).is_(None))
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
    )
    return _grouped(work, query)


def _assigned(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select_rows(col(ClientAssignment.client_id), col(Staff.name))
        .join(Staff, col(Staff.id) == ClientAssignment.staff_id)
        .where(col(ClientAssignment.client_id).in_(ids))
        .order_by(col(ClientAssignment.position), col(ClientAssignment.id))
    )
    return _grouped(work, query)


def _grouped(work: Work, query: Any) -> dict[UUID, list[str]]:
    grouped: dict[UUID, list[str]] = defaultdict(list)
    for client_id, name in work.session.execute(query):
        grouped[client_id].append(name)
    return grouped


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
