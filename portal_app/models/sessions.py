"""Browsers: signed-in sessions, bound devices, and the codes on the way in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.models.base import FirmRow, Row, digest, fact, moment


class SignInSession(FirmRow, table=True):
    """A browser signed in as staff or as a contact; without `mfa_at` it may only give its factor (4.3)."""

    __tablename__ = "sign_in_session"
    __table_args__ = (CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),)
    token_hash: bytes = digest(unique=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    mfa_at: datetime | None = fact()
    ended_at: datetime | None = fact()
    wrong_codes: int = 0
    next_path: str = Field(default="", max_length=300)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")
    """Accepted once this sign-in is complete (3.4)."""
    address: str = Field(default="", max_length=64)
    browser: str = Field(default="", max_length=200)


class PasswordReset(FirmRow, table=True):
    """A link by e-mail to choose a new password: one hour, once (4.5)."""

    __tablename__ = "password_reset"
    __table_args__ = (CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),)
    token_hash: bytes = digest(unique=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class SetupKey(SQLModel, table=True):
    """The key that the first start prints, sealed; there until the firm exists (1.1)."""

    __tablename__ = "setup_key"
    id: int = Field(default=1, primary_key=True)
    sealed: bytes = digest()


class Device(Row, table=True):
    """A browser that claimed a link or signed in before; known by a cookie of its own."""

    token_hash: bytes = digest(unique=True)
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    browser: str = Field(default="", max_length=200)


class KnownBrowser(FirmRow, table=True):
    """A device on which a person signed in before (4.2), perhaps remembered for thirty days (4.4)."""

    __tablename__ = "known_browser"
    __table_args__ = (
        UniqueConstraint("device_id", "staff_id"),
        UniqueConstraint("device_id", "contact_id"),
    )
    device_id: UUID = Field(foreign_key="device.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    since: datetime = moment()
    remembered_until: datetime | None = fact()


class SignInCode(FirmRow, table=True):
    """A code by e-mail for one sign-in attempt: ten minutes, three tries, once (4.3).

    Sealed, not hashed: all the hashes of six digits are tried in a moment.
    """

    __tablename__ = "sign_in_code"
    session_id: UUID = Field(foreign_key="sign_in_session.id", index=True)
    sealed: bytes = digest()
    tries: int = 0
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()
    ended_at: datetime | None = fact()
