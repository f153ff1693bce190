"""Firms and their staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from portal_app.domain import file_kinds
from portal_app.domain.actors import Role
from portal_app.models.base import FirmRow, Row, choice, digest, fact, long_text, moment


class Firm(Row, table=True):
    """One accounting practice, fully isolated from the others of the installation."""

    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=200)
    locale: str = Field(default="fr", max_length=5)
    time_zone: str = Field(default="America/Toronto", max_length=60)
    accent: str = Field(default="sapin", max_length=20)
    address: str = long_text()
    support_email: str = Field(default="", max_length=254)
    support_phone: str = Field(default="", max_length=40)
    sender_email: str = Field(default="", max_length=254)
    largest_file_mb: int = 200
    task_total_mb: int = 50
    refused_kinds: list[str] = Field(default_factory=lambda: list(file_kinds.REFUSED), sa_type=JSON)
    retention_days: int = 30
    sending_hour: int = 8
    sending_weekdays: list[int] = Field(default_factory=lambda: [0, 1, 2, 3, 4], sa_type=JSON)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    portal_on_at: datetime | None = fact()
    mfa_required_at: datetime | None = fact()
    created_at: datetime = moment()


class Staff(FirmRow, table=True):
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
