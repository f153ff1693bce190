"""Firms and their staff."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from portal_app.domain import file_kinds, uploads
from portal_app.domain.actors import Role
from portal_app.domain.issuers import StaffSignIn
from portal_app.models.base import FirmRow, Row, SecondSteps, choice, digest, fact, long_text, moment


class Firm(Row, table=True):
    """One accounting practice, fully isolated from the others of the installation."""

    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=200)
    locale: str = Field(default="fr", max_length=5)
    time_zone: str = Field(default="America/Toronto", max_length=60)
    date_format: str = Field(default="", max_length=10)
    """How days are written: one of `text.DATE_FORMATS` (1.15); empty writes the month out."""
    accent: str = Field(default="sapin", max_length=20)
    logo_id: UUID | None = None
    logo_shown_at: datetime | None = fact()
    """Since when the logo stands in the name's place; the image is kept while the name stands there (1.4)."""
    hero_id: UUID | None = None
    hero_shown_at: datetime | None = fact()
    """Since when the image stands on the hero, in the place of the plain colour (1.5)."""
    address: str = long_text()
    support_email: str = Field(default="", max_length=254)
    support_phone: str = Field(default="", max_length=40)
    sender_email: str = Field(default="", max_length=254)
    reply_to_email: str = Field(default="", max_length=254)
    mail_per_minute: int | None = None
    video_url: str = Field(default="", max_length=500)
    largest_file_mb: int = uploads.LARGEST_FILE_MB
    task_total_mb: int = uploads.TASK_TOTAL_MB
    refused_kinds: list[str] = Field(default_factory=lambda: list(file_kinds.REFUSED), sa_type=JSON)
    retention_days: int = 30
    sending_hour: int = 8
    sending_weekdays: list[int] = Field(default_factory=lambda: [0, 1, 2, 3, 4], sa_type=JSON)
    reminder_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "gentle"}, sa_type=JSON)
    """The rule a new request starts with (1.11)."""
    reminders_paused_at: datetime | None = fact()
    reminders_paused_until: date | None = None
    reminders_together_at: datetime | None = fact()
    """Since when one person's reminders of a day come in one e-mail (7.11)."""
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    portal_on_at: datetime | None = fact()
    mfa_required_at: datetime | None = fact()
    email_codes_at: datetime | None = fact()
    """Since when codes by e-mail count as a second step of signing in (4.3)."""
    sms_codes_at: datetime | None = fact()
    """Since when codes by text message do."""
    signed_in_actions: list[str] = Field(default_factory=list, sa_type=JSON)
    """What clients do signed in only (1.9): values of `domain.policy.Action`; everything else goes by link too."""
    contacts_may_invite: bool = True
    """Whether contacts with full access may invite colleagues to their client (3.6)."""
    invites_need_approval: bool = True
    """Whether staff look at such an invitation before it leaves (3.6)."""
    staff_sign_in: StaffSignIn = choice(StaffSignIn, default=StaffSignIn.PASSWORD)
    """By which ways staff sign in (1.2)."""
    created_at: datetime = moment()


class Staff(SecondSteps, FirmRow, table=True):
    """A person of the firm. The address belongs to one firm of an installation (1.2)."""

    email: str = Field(max_length=254)
    email_key: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=120)
    role: Role = choice(Role, default=Role.MEMBER)
    locale: str = Field(default="fr", max_length=5)
    password_hash: str | None = Field(default=None, max_length=200)
    totp_sealed: bytes | None = digest(default=None, nullable=True)
    totp_step: int = Field(default=0)
    totp_confirmed_at: datetime | None = fact()
    deactivated_at: datetime | None = fact()
    successor_id: UUID | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime = moment()
