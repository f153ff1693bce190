"""Browsers: signed-in sessions, bound devices, and the codes on the way in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, UniqueConstraint
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
    setting_up_at: datetime | None = fact()
    """When the second step was given by something that counts no more: another is set up before this opens."""
    told_unfinished_at: datetime | None = fact()
    """When its person was told that somebody gave the password and no second step (row 15)."""
    confirmed_at: datetime | None = fact()
    """When its person last gave password or MFA again (4.7)."""
    ended_at: datetime | None = fact()
    wrong_codes: int = 0
    next_path: str = Field(default="", max_length=300)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")
    """Accepted once this sign-in is complete (3.4)."""
    address: str = Field(default="", max_length=64)
    browser: str = Field(default="", max_length=200)
    device_id: UUID | None = None
    """The browser it was opened in, for the account page's list (4.4); no key, since devices may be forgotten."""


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


class SignUpLink(FirmRow, table=True):
    """A link by e-mail to go on with *Create an account*: three days, once (3.7). `email` is the address then."""

    __tablename__ = "sign_up_link"
    token_hash: bytes = digest(unique=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    email: str = Field(max_length=254)
    next_path: str = Field(default="", max_length=300)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class AddressChange(FirmRow, table=True):
    """A link to a person's new address, which confirms that it is theirs: one day, once (2.18). `email` is the new one."""

    __tablename__ = "address_change"
    __table_args__ = (CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),)
    token_hash: bytes = digest(unique=True)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    email: str = Field(max_length=254)
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
    address: str = Field(default="", max_length=64)
    """From where it was seen last: as `browser`, for the account page's list (4.4)."""


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
    """A code that was sent for one session: ten minutes, three tries, once (4.3). `way` says by what, and what for.

    Sealed, not hashed: all the hashes of six digits are tried in a moment.
    """

    __tablename__ = "sign_in_code"
    session_id: UUID = Field(foreign_key="sign_in_session.id", index=True)
    way: str = Field(default="email", max_length=10)
    sealed: bytes = digest()
    tries: int = 0
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class Passkey(FirmRow, table=True):
    """A key that a person's device or password manager keeps for this portal (WebAuthn): MFA, or a whole sign-in (4.3)."""

    __table_args__ = (CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    name: str = Field(max_length=60)
    credential_id: bytes = digest(unique=True)
    public_key: bytes = digest()
    counter: int = Field(default=0, sa_type=BigInteger)
    """How often it signed, where it counts: one that goes back was copied."""
    transports: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = moment()
    used_at: datetime | None = fact()


class SpentChallenge(Row, table=True):
    """A question that a passkey answered: once (replays)."""

    __tablename__ = "spent_challenge"
    challenge_hash: bytes = digest(unique=True)
    expires_at: datetime = moment()


class RecoveryCode(FirmRow, table=True):
    """One of ten codes for whoever lost their second step: once, hashed (4.3, row 10)."""

    __tablename__ = "recovery_code"
    __table_args__ = (CheckConstraint("(staff_id IS NULL) <> (contact_id IS NULL)", name="one_person"),)
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    place: str = Field(max_length=2)
    """The code's first two letters: which hash to look at."""
    code_hash: str = Field(max_length=200)
    created_at: datetime = moment()
    used_at: datetime | None = fact()
