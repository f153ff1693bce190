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
    MailPhase,
    OutboxMail,
    SignInSession,
)
from portal_app.work import Work

NOT_YET_SENT = (MailPhase.QUEUED, MailPhase.LEASED)


def end_grants(work: Work, because: Because, *where: Any) -> None:
    """End the open grants that match, with all their links, and tell the pages they opened."""
    rows = work.session.exec(select(AccessGrant).where(col(AccessGrant.ended_at).is_(None), *where))
    for grant in rows:
        grant.ended_at, grant.ended_because = work.now, because.value
        work.add(grant)
        work.ring(f"request:{grant.request_id}")


def cancel_mail(work: Work, *where: Any) -> None:
    """Take back the e-mails that match and have not left; their text is forgotten."""
    work.session.flush()
    work.session.execute(
        update(OutboxMail)
        .where(col(OutboxMail.phase).in_(NOT_YET_SENT), *where)
        .values(phase=MailPhase.CANCELLED, sealed=None, settled_at=work.now)
    )


def forget_browsers(work: Work, contact_id: UUID) -> None:
    """End a contact's sessions, and what their browsers are remembered for."""
    work.session.execute(
        update(SignInSession)
        .where(col(SignInSession.contact_id) == contact_id, col(SignInSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    work.session.execute(delete(KnownBrowser).where(col(KnownBrowser.contact_id) == contact_id))
    work.ring(f"contact:{contact_id}")


def requests_of(client_id: UUID) -> Any:
    """The ids of a client's requests, as a subquery."""
    return select(ClientRequest.id).where(ClientRequest.client_id == client_id)
