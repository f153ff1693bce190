"""Who is told of a document: staff in triage, contacts by e-mail and in their open pages (8.7, 9.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    Contact,
    ContactNotice,
    Document,
    DocumentShare,
    Notification,
    PortalAccess,
    SharedWith,
)
from portal_app.services.documents import visible
from portal_app.services.notices import telling
from portal_app.services.triage import triage
from portal_app.work import Work

TOGETHER: Final = timedelta(minutes=10)  # 8.7, 9.6
KIND: Final = "documents_uploaded"
SHARED: Final = "document_shared"


def ring(work: Work, client_id: UUID) -> None:
    """Whoever looks at this client's documents looks again: staff, and every contact with access to it."""
    people = select(PortalAccess.contact_id).where(
        PortalAccess.client_id == client_id, PortalAccess.status == AccessStatus.ACCEPTED
    )
    work.ring(f"documents:{client_id}", *(f"contact:{one}" for one in work.session.exec(people)))


def tell_staff(work: Work, document: Document) -> None:
    """The client's assigned staff are told of what a contact put there; what comes within ten minutes counts up
    the first notification, and makes it unread again (8.7)."""
    query = select(Notification).where(
        Notification.client_id == document.client_id,
        Notification.kind == KIND,
        Notification.contact_id == document.contact_id,
        Notification.at > work.now - TOGETHER,
        col(Notification.taken_back_at).is_(None),
    )
    told = list(work.session.exec(query))
    for row in told:
        row.facts = {**row.facts, "count": row.facts["count"] + 1}
        row.read_at = None
        work.add(row)
        work.ring(f"staff:{row.staff_id}")
    if not told:
        facts: dict[str, Any] = {"count": 1, "name": document.name}
        client = work.session.get_one(Client, document.client_id)
        people = triage.assigned(work, client.id)
        triage.tell(
            work,
            people,
            KIND,
            firm_id=client.firm_id,
            facts=facts,
            client_id=client.id,
            contact_id=document.contact_id,
        )
    ring(work, document.client_id)


def tell_contacts(work: Work, document: Document, only: Iterable[UUID] | None = None) -> None:
    """Tell everybody with whom a document was just shared, or of these `only` some: in the portal, and by an e-mail
    that gathers what is shared within ten minutes, as each chose (9.6)."""
    wanted = told(work, document)
    if only is not None:
        wanted = [one for one in wanted if one in set(only)]
    telling.tell_contacts(
        work,
        wanted,
        SHARED,
        once_key=f"{_key(document.id)}{work.now.isoformat()}",
        facts={"name": document.name, "document": str(document.id)},
        client_id=document.client_id,
    )
    ring(work, document.client_id)


def told(work: Work, document: Document) -> list[UUID]:
    """Whom the sharing of a document is for, of those who can open it now."""
    if document.shared_with is SharedWith.STAFF:
        return []
    by_name = select(DocumentShare.contact_id).where(DocumentShare.document_id == document.id)
    names = set(work.session.exec(by_name))
    query = (
        select(PortalAccess)
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .where(
            PortalAccess.client_id == document.client_id,
            PortalAccess.status == AccessStatus.ACCEPTED,
            col(Contact.archived_at).is_(None),
        )
    )
    is_for_all = document.shared_with is SharedWith.CLIENT
    return [
        row.contact_id
        for row in work.session.exec(query.order_by(col(PortalAccess.id)))
        if row.contact_id in names or (is_for_all and row.level is AccessLevel.FULL)
    ]


def take_back(work: Work, document_ids: Sequence[UUID]) -> None:
    """Nobody is told of these any more: they were removed, or are for staff again."""
    for document_id in document_ids:
        work.session.execute(
            delete(ContactNotice).where(
                col(ContactNotice.kind) == SHARED,
                col(ContactNotice.once_key).startswith(_key(document_id), autoescape=True),
            )
        )


def still_told(work: Work, contact_id: UUID, rows: Sequence[ContactNotice]) -> list[ContactNotice]:
    """These notices of one contact, without those of documents that they see no more (3.10)."""
    about = {row.id: UUID(row.facts["document"]) for row in rows if row.facts.get("document")}
    seen = visible.seen_of(work, contact_id, about.values()) if about else set()
    return [row for row in rows if row.id not in about or about[row.id] in seen]


def _key(document_id: UUID) -> str:
    return f"{SHARED}:{document_id.hex}:"
