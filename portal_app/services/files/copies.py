"""The firm's files taken along to another task: a new row in the same sealed parts (5.5, 5.10; decision 0010)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import Side, StoredFile, Task, TemplateTask, Upload, new_id
from portal_app.work import Work


def copy_files(
    work: Work, files: Iterable[StoredFile], to: Task | TemplateTask, client_id: UUID | None
) -> list[StoredFile]:
    """Put these files on another task, as the firm's; nothing is read, sealed or stored again."""
    return [_copy(work, file, to, client_id) for file in files]


def of_tasks(work: Work, task_ids: Iterable[UUID]) -> dict[UUID, list[StoredFile]]:
    """The firm's files on tasks that a door has already opened, of a work item or of a template, oldest first."""
    wanted = list(task_ids)
    query = (
        select(StoredFile)
        .where(
            col(StoredFile.task_id).in_(wanted) | col(StoredFile.template_task_id).in_(wanted),
            StoredFile.side == Side.FIRM,
            col(StoredFile.deleted_at).is_(None),
            col(StoredFile.damaged_at).is_(None),
        )
        .order_by(col(StoredFile.completed_at), col(StoredFile.id))
    )
    found: dict[UUID, list[StoredFile]] = {}
    for file in work.session.exec(query):
        found.setdefault(file.task_id or file.template_task_id or file.id, []).append(file)
    return found


def is_shared(work: Work, upload_id: UUID) -> bool:
    """Whether other files lie in this upload's parts: then they may not go (10.8)."""
    return (
        work.session.exec(select(Upload.id).where(Upload.parts_of_id == upload_id).limit(1)).first()
        is not None
    )


def _copy(work: Work, file: StoredFile, to: Task | TemplateTask, client_id: UUID | None) -> StoredFile:
    origin = work.session.get_one(Upload, file.id)
    shared: dict[str, Any] = {
        "firm_id": file.firm_id,
        "client_id": client_id,
        "task_id": to.id if isinstance(to, Task) else None,
        "template_task_id": to.id if isinstance(to, TemplateTask) else None,
        "side": Side.FIRM,
        "name": file.name,
        "staff_id": work.actor.staff_id or file.staff_id,
        "created_at": work.now,
    }
    upload = Upload(
        id=new_id(),
        token_hash=token_hash(new_token()),
        parts_of_id=origin.parts_of_id or origin.id,
        length=file.size,
        received=file.size,
        sealed_key=b"",
        expires_at=work.now,
        finished_at=work.now,
        **shared,
    )
    work.add(upload)
    work.session.flush()
    twin = StoredFile(
        id=upload.id,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        completed_at=work.now,
        checking_since=file.checking_since,
        scan_at=work.now if file.checking_since else None,
        scanned_at=file.scanned_at,
        **shared,
    )
    work.add(twin)
    return twin
