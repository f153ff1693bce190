"""The access list of one client's contacts, and the switch of its portal: the dialog of 2.3 and 2.8."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.invitations import LASTS_FOR, Moves, moves
from portal_app.domain.permissions import Permission
from portal_app.domain.standings import WAITING
from portal_app.models import (
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
from portal_app.services.invitations.portal_words import access_mark, disabled_mark
from portal_app.services.portal import portal_words
from portal_app.services.requests import sendable
from portal_app.text import _, format_moment, ngettext
from portal_app.work import Work, reading

WITH_ACCESS = WAITING | {"accepted"}


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One contact: where their access stands, and what may be done. `trouble` says why nothing can be sent to them."""

    id: str = ""
    name: str = ""
    email: str = ""
    trouble: str = ""
    level: str = "limited"
    has_access: bool = False
    has_notices: bool = True
    drawing: str = "ring"
    tone: str = "none"
    status: str = ""
    more: str = ""
    last_seen: str = ""
    can_give: bool = False
    can_invite: bool = False
    can_resend: bool = False
    can_cancel: bool = False


@dataclass(frozen=True, slots=True)
class AccessView:
    """The dialog; `blocked` says why the portal cannot be switched on, `off_text` what switching it off ends."""

    id: str = ""
    name: str = ""
    href: str = ""
    is_on: bool = False
    blocked: str = ""
    off_text: str = ""
    people: list[AccessRow] = field(default_factory=list)
    bells: list[str] = field(default_factory=list)


def access_view(ports: Ports, actor: Actor, client_id: UUID) -> AccessView:
    """A client of the firm. Raises `NotFound`."""
    with reading(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_READ)
        firm = work.session.get_one(Firm, client.firm_id)
        return AccessView(
            id=str(client.id),
            name=client.name,
            href=routes.to(routes.CLIENT, id=client.id),
            is_on=client.portal_on_at is not None,
            blocked=_blocked(firm, client),
            off_text=off_text(work, client),
            people=[_row(work, firm, client, row) for row in work.session.execute(_people(client))],
            bells=[f"firm:{firm.id}", f"sign-ins:{firm.id}"],
        )


def off_text(work: Work, client: Client) -> str:
    """What switching the portal off ends, and what stays (2.14)."""
    people = work.session.execute(
        select_rows(func.count())
        .select_from(PortalAccess)
        .where(
            col(PortalAccess.client_id) == client.id,
            col(PortalAccess.status) == AccessStatus.ACCEPTED,
        )
    ).scalar_one()
    ends = ngettext(
        "{n} person no longer signs in to this client from their next click.",
        "{n} people no longer sign in to this client from their next click.",
        people,
    )
    rest = _("Open invitations are cancelled. Links that were sent work on; later sends are classic, by PIN.")
    return f"{ends} {rest}" if people else rest


def _blocked(firm: Firm, client: Client) -> str:
    if client.archived_at is not None:
        return _("This client is archived. Restore it first.")
    if firm.portal_on_at is None:
        return _("The portal is off for the whole firm. Switch it on in the settings first.")
    return ""


def _people(client: Client) -> Any:
    return (
        select_rows(Contact, PortalAccess, PortalAccount)
        .join(ClientContact, col(ClientContact.contact_id) == Contact.id)
        .outerjoin(
            PortalAccess,
            and_(
                col(PortalAccess.client_id) == ClientContact.client_id,
                col(PortalAccess.contact_id) == ClientContact.contact_id,
            ),
        )
        .outerjoin(PortalAccount, col(PortalAccount.contact_id) == Contact.id)
        .where(col(ClientContact.client_id) == client.id)
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
    )


def _row(work: Work, firm: Firm, client: Client, row: Any) -> AccessRow:
    contact, given, account = row
    drawing, tone, status = disabled_mark() if contact.archived_at else access_mark(given, work.now)
    has_access = given is not None and given.status.value in WITH_ACCESS
    can, trouble = _moves(firm, client, contact, given), sendable.why_not_to(contact)
    return AccessRow(
        id=str(contact.id),
        name=contact.name,
        email=contact.email,
        trouble=trouble,
        level=given.level.value if given else "limited",
        has_access=has_access,
        has_notices=given is None or given.notices_off_at is None,
        drawing=drawing,
        tone=tone,
        status=status,
        more=_more(work, firm, given),
        last_seen=portal_words.last_sign_in(
            account.last_sign_in_at if account else None, work.now, firm.time_zone
        ),
        can_give=can.can_invite and not has_access and not trouble,
        can_invite=can.can_invite and not trouble,
        can_resend=can.can_resend and not trouble,
        can_cancel=can.can_cancel,
    )


def _moves(firm: Firm, client: Client, contact: Contact, given: PortalAccess | None) -> Moves:
    if client.archived_at or contact.archived_at or firm.portal_on_at is None:
        return Moves()
    return moves(given.status if given else AccessStatus.NONE)


def _more(work: Work, firm: Firm, given: PortalAccess | None) -> str:
    """Until when an invitation is open (3.3)."""
    if given is None or given.status is not AccessStatus.INVITED or given.invited_at is None:
        return ""
    ends_at = given.invited_at + LASTS_FOR
    if work.now >= ends_at:
        return ""
    return _("until {moment}").format(moment=format_moment(ends_at, firm.time_zone))
