"""Invitations: portal access offered by e-mail for three days, and the links that lead to the offer (3.2, 3.3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, choice, digest, fact, long_text, moment
from portal_app.models.clients import AccessLevel


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
    """One of an invitation's links: each e-mail brings its own, and all work as long as it is open.

    An e-mail that invites to several clients has one link, with a row for each of its invitations (3.12).
    """

    __tablename__ = "invitation_link"
    __table_args__ = (UniqueConstraint("hash", "invitation_id"),)
    hash: bytes = digest()
    invitation_id: UUID = Field(foreign_key="invitation.id", index=True)
    created_at: datetime = moment()


class ColleagueInvite(FirmRow, table=True):
    """A contact asks that a colleague or a bookkeeper be invited to a client; it waits for staff where the firm
    wants that (3.6). `contact_id` is the person, once there is one."""

    __tablename__ = "colleague_invite"
    __table_args__ = (Index("ix_colleague_invite_client_id_decided_at", "client_id", "decided_at"),)
    client_id: UUID = Field(foreign_key="client.id")
    asked_by_contact_id: UUID = Field(foreign_key="contact.id", index=True)
    name: str = Field(max_length=120)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    level: AccessLevel = choice(AccessLevel, default=AccessLevel.LIMITED)
    locale: str = Field(default="fr", max_length=5)
    message: str = long_text()
    created_at: datetime = moment()
    decided_at: datetime | None = fact()
    decided_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    declined_at: datetime | None = fact()
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
