"""Colleagues whom contacts ask to invite, as triage, the client's page and the contact's account show them (3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.models import (
    AccessLevel,
    Client,
    ColleagueInvite,
    Contact,
    Notification,
    PortalAccess,
    Staff,
)
from portal_app.services.invitations.portal_words import access_mark
from portal_app.text import _
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class InviteRow:
    """A wish that nobody has decided: whom to invite, and who asks."""

    id: str = ""
    name: str = ""
    email: str = ""
    level: str = ""
    asker: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class InvitedLine:
    """Somebody whom the reader invited, and where that stands."""

    name: str
    email: str
    level: str
    state: str
    tone: str


def level_word(level: AccessLevel) -> str:
    """The level's name."""
    return _("Full") if level is AccessLevel.FULL else _("Limited")


def waiting(work: Work, client: Client) -> list[InviteRow]:
    """What contacts of the client ask for and staff have not decided, the oldest first."""
    query = (
        select_rows(ColleagueInvite, col(Contact.name))
        .join(Contact, col(Contact.id) == ColleagueInvite.asked_by_contact_id)
        .where(col(ColleagueInvite.client_id) == client.id, col(ColleagueInvite.decided_at).is_(None))
        .order_by(col(ColleagueInvite.created_at), col(ColleagueInvite.id))
    )
    return [
        InviteRow(str(row.id), row.name, row.email, level_word(row.level), asker, row.message)
        for row, asker in work.session.execute(query)
    ]


def asked_by(work: Work, contact_id: UUID, client_id: UUID) -> list[InvitedLine]:
    """Whom a contact invited to a client, the newest first."""
    query = (
        select_rows(ColleagueInvite, PortalAccess)
        .outerjoin(
            PortalAccess,
            (col(PortalAccess.client_id) == ColleagueInvite.client_id)
            & (col(PortalAccess.contact_id) == ColleagueInvite.contact_id),
        )
        .where(
            col(ColleagueInvite.asked_by_contact_id) == contact_id,
            col(ColleagueInvite.client_id) == client_id,
        )
        .order_by(col(ColleagueInvite.created_at).desc(), col(ColleagueInvite.id).desc())
        .limit(50)
    )
    return [
        InvitedLine(row.name, row.email, level_word(row.level), *_state(row, given, work.now))
        for row, given in work.session.execute(query)
    ]


def _state(row: ColleagueInvite, given: PortalAccess | None, now: datetime) -> tuple[str, str]:
    if row.declined_at is not None:
        return _("The firm said no"), "late"
    if row.decided_at is None:
        return _("The firm is looking at it"), "wait"
    _drawing, tone, word = access_mark(given, now)
    return word, tone


def waiting_id(work: Work, row: Notification) -> str:
    """The wish that a notification is about, while nobody has decided; else empty."""
    wish = _wish(work, row)
    return str(wish.id) if wish is not None and wish.decided_at is None else ""


def facts_of(work: Work, row: Notification) -> list[tuple[str, str]]:
    """What the notification's wish says, word by word."""
    wish = _wish(work, row)
    if wish is None:
        return []
    asker = work.session.get_one(Contact, wish.asked_by_contact_id)
    found = [
        (_("Whom"), wish.name),
        (_("Address"), wish.email),
        (_("Access"), level_word(wish.level)),
        (_("Asked by"), asker.name),
    ]
    if wish.message:
        found.append((_("Message"), wish.message))
    if wish.decided_at is not None:
        by = work.session.get(Staff, wish.decided_by_staff_id) if wish.decided_by_staff_id else None
        text = _("Declined") if wish.declined_at else _("Invited")
        found.append((_("Since then"), _("{what} by {name}").format(what=text, name=by.name) if by else text))
    return found


def _wish(work: Work, row: Notification) -> ColleagueInvite | None:
    written = row.facts.get("invite_id")
    wish = work.session.get(ColleagueInvite, UUID(str(written))) if written else None
    return wish if wish is not None and wish.firm_id == row.firm_id else None
