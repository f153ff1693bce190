"""A file on a task replaced by a new version; those before it stay reachable for staff (10.4)."""

from __future__ import annotations

from sqlmodel import col, select

from portal_app.domain import file_kinds
from portal_app.domain.uploads import numbered
from portal_app.models import StoredFile, TaskAnswer, Upload
from portal_app.services.files.there import names_on
from portal_app.work import Work


def replaced(work: Work, upload: Upload) -> StoredFile | None:
    """The file whose new version has arrived; None where that was taken off meanwhile, and then it is one of its own."""
    if upload.replaces_id is None:
        return None
    row = work.session.get(StoredFile, upload.replaces_id, with_for_update=True)
    return row if row is not None and row.deleted_at is None else None


def name_for(work: Work, upload: Upload, before: StoredFile | None) -> str:
    """A new version keeps its name while its kind is the same; else a free one among what its uploader sees."""
    if before is not None and file_kinds.ending(before.name) == file_kinds.ending(upload.name):
        return before.name
    but = [before.id] if before else []
    return numbered(upload.name, names_on(work, upload.task_id, upload.hand_over_id, but=but))


def put_before(work: Work, before: StoredFile, now: StoredFile) -> None:
    """Put a version and all before it behind the new one, and whatever pointed at it on to that."""
    older = select(StoredFile).where(StoredFile.replaced_by_id == before.id)
    for row in (before, *work.session.exec(older)):
        row.replaced_by_id = now.id
        work.add(row)
    under_way = select(Upload).where(Upload.replaces_id == before.id, col(Upload.finished_at).is_(None))
    for upload in work.session.exec(under_way):
        upload.replaces_id = now.id
        work.add(upload)
    for answer in work.session.exec(select(TaskAnswer).where(TaskAnswer.file_id == before.id)):
        answer.file_id = now.id
        work.add(answer)


def take_out(work: Work, gone: StoredFile) -> None:
    """Before a version is deleted for good: the one before it stands again, and whatever pointed at it points there."""
    query = select(StoredFile).where(StoredFile.replaced_by_id == gone.id)
    older = list(
        work.session.exec(query.order_by(col(StoredFile.completed_at).desc(), col(StoredFile.id).desc()))
    )
    last = older[0].id if older else None
    for row in older:
        row.replaced_by_id = last if row.id != last else gone.replaced_by_id
        work.add(row)
    for upload in work.session.exec(select(Upload).where(Upload.replaces_id == gone.id)):
        upload.replaces_id = last
        work.add(upload)
    for answer in work.session.exec(select(TaskAnswer).where(TaskAnswer.file_id == gone.id)):
        answer.file_id = last
        work.add(answer)
