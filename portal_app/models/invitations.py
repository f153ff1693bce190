"""Invitations: portal access offered by e-mail for three days, and the links that lead to the offer (3.2, 3.3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from portal_app.models.base import FirmRow, digest, fact, long_text, moment


class Invitation(FirmRow, table=True):
    """One offer of portal access to one address; open until it is accepted, ended or expired."""

    __table_args__ = (Index("ix_invitation_contact_id_client_id", "contact_id", "client_id"),)
    portal_access_id: UUID = Field(foreign_key="portal_access.id", index=True)
    client_id: UUID = Field(foreign_key="client.id")
    contact_id: UUID = Field(foreign_key="contact.id")
    email: str = Field(max_length=254)
    invited_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    invited_by_contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    message: str = long_text()
    created_at: datetime = moment()
    expires_at: datetime = moment()
    accepted_at: datetime | None = fact()
    ended_at: datetime | None = fact()
    ended_because: str = Field(default="", max_length=20)


class InvitationLink(FirmRow, table=True):
    """One of an invitation's links: each e-mail brings its own, and all work as long as it is open."""

    __tablename__ = "invitation_link"
    hash: bytes = digest(unique=True)
    invitation_id: UUID = Field(foreign_key="invitation.id", index=True)
    created_at: datetime = moment()
