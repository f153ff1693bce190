"""Which files lie on a task now, and under which names: the clauses that every list, total and archive shares (10.4)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from portal_app.models import Side, StoredFile
from portal_app.work import Work


def there() -> ColumnElement[bool]:
    """Neither taken off, nor a version that a newer one replaced."""
    return and_(col(StoredFile.deleted_at).is_(None), col(StoredFile.replaced_by_id).is_(None))


def names_on(
    work: Work, task_id: UUID | None, hand_over_id: UUID | None = None, *, but: Iterable[UUID] = ()
) -> list[str]:
    """The names on a task that a person sees: all, or, for whoever has it in hand, the firm's and their own (5.8a)."""
    query = select(StoredFile.name).where(
        StoredFile.task_id == task_id, there(), col(StoredFile.id).not_in(list(but))
    )
    if hand_over_id is not None:
        seen = or_(col(StoredFile.side) == Side.FIRM, col(StoredFile.hand_over_id) == hand_over_id)
        query = query.where(seen)
    return list(work.session.exec(query))
