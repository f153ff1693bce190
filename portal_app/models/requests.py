"""Client requests: what is sent to whom, and the links that open it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from portal_app.models.base import FirmRow, digest, fact, moment

EXPIRY_TO_NOTE = "ended_at IS NULL AND (expiry_noted_at IS NULL OR expiry_noted_at < expires_at)"
"""Open grants whose end, as it is now, the timeline has not told yet."""


class ClientRequest(FirmRow, table=True):
    """What makes a client section a request: its sending and its reminders. Shares the section's id."""

    __tablename__ = "client_request"
    __table_args__ = (
        Index(
            "ix_client_request_stale",
            "reminders_stale_at",
            sqlite_where=text("reminders_stale_at IS NOT NULL"),
            postgresql_where=text("reminders_stale_at IS NOT NULL"),
        ),
    )
    id: UUID = Field(foreign_key="section.id", primary_key=True)
    work_item_id: UUID = Field(foreign_key="work_item.id", index=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    send_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "manual"}, sa_type=JSON)
    send_at: datetime | None = fact(index=True)
    held_at: datetime | None = fact()
    """When its moment came and it did not go, and why (6.17): a word of `domain.send_rules.Held`."""
    held_because: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    reminder_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "gentle"}, sa_type=JSON)
    sent_at: datetime | None = fact()
    sent_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    sending_key: str | None = Field(default=None, max_length=80)
    withdrawn_at: datetime | None = fact()
    withdrawn_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    needs_resend_at: datetime | None = fact()
    next_reminder_at: datetime | None = fact(index=True)
    """The earliest of its recipients' (`Recipient.next_reminder_at`)."""
    reminders_stale_at: datetime | None = fact()
    """Its reminders wait to be worked out anew: something of the whole firm changed."""
    reminders_paused_at: datetime | None = fact()
    reminders_paused_until: date | None = None
    """The first day with reminders again; none while paused: until resumed (7.8)."""
    reminders_go_on_at: datetime | None = fact()
    reminder_limit_at: datetime | None = fact()
    """Since when nobody has a reminder left while a task is open (7.9)."""


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
    next_reminder_at: datetime | None = fact()
    next_reminder_for: date | None = None
    """The day whose reminder that is: an earlier one after a missed run (7.10)."""
    reminders_off_at: datetime | None = fact()
    bounced_at: datetime | None = fact()
    deferred_at: datetime | None = fact()
    removed_at: datetime | None = fact()
    created_at: datetime = moment()


class Reminder(FirmRow, table=True):
    """One reminder to one recipient, at most one a local day whatever runs twice (7.3, fault 25).

    `slot_on` is the day it was called for. Of a digest several rows share one e-mail (7.11).
    """

    __table_args__ = (UniqueConstraint("recipient_id", "reminded_on"),)
    request_id: UUID = Field(foreign_key="client_request.id", index=True)
    recipient_id: UUID = Field(foreign_key="recipient.id")
    reminded_on: date
    slot_on: date
    mail_id: UUID = Field(foreign_key="outbox_mail.id", index=True)
    off_hash: bytes = digest(unique=True)
    """The hash of the link that switches this recipient's reminders off (7.5)."""
    at: datetime = moment()
    counted_at: datetime | None = fact()


class ReminderSkip(FirmRow, table=True):
    """A day on which a request sends no reminder, as staff chose (7.8)."""

    __tablename__ = "reminder_skip"
    __table_args__ = (UniqueConstraint("request_id", "skipped_on"),)
    request_id: UUID = Field(foreign_key="client_request.id")
    skipped_on: date
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    at: datetime = moment()


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
        Index(
            "ix_access_grant_expiry_to_note",
            "expires_at",
            sqlite_where=text(EXPIRY_TO_NOTE),
            postgresql_where=text(EXPIRY_TO_NOTE),
        ),
    )
    request_id: UUID = Field(foreign_key="client_request.id", index=True)
    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    claimed_at: datetime | None = fact()
    shown_at: datetime | None = fact()
    """Its place among those of several people on its device, which shows the latest (6.22); empty: `claimed_at`."""
    device_ended_at: datetime | None = fact()
    """When its recipient ended its device on their account page (4.4): an access link alone opens it again."""
    classic_at: datetime | None = fact()
    """Since when its e-mails lead to a PIN and bind no device (6.9); empty under magic links."""
    expiry_noted_at: datetime | None = fact()
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


class ClassicPin(FirmRow, table=True):
    """The six digits that a classic link asks for; keyed by the link's own secret, which is kept nowhere (6.9)."""

    __tablename__ = "classic_pin"
    link_id: UUID = Field(foreign_key="link_token.id", unique=True)
    pin_hash: bytes = digest()
    tries: int = 0
    created_at: datetime = moment()
    resent_at: datetime | None = fact()


class ClassicEntry(FirmRow, table=True):
    """A browser that gave the PIN: for some hours it opens the request, and no other browser less (6.9)."""

    __tablename__ = "classic_entry"
    __table_args__ = (UniqueConstraint("grant_id", "device_id"),)
    grant_id: UUID = Field(foreign_key="access_grant.id")
    device_id: UUID = Field(foreign_key="device.id", index=True)
    entered_at: datetime = moment()
    expires_at: datetime = moment()


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
