"""Clients and contacts on their way in from a CSV file: looked at first, then taken whole or not at all (2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, fact, long_text, moment


class ContactImport(FirmRow, table=True):
    """One file: its text until it is taken or a day old, how its columns are read, and what became of it."""

    __tablename__ = "contact_import"
    staff_id: UUID = Field(foreign_key="staff.id")
    file_name: str = Field(max_length=255)
    content: str = long_text()
    encoding: str = Field(default="", max_length=20)
    separator: str = Field(default=",", max_length=1)
    reading: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Which column is what, and what is done for those who come (`domain.import_columns`)."""
    created_at: datetime = moment()
    imported_at: datetime | None = fact()
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ImportInvitation(FirmRow, table=True):
    """An invitation that an import asked for; each leaves in a transaction of its own, so none holds up another."""

    __tablename__ = "import_invitation"
    __table_args__ = (
        UniqueConstraint("import_id", "client_id", "contact_id"),
        Index("ix_import_invitation_waiting", "settled_at", "import_id"),
    )
    import_id: UUID = Field(foreign_key="contact_import.id")
    client_id: UUID = Field(foreign_key="client.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    settled_at: datetime | None = fact()
    why_not: str = Field(default="", max_length=200)
