"""What a signed-in contact sees of a client's documents: the one rule, as a clause for queries (3.1, 10.14)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import col, select

from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Document,
    DocumentShare,
    Folder,
    PortalAccess,
    SharedWith,
)
from portal_app.work import Work

LEVELS = 3
"""Folders within folders, at most."""


def to_contact(contact_id: UUID, level: AccessLevel) -> ColumnElement[bool]:
    """The documents that this contact sees: their own, those shared with them by name, and with full access all
    that are shared. The client, and whether the contact reaches it now, is asked elsewhere."""
    by_name = select(DocumentShare.document_id).where(DocumentShare.contact_id == contact_id)
    is_shared = col(Document.shared_with) != SharedWith.STAFF
    for_me = true() if level is AccessLevel.FULL else col(Document.id).in_(by_name)
    return and_(
        col(Document.deleted_at).is_(None),
        or_(col(Document.contact_id) == contact_id, and_(is_shared, for_me)),
    )


def seen_of(work: Work, contact_id: UUID, document_ids: Iterable[UUID]) -> set[UUID]:
    """Of these documents, those that the contact's access shows them now."""
    is_full = col(PortalAccess.level) == AccessLevel.FULL
    shown = or_(
        and_(is_full, to_contact(contact_id, AccessLevel.FULL)), to_contact(contact_id, AccessLevel.LIMITED)
    )
    query = (
        select(Document.id)
        .join(PortalAccess, col(PortalAccess.client_id) == Document.client_id)
        .where(
            PortalAccess.contact_id == contact_id,
            PortalAccess.status == AccessStatus.ACCEPTED,
            col(Document.id).in_(list(document_ids)),
            shown,
        )
    )
    return set(work.session.exec(query))


def folders(work: Work, client_id: UUID, contact_id: UUID, level: AccessLevel) -> set[UUID]:
    """The folders that this contact sees: where something lies for them, and with full access those shown empty."""
    every = {
        row.id: row
        for row in work.session.exec(
            select(Folder).where(Folder.client_id == client_id, col(Folder.deleted_at).is_(None))
        )
    }
    holding = select(Document.folder_id).where(
        Document.client_id == client_id, to_contact(contact_id, level), col(Document.folder_id).is_not(None)
    )
    seen = {folder_id for folder_id in work.session.exec(holding.distinct()) if folder_id in every}
    if level is AccessLevel.FULL:
        seen |= {row.id for row in every.values() if row.shown_at is not None}
    return _with_parents(seen, every)


def _with_parents(seen: Iterable[UUID], every: dict[UUID, Folder]) -> set[UUID]:
    found: set[UUID] = set()
    for folder_id in seen:
        at: UUID | None = folder_id
        while at is not None and at in every and at not in found:
            found.add(at)
            at = every[at].parent_id
    return found
