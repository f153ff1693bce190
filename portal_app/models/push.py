"""Web Push: the installation's key, the browsers that asked for it, and what waits to be pushed (11.1, 15.2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal_app.models.base import FirmRow, choice, digest, fact, moment
from portal_app.models.mail import MailPhase


class VapidKey(SQLModel, table=True):
    """The key by which push services know this installation (RFC 8292): the private one sealed."""

    __tablename__ = "vapid_key"
    id: int = Field(default=1, primary_key=True)
    sealed: bytes = digest()
    public: str = Field(max_length=100)


class PushSubscription(FirmRow, table=True):
    """One browser of one person that takes push; its address and keys are sealed, since whoever has them can push.

    It lasts while the session it was made or confirmed in is not ended by anybody; one that timed out is not.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),
        Index("uq_push_subscription_endpoint_hash_person", "endpoint_hash", "person_id", unique=True),
    )
    person_id: UUID
    """The staff member or the contact, in one column, so that a browser stands once for each."""
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    session_id: UUID = Field(foreign_key="sign_in_session.id", index=True)
    device_id: UUID | None = Field(default=None, index=True)
    endpoint_hash: bytes = digest()
    sealed: bytes = digest()
    created_at: datetime = moment()
    seen_at: datetime = moment()
    ended_at: datetime | None = fact()
    ended_because: str = Field(default="", max_length=60)


class OutboxPush(FirmRow, table=True):
    """One push, finished and sealed, with the phases of an e-mail (15.2)."""

    __tablename__ = "outbox_push"
    __table_args__ = (Index("ix_outbox_push_phase_next_try_at", "phase", "next_try_at"),)
    dedupe_key: str = Field(max_length=200, unique=True)
    event: str = Field(max_length=40)
    phase: MailPhase = choice(MailPhase, default=MailPhase.QUEUED)
    subscription_id: UUID = Field(foreign_key="push_subscription.id", index=True)
    notice_id: UUID | None = Field(default=None, index=True)
    """The notice that it tells of, a contact's or a staff member's: read meanwhile, it does not leave."""
    sealed: bytes | None = digest(default=None, nullable=True)
    tries: int = 0
    next_try_at: datetime = moment()
    lease_owner: str | None = Field(default=None, max_length=60)
    leased_until: datetime | None = fact()
    answer: str = Field(default="", max_length=500)
    queued_at: datetime = moment()
    sent_at: datetime | None = fact()
    settled_at: datetime | None = fact()
