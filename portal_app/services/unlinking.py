"""What ends when a contact is unlinked from a client: access, and their part in its requests (2.19, 6.13, 6.14)."""

from __future__ import annotations

from sqlmodel import col, select

from portal_app.domain.links import Because
from portal_app.models import AccessStatus, Client, ClientRequest, Contact, PortalAccess, Recipient
from portal_app.services import grants, invitation_rows
from portal_app.work import Work


def end_access(work: Work, client: Client, contact: Contact) -> None:
    """Cancel the contact's portal access to the client; staff must act before it comes back (3.7)."""
    invitation_rows.end(work, contact.id, Because.REMOVED, AccessStatus.CANCELLED, client.id)
    query = select(PortalAccess).where(
        PortalAccess.client_id == client.id, PortalAccess.contact_id == contact.id
    )
    for row in work.session.exec(query):
        row.status = AccessStatus.CANCELLED
        work.add(row)


def leave_requests(work: Work, client: Client, contact: Contact) -> None:
    """Take the contact out of the client's requests; a sent one that has nobody else is withdrawn."""
    for recipient, request in _received(work, client, contact):
        _leave(work, recipient, request)


def _received(work: Work, client: Client, contact: Contact) -> list[tuple[Recipient, ClientRequest]]:
    query = (
        select(Recipient, ClientRequest)
        .join(ClientRequest, col(ClientRequest.id) == Recipient.request_id)
        .where(
            ClientRequest.client_id == client.id,
            Recipient.contact_id == contact.id,
            col(Recipient.removed_at).is_(None),
        )
        .with_for_update(of=ClientRequest)
    )
    return list(work.session.exec(query))


def _leave(work: Work, recipient: Recipient, request: ClientRequest) -> None:
    others = select(Recipient.id).where(
        Recipient.request_id == request.id,
        Recipient.id != recipient.id,
        col(Recipient.removed_at).is_(None),
    )
    is_last = work.session.exec(others.limit(1)).first() is None
    is_withdrawn = is_last and request.sent_at is not None and request.withdrawn_at is None
    recipient.removed_at = work.now
    work.add(recipient)
    grants.end_grants(work, request, Because.WITHDRAWN if is_withdrawn else Because.REMOVED, recipient)
    if is_withdrawn:
        _withdraw(work, request)
    work.ring(f"request:{request.id}", f"work:{request.work_item_id}")


def _withdraw(work: Work, request: ClientRequest) -> None:
    request.withdrawn_at, request.withdrawn_by_staff_id = work.now, work.actor.staff_id
    request.next_reminder_at = None
    work.add(request)
    work.note(
        "request_withdrawn",
        firm_id=request.firm_id,
        client_id=request.client_id,
        work_item_id=request.work_item_id,
        request_id=request.id,
    )
    work.audit("request:withdrawn", firm_id=request.firm_id, subject_kind="request", subject_id=request.id)
