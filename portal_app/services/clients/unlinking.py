"""What ends when a contact is unlinked from a client: access, and their part in its requests (2.19, 6.13, 6.14)."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import col, select

from portal_app.domain.links import Because
from portal_app.models import (
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    ContactNotice,
    Document,
    DocumentShare,
    PortalAccess,
    Recipient,
)
from portal_app.services import access
from portal_app.services.invitations import invitation_rows
from portal_app.services.links import grants
from portal_app.services.notices import stopping
from portal_app.services.reminders import replanning
from portal_app.services.requests import withdrawing
from portal_app.work import Work


def end_access(work: Work, client: Client, contact: Contact) -> None:
    """Cancel the contact's portal access to the client; staff must act before it comes back (3.7).

    Nothing is shared with them by name any more, and no e-mail leaves about what they were told there.
    """
    invitation_rows.end(work, contact.id, Because.REMOVED, AccessStatus.CANCELLED, client.id)
    query = select(PortalAccess).where(
        PortalAccess.client_id == client.id, PortalAccess.contact_id == contact.id
    )
    for row in work.session.exec(query):
        row.status = AccessStatus.CANCELLED
        work.add(row)
    stopping.stop_mail(
        work,
        Because.REMOVED,
        col(ContactNotice.contact_id) == contact.id,
        col(ContactNotice.client_id) == client.id,
    )
    theirs = select(Document.id).where(Document.client_id == client.id)
    work.session.execute(
        delete(DocumentShare).where(
            col(DocumentShare.contact_id) == contact.id, col(DocumentShare.document_id).in_(theirs)
        )
    )


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
    recipient.removed_at = work.now
    work.add(recipient)
    if is_last and request.sent_at is not None and request.withdrawn_at is None:
        sight = access.sight_of(work, request.id)
        assert sight is not None  # noqa: S101  the request is there
        withdrawing.withdraw(work, sight, [recipient])
    else:
        grants.end_grants(work, request, Because.REMOVED, recipient)
        replanning.replan(work, [request.id])
        work.ring(f"request:{request.id}", f"work:{request.work_item_id}")
