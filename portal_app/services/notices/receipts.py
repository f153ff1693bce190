"""Receipts by e-mail: what a contact uploaded themselves, those of ten minutes in one, never with a file (10.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from portal_app.models import ContactNotice, Firm, StoredFile
from portal_app.services.notices import telling
from portal_app.work import Work

KIND: Final = "file_received"


def tell_uploader(
    work: Work, file: StoredFile, request_id: UUID | None, *, title: str, task: str = ""
) -> None:
    """In the transaction in which the file landed. Who had the task in hand has no such notices: they see theirs (5.8a)."""
    if file.contact_id is None or file.hand_over_id is not None:
        return
    zone = work.session.get_one(Firm, file.firm_id).time_zone
    facts = {
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256.hex(),
        "zone": zone,
        "file": str(file.id),
    }
    telling.tell_contacts(
        work,
        [file.contact_id],
        KIND,
        once_key=f"{KIND}:{file.id.hex}",
        facts={"title": title, "task": task, **facts},
        client_id=file.client_id,
        request_id=request_id,
        task_id=file.task_id,
    )


def still_there(work: Work, rows: Sequence[ContactNotice]) -> list[ContactNotice]:
    """These notices, without receipts of what was taken back before the e-mail left (10.11)."""
    about = {row.id: UUID(row.facts["file"]) for row in rows if row.kind == KIND}
    query = select(StoredFile.id).where(
        col(StoredFile.id).in_(list(about.values())), col(StoredFile.deleted_at).is_(None)
    )
    there = set(work.session.exec(query)) if about else set()
    return [row for row in rows if row.id not in about or about[row.id] in there]
