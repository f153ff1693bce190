"""Client requests: what is sent to whom, and the links that open it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from portal_app.models.base import FirmRow, digest, fact, moment


class ClientRequest(FirmRow, table=True):
    """What makes a client section a request: its sending and its reminders. Shares the section's id."""

    __tablename__ = "client_request"
    id: UUID = Field(foreign_key="section.id", primary_key=True)
    work_item_id: UUID = Field(foreign_key="work_item.id", index=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    send_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "manual"}, sa_type=JSON)
    send_at: datetime | None = fact(index=True)
    reminder_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "gentle"}, sa_type=JSON)
    sent_at: datetime | None = fact()
    sent_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    sending_key: str | None = Field(default=None, max_length=80)
    withdrawn_at: datetime | None = fact()
    withdrawn_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    needs_resend_at: datetime | None = fact()
    next_reminder_at: datetime | None = fact(index=True)
    reminders_paused_until: date | None = None
    reminders_go_on_at: datetime | None = fact()
    is_classic: bool = False


class Recipient(FirmRow, table=True):
    """A contact to whom a request is, or will be, sent."""

    __table_args__ = (UniqueConstraint("request_id", "contact_id"),)
    request_id: UUID = Field(foreign_key="client_request.id")
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    first_sent_at: datetime | None = fact()
    last_sent_at: datetime | None = fact()
    opened_at: datetime | None = fact()
    reminders_used: int = 0
    last_reminded_at: datetime | None = fact()
    last_reminded_on: date | None = None
    reminders_off_at: datetime | None = fact()
    bounced_at: datetime | None = fact()
    removed_at: datetime | None = fact()
    created_at: datetime = moment()


class AccessGrant(FirmRow, table=True):
    """One recipient's way into one request, bound to the first device that claims it (6.5)."""

    __tablename__ = "access_grant"
    __table_args__ = (
        Index(
            "uq_access_grant_open_recipient",
            "recipient_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    request_id: UUID = Field(foreign_key="client_request.id", index=True)
    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    claimed_at: datetime | None = fact()
    suspended_at: datetime | None = fact()
    ended_at: datetime | None = fact()
    ended_because: str = Field(default="", max_length=30)


class LinkToken(FirmRow, table=True):
    """The hash of one magic or access link; any number lead to one grant, and making one ends none (6.4)."""

    __tablename__ = "link_token"
    hash: bytes = digest(unique=True)
    grant_id: UUID = Field(foreign_key="access_grant.id", index=True)
    kind: str = Field(default="magic", max_length=10)
    created_at: datetime = moment()
    expires_at: datetime | None = fact()
    used_at: datetime | None = fact()
    spent_at: datetime | None = fact()


class AccessCode(FirmRow, table=True):
    """The six digits sent with an access link; good only on the page that asked (6.5)."""

    __tablename__ = "access_code"
    grant_id: UUID = Field(foreign_key="access_grant.id", index=True)
    link_id: UUID = Field(foreign_key="link_token.id")
    page_hash: bytes = digest(unique=True)
    code_hash: bytes = digest()
    tries: int = 0
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class ContinueCode(FirmRow, table=True):
    """What *Continue on a computer* shows: a code to type and a token to scan, one row a grant (6.5a)."""

    __tablename__ = "continue_code"
    grant_id: UUID = Field(foreign_key="access_grant.id", unique=True)
    device_id: UUID = Field(foreign_key="device.id", index=True)
    code_hash: bytes = digest(unique=True)
    token_hash: bytes = digest(unique=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime | None = fact()


class LostDevice(FirmRow, table=True):
    """A device that held a grant before another took it over: its pages say so (6.5)."""

    __tablename__ = "lost_device"
    __table_args__ = (UniqueConstraint("grant_id", "device_id"),)
    grant_id: UUID = Field(foreign_key="access_grant.id")
    device_id: UUID = Field(foreign_key="device.id", index=True)
    lost_at: datetime = moment()
