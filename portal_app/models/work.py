"""Work items, their sections and tasks, and what people answer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, event, text
from sqlmodel import Field

from portal_app.domain.names import name_key
from portal_app.models.base import FirmRow, choice, fact, long_text, moment


class WorkStatus(StrEnum):
    """Where a work item stands; *completed* closes its links (6.10)."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    WAITING_ON_CLIENT = "waiting_on_client"
    IN_REVIEW = "in_review"
    COMPLETED = "completed"


class WorkItem(FirmRow, table=True):
    """A job done for a client. While `due_days` stands, `due_on` lies so many days after the start (5.14).

    `earlier_id` is the work item that this one was made from (5.10).
    """

    __tablename__ = "work_item"
    client_id: UUID = Field(foreign_key="client.id", index=True)
    title: str = Field(max_length=200)
    title_key: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    """What it is found by: the title without case and accents."""
    external_name: str = Field(default="", max_length=200)
    assignee_id: UUID | None = Field(default=None, foreign_key="staff.id", index=True)
    starts_on: date | None = None
    due_on: date | None = None
    due_days: int | None = None
    earlier_id: UUID | None = Field(default=None, index=True)
    status: WorkStatus = choice(WorkStatus, default=WorkStatus.PLANNED)
    completed_at: datetime | None = fact()
    archived_at: datetime | None = fact()
    created_at: datetime = moment()
    created_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")


@event.listens_for(WorkItem, "before_insert")
@event.listens_for(WorkItem, "before_update")
def _key_title(_mapper: object, _connection: object, item: WorkItem) -> None:
    """Keep the key in step with the title, wherever it is written."""
    item.title_key = name_key(item.title)[:200]


class SectionKind(StrEnum):
    """Whom a section is for."""

    STAFF = "staff"
    CLIENT = "client"


class Section(FirmRow, table=True):
    """A group of tasks. A client section has a `ClientRequest` of the same id."""

    __table_args__ = (
        Index(
            "ix_section_archived",
            "archived_at",
            sqlite_where=text("archived_at IS NOT NULL"),
            postgresql_where=text("archived_at IS NOT NULL"),
        ),
    )
    work_item_id: UUID = Field(foreign_key="work_item.id", index=True)
    kind: SectionKind = choice(SectionKind)
    name: str = Field(max_length=200)
    position: int = 0
    within_section_id: UUID | None = Field(default=None, foreign_key="section.id")
    archived_at: datetime | None = fact()
    created_at: datetime = moment()


class Answer(StrEnum):
    """The five answers of 5.8."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    PROMISED = "promised"
    QUESTION = "question"
    ALREADY_HAVE = "already_have"


class Task(FirmRow, table=True):
    """One thing to do. `completed_at` is the truth; who and how stand beside it.

    While `due_days` stands, `due_on` lies so many days after the work's start, before it when negative; a date
    set by hand takes it away (5.14). `earlier_task_id` is the task of the earlier work it comes from (5.10).
    """

    section_id: UUID = Field(foreign_key="section.id", index=True)
    title: str = Field(max_length=300)
    description: str = long_text()
    due_on: date | None = None
    due_days: int | None = None
    earlier_task_id: UUID | None = Field(default=None, index=True)
    needs_file: bool = False
    position: int = 0
    assignee_id: UUID | None = Field(default=None, foreign_key="staff.id")
    completed_at: datetime | None = fact()
    completed_by_contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    completed_by_staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    answer: Answer | None = choice(Answer, default=None, nullable=True)
    answer_text: str = long_text()
    promised_on: date | None = None
    question_open_at: datetime | None = fact()
    accepted_at: datetime | None = fact()
    reopened_at: datetime | None = fact()
    completes_after_upload_id: UUID | None = None
    """While a tick waits for what still uploads (5.19); `ticked_by_contact_id` is whose tick that was."""
    ticked_by_contact_id: UUID | None = None
    put_aside_at: datetime | None = fact()
    created_at: datetime = moment()


class TaskAnswer(FirmRow, table=True):
    """One answer to a task, kept for good; `undone_at` within ten seconds (5.12).

    `before` is what the task said until then, for the undo; `file_id` and its name are the document that the
    firm already has (5.8). The name stays when the file goes, so there is no foreign key.
    """

    __tablename__ = "task_answer"
    __table_args__ = (Index("uq_task_answer_once_key", "once_key", unique=True),)
    task_id: UUID = Field(foreign_key="task.id", index=True)
    answer: Answer = choice(Answer)
    text: str = long_text()
    promised_on: date | None = None
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    file_id: UUID | None = None
    file_name: str = Field(default="", max_length=255)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    once_key: str | None = Field(default=None, max_length=120)
    at: datetime = moment()
    undone_at: datetime | None = fact()


class Comment(FirmRow, table=True):
    """Something written on a task; `is_note` stays with staff (5.7)."""

    __table_args__ = (Index("ix_comment_task_id_at", "task_id", "at"),)
    task_id: UUID = Field(foreign_key="task.id")
    body: str = long_text()
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    hand_over_id: UUID | None = Field(default=None, index=True)
    """Whoever had the task in hand, in the place of the contact (5.8a)."""
    is_note: bool = False
    once_key: str | None = Field(default=None, max_length=120, unique=True)
    at: datetime = moment()
