"""The outbox: what is to leave, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, choice, digest, fact, long_text, moment


class MailPhase(StrEnum):
    """queued → leased → transmitting → sent | failed | unknown | cancelled."""

    QUEUED = "queued"
    LEASED = "leased"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class OutboxMail(FirmRow, table=True):
    """One e-mail, finished and sealed, written in the transaction of what caused it (15.2)."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index("ix_outbox_mail_phase_urgency_next_try_at", "phase", "urgency", "next_try_at"),
        Index("ix_outbox_mail_message_id", "message_id"),
        Index("ix_outbox_mail_sent_at", "sent_at"),
    )
    dedupe_key: str = Field(max_length=200, unique=True)
    event: str = Field(max_length=40)
    urgency: int = 1
    phase: MailPhase = choice(MailPhase, default=MailPhase.QUEUED)
    sender: str = Field(max_length=320)
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=300)
    message_id: str = Field(max_length=120)
    sealed: bytes | None = digest(default=None, nullable=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    request_id: UUID | None = Field(default=None, foreign_key="client_request.id", index=True)
    recipient_id: UUID | None = Field(default=None, foreign_key="recipient.id")
    tries: int = 0
    next_try_at: datetime = moment()
    lease_owner: str | None = Field(default=None, max_length=60)
    leased_until: datetime | None = fact()
    answer: str = Field(default="", max_length=500)
    resent_after_unknown_at: datetime | None = fact()
    queued_at: datetime = moment()
    sent_at: datetime | None = fact()
    settled_at: datetime | None = fact()
    deferred_at: datetime | None = fact()
    """A server on the way said that it tries again; cleared by a later word (8.6)."""
    delivered_at: datetime | None = fact()
    bounced_at: datetime | None = fact()


class OutboxText(FirmRow, table=True):
    """One text message, finished and sealed, with the phases of an e-mail (15.2)."""

    __tablename__ = "outbox_text"
    __table_args__ = (Index("ix_outbox_text_phase_next_try_at", "phase", "next_try_at"),)
    dedupe_key: str = Field(max_length=200, unique=True)
    event: str = Field(max_length=40)
    phase: MailPhase = choice(MailPhase, default=MailPhase.QUEUED)
    recipient: str = Field(max_length=16)
    sealed: bytes | None = digest(default=None, nullable=True)
    code_id: UUID | None = Field(default=None, foreign_key="sign_in_code.id", index=True)
    """The code that it brings: it leaves only while that works."""
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    tries: int = 0
    next_try_at: datetime = moment()
    lease_owner: str | None = Field(default=None, max_length=60)
    leased_until: datetime | None = fact()
    answer: str = Field(default="", max_length=500)
    provider_id: str = Field(default="", max_length=80)
    resent_after_unknown_at: datetime | None = fact()
    queued_at: datetime = moment()
    sent_at: datetime | None = fact()
    settled_at: datetime | None = fact()


class EmailText(FirmRow, table=True):
    """The firm's own words of one e-mail in one language, with places not yet filled (1.12)."""

    __tablename__ = "email_text"
    __table_args__ = (UniqueConstraint("firm_id", "event", "locale"),)
    event: str = Field(max_length=40)
    locale: str = Field(max_length=5)
    subject: str = Field(max_length=200)
    body: str = long_text()
    changed_at: datetime = moment()
    changed_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
