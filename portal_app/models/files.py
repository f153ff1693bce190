"""Files: what is on its way, what arrived, and the sealed parts it lies in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal_app.models.base import FirmRow, choice, digest, fact, moment
from portal_app.models.documents import SharedWith


class Side(StrEnum):
    """Who put a file on a task."""

    CLIENT = "client"
    FIRM = "firm"


class ScanFault(StrEnum):
    """Why the scanner has given no verdict on a file that it was asked about."""

    NONE = ""
    AWAY = "away"
    TOO_LARGE = "too_large"


class Upload(FirmRow, table=True):
    """How a file comes, or came: who began it and by which way in, how much is here, and the file's key.

    Under way, its length is reserved in the task's total (10.12). `token_hash` is of the secret in its URL,
    which lets it finish after the session that began it ended (10.10); `began_as` is the address then.
    A template's file has `template_task_id` and no client; a document's has neither task, and perhaps `folder_id`
    or, where it is a new version, `document_id`. With `parts_of_id` the file is a copy: it lies in
    the parts of that upload, under its key, and has none of its own (decision 0010).
    """

    __table_args__ = (
        Index("ix_upload_task_id_side", "task_id", "side"),
        Index(
            "ix_upload_under_way",
            "expires_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )
    token_hash: bytes = digest(unique=True)
    client_id: UUID | None = Field(default=None, foreign_key="client.id", index=True)
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    template_task_id: UUID | None = Field(default=None, index=True)
    parts_of_id: UUID | None = Field(default=None, index=True)
    folder_id: UUID | None = Field(default=None, index=True)
    document_id: UUID | None = Field(default=None, index=True)
    replaces_id: UUID | None = Field(default=None, index=True)
    """The file on the task whose new version it will be (10.4)."""
    shared_with: SharedWith | None = choice(SharedWith, default=None, nullable=True)
    """Whom the document that comes is shared with; nothing for what comes to a task."""
    side: Side = choice(Side)
    name: str = Field(max_length=255)
    length: int = Field(sa_type=BigInteger)
    received: int = Field(default=0, sa_type=BigInteger)
    sealed_key: bytes = digest()
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    hand_over_id: UUID | None = Field(default=None, index=True)
    """Whoever had the task in hand, in the place of the contact (5.8a)."""
    grant_id: UUID | None = Field(default=None, foreign_key="access_grant.id")
    session_id: UUID | None = Field(default=None, foreign_key="sign_in_session.id")
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    began_as: str = Field(default="", max_length=254)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    looked_at: datetime | None = fact()
    finished_at: datetime | None = fact()


class StoredFile(FirmRow, table=True):
    """A file, whole: it has the id of the upload it came by, and lies in that upload's parts.

    `late_at` says that it arrived after its task or work was closed, or its way in had ended (10.10).
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        Index("ix_stored_file_task_id_side", "task_id", "side"),
        Index(
            "ix_stored_file_scan_at",
            "scan_at",
            sqlite_where=text("scan_at IS NOT NULL"),
            postgresql_where=text("scan_at IS NOT NULL"),
        ),
        Index(
            "ix_stored_file_being_checked",
            "firm_id",
            sqlite_where=text("checking_since IS NOT NULL"),
            postgresql_where=text("checking_since IS NOT NULL"),
        ),
        Index(
            "ix_stored_file_never_scanned",
            "id",
            sqlite_where=text("scanned_at IS NULL AND checking_since IS NULL"),
            postgresql_where=text("scanned_at IS NULL AND checking_since IS NULL"),
        ),
    )
    id: UUID = Field(foreign_key="upload.id", primary_key=True)
    client_id: UUID | None = Field(default=None, foreign_key="client.id", index=True)
    task_id: UUID | None = Field(default=None, foreign_key="task.id")
    template_task_id: UUID | None = Field(default=None, index=True)
    document_id: UUID | None = Field(default=None, index=True)
    """The document whose version it is (10.4, 10.6)."""
    replaced_by_id: UUID | None = Field(default=None, index=True)
    """Of an earlier version on a task: the file that is read now; they come and go with it (10.4)."""
    side: Side = choice(Side)
    name: str = Field(max_length=255)
    media_type: str = Field(default="application/octet-stream", max_length=100)
    size: int = Field(sa_type=BigInteger)
    sha256: bytes = digest()
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    hand_over_id: UUID | None = Field(default=None, index=True)
    """Whoever had the task in hand, in the place of the contact (5.8a)."""
    created_at: datetime = moment()
    completed_at: datetime = moment()
    late_at: datetime | None = fact()
    deleted_at: datetime | None = fact()
    deleted_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    deleted_by_contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    deleted_by_hand_over_id: UUID | None = None
    """Who took it off its task, whoever had that in hand in the place of the contact (5.8a, 10.11)."""
    damaged_at: datetime | None = fact()
    checking_since: datetime | None = fact()
    """While it waits for the scanner's verdict: it counts, and nobody can open it (10.13)."""
    scan_at: datetime | None = fact()
    """When it is the scanner's turn; whoever scans it moves this ahead, so that nobody else does meanwhile."""
    scanned_at: datetime | None = fact()
    """When the scanner found nothing in it; never, where it was there before a scanner was (10.13)."""
    scan_tries: int = 0
    scan_fault: ScanFault = choice(ScanFault, default=ScanFault.NONE)

    @property
    def is_scanned(self) -> bool:
        """Whether the scanner has given its verdict on it."""
        return self.checking_since is None and self.scanned_at is not None


class FilePart(FirmRow, table=True):
    """One sealed part: the unit of resuming, encryption and ranges. Never a row without its object."""

    __tablename__ = "file_part"
    __table_args__ = (UniqueConstraint("upload_id", "offset"), UniqueConstraint("upload_id", "number"))
    upload_id: UUID = Field(foreign_key="upload.id")
    number: int
    offset: int = Field(sa_type=BigInteger)
    size: int
    object_key: str = Field(max_length=200, unique=True)


class KeyCheck(SQLModel, table=True):
    """Something known, sealed: tells at start whether the secret key is the one this database was sealed with."""

    __tablename__ = "key_check"
    id: int = Field(default=1, primary_key=True)
    sealed: bytes = digest()
