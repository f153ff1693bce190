"""What a signed-in contact finds at home: what waits, soonest first, for every client of theirs (9.1 to 9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import SignInNeeded
from portal_app.domain.letterhead import Letterhead, accent_css
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
    Recipient,
    Section,
    Task,
    WorkItem,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm_days import today
from portal_app.services.letterheads import letterhead, signature
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work, reading


@dataclass(frozen=True)
class RequestLine:
    """One request in a list: its name, whose it is, how far it is, and until when."""

    id: str = ""
    href: str = ""
    title: str = ""
    client_name: str = ""
    progress: str = ""
    done: int = 0
    total: int = 0
    due: str = ""
    tone: str = ""


@dataclass(frozen=True)
class HomePage:
    """Home, in the reader's language."""

    contact_id: str = ""
    here: str = ""
    firm_name: str = ""
    firm_line: str = ""
    accent_css: str = ""
    support_email: str = ""
    support_phone: str = ""
    phone_url: str = ""
    help_url: str = ""
    sign_out_url: str = ""
    person: str = ""
    reader: str = ""
    greeting: str = ""
    waits: str = ""
    empty: str = ""
    first: RequestLine = field(default_factory=RequestLine)
    open: list[RequestLine] = field(default_factory=list)
    past: list[RequestLine] = field(default_factory=list)


MOST = 100
"""Requests in progress, and completed ones, that home lists (9.3)."""


@dataclass(frozen=True)
class _Row:
    request_id: UUID
    title: str
    client_name: str
    done: int
    total: int
    next_due: date | None
    is_closed: bool


def home_page(ports: Ports, actor: Actor) -> HomePage:
    """The page of the signed-in contact. Raises `SignInNeeded`."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.HOME_READ)
        person = work.session.get(Contact, actor.contact_id) if actor.contact_id else None
        if person is None:
            raise SignInNeeded(_("Please sign in."))
        firm = work.session.get_one(Firm, person.firm_id)
        clients = _clients(work, person, firm)
        rows = _rows(work, person, clients)
        head = letterhead(work.ports.settings, firm)
        return _page(head, person, firm, today(firm, work.now), rows, has_clients=bool(clients))


def _page(
    head: Letterhead, person: Contact, firm: Firm, day: date, rows: Sequence[_Row], *, has_clients: bool
) -> HomePage:
    waiting = [row for row in rows if row.done < row.total and not row.is_closed]
    waiting.sort(key=lambda row: (row.next_due or date.max, row.title))
    past = [row for row in rows if row not in waiting]
    lines = [_line(row, day) for row in waiting[:MOST]]
    left = sum(row.total - row.done for row in waiting)
    return HomePage(
        here=routes.HOME,
        contact_id=str(person.id),
        firm_name=head.firm_name,
        firm_line=signature(head),
        accent_css=accent_css(head.accent),
        support_email=head.support_email,
        support_phone=head.support_phone,
        phone_url=head.phone_url if head.support_phone else "",
        help_url=head.help_url,
        sign_out_url=routes.to(routes.LOGOUT, firm=firm.slug),
        reader=person.name,
        greeting=_("Hello, {name}").format(name=person.name),
        waits=ngettext("{n} item is waiting for you.", "{n} items are waiting for you.", left)
        if left
        else _("Nothing is waiting for you."),
        empty=_("When the firm asks for something, it shows here.")
        if has_clients
        else _("Your account opens no client any more. Ask the firm if you expected one."),
        first=lines[0] if lines else RequestLine(),
        open=lines,
        past=[_line(row, day) for row in past[-MOST:]][::-1],
    )


def _line(row: _Row, day: date) -> RequestLine:
    is_waiting = row.done < row.total and not row.is_closed
    is_late = is_waiting and row.next_due is not None and row.next_due < day
    due = ""
    if is_waiting and row.next_due is not None:
        text = format_date(row.next_due, "short")
        due = _("late since {date}").format(date=text) if is_late else _("due {date}").format(date=text)
    return RequestLine(
        id=str(row.request_id),
        href=routes.to(routes.REQUEST, id=row.request_id),
        title=row.title,
        client_name=row.client_name,
        progress=_("{done} of {total} done").format(done=row.done, total=row.total),
        done=row.done,
        total=row.total,
        due=due,
        tone="late" if is_late else "",
    )


def _clients(work: Work, person: Contact, firm: Firm) -> dict[UUID, AccessLevel]:
    """The clients that this account reaches now, and at which level (3.1)."""
    if firm.portal_on_at is None or person.archived_at is not None:
        return {}
    query = (
        select(PortalAccess)
        .join(Client, col(Client.id) == PortalAccess.client_id)
        .where(
            PortalAccess.contact_id == person.id,
            PortalAccess.status == AccessStatus.ACCEPTED,
            col(Client.portal_on_at).is_not(None),
            col(Client.archived_at).is_(None),
        )
    )
    return {row.client_id: row.level for row in work.session.exec(query)}


def _rows(work: Work, person: Contact, clients: dict[UUID, AccessLevel]) -> list[_Row]:
    """Requests sent that this contact may see, in order of sending."""
    full = [client_id for client_id, level in clients.items() if level is AccessLevel.FULL]
    received = select(Recipient.request_id).where(
        Recipient.contact_id == person.id, col(Recipient.removed_at).is_(None)
    )
    is_open = col(Task.completed_at).is_(None)
    query = (
        select_rows(
            col(ClientRequest.id),
            col(Section.name),
            col(Client.name),
            func.count(col(Task.completed_at)),
            func.count(col(Task.id)),
            func.min(case((is_open, col(Task.due_on)))),
            col(WorkItem.completed_at),
        )
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Task, (col(Task.section_id) == ClientRequest.id) & col(Task.put_aside_at).is_(None))
        .where(
            col(ClientRequest.client_id).in_(list(clients)),
            col(ClientRequest.client_id).in_(full) | col(ClientRequest.id).in_(received),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(WorkItem.archived_at).is_(None),
        )
        .group_by(
            col(ClientRequest.id),
            col(Section.name),
            col(Client.name),
            col(WorkItem.completed_at),
            col(ClientRequest.sent_at),
        )
        .order_by(col(ClientRequest.sent_at))
    )
    return [
        _Row(request_id, title, name, done, total, due, closed_at is not None)
        for request_id, title, name, done, total, due, closed_at in work.session.execute(query)
    ]
