"""How people join the firm's staff, and by which issuer they sign in (1.2, 1.13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal_app.domain.actors import Role
from portal_app.domain.issuers import Preset
from portal_app.models.base import FirmRow, choice, digest, fact, moment


class StaffInvitation(FirmRow, table=True):
    """A person asked to join the staff, by a link of three days. They become `Staff` when they accept (1.13).

    Nobody asked for whom the operator's command did: a firm's first owner (1.1).
    """

    __tablename__ = "staff_invitation"
    token_hash: bytes = digest(unique=True)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, index=True)
    name: str = Field(max_length=120)
    role: Role = choice(Role)
    locale: str = Field(max_length=5)
    invited_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = moment()
    sent_at: datetime = moment()
    expires_at: datetime = moment()
    accepted_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class FirmIssuer(FirmRow, table=True):
    """Where a firm's staff sign in by OpenID Connect: one a firm, its client secret sealed (1.2)."""

    __tablename__ = "firm_issuer"
    __table_args__ = (UniqueConstraint("firm_id"),)
    preset: Preset = choice(Preset)
    issuer: str = Field(max_length=300)
    client_id: str = Field(max_length=300)
    secret_sealed: bytes = digest()
    changed_at: datetime = moment()


class StaffIdentity(FirmRow, table=True):
    """Whom an issuer calls `subject`: found by the address once, by issuer and subject from then on (1.2)."""

    __tablename__ = "staff_identity"
    __table_args__ = (
        UniqueConstraint("firm_id", "issuer", "subject"),
        UniqueConstraint("staff_id", "issuer"),
    )
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    linked_at: datetime = moment()
    last_sign_in_at: datetime = moment()


class IssuerAttempt(FirmRow, table=True):
    """One way to the issuer and back, of one browser: ten minutes, once."""

    __tablename__ = "issuer_attempt"
    __table_args__ = (Index("ix_issuer_attempt_created_at", "created_at"),)
    browser_hash: bytes = digest(unique=True)
    state_hash: bytes = digest()
    sealed: bytes = digest()
    """The nonce and the PKCE verifier."""
    issuer: str = Field(max_length=300)
    invitation_id: UUID | None = Field(default=None, foreign_key="staff_invitation.id")
    next_path: str = Field(default="", max_length=300)
    created_at: datetime = moment()
    used_at: datetime | None = fact()
