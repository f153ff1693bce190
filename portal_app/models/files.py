"""Files: what was promised, what arrived, and the sealed parts it lies in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, choice, digest, fact, moment


class Side(StrEnum):
    """Who put a file on a task."""

    CLIENT = "client"
    FIRM = "firm"


class StoredFile(FirmRow, table=True):
    """A file. It exists for people from `completed_at` on, with size and SHA-256 (design of parts: docs)."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_task_id_side", "task_id", "side"),)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    side: Side = choice(Side)
    name: str = Field(max_length=255)
    media_type: str = Field(default="application/octet-stream", max_length=100)
    size: int = Field(sa_type=BigInteger)
    sha256: bytes | None = digest(default=None, nullable=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = moment()
    completed_at: datetime | None = fact()
    deleted_at: datetime | None = fact()
    damaged_at: datetime | None = fact()


class Upload(FirmRow, table=True):
    """An upload under way, of the file of the same id; its size is reserved in the task's total (10.12)."""

    id: UUID = Field(foreign_key="stored_file.id", primary_key=True)
    length: int = Field(sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger)
    grant_id: UUID | None = Field(default=None, foreign_key="access_grant.id")
    session_id: UUID | None = Field(default=None, foreign_key="sign_in_session.id")
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)


class FilePart(FirmRow, table=True):
    """One sealed part of a file: the unit of resuming, encryption and ranges."""

    __tablename__ = "file_part"
    __table_args__ = (UniqueConstraint("file_id", "offset"), UniqueConstraint("file_id", "number"))
    file_id: UUID = Field(foreign_key="stored_file.id", index=True)
    number: int
    offset: int = Field(sa_type=BigInteger)
    size: int
    object_key: str = Field(max_length=200, unique=True)
