"""Documents outside tasks: folders, whom each document is shared with, and who opened it (10.6, 10.14)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, choice, fact, moment


class SharedWith(StrEnum):
    """Whom a document is shared with. Who has full access sees all that is shared, by name or not (3.1)."""

    STAFF = "staff"
    CLIENT = "client"
    NAMED = "named"


class Folder(FirmRow, table=True):
    """A folder of one client's documents; without `parent_id` it stands at the top.

    `shown_at` says since when people with full access see it even while it holds nothing for them.
    """

    __table_args__ = (Index("ix_folder_client_id_parent_id", "client_id", "parent_id"),)
    client_id: UUID = Field(foreign_key="client.id")
    parent_id: UUID | None = Field(default=None, foreign_key="folder.id")
    name: str = Field(max_length=120)
    shown_at: datetime | None = fact()
    created_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = moment()
    deleted_at: datetime | None = fact()


class Document(FirmRow, table=True):
    """A document of a client: its name, where it stands, and `file_id`, the version that is read now.

    Every version is a `StoredFile` with this row's id; `contact_id` or `staff_id` is who put it there first.
    """

    __table_args__ = (Index("ix_document_client_id_folder_id", "client_id", "folder_id"),)
    client_id: UUID = Field(foreign_key="client.id")
    folder_id: UUID | None = Field(default=None, foreign_key="folder.id", index=True)
    name: str = Field(max_length=255)
    file_id: UUID
    shared_with: SharedWith = choice(SharedWith, default=SharedWith.CLIENT)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = moment()
    deleted_at: datetime | None = fact()
    deleted_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    deleted_by_contact_id: UUID | None = Field(default=None, foreign_key="contact.id")


class DocumentShare(FirmRow, table=True):
    """A document shared with a contact by name (10.14)."""

    __tablename__ = "document_share"
    __table_args__ = (UniqueConstraint("document_id", "contact_id"),)
    document_id: UUID = Field(foreign_key="document.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    at: datetime = moment()


class DocumentReading(FirmRow, table=True):
    """Since when and until when a contact opened a document."""

    __tablename__ = "document_reading"
    __table_args__ = (UniqueConstraint("document_id", "contact_id"),)
    document_id: UUID = Field(foreign_key="document.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    first_at: datetime = moment()
    last_at: datetime = moment()
