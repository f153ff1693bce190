"""What a contact has open, over all their clients: told before it ends, and ended (2.10, 2.17, 2.20)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy import select as select_rows
from sqlmodel import SQLModel, col, select

from portal_app.models import (
    AccessGrant,
    AddressChange,
    ClientRequest,
    Contact,
    HandOver,
    Invitation,
    KnownBrowser,
    OutboxMail,
    Passkey,
    PasswordReset,
    Recipient,
    RecoveryCode,
    SignInSession,
    SignUpLink,
    Task,
)
from portal_app.services.links import grants
from portal_app.services.sign_in import sessions
from portal_app.text import ngettext
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class Open:
    """How many of each are open now."""

    sessions: int = 0
    links: int = 0
    devices: int = 0
    invitations: int = 0
    handed: int = 0
    mails: int = 0

    def words(self) -> list[str]:
        """A line for each that is not nothing, in the reader's language."""
        lines = (
            (self.sessions, ngettext("{n} signed-in browser", "{n} signed-in browsers", self.sessions)),
            (self.links, ngettext("{n} open link to a request", "{n} open links to requests", self.links)),
            (
                self.devices,
                ngettext("{n} device bound to a link", "{n} devices bound to links", self.devices),
            ),
            (
                self.invitations,
                ngettext("{n} open invitation", "{n} open invitations", self.invitations),
            ),
            (self.handed, ngettext("{n} task handed over", "{n} tasks handed over", self.handed)),
            (self.mails, ngettext("{n} e-mail not yet sent", "{n} e-mails not yet sent", self.mails)),
        )
        return [line for count, line in lines if count]


def open_of(work: Work, contact_id: UUID) -> Open:
    """What is open to a contact now."""
    browsers = select(SignInSession).where(
        SignInSession.contact_id == contact_id, col(SignInSession.ended_at).is_(None)
    )
    mine = [
        col(AccessGrant.contact_id) == contact_id,
        col(AccessGrant.ended_at).is_(None),
        col(AccessGrant.expires_at) > work.now,
        col(AccessGrant.request_id).in_(
            select(ClientRequest.id).where(col(ClientRequest.withdrawn_at).is_(None))
        ),
    ]
    return Open(
        sessions=sum(sessions.is_live(row, work.now) for row in work.session.exec(browsers)),
        links=_count(work, AccessGrant, *mine),
        devices=_count(work, AccessGrant, *mine, col(AccessGrant.device_id).is_not(None)),
        invitations=_count(
            work,
            Invitation,
            col(Invitation.contact_id) == contact_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.ended_at).is_(None),
            col(Invitation.expires_at) > work.now,
        ),
        handed=_count(
            work,
            HandOver,
            col(HandOver.contact_id) == contact_id,
            col(HandOver.ended_at).is_(None),
            col(HandOver.expires_at) > work.now,
            col(HandOver.task_id).in_(select(Task.id).where(col(Task.completed_at).is_(None))),
        ),
        mails=_count(
            work,
            OutboxMail,
            col(OutboxMail.contact_id) == contact_id,
            col(OutboxMail.phase).in_(grants.WAITING),
        ),
    )


def end_sign_in(work: Work, contact: Contact) -> None:
    """End every session, and every link by e-mail that leads to an account; no browser is remembered any more."""
    sessions.end_sessions(work, contact_id=contact.id)
    for kind in (AddressChange, PasswordReset, SignUpLink):
        work.session.execute(
            update(kind)
            .where(
                col(kind.contact_id) == contact.id, col(kind.used_at).is_(None), col(kind.ended_at).is_(None)
            )
            .values(ended_at=work.now)
        )
    work.session.execute(
        update(KnownBrowser).where(col(KnownBrowser.contact_id) == contact.id).values(remembered_until=None)
    )
    work.ring(f"contact:{contact.id}")


def forget_second_steps(work: Work, contact_ids: list[UUID]) -> None:
    """Take away passkeys and recovery codes, for good: an account that goes opens by nothing (2.20, 14.3)."""
    for kind in (Passkey, RecoveryCode):
        work.session.execute(delete(kind).where(col(kind.contact_id).in_(contact_ids)))


def end_hand_overs(work: Work, contact: Contact) -> None:
    """Take back every task that the contact handed to somebody."""
    query = select(HandOver).where(HandOver.contact_id == contact.id, col(HandOver.ended_at).is_(None))
    for hand in work.session.exec(query.with_for_update()):
        hand.ended_at = work.now
        work.add(hand)
        work.ring(f"request:{hand.request_id}")


def ring_requests(work: Work, contact: Contact) -> None:
    """Tell the open pages of every request that goes to the contact: theirs, and the staff's."""
    query = select(Recipient.request_id).where(
        Recipient.contact_id == contact.id, col(Recipient.removed_at).is_(None)
    )
    work.ring(*(f"request:{request_id}" for request_id in work.session.exec(query)), f"contact:{contact.id}")


def _count(work: Work, kind: type[SQLModel], *where: object) -> int:
    query = select_rows(func.count()).select_from(kind).where(*where)  # type: ignore[arg-type]
    return int(work.session.execute(query).scalar_one())
