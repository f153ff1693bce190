"""What was written on a task, and by whose hands (5.8a)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.models import Comment, Contact, Firm, HandOver, Staff, Task
from portal_app.work import Work


def written_on(work: Work, firm: Firm, task: Task) -> Iterator[tuple[Comment, str]]:
    """Each comment and note, the oldest first, with the name of who wrote it."""
    query = (
        select(Comment, func.coalesce(HandOver.name, Contact.name), Staff.name)
        .outerjoin(HandOver, col(HandOver.id) == Comment.hand_over_id)
        .outerjoin(Contact, col(Contact.id) == Comment.contact_id)
        .outerjoin(Staff, col(Staff.id) == Comment.staff_id)
        .where(Comment.task_id == task.id)
        .order_by(col(Comment.at), col(Comment.id))
    )
    for row, contact, staff in work.session.exec(query):
        yield row, contact or staff or firm.name
