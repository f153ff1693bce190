"""What a client may point to when the firm already has it: only what this person may see (5.8, 5.17).

Signed in, that is every file of the requests and every document that they may see; through a link, the names of what this
recipient sent before for the same client, which the link does not open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, select

from portal_app import routes
from portal_app.models import Document, Side, StoredFile, Task
from portal_app.services.access import Sight
from portal_app.services.documents import visible
from portal_app.services.files.there import there
from portal_app.services.firm.firm_days import day_of
from portal_app.services.home import home_rows
from portal_app.text import _, format_date
from portal_app.work import Work

MOST = 100
"""Documents that are offered, the newest."""


@dataclass(frozen=True)
class KnownDocument:
    """One document to choose: its name with its day, and the task that it lies on."""

    id: str = ""
    label: str = ""
    task_id: str = ""


@dataclass(frozen=True)
class NamedDocument:
    """A document that was chosen, for one who may know its name; `href` is empty where they may not open it."""

    name: str = ""
    href: str = ""


def offered(work: Work, sight: Sight) -> list[KnownDocument]:
    """The documents that this person can choose on a request, newest first."""
    return [_known(sight, row) for row in _rows(work, sight, MOST)]


def choose(work: Work, sight: Sight, task: Task, file_id: UUID) -> StoredFile | None:
    """The document for this task, if it is one that this person may choose; one of the task itself is not."""
    row = work.session.get(StoredFile, file_id)
    if row is None or row.task_id == task.id:
        return None
    return next(iter(_rows(work, sight, 1, only=[file_id])), None)


def named(work: Work, sight: Sight, file_ids: Iterable[UUID]) -> dict[UUID, NamedDocument]:
    """Of documents chosen on this request, those whose names this person may read (5.17)."""
    ids = list(file_ids)
    if not ids:
        return {}
    here = _here(work, sight, ids)
    known = [*here, *_rows(work, sight, len(ids), only=ids)]
    opens = {row.id for row in here} if sight.by_link else {row.id for row in known}
    return {
        row.id: NamedDocument(row.name, routes.to(routes.DOWNLOAD, id=row.id) if row.id in opens else "")
        for row in known
    }


def _rows(work: Work, sight: Sight, most: int, only: Iterable[UUID] | None = None) -> list[StoredFile]:
    if sight.contact is None:
        return []
    query = select(StoredFile).where(
        StoredFile.firm_id == sight.firm.id,
        StoredFile.client_id == sight.client.id,
        there(),
    )
    if sight.by_link:
        query = query.where(StoredFile.contact_id == sight.contact.id, StoredFile.side == Side.CLIENT)
    else:
        reached = _reached(work, sight)
        seen = home_rows.seen_requests(work, sight.contact, reached)
        on_tasks = and_(
            col(Task.section_id).in_([request.id for request in seen]), col(Task.put_aside_at).is_(None)
        )
        apart = [visible.to_contact(sight.contact.id, one.level) for one in reached]
        now = select(Document.file_id).where(Document.client_id == sight.client.id, *apart)
        query = query.outerjoin(Task, col(Task.id) == StoredFile.task_id)
        query = query.where(or_(on_tasks, col(StoredFile.id).in_(now)) if reached else on_tasks)
    if only is not None:
        query = query.where(col(StoredFile.id).in_(list(only)))
    newest = query.order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id))
    return list(work.session.exec(newest.limit(most)).all())


def _reached(work: Work, sight: Sight) -> list[home_rows.Reached]:
    assert sight.contact is not None  # noqa: S101  _rows asked
    clients = home_rows.reached(work, sight.contact, sight.firm)
    return [one for one in clients if one.id == sight.client.id]


def _here(work: Work, sight: Sight, ids: list[UUID]) -> list[StoredFile]:
    """Of these, those on this very request: whoever sees it sees them (5.11)."""
    query = (
        select(StoredFile)
        .join(Task, col(Task.id) == StoredFile.task_id)
        .where(
            col(StoredFile.id).in_(ids),
            there(),
            Task.section_id == sight.request.id,
            col(Task.put_aside_at).is_(None),
        )
    )
    return list(work.session.exec(query).all())


def _known(sight: Sight, row: StoredFile) -> KnownDocument:
    day = format_date(day_of(sight.firm, row.completed_at), "short")
    label = _("{name}, {day}").format(name=row.name, day=day)
    return KnownDocument(id=str(row.id), label=label, task_id=str(row.task_id or ""))
