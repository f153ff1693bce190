"""What presents the portal to clients: introductions by e-mail, and the firm's own words on its help page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, fact, long_text, moment


class Introduction(FirmRow, table=True):
    """One sending of the introduction e-mail to a selection of clients (1.12)."""

    staff_id: UUID = Field(foreign_key="staff.id")
    started_at: datetime = moment()
    cancelled_at: datetime | None = fact()
    queued_at: datetime | None = fact()
    """Every e-mail of it is in the outbox, or left out."""


class IntroductionPerson(FirmRow, table=True):
    """One person of an introduction: each is in it once, and gets one e-mail."""

    __tablename__ = "introduction_person"
    __table_args__ = (
        UniqueConstraint("introduction_id", "contact_id"),
        Index("ix_introduction_person_waiting", "introduction_id", "settled_at"),
    )
    introduction_id: UUID = Field(foreign_key="introduction.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    mail_id: UUID | None = Field(default=None, foreign_key="outbox_mail.id")
    why_not: str = Field(default="", max_length=40)
    settled_at: datetime | None = fact()


class HelpText(FirmRow, table=True):
    """The firm's own words of one section of its help page in one language, as sanitized HTML (9.7)."""

    __tablename__ = "help_text"
    __table_args__ = (UniqueConstraint("firm_id", "locale", "section"),)
    locale: str = Field(max_length=5)
    section: str = Field(max_length=20)
    title: str = Field(max_length=150)
    body: str = long_text()
    changed_at: datetime = moment()
    changed_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
