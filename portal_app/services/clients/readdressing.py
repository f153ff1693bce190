"""What is open to a contact goes to their new address, when staff correct it (2.17, 6.24)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select

from portal_app.models import (
    Client,
    ClientRequest,
    Contact,
    Recipient,
    Section,
    Staff,
    Task,
    WorkItem,
    new_id,
)
from portal_app.services import access
from portal_app.services.reminders import replanning
from portal_app.services.requests import dispatch, sendable
from portal_app.services.requests.dispatch import Sending
from portal_app.work import Work


def open_to(work: Work, contact_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The requests that are out to these contacts, with something left to do, by contact."""
    is_open = (
        exists()
        .where(col(Task.section_id) == col(ClientRequest.id))
        .where(col(Task.completed_at).is_(None), col(Task.put_aside_at).is_(None))
    )
    query = (
        select(Recipient.contact_id, Recipient.request_id)
        .join(ClientRequest, col(ClientRequest.id) == Recipient.request_id)
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .where(col(Recipient.contact_id).in_(list(contact_ids)), col(Recipient.removed_at).is_(None))
        .where(col(ClientRequest.sent_at).is_not(None), col(ClientRequest.withdrawn_at).is_(None))
        .where(col(ClientRequest.needs_resend_at).is_(None), col(WorkItem.completed_at).is_(None), is_open)
        .where(*(col(row.archived_at).is_(None) for row in (Section, WorkItem, Client)))
        .order_by(col(ClientRequest.id))
    )
    found: dict[UUID, list[UUID]] = {}
    for contact_id, request_id in work.session.exec(query):
        found.setdefault(contact_id, []).append(request_id)
    return found


def resend_open(work: Work, contact: Contact, *, only: Collection[UUID] | None = None) -> int:
    """Send what is open to the contact again, to their address of now, from the staff member who asks; how many went.

    Each starts a new grant, since the change of address ended the last one (6.4), and their reminders start again
    (7.4). The other recipients notice nothing. Where nothing can be sent to the address, nothing is. With `only`
    no other request goes.
    """
    if sendable.why_not_to(contact):
        return 0
    request_ids = open_to(work, [contact.id]).get(contact.id, [])
    if only is not None:
        request_ids = [request_id for request_id in request_ids if request_id in only]
    replanning.lock(work, request_ids)
    return sum(_resend(work, request_id, contact) for request_id in request_ids)


def resend_failed(work: Work, contact: Contact) -> int:
    """Send again what is open to the contact and came back from them (6.24); how many went."""
    request_ids = open_to(work, [contact.id]).get(contact.id, [])
    replanning.lock(work, request_ids)
    query = select(Recipient.request_id).where(
        Recipient.contact_id == contact.id,
        col(Recipient.request_id).in_(request_ids),
        col(Recipient.bounced_at).is_not(None),
    )
    failed = work.session.exec(query.order_by(col(Recipient.request_id))).all()
    return sum(_resend(work, request_id, contact) for request_id in failed)


def _resend(work: Work, request_id: UUID, contact: Contact) -> bool:
    sight = access.sight_of(work, request_id, lock=True)
    if sight is None:
        return False
    sender = work.session.get_one(Staff, work.actor.staff_id)
    sending = Sending(work, sight, sender, sendable.open_tasks(work, sight), f"address:{new_id().hex}")
    recipient = next(one for one in dispatch.recipients(work, sight) if one.contact_id == contact.id)
    dispatch.send_to(sending, contact, recipient, "request_resent")
    dispatch.record(sending, "request:resent", [contact])
    return True
