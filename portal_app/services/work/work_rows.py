"""All the rows that a work item's page stands on, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.lifecycle import RecipientFacts, RequestFacts
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Client,
    ClientRequest,
    Comment,
    Contact,
    Firm,
    PortalAccess,
    PortalAccount,
    Recipient,
    Section,
    Side,
    Staff,
    StoredFile,
    Task,
    WorkItem,
)
from portal_app.services.files.there import there
from portal_app.services.reminders import series
from portal_app.services.reminders.series import RequestReminders
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class Received:
    """A recipient who is still one, as a person, with the way in that is theirs now."""

    recipient: Recipient
    contact: Contact
    grant: AccessGrant | None
    can_sign_in: bool

    def facts(self) -> RecipientFacts:
        """Their part of what the request's state is worked out from (5.6)."""
        return RecipientFacts(
            first_sent_at=self.recipient.first_sent_at,
            bounced_at=self.recipient.bounced_at,
            opened_at=self.recipient.opened_at,
            expires_at=self.grant.expires_at if self.grant else None,
            can_sign_in=self.can_sign_in,
        )


@dataclass(frozen=True, slots=True)
class Files:
    """How many files of one side lie on a task, and their bytes."""

    count: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What was written on a task: how many comments, and the last of the client's and of the notes."""

    comments: int = 0
    last_by_client: str = ""
    last_note: str = ""


@dataclass
class WorkRows:
    """One work item with everything in it."""

    firm: Firm
    client: Client
    item: WorkItem
    sections: list[Section] = field(default_factory=list)
    requests: dict[UUID, ClientRequest] = field(default_factory=dict)
    tasks: dict[UUID, list[Task]] = field(default_factory=dict)
    recipients: dict[UUID, list[Received]] = field(default_factory=dict)
    files: dict[tuple[UUID, Side], Files] = field(default_factory=dict)
    said: dict[UUID, Said] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    full_access: list[Contact] = field(default_factory=list)
    reminders: dict[UUID, RequestReminders] = field(default_factory=dict)

    def shown_tasks(self, section_id: UUID) -> list[Task]:
        """A section's tasks without those put aside."""
        return [task for task in self.tasks.get(section_id, []) if task.put_aside_at is None]

    def facts(self, request: ClientRequest) -> RequestFacts:
        """What the request's one state is worked out from (5.6)."""
        tasks = self.shown_tasks(request.id)
        return RequestFacts(
            tasks=len(tasks),
            open_tasks=sum(task.completed_at is None for task in tasks),
            sent_at=request.sent_at,
            send_at=request.send_at,
            held_at=request.held_at,
            is_withdrawn=request.withdrawn_at is not None,
            is_work_completed=self.item.completed_at is not None,
            recipients=[one.facts() for one in self.recipients.get(request.id, [])],
        )


def rows_of(work: Work, item: WorkItem) -> WorkRows:
    """Everything in a work item that a door has already opened."""
    return rows_of_each(work, [item])[item.id]


def rows_of_each(work: Work, items: Sequence[WorkItem]) -> dict[UUID, WorkRows]:
    """The same for several work items of one client, in no more queries; what is kept by an id is of all of them."""
    if not items:
        return {}
    rows = WorkRows(
        firm=work.session.get_one(Firm, items[0].firm_id),
        client=work.session.get_one(Client, items[0].client_id),
        item=items[0],
    )
    _sections(work, rows, [item.id for item in items])
    _tasks(work, rows)
    _recipients(work, rows)
    _files(work, rows)
    _said(work, rows)
    _names(work, rows)
    rows.reminders = series.read(work, list(rows.requests))
    return {item.id: _of(rows, item) for item in items}


def _of(rows: WorkRows, item: WorkItem) -> WorkRows:
    return replace(
        rows,
        item=item,
        sections=[section for section in rows.sections if section.work_item_id == item.id],
        requests={one.id: one for one in rows.requests.values() if one.work_item_id == item.id},
    )


def _sections(work: Work, rows: WorkRows, item_ids: list[UUID]) -> None:
    query = select(Section).where(col(Section.work_item_id).in_(item_ids), col(Section.archived_at).is_(None))
    rows.sections = list(work.session.exec(query.order_by(col(Section.position), col(Section.id))))
    asked = work.session.exec(select(ClientRequest).where(col(ClientRequest.work_item_id).in_(item_ids)))
    rows.requests = {request.id: request for request in asked}


def _tasks(work: Work, rows: WorkRows) -> None:
    kept = defaultdict(list)
    query = select(Task).where(col(Task.section_id).in_([section.id for section in rows.sections]))
    for task in work.session.exec(query.order_by(col(Task.position), col(Task.id))):
        kept[task.section_id].append(task)
    rows.tasks = dict(kept)


def _recipients(work: Work, rows: WorkRows) -> None:
    signs_in = _signing_in(work, rows)
    query = (
        select_rows(Recipient, Contact, AccessGrant)
        .join(Contact, col(Contact.id) == Recipient.contact_id)
        .outerjoin(
            AccessGrant,
            (col(AccessGrant.recipient_id) == Recipient.id) & col(AccessGrant.ended_at).is_(None),
        )
        .where(col(Recipient.request_id).in_(list(rows.requests)), col(Recipient.removed_at).is_(None))
        .order_by(col(Recipient.created_at), col(Recipient.id))
    )
    kept = defaultdict(list)
    for recipient, contact, grant in work.session.execute(query):
        kept[recipient.request_id].append(Received(recipient, contact, grant, contact.id in signs_in))
    rows.recipients = dict(kept)


def _signing_in(work: Work, rows: WorkRows) -> set[UUID]:
    """Contacts who can sign in to this client now; those with full access are kept beside."""
    if rows.firm.portal_on_at is None or rows.client.portal_on_at is None:
        return set()
    query = (
        select_rows(Contact, col(PortalAccess.level))
        .join(PortalAccess, col(PortalAccess.contact_id) == Contact.id)
        .join(PortalAccount, col(PortalAccount.contact_id) == Contact.id)
        .where(
            col(PortalAccess.client_id) == rows.client.id,
            col(PortalAccess.status) == AccessStatus.ACCEPTED,
            col(PortalAccount.disabled_at).is_(None),
            col(Contact.archived_at).is_(None),
        )
        .order_by(col(Contact.name))
    )
    found = list(work.session.execute(query))
    rows.full_access = [contact for contact, level in found if level is AccessLevel.FULL]
    return {contact.id for contact, _level in found}


def _files(work: Work, rows: WorkRows) -> None:
    query = (
        select_rows(col(StoredFile.task_id), col(StoredFile.side), func.count(), func.sum(StoredFile.size))
        .where(col(StoredFile.task_id).in_(_task_ids(rows)), there())
        .group_by(col(StoredFile.task_id), col(StoredFile.side))
    )
    for task_id, side, count, size in work.session.execute(query):
        rows.files[(task_id, side)] = Files(count, int(size))


def _said(work: Work, rows: WorkRows) -> None:
    query = select(Comment).where(col(Comment.task_id).in_(_task_ids(rows))).order_by(col(Comment.at))
    for one in work.session.exec(query):
        before = rows.said.get(one.task_id, Said())
        rows.said[one.task_id] = Said(
            comments=before.comments + (not one.is_note),
            last_by_client=one.body if one.contact_id else before.last_by_client,
            last_note=one.body if one.is_note else before.last_note,
        )


def _names(work: Work, rows: WorkRows) -> None:
    """Names of the firm's staff, and of the contacts who answered."""
    staff = work.session.exec(select(Staff.id, Staff.name).where(Staff.firm_id == rows.firm.id))
    rows.names = dict(staff.all())
    answered = {
        task.completed_by_contact_id
        for tasks in rows.tasks.values()
        for task in tasks
        if task.completed_by_contact_id
    }
    people = work.session.exec(select(Contact.id, Contact.name).where(col(Contact.id).in_(answered)))
    rows.names |= dict(people.all())


def _task_ids(rows: WorkRows) -> list[UUID]:
    return [task.id for tasks in rows.tasks.values() for task in tasks]
