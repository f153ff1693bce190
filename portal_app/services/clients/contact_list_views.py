"""The list of the firm's contacts: one page at a time, found, narrowed and put in order by the database (2.1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import AccessStatus, Client, ClientContact, Contact, Firm, PortalAccess, PortalAccount
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import list_pages
from portal_app.services.firm.firm_days import today
from portal_app.services.invitations.portal_words import Mark, access_mark, disabled_mark
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work, reading

PAGE = list_pages.PAGE
ALL, ARCHIVED = "", "archived"
BY_NAME, BY_NAME_DOWN, NEWEST = "", "down", "new"
CAN_SIGN_IN, INVITED, UNDELIVERABLE, NO_ACCESS = "can", "invited", "undeliverable", "none"
NO_ADDRESS, CAME_BACK = "no_address", "came_back"
_RANK = {
    AccessStatus.ACCEPTED: 5,
    AccessStatus.INVITED: 4,
    AccessStatus.UNDELIVERABLE: 3,
    AccessStatus.GIVEN: 2,
    AccessStatus.CANCELLED: 1,
}
"""Of several clients the list shows where the contact is furthest."""


@dataclass(frozen=True, slots=True)
class ContactsWanted:
    """What the reader wants to see; `after` is the `next_after` of the page before."""

    search: str = ""
    view: str = ALL
    narrow: str = ""
    order: str = BY_NAME
    after: str = ""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact in the list."""

    id: str = ""
    href: str = ""
    name: str = ""
    email: str = ""
    bounced: str = ""
    clients: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    last_seen: str = ""


@dataclass(frozen=True, slots=True)
class ContactList:
    """One page; `next_after` is empty on the last, `has_any` false where the firm has no contact at all."""

    rows: list[ContactLine] = field(default_factory=list)
    next_after: str = ""
    count: str = ""
    has_any: bool = False
    bells: list[str] = field(default_factory=list)


def contact_list(ports: Ports, actor: Actor, wanted: ContactsWanted) -> ContactList:
    """One page of the firm's contacts, by name or the newest first; found without case and accents."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.CLIENT_READ)
        where = _narrowed(work, wanted)
        found = _page(work, where, wanted)
        shown = found[:PAGE]
        is_whole = len(found) <= PAGE and not wanted.after
        total = len(found) if is_whole else list_pages.count(work, Contact, where)
        return ContactList(
            rows=_rows(work, shown),
            next_after=list_pages.after(shown[-1].name_key, shown[-1].id) if len(found) > PAGE else "",
            count=ngettext("{n} contact", "{n} contacts", total),
            has_any=bool(shown) or _has_any(work),
            bells=[f"firm:{actor.firm_id}", f"sign-ins:{actor.firm_id}"],
        )


def _page(work: Work, where: list[ColumnElement[bool]], wanted: ContactsWanted) -> list[Contact]:
    if wanted.order != NEWEST:
        is_down = wanted.order == BY_NAME_DOWN
        return list_pages.by_name(work, Contact, where, wanted.after, is_down=is_down)
    row_id, start = col(Contact.id), list_pages.start(wanted.after)
    query = select(Contact).where(*where).order_by(row_id.desc()).limit(PAGE + 1)
    return list(work.session.exec(query.where(row_id < start[1]) if start else query))


def of_firm(firm_id: UUID | None) -> list[ColumnElement[bool]]:
    """The contacts that are somebody: neither merged into another nor erased; nobody of a test client alone (2.12)."""
    linked = select_rows(col(ClientContact.id)).where(col(ClientContact.contact_id) == Contact.id)
    real = linked.join(Client, col(Client.id) == ClientContact.client_id).where(
        col(Client.test_of_staff_id).is_(None)
    )
    return [
        col(Contact.firm_id) == firm_id,
        col(Contact.merged_into_id).is_(None),
        col(Contact.erased_at).is_(None),
        or_(~exists(linked), exists(real)),
    ]


def _narrowed(work: Work, wanted: ContactsWanted) -> list[ColumnElement[bool]]:
    archived_at = col(Contact.archived_at)
    narrowed = of_firm(work.actor.firm_id)
    narrowed.append(archived_at.is_not(None) if wanted.view == ARCHIVED else archived_at.is_(None))
    if wanted.narrow:
        narrowed += _by(wanted.narrow)
    if words := name_key(wanted.search):
        narrowed.append(_matches(work, words))
    return narrowed


def _by(narrow: str) -> list[ColumnElement[bool]]:
    given = select_rows(col(PortalAccess.id)).where(col(PortalAccess.contact_id) == Contact.id)
    can = exists(given.where(col(PortalAccess.status) == AccessStatus.ACCEPTED))
    asked = exists(given.where(col(PortalAccess.status) == AccessStatus.INVITED))
    came_back = exists(given.where(col(PortalAccess.status) == AccessStatus.UNDELIVERABLE))
    some = exists(given.where(col(PortalAccess.status).not_in((AccessStatus.NONE, AccessStatus.CANCELLED))))
    found: dict[str, list[ColumnElement[bool]]] = {
        CAN_SIGN_IN: [can],
        INVITED: [asked, ~can],
        UNDELIVERABLE: [came_back, ~asked, ~can],
        NO_ACCESS: [~some],
        NO_ADDRESS: [col(Contact.email_key).is_(None)],
        CAME_BACK: [col(Contact.bounced_at).is_not(None)],
    }
    return found.get(narrow, [])


def _matches(work: Work, words: str) -> ColumnElement[bool]:
    """By the contact's name or address, or by a client's name or number."""
    pattern = list_pages.pattern(words)
    of_client = (
        select(ClientContact.contact_id)
        .join(Client, col(Client.id) == ClientContact.client_id)
        .where(
            Client.firm_id == work.actor.firm_id,
            or_(
                col(Client.name_key).like(pattern, escape="\\"),
                func.lower(Client.number).like(pattern, escape="\\"),
            ),
        )
    )
    return or_(
        col(Contact.name_key).like(pattern, escape="\\"),
        col(Contact.email_key).like(pattern, escape="\\"),
        col(Contact.id).in_(of_client),
    )


def _rows(work: Work, shown: list[Contact]) -> list[ContactLine]:
    ids = [contact.id for contact in shown]
    firm = work.session.get_one(Firm, work.actor.firm_id)
    clients, accesses = _clients(work, ids), _accesses(work, ids)
    seen = select_rows(col(PortalAccount.contact_id), col(PortalAccount.last_sign_in_at)).where(
        col(PortalAccount.contact_id).in_(ids), col(PortalAccount.last_sign_in_at).is_not(None)
    )
    last = {contact_id: at for contact_id, at in work.session.execute(seen)}  # noqa: C416  rows are no pairs to mypy
    lines = []
    for contact in shown:
        drawing, tone, portal = mark_of(contact, accesses.get(contact.id, []), work)
        at = last.get(contact.id)
        lines.append(
            ContactLine(
                id=str(contact.id),
                href=routes.to(routes.CONTACT, id=contact.id),
                name=contact.name,
                email=contact.email,
                bounced=_("E-mail came back") if contact.bounced_at else "",
                clients=list_pages.some(clients.get(contact.id, [])),
                drawing=drawing,
                tone=tone,
                portal=portal,
                last_seen=format_date(today(firm, at), "medium") if at else "",
            )
        )
    return lines


def mark_of(contact: Contact, accesses: list[PortalAccess], work: Work) -> Mark:
    """Where the contact is furthest, over all their clients; disabled while archived (3.5)."""
    if contact.archived_at is not None and accesses:
        return disabled_mark()
    furthest = max(accesses, key=lambda row: _RANK.get(row.status, 0), default=None)
    return access_mark(furthest, work.now)


def _clients(work: Work, ids: list[UUID]) -> dict[UUID, list[str]]:
    query = (
        select_rows(col(ClientContact.contact_id), col(Client.name))
        .join(Client, col(Client.id) == ClientContact.client_id)
        .where(col(ClientContact.contact_id).in_(ids))
        .order_by(col(Client.archived_at).is_not(None), col(ClientContact.created_at), col(ClientContact.id))
    )
    return list_pages.grouped(work, query)


def _accesses(work: Work, ids: list[UUID]) -> dict[UUID, list[PortalAccess]]:
    grouped: dict[UUID, list[PortalAccess]] = defaultdict(list)
    for row in work.session.exec(select(PortalAccess).where(col(PortalAccess.contact_id).in_(ids))):
        grouped[row.contact_id].append(row)
    return grouped


def _has_any(work: Work) -> bool:
    return (
        work.session.exec(select(Contact.id).where(*of_firm(work.actor.firm_id)).limit(1)).first() is not None
    )
