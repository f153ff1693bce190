"""Automations: what the firm had done by itself, and each time that one was set off (8.4, 8.8)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from portal_app.domain.automations import Told, Trigger
from portal_app.models.base import FirmRow, choice, fact, moment
from portal_app.models.clients import ClientKind
from portal_app.models.work import WorkStatus


class Automation(FirmRow, table=True):
    """When `trigger` happens to a work item that fits: set its status, assign it, notify; in this order."""

    name: str = Field(max_length=120)
    trigger: Trigger = choice(Trigger)
    title_part: str = Field(default="", max_length=120)
    """What the work's title must contain; empty fits any."""
    client_kind: ClientKind | None = choice(ClientKind, default=None, nullable=True)
    sets_status: WorkStatus | None = choice(WorkStatus, default=None, nullable=True)
    assigns_id: UUID | None = Field(default=None, foreign_key="staff.id")
    tells: Told = choice(Told, default=Told.NOBODY)
    on_at: datetime | None = fact()
    removed_at: datetime | None = fact()
    created_at: datetime = moment()


class AutomationRun(FirmRow, table=True):
    """One automation set off by one cause, once (`cause` names it). What it did is kept for taking it back."""

    __tablename__ = "automation_run"
    __table_args__ = (
        UniqueConstraint("automation_id", "cause"),
        Index(
            "ix_automation_run_due",
            "due_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_automation_run_cause", "cause"),
    )
    automation_id: UUID = Field(foreign_key="automation.id")
    cause: str = Field(max_length=120)
    work_item_id: UUID = Field(foreign_key="work_item.id", index=True)
    request_id: UUID | None = None
    task_id: UUID | None = None
    caused_by_staff_id: UUID | None = None
    caused_at: datetime = moment()
    due_at: datetime = moment()
    ended_at: datetime | None = fact()
    """When it was done or let be (`let_be` says why), and nothing is left to do."""
    let_be: str = Field(default="", max_length=20)
    taken_back_at: datetime | None = fact()
    reverted_at: datetime | None = fact()
    status_before: WorkStatus | None = choice(WorkStatus, default=None, nullable=True)
    status_set: WorkStatus | None = choice(WorkStatus, default=None, nullable=True)
    assignee_before_id: UUID | None = None
    assignee_set_id: UUID | None = None
