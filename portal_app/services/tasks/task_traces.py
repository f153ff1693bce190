"""What a task has on it decides whether it can go: anything from a client stays (5.13, 5.21, 5.22)."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from portal_app.models import (
    Activity,
    Comment,
    ContactNotice,
    Notification,
    Side,
    StoredFile,
    Task,
    TaskAnswer,
    Upload,
)
from portal_app.work import Work


def is_touched(work: Work, task: Task) -> bool:
    """Whether a client answered, wrote or put a file there, or is putting one now."""
    if task.completed_by_contact_id is not None:
        return True
    by_client = (
        select(TaskAnswer.id).where(TaskAnswer.task_id == task.id, col(TaskAnswer.contact_id).is_not(None)),
        select(Comment.id).where(Comment.task_id == task.id, col(Comment.contact_id).is_not(None)),
        select(StoredFile.id).where(StoredFile.task_id == task.id, StoredFile.side == Side.CLIENT),
        select(Upload.id).where(
            Upload.task_id == task.id,
            Upload.side == Side.CLIENT,
            col(Upload.finished_at).is_(None),
            Upload.expires_at > work.now,
        ),
    )
    return any(work.session.exec(query.limit(1)).first() is not None for query in by_client)


def must_stay(work: Work, task: Task) -> bool:
    """Whether the row must be kept: touched by a client, or a file of anybody lies on it (10.2)."""
    files = select(Upload.id).where(Upload.task_id == task.id).limit(1)
    return is_touched(work, task) or work.session.exec(files).first() is not None


def delete_task(work: Work, task: Task) -> None:
    """Delete a task that may go, with its notes; what timelines say about it stays."""
    owned: tuple[type[SQLModel], ...] = (TaskAnswer, Comment, Notification, ContactNotice)
    work.session.flush()
    for kind in owned:
        work.session.execute(delete(kind).where(col(kind.task_id) == task.id))  # type: ignore[attr-defined]
    work.session.execute(update(Activity).where(col(Activity.task_id) == task.id).values(task_id=None))
    work.session.execute(delete(Task).where(col(Task.id) == task.id))
