"""The contacts of a client as its page shows them: portal access, delivery, and what unlinking ends (2.8, 2.19)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.invitations import LASTS_FOR, Moves, moves
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
)
from portal_app.services.portal_words import access_mark
from portal_app.text import _, format_moment, ngettext
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact of the client; `unlink_ends` says what ends when they are unlinked (2.19)."""

    id: str = ""
    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "fr"
    language: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    portal_more: str = ""
    can_invite: bool = False
    can_resend: bool = False
    can_cancel: bool = False
    bounced: str = ""
    elsewhere: str = ""
    unlink_ends: str = ""


def contact_rows(work: Work, client: Client) -> list[ContactRow]:
    """The client's contacts in the order in which they came."""
    people, accesses = _people(work, client), _accesses(work, client)
    elsewhere = _elsewhere(work, [contact.id for contact, _linked in people])
    return [
        _contact(work, client, contact, linked, accesses.get(contact.id), elsewhere.get(contact.id, 1) - 1)
        for contact, linked in people
    ]


def statuses(work: Work, client: Client) -> list[AccessStatus]:
    """The portal access of the client's contacts who are not archived."""
    accesses = _accesses(work, client)
    living = {contact.id for contact, _linked in _people(work, client) if contact.archived_at is None}
    return [row.status for row in accesses.values() if row.contact_id in living]


def count_links(work: Work, client: Client, *where: ColumnElement[bool]) -> int:
    """How many grants to the client's requests are open, of those that match."""
    mine = select(ClientRequest.id).where(
        ClientRequest.client_id == client.id, col(ClientRequest.withdrawn_at).is_(None)
    )
    query = (
        select_rows(func.count())
        .select_from(AccessGrant)
        .where(col(AccessGrant.request_id).in_(mine), col(AccessGrant.ended_at).is_(None), *where)
    )
    return int(work.session.execute(query).scalar_one())


def _people(work: Work, client: Client) -> list[tuple[Contact, ClientContact]]:
    query = (
        select(Contact, ClientContact)
        .join(ClientContact, col(ClientContact.contact_id) == Contact.id)
        .where(ClientContact.client_id == client.id)
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
    )
    return list(work.session.exec(query))


def _accesses(work: Work, client: Client) -> dict[UUID, PortalAccess]:
    query = select(PortalAccess).where(PortalAccess.client_id == client.id)
    return {row.contact_id: row for row in work.session.exec(query)}


def _contact(
    work: Work,
    client: Client,
    contact: Contact,
    linked: ClientContact,
    given: PortalAccess | None,
    others: int,
) -> ContactRow:
    drawing, tone, portal = access_mark(given, work.now)
    can = _moves(client, contact, given)
    return ContactRow(
        id=str(contact.id),
        name=contact.name,
        title=linked.title,
        email=contact.email,
        phone=contact.phone,
        locale=contact.locale,
        language=_("French") if contact.locale == "fr" else _("English"),
        drawing=drawing,
        tone=tone,
        portal=portal,
        portal_more=_more(work, client, given),
        can_invite=can.can_invite,
        can_resend=can.can_resend,
        can_cancel=can.can_cancel,
        bounced=_("E-mail came back") if contact.bounced_at else "",
        elsewhere=ngettext("also at {n} other client", "also at {n} other clients", others) if others else "",
        unlink_ends=_unlink_ends(work, client, contact),
    )


def _moves(client: Client, contact: Contact, given: PortalAccess | None) -> Moves:
    if client.archived_at is not None or contact.archived_at is not None or not contact.email:
        return Moves()
    return moves(given.status if given else AccessStatus.NONE)


def _more(work: Work, client: Client, given: PortalAccess | None) -> str:
    """The level, and until when an invitation is open (2.8, 3.3)."""
    if given is None or given.status in (AccessStatus.NONE, AccessStatus.CANCELLED):
        return ""
    level = _("Full access") if given.level is AccessLevel.FULL else _("Limited access")
    if given.status is not AccessStatus.INVITED or given.invited_at is None:
        return level
    ends_at = given.invited_at + LASTS_FOR
    if work.now >= ends_at:
        return level
    zone = work.session.get_one(Firm, client.firm_id).time_zone
    return _("{level}, until {moment}").format(level=level, moment=format_moment(ends_at, zone))


def _elsewhere(work: Work, contact_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select_rows(col(ClientContact.contact_id), func.count())
        .where(col(ClientContact.contact_id).in_(contact_ids))
        .group_by(col(ClientContact.contact_id))
    )
    return {contact_id: count for contact_id, count in work.session.execute(query)}  # noqa: C416  rows are no pairs to mypy


def _unlink_ends(work: Work, client: Client, contact: Contact) -> str:
    """How many open links to this client's requests end with the link to the client (2.19)."""
    count = count_links(work, client, col(AccessGrant.contact_id) == contact.id)
    if not count:
        return ""
    return ngettext(
        "{n} open link of theirs ends at once; a request with no other recipient is withdrawn.",
        "{n} open links of theirs end at once; a request with no other recipient is withdrawn.",
        count,
    )
