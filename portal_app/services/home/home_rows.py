"""What a signed-in contact may see of their clients, as rows: requests, open tasks, recent files (3.1, 9.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientRequest,
    Contact,
    Firm,
    PortalAccess,
    Recipient,
    Section,
    Staff,
    StoredFile,
    Task,
    WorkItem,
)
from portal_app.services.files.there import there
from portal_app.work import Work


@dataclass(frozen=True)
class Reached:
    """A client that an account reaches now, and at which level."""

    id: UUID
    name: str
    level: AccessLevel


@dataclass(frozen=True)
class SeenRequest:
    """A request sent that the contact may see, with how far it is."""

    id: UUID
    client_id: UUID
    work_item_id: UUID
    title: str
    work_name: str
    done: int
    total: int
    closed_at: datetime | None

    @property
    def left(self) -> int:
        """Tasks that still wait for an answer."""
        return 0 if self.closed_at else self.total - self.done


def reached(work: Work, person: Contact, firm: Firm) -> list[Reached]:
    """The clients of this account, by name."""
    if firm.portal_on_at is None or person.archived_at is not None:
        return []
    query = (
        select(Client, PortalAccess)
        .join(PortalAccess, col(PortalAccess.client_id) == Client.id)
        .where(
            PortalAccess.contact_id == person.id,
            PortalAccess.status == AccessStatus.ACCEPTED,
            col(Client.portal_on_at).is_not(None),
            col(Client.archived_at).is_(None),
        )
        .order_by(Client.name_key, col(Client.id))
    )
    return [Reached(client.id, client.name, access.level) for client, access in work.session.exec(query)]


def seen_requests(work: Work, person: Contact, clients: Sequence[Reached]) -> list[SeenRequest]:
    """All that was sent to them, and with full access all that was sent, in order of sending."""
    full = [client.id for client in clients if client.level is AccessLevel.FULL]
    received = select(Recipient.request_id).where(
        Recipient.contact_id == person.id, col(Recipient.removed_at).is_(None)
    )
    shown = (
        col(ClientRequest.id),
        col(ClientRequest.client_id),
        col(ClientRequest.work_item_id),
        col(Section.name),
        func.coalesce(func.nullif(col(WorkItem.external_name), ""), col(WorkItem.title)),
    )
    query = (
        select_rows(*shown, func.count(col(Task.completed_at)), func.count(), col(WorkItem.completed_at))
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Task, (col(Task.section_id) == ClientRequest.id) & col(Task.put_aside_at).is_(None))
        .where(
            col(ClientRequest.client_id).in_([client.id for client in clients]),
            col(ClientRequest.client_id).in_(full) | col(ClientRequest.id).in_(received),
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(WorkItem.archived_at).is_(None),
        )
        .group_by(*shown, col(WorkItem.completed_at), col(ClientRequest.sent_at))
        .order_by(col(ClientRequest.sent_at), col(ClientRequest.id))
    )
    return [SeenRequest(*row) for row in work.session.execute(query)]


def tasks_of(work: Work, request_ids: Iterable[UUID]) -> list[Task]:
    """The tasks of these requests, in the firm's order."""
    query = select(Task).where(col(Task.section_id).in_(list(request_ids)), col(Task.put_aside_at).is_(None))
    return list(work.session.exec(query.order_by(col(Task.position), col(Task.id))).all())


def recent_files(
    work: Work, person: Contact, client_id: UUID, request_ids: Iterable[UUID], most: int
) -> list[StoredFile]:
    """The files that came last on tasks of these requests, and those of the person themselves, newest first (3.1)."""
    own = (col(StoredFile.contact_id) == person.id) & (col(StoredFile.client_id) == client_id)
    query = (
        select(StoredFile)
        .join(Task, col(Task.id) == StoredFile.task_id)
        .join(ClientRequest, col(ClientRequest.id) == Task.section_id)
        .where(
            col(Task.section_id).in_(list(request_ids)) | (own & col(ClientRequest.withdrawn_at).is_(None)),
            col(Task.put_aside_at).is_(None),
            there(),
        )
        .order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id))
    )
    return list(work.session.exec(query.limit(most)).all())


def assigned_to(work: Work, client_id: UUID) -> str:
    """The name of a staff member who works with this client; empty where nobody does."""
    query = (
        select(Staff.name)
        .join(ClientAssignment, col(ClientAssignment.staff_id) == Staff.id)
        .where(ClientAssignment.client_id == client_id, col(Staff.deactivated_at).is_(None))
        .order_by(col(ClientAssignment.position), col(ClientAssignment.id))
    )
    return work.session.exec(query.limit(1)).first() or ""
