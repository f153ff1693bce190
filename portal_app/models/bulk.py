"""Bulk work on portal access: what was chosen, and what became of each contact (2.7, 2.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from portal_app.domain.bulk_access import BulkKind, Switch
from portal_app.models.base import FirmRow, choice, fact, long_text, moment
from portal_app.models.clients import AccessLevel


class BulkJob(FirmRow, table=True):
    """One piece of bulk work: it is worked off by the timetable, and can be stopped and undone.

    The numbers are kept while it runs: of its items, how many are settled, were changed, got an invitation, were
    left out, and were taken back.
    """

    __tablename__ = "bulk_job"
    __table_args__ = (Index("ix_bulk_job_firm_id_started_at", "firm_id", "started_at"),)
    staff_id: UUID = Field(foreign_key="staff.id")
    kind: BulkKind = choice(BulkKind, default=BulkKind.ACCESS)
    portal: Switch = choice(Switch, default=Switch.LEAVE)
    level: AccessLevel = choice(AccessLevel, default=AccessLevel.LIMITED)
    notices: Switch = choice(Switch, default=Switch.LEAVE)
    is_inviting: bool = False
    message: str = long_text()
    clients: int = 0
    contacts: int = 0
    total: int = 0
    settled: int = 0
    changed: int = 0
    invited: int = 0
    left_out: int = 0
    taken_back: int = 0
    started_at: datetime = moment()
    stopped_at: datetime | None = fact()
    finished_at: datetime | None = fact()
    undo_asked_at: datetime | None = fact()
    undone_at: datetime | None = fact()
    dismissed_at: datetime | None = fact()


class BulkItem(FirmRow, table=True):
    """One contact at one client, or without `contact_id` the client itself; ids are in the order of doing.

    `did` holds what there was before each change, for *Undo*; `why_not` why nothing was done, `kept` why it was
    not taken back.
    """

    __tablename__ = "bulk_item"
    __table_args__ = (
        Index("ix_bulk_item_waiting", "job_id", "settled_at", "id"),
        Index("ix_bulk_item_left_out", "job_id", "why_not", "id"),
    )
    job_id: UUID = Field(foreign_key="bulk_job.id")
    client_id: UUID = Field(foreign_key="client.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    settled_at: datetime | None = fact()
    why_not: str = Field(default="", max_length=20)
    did: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    undone_at: datetime | None = fact()
    kept: str = Field(default="", max_length=20)
