"""Work templates: work items to be, with dates relative to the work's start (5.3, 5.4, 5.18)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, choice, fact, long_text, moment
from portal_app.models.work import SectionKind


class WorkTemplate(FirmRow, table=True):
    """A work item to be. `due_days` counts from the work's start, before it when negative; None is no date."""

    __tablename__ = "work_template"
    __table_args__ = (Index("ix_work_template_list", "firm_id", "title_key", "id"),)
    title: str = Field(max_length=200)
    title_key: str = Field(max_length=200)
    external_name: str = Field(default="", max_length=200)
    due_days: int | None = None
    archived_at: datetime | None = fact()
    created_at: datetime = moment()
    created_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")


class TemplateSection(FirmRow, table=True):
    """A section to be; the rules are those of the request that a client section becomes."""

    __tablename__ = "template_section"
    template_id: UUID = Field(foreign_key="work_template.id", index=True)
    kind: SectionKind = choice(SectionKind)
    name: str = Field(max_length=200)
    position: int = 0
    within_section_id: UUID | None = Field(default=None, foreign_key="template_section.id")
    send_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "manual"}, sa_type=JSON)
    reminder_rule: dict[str, Any] = Field(default_factory=lambda: {"kind": "gentle"}, sa_type=JSON)
    removed_at: datetime | None = fact()
    created_at: datetime = moment()


class TemplateTask(FirmRow, table=True):
    """A task to be; `due_days` as in `WorkTemplate`. Its files are `StoredFile`s with `template_task_id`."""

    __tablename__ = "template_task"
    section_id: UUID = Field(foreign_key="template_section.id", index=True)
    title: str = Field(max_length=300)
    description: str = long_text()
    due_days: int | None = None
    needs_file: bool = False
    position: int = 0
    created_at: datetime = moment()


class FoldedSection(FirmRow, table=True):
    """A section that a staff member keeps collapsed, of a work item or of a template (5.2)."""

    __tablename__ = "folded_section"
    __table_args__ = (UniqueConstraint("staff_id", "section_id"),)
    staff_id: UUID = Field(foreign_key="staff.id")
    section_id: UUID
    at: datetime = moment()
