"""Names within a folder: a second one is numbered, among what that person can see (10.4)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import uploads as rules
from portal_app.models import AccessLevel, Document
from portal_app.services.documents import visible
from portal_app.work import Work

free = rules.numbered


def seen_in(
    work: Work,
    client_id: UUID | None,
    folder_id: UUID | None,
    contact_id: UUID | None = None,
    level: AccessLevel | None = None,
    *,
    but: Iterable[UUID] = (),
) -> list[str]:
    """The names in a folder, or at the top, that a contact sees, or staff where none is given."""
    query = select(Document.name).where(
        Document.client_id == client_id,
        col(Document.folder_id) == folder_id if folder_id else col(Document.folder_id).is_(None),
        col(Document.deleted_at).is_(None),
        col(Document.id).not_in(list(but)),
    )
    if contact_id is not None and level is not None:
        query = query.where(visible.to_contact(contact_id, level))
    return list(work.session.exec(query))
