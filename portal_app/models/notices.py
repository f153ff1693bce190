"""What happened, as people see it: triage, timelines, the activity feed; and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal_app.domain.notices import Mailing, Topic
from portal_app.models.base import FirmRow, Row, choice, digest, fact, moment


class Notification(FirmRow, table=True):
    """One row of a staff member's triage (8.1, 8.7)."""

    __table_args__ = (
        Index("ix_notification_staff_id_read_at_at", "staff_id", "read_at", "at"),
        Index("uq_notification_staff_id_once_key", "staff_id", "once_key", unique=True),
        Index(
            "ix_notification_snoozed",
            "snoozed_until",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        Index(
            "ix_notification_mail_due_at",
            "mail_due_at",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
    )
    staff_id: UUID = Field(foreign_key="staff.id")
    kind: str = Field(max_length=40)
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    work_item_id: UUID | None = Field(default=None, foreign_key="work_item.id")
    request_id: UUID | None = Field(default=None, foreign_key="client_request.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    once_key: str | None = Field(default=None, max_length=120)
    at: datetime = moment()
    read_at: datetime | None = fact()
    snoozed_until: datetime | None = fact()
    taken_back_at: datetime | None = fact()
    mail_due_at: datetime | None = fact()
    """When the e-mail about it leaves; nothing where none does, or one did (8.2)."""
    mail_id: UUID | None = Field(default=None, index=True)


class NoticeChoice(FirmRow, table=True):
    """How a staff member gets a topic's notifications by e-mail, where it is not the usual way (8.2)."""

    __tablename__ = "notice_choice"
    __table_args__ = (UniqueConstraint("staff_id", "topic"),)
    staff_id: UUID = Field(foreign_key="staff.id")
    topic: Topic = choice(Topic)
    mailing: Mailing = choice(Mailing)
    changed_at: datetime = moment()


class Activity(FirmRow, table=True):
    """One thing that happened: the timelines and the activity feed read it (8.3)."""

    __table_args__ = (
        Index("ix_activity_firm_id_at", "firm_id", "at"),
        Index("ix_activity_work_item_id_at", "work_item_id", "at"),
        Index("ix_activity_client_id_at", "client_id", "at"),
    )
    kind: str = Field(max_length=40)
    at: datetime = moment()
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    work_item_id: UUID | None = Field(default=None, foreign_key="work_item.id")
    request_id: UUID | None = Field(default=None, foreign_key="client_request.id")
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    mail_id: UUID | None = Field(default=None, foreign_key="outbox_mail.id")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class AuditEntry(Row, table=True):
    """Who did what, when, from where: append-only (triggers), each chained to the one before by hash.

    There is one chain a firm; `chain_id` is its id, or zero for what concerns the whole installation.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain_id", "seq"),)
    chain_id: UUID
    seq: int = Field(sa_type=BigInteger)
    firm_id: UUID | None = Field(default=None, foreign_key="firm.id", index=True)
    at: datetime = moment()
    action: str = Field(max_length=60)
    actor_kind: str = Field(max_length=20)
    actor_id: UUID | None = None
    address: str = Field(default="", max_length=64)
    subject_kind: str = Field(default="", max_length=40)
    subject_id: UUID | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous_hash: bytes = digest()
    hash: bytes = digest(unique=True)


class Heartbeat(SQLModel, table=True):
    """When each job of the timetable last ran, and whether it went well."""

    name: str = Field(primary_key=True, max_length=60)
    at: datetime = moment()
    failed_at: datetime | None = fact()
    error: str = Field(default="", max_length=300)


class ClockShift(SQLModel, table=True):
    """Demo only: by how many seconds the portal's time is ahead of the machine's."""

    __tablename__ = "clock_shift"
    id: int = Field(default=1, primary_key=True)
    seconds: int = Field(default=0, sa_type=BigInteger)


class ClockJump(Row, table=True):
    """The machine's clock was set far ahead while the portal ran; mass sending and expiry wait until somebody confirms."""

    __tablename__ = "clock_jump"
    noticed_at: datetime = moment()
    seconds: int = Field(sa_type=BigInteger)
    confirmed_at: datetime | None = fact()
    confirmed_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")


class CapturedMail(SQLModel, table=True):
    """Demo only: what the mail server would have been given."""

    __tablename__ = "captured_mail"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    sender: str = Field(max_length=320)
    recipient: str = Field(max_length=254)
    message: bytes = digest()
