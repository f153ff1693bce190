"""Ending what people have on their way in: grants, sessions, remembered browsers, e-mails not yet sent (6.4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, select

from portal_app.domain.links import Because
from portal_app.models import (
    AccessGrant,
    ClientRequest,
    KnownBrowser,
    OutboxMail,
    Recipient,
    SignInSession,
)
from portal_app.services.links import grants
from portal_app.work import Work


def end_grants_of(work: Work, contact_id: UUID, because: Because) -> None:
    """End a contact's open grants to every client's requests, with links, codes and devices."""
    query = (
        select(ClientRequest, Recipient)
        .join(Recipient, col(Recipient.request_id) == ClientRequest.id)
        .join(AccessGrant, col(AccessGrant.recipient_id) == Recipient.id)
        .where(AccessGrant.contact_id == contact_id, col(AccessGrant.ended_at).is_(None))
        .order_by(col(ClientRequest.id))
        .with_for_update(of=ClientRequest)
    )
    for request, recipient in work.session.exec(query).all():
        grants.end_grants(work, request, because, recipient)
        work.ring(f"request:{request.id}")


def cancel_mail(work: Work, reason: str, *where: Any) -> None:
    """Stop the e-mails that match and have not left."""
    query = select(OutboxMail).where(col(OutboxMail.phase).in_(grants.WAITING), *where)
    for mail in work.session.exec(query.with_for_update()):
        grants.cancel(work, mail, reason)


def forget_browsers(work: Work, contact_id: UUID) -> None:
    """End a contact's sessions, and what their browsers are remembered for."""
    work.session.execute(
        update(SignInSession)
        .where(col(SignInSession.contact_id) == contact_id, col(SignInSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    work.session.execute(delete(KnownBrowser).where(col(KnownBrowser.contact_id) == contact_id))
    work.ring(f"contact:{contact_id}")
