"""Contacts of the firm whom a client does not have yet, offered while one types (5.23)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import ClientContact, Contact
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import list_pages
from portal_app.services.work.work_words import Choice
from portal_app.work import reading

FOUND = 8
"""Contacts offered while one types."""


def find_contacts(ports: Ports, actor: Actor, client_id: UUID, words: str) -> list[Choice]:
    """Contacts of the firm, not of this client, whose name or address holds these words, whatever their case and accents (5.23)."""
    with reading(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT)
        typed = name_key(words)
        if not typed:
            return []
        pattern = list_pages.pattern(typed)
        there = select(ClientContact.contact_id).where(ClientContact.client_id == client.id)
        name, address = col(Contact.name_key), col(Contact.email_key)
        query = select(Contact).where(
            Contact.firm_id == actor.firm_id,
            col(Contact.archived_at).is_(None),
            address.is_not(None),
            col(Contact.id).not_in(there),
            name.like(pattern, escape="\\") | address.like(pattern, escape="\\"),
        )
        found = work.session.exec(query.order_by(name, col(Contact.id)).limit(FOUND))
        return [Choice(str(one.id), f"{one.name}, {one.email}") for one in found]
