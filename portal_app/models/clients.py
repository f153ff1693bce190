"""Clients, their contacts, who looks after whom, and who may sign in where."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, event
from sqlmodel import Field

from portal_app.domain.names import name_key
from portal_app.models.base import FirmRow, SecondSteps, choice, digest, fact, long_text, moment


class ClientKind(StrEnum):
    """Whom the firm serves."""

    PERSON = "person"
    ORGANIZATION = "organization"


class Client(FirmRow, table=True):
    """An individual or an organization that the firm serves."""

    __table_args__ = (Index("ix_client_list", "firm_id", "archived_at", "name_key", "id"),)
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200)
    kind: ClientKind = choice(ClientKind, default=ClientKind.ORGANIZATION)
    number: str = Field(default="", max_length=40)
    notes: str = long_text()
    portal_on_at: datetime | None = fact()
    test_of_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    reminders_paused_at: datetime | None = fact()
    reminders_paused_until: date | None = None
    archived_at: datetime | None = fact()
    created_at: datetime = moment()


class ClientAssignment(FirmRow, table=True):
    """A staff member who looks after a client (2.13); the lowest position comes first."""

    __tablename__ = "client_assignment"
    __table_args__ = (UniqueConstraint("client_id", "staff_id"),)
    client_id: UUID = Field(foreign_key="client.id")
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    position: int = 0


class Contact(FirmRow, table=True):
    """A person linked to one or more clients; one address belongs to one contact of a firm (2.16)."""

    __table_args__ = (
        UniqueConstraint("firm_id", "email_key"),
        Index("ix_contact_list", "firm_id", "archived_at", "name_key", "id"),
    )
    name: str = Field(max_length=120)
    name_key: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    email: str = Field(default="", max_length=254)
    email_key: str | None = Field(default=None, max_length=254)
    phone: str = Field(default="", max_length=40)
    locale: str = Field(default="fr", max_length=5)
    bounced_at: datetime | None = fact()
    bounce_text: str = Field(default="", max_length=500)
    reminders_off_at: datetime | None = fact()
    """Since when they want no reminders at all, by their account page (7.5)."""
    archived_at: datetime | None = fact()
    merged_into_id: UUID | None = None
    """Who they turned out to be: this row then stands for what was written about them before (2.20)."""
    erased_at: datetime | None = fact()
    """Since when nothing here says who they were (14.3)."""
    created_at: datetime = moment()


@event.listens_for(Contact, "before_insert")
@event.listens_for(Contact, "before_update")
def _key_name(_mapper: object, _connection: object, contact: Contact) -> None:
    """Keep the key by which a contact is found and sorted in step with the name, wherever it is written."""
    contact.name_key = name_key(contact.name)[:120]


class ClientContact(FirmRow, table=True):
    """A contact linked to a client."""

    __tablename__ = "client_contact"
    __table_args__ = (UniqueConstraint("client_id", "contact_id"),)
    client_id: UUID = Field(foreign_key="client.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    title: str = Field(default="", max_length=80)
    created_at: datetime = moment()


class AccessLevel(StrEnum):
    """What a signed-in contact sees of a client (3.1)."""

    LIMITED = "limited"
    FULL = "full"


class AccessStatus(StrEnum):
    """Where portal access stands (3.5); *expired* is derived from the invitation."""

    NONE = "none"
    GIVEN = "given"
    INVITED = "invited"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"
    DISABLED = "disabled"


class PortalAccess(FirmRow, table=True):
    """One contact's access to one client."""

    __tablename__ = "portal_access"
    __table_args__ = (UniqueConstraint("client_id", "contact_id"),)
    client_id: UUID = Field(foreign_key="client.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    level: AccessLevel = choice(AccessLevel, default=AccessLevel.LIMITED)
    status: AccessStatus = choice(AccessStatus, default=AccessStatus.GIVEN)
    invited_at: datetime | None = fact()
    invited_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    invited_by_contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    accepted_at: datetime | None = fact()
    notices_off_at: datetime | None = fact()
    """Since when nothing about this client goes to the contact by e-mail, but requests, links and security (9.6)."""
    created_at: datetime = moment()


class PortalAccount(SecondSteps, FirmRow, table=True):
    """A contact's own sign-in, over all clients of the firm that they have access to."""

    __tablename__ = "portal_account"
    contact_id: UUID = Field(foreign_key="contact.id", unique=True)
    password_hash: str | None = Field(default=None, max_length=200)
    totp_sealed: bytes | None = digest(default=None, nullable=True)
    totp_step: int = Field(default=0)
    totp_confirmed_at: datetime | None = fact()
    disabled_at: datetime | None = fact()
    readdressed_at: datetime | None = fact()
    """Since when the firm has another address for them which they have not confirmed (2.17)."""
    last_sign_in_at: datetime | None = fact()
    shown_client_id: UUID | None = Field(default=None, foreign_key="client.id")
    """The client used last, with which home opens (9.2)."""
    created_at: datetime = moment()
