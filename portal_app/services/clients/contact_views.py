"""One contact's page: who they are, their clients with access to each, what archiving would end, the timeline (2.2, 8.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission, may
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import contact_ends, readdressing
from portal_app.services.clients.client_people import resends_offer
from portal_app.services.clients.contact_list_views import mark_of
from portal_app.services.firm.firm_days import today
from portal_app.services.invitations.portal_words import access_mark, disabled_mark
from portal_app.services.work import timeline_views
from portal_app.services.work.timeline_views import Moment
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_date, format_moment, pgettext
from portal_app.work import Work, reading

MOST_FOUND = 8
"""Clients offered at a time when a contact is linked to one more."""


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """A client of the contact, and where their access to it stands."""

    id: str = ""
    href: str = ""
    name: str = ""
    title: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    level: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class ContactView:
    """The whole page, in the reader's language; `ends` says what archiving ends, `resends` offers what is open to
    another address (2.17), `bells` say when to look again."""

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "fr"
    language: str = ""
    bounced: str = ""
    drawing: str = "ring"
    tone: str = "none"
    portal: str = ""
    account: str = ""
    last_seen: str = ""
    is_archived: bool = False
    archived: str = ""
    ends: list[str] = field(default_factory=list)
    resends: str = ""
    clients: list[LinkedRow] = field(default_factory=list)
    timeline: list[Moment] = field(default_factory=list)
    can_export: bool = False
    can_erase: bool = False
    bells: list[str] = field(default_factory=list)


def contact_view(ports: Ports, actor: Actor, contact_id: UUID) -> ContactView:
    """A contact of the firm. Raises `NotFound`, for one who was merged or erased too."""
    with reading(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_READ)
        if contact.merged_into_id is not None or contact.erased_at is not None:
            raise NotFound(_("There is nothing here."))
        firm = work.session.get_one(Firm, contact.firm_id)
        account = work.session.exec(
            select(PortalAccount).where(PortalAccount.contact_id == contact.id)
        ).first()
        accesses = {
            row.client_id: row
            for row in work.session.exec(select(PortalAccess).where(PortalAccess.contact_id == contact.id))
        }
        drawing, tone, portal = mark_of(contact, list(accesses.values()), work)
        open_to = readdressing.open_to(work, [contact.id]).get(contact.id, [])
        return ContactView(
            id=str(contact.id),
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            locale=contact.locale,
            language=_("French") if contact.locale == "fr" else _("English"),
            bounced=contact.bounce_text or _("E-mail came back") if contact.bounced_at else "",
            drawing=drawing,
            tone=tone,
            portal=portal,
            account=_account(firm, account),
            last_seen=_last_seen(firm, account),
            is_archived=contact.archived_at is not None,
            archived=_archived(firm, contact),
            ends=contact_ends.open_of(work, contact.id).words(),
            resends=resends_offer(len(open_to)),
            clients=_linked(work, contact, accesses),
            timeline=list(timeline_views.of_contact(work, firm, contact.id)),
            can_export=may(actor, Permission.EXPORT),
            can_erase=may(actor, Permission.ERASE),
            bells=[f"firm:{firm.id}", f"sign-ins:{firm.id}"],
        )


def clients_to_link(ports: Ports, actor: Actor, contact_id: UUID, words: str) -> list[Choice]:
    """Clients of the firm with these words in name or number, to which the contact is not linked yet (2.2)."""
    with reading(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT)
        linked = select(ClientContact.client_id).where(ClientContact.contact_id == contact.id)
        query = select(Client).where(
            Client.firm_id == contact.firm_id,
            col(Client.archived_at).is_(None),
            col(Client.id).not_in(linked),
            (col(Client.name_key).contains(name_key(words), autoescape=True))
            | (col(Client.number) == words.strip()),
        )
        found = work.session.exec(query.order_by(col(Client.name_key), col(Client.id)).limit(MOST_FOUND))
        return [
            Choice(str(one.id), f"{one.name} · {one.number}" if one.number else one.name) for one in found
        ]


def _linked(work: Work, contact: Contact, accesses: dict[UUID, PortalAccess]) -> list[LinkedRow]:
    query = (
        select_rows(Client, ClientContact)
        .join(ClientContact, col(ClientContact.client_id) == Client.id)
        .where(col(ClientContact.contact_id) == contact.id)
        .order_by(col(Client.archived_at).is_not(None), col(Client.name_key), col(Client.id))
    )
    rows = []
    for client, linked in work.session.execute(query):
        given = accesses.get(client.id)
        is_shut = contact.archived_at is not None or client.archived_at is not None
        drawing, tone, portal = disabled_mark() if is_shut and given else access_mark(given, work.now)
        rows.append(
            LinkedRow(
                id=str(client.id),
                href=routes.to(routes.CLIENT, id=client.id),
                name=client.name,
                title=linked.title,
                drawing=drawing,
                tone=tone,
                portal=portal,
                level=_level(given),
                is_archived=client.archived_at is not None,
            )
        )
    return rows


def _level(given: PortalAccess | None) -> str:
    if given is None or given.status in (AccessStatus.NONE, AccessStatus.CANCELLED):
        return ""
    return _("Full access") if given.level is AccessLevel.FULL else _("Limited access")


def _account(firm: Firm, account: PortalAccount | None) -> str:
    if account is None or account.password_hash is None:
        return pgettext("contact", "none yet")
    return _("since {day}").format(day=format_date(today(firm, account.created_at), "medium"))


def _last_seen(firm: Firm, account: PortalAccount | None) -> str:
    if account is None or account.last_sign_in_at is None:
        return pgettext("contact", "never")
    return format_moment(account.last_sign_in_at, firm.time_zone)


def _archived(firm: Firm, contact: Contact) -> str:
    if contact.archived_at is None:
        return ""
    return _("Archived on {day}").format(day=format_date(today(firm, contact.archived_at)))
