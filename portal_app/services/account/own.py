"""Whose account it is: the one who asks, signed in with both steps (4.6)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.errors import SignInNeeded
from portal_app.models import Client, ClientContact, Contact, Staff
from portal_app.services.sign_in.accounts import Person, by_id
from portal_app.text import _
from portal_app.work import Work


def own(work: Work, *, lock: bool = False) -> Person:
    """The person who asks; with `lock` their sign-in stays locked. Raises `SignInNeeded`."""
    actor = work.actor
    person = by_id(work.session, actor.staff_id, actor.contact_id, lock=lock) if actor.session_id else None
    if person is None:
        raise SignInNeeded(_("Please sign in."))
    return person


def holder_row(work: Work, person: Person, *, lock: bool = False) -> Staff | Contact:
    """The row that keeps name, address and language: a staff member's own, else the contact's."""
    if isinstance(person.holder, Staff):
        return person.holder
    return work.session.get_one(Contact, person.contact_id, with_for_update=lock, populate_existing=lock)


def clients_of(work: Work, contact_id: UUID) -> list[Client]:
    """The clients that a contact is linked to and that are not archived, in one order."""
    query = (
        select(Client)
        .join(ClientContact, col(ClientContact.client_id) == Client.id)
        .where(ClientContact.contact_id == contact_id, col(Client.archived_at).is_(None))
    )
    return list(work.session.exec(query.order_by(col(Client.id))))
