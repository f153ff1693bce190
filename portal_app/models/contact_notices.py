"""What contacts are told of, and how each wants to hear it (9.5, 9.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from portal_app.domain.contact_notices import ContactTopic
from portal_app.models.base import FirmRow, choice, fact, moment


class ContactNotice(FirmRow, table=True):
    """One thing that a contact is told of: in the portal, by e-mail and by push as they chose (9.6)."""

    __tablename__ = "contact_notice"
    __table_args__ = (
        Index("ix_contact_notice_contact_id_at", "contact_id", "at"),
        Index("uq_contact_notice_contact_id_once_key", "contact_id", "once_key", unique=True),
        Index(
            "ix_contact_notice_mail_due_at",
            "mail_due_at",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
    )
    contact_id: UUID = Field(foreign_key="contact.id")
    kind: str = Field(max_length=40)
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    request_id: UUID | None = Field(default=None, foreign_key="client_request.id", index=True)
    task_id: UUID | None = Field(default=None, foreign_key="task.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    """Whose act it tells of; nothing where none's."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    once_key: str | None = Field(default=None, max_length=120)
    at: datetime = moment()
    is_shown: bool = True
    """Whether it stands in the portal, as its contact had chosen then."""
    read_at: datetime | None = fact()
    mail_due_at: datetime | None = fact()
    """When the e-mail about it leaves; nothing where none does, or one did."""
    mail_id: UUID | None = Field(default=None, index=True)


class ContactNoticeChoice(FirmRow, table=True):
    """By which ways a topic reaches a contact, where it is not all of them (9.5)."""

    __tablename__ = "contact_notice_choice"
    __table_args__ = (UniqueConstraint("contact_id", "topic"),)
    contact_id: UUID = Field(foreign_key="contact.id")
    topic: ContactTopic = choice(ContactTopic)
    by_portal: bool = True
    by_email: bool = True
    by_push: bool = True
    changed_at: datetime = moment()
