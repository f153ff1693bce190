"""The contacts of a client as its page shows them: portal access, delivery, and what unlinking ends (2.8, 2.19)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.invitations import LASTS_FOR, Moves, moves
from portal_app.domain.permissions import Permission, may
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
from portal_app.services.clients import readdressing
from portal_app.services.invitations.levels import WITHOUT
from portal_app.services.invitations.portal_words import access_mark, disabled_mark
from portal_app.text import _, format_moment, ngettext, pgettext
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact of the client; `unlink_ends` says what ends when they are unlinked (2.19), `resends` offers what is
    open to another address (2.17)."""

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
    other_level: str = ""
    """The level that the contact does not have, where they have one (3.1)."""
    can_invite: bool = False
    can_resend: bool = False
    can_cancel: bool = False
    bounced: str = ""
    archived: str = ""
    href: str = ""
    elsewhere: str = ""
    mfa_reset: str = ""
    """The page that resets this contact's second steps, for admins, where there is an account (4.5)."""
    unlink_ends: str = ""
    resends: str = ""


def contact_rows(work: Work, client: Client) -> list[ContactRow]:
    """The client's contacts in the order in which they came."""
    people, accesses = _people(work, client), _accesses(work, client)
    ids = [contact.id for contact, _linked in people]
    elsewhere, open_to = _elsewhere(work, ids), readdressing.open_to(work, ids)
    links = open_links(work, client)
    rows = [
        _contact(work, client, contact, linked, accesses.get(contact.id), elsewhere.get(contact.id, 1) - 1)
        for contact, linked in people
    ]
    return [
        replace(
            row,
            unlink_ends=_unlink_ends(links.get(contact_id, 0)),
            resends=resends_offer(len(open_to.get(contact_id, []))),
        )
        for row, contact_id in zip(rows, ids, strict=True)
    ]


def statuses(work: Work, client: Client) -> list[AccessStatus]:
    """The portal access of the client's contacts who are not archived."""
    accesses = _accesses(work, client)
    living = {contact.id for contact, _linked in _people(work, client) if contact.archived_at is None}
    return [row.status for row in accesses.values() if row.contact_id in living]


def open_links(work: Work, client: Client, *where: ColumnElement[bool]) -> dict[UUID, int]:
    """How many grants to the client's requests are open to each contact, of those that match."""
    mine = select(ClientRequest.id).where(
        ClientRequest.client_id == client.id, col(ClientRequest.withdrawn_at).is_(None)
    )
    query = (
        select_rows(col(AccessGrant.contact_id), func.count())
        .where(col(AccessGrant.request_id).in_(mine), col(AccessGrant.ended_at).is_(None), *where)
        .group_by(col(AccessGrant.contact_id))
    )
    return {contact_id: count for contact_id, count in work.session.execute(query)}  # noqa: C416  rows are no pairs to mypy


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
    is_shut = contact.archived_at is not None and given is not None
    drawing, tone, portal = disabled_mark() if is_shut else access_mark(given, work.now)
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
        other_level=_other_level(given),
        can_invite=can.can_invite,
        can_resend=can.can_resend,
        can_cancel=can.can_cancel,
        bounced=_("E-mail came back") if contact.bounced_at else "",
        archived=pgettext("contact", "archived") if contact.archived_at is not None else "",
        href=routes.to(routes.CONTACT, id=contact.id),
        mfa_reset=_mfa_reset(work, contact, given),
        elsewhere=ngettext("also at {n} other client", "also at {n} other clients", others) if others else "",
    )


def _mfa_reset(work: Work, contact: Contact, given: PortalAccess | None) -> str:
    has_account = given is not None and given.status is AccessStatus.ACCEPTED
    if contact.archived_at is not None or not has_account or not may(work.actor, Permission.MFA_RESET):
        return ""
    return routes.to(routes.MFA_RESET, contact=contact.id)


def _moves(client: Client, contact: Contact, given: PortalAccess | None) -> Moves:
    if client.archived_at is not None or contact.archived_at is not None or not contact.email:
        return Moves()
    return moves(given.status if given else AccessStatus.NONE)


def _other_level(given: PortalAccess | None) -> str:
    if given is None or given.status in WITHOUT:
        return ""
    return (AccessLevel.LIMITED if given.level is AccessLevel.FULL else AccessLevel.FULL).value


def _more(work: Work, client: Client, given: PortalAccess | None) -> str:
    """The level, and until when an invitation is open (2.8, 3.3)."""
    if given is None or given.status in WITHOUT:
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


def resends_offer(count: int) -> str:
    """The offer of the contact's form, where something is open to them (2.17)."""
    if not count:
        return ""
    return ngettext(
        "To another address, resend the {n} request that is open to them",
        "To another address, resend the {n} requests that are open to them",
        count,
    )


def _unlink_ends(count: int) -> str:
    """How many open links to this client's requests end with the link to the client (2.19)."""
    if not count:
        return ""
    return ngettext(
        "{n} open link of theirs ends at once; a request with no other recipient is withdrawn.",
        "{n} open links of theirs end at once; a request with no other recipient is withdrawn.",
        count,
    )
