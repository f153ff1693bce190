"""Removed files really go, once the firm's time to take them back is over (10.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlmodel import col, select

from portal_app import faults
from portal_app.domain.actors import Actor
from portal_app.models import (
    Document,
    DocumentReading,
    DocumentShare,
    FilePart,
    Firm,
    Folder,
    StoredFile,
    Upload,
)
from portal_app.ports import Ports
from portal_app.services.files import copies
from portal_app.services.files.stored_objects import remove_objects
from portal_app.work import Work, begin, reading

BATCH = 500

log = structlog.get_logger(__name__)


def forget_removed_files(ports: Ports) -> int:
    """Delete files that were removed longer ago than the firm keeps them: rows first, then objects; gives how many.

    May run twice and on two machines; a bad row is logged and the rest still goes.
    """
    gone = sum(_forgotten_or_logged(ports, file_id) for file_id in _due(ports))
    _forget_documents(ports)
    return gone


def _due(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        found: list[UUID] = []
        for firm in work.session.exec(select(Firm)):
            until = work.now - timedelta(days=firm.retention_days)
            query = select(StoredFile.id).where(
                StoredFile.firm_id == firm.id, col(StoredFile.deleted_at) <= until
            )
            found += work.session.exec(query.limit(BATCH))
        return found


def _forgotten_or_logged(ports: Ports, file_id: UUID) -> bool:
    try:
        return forget_file(ports, file_id)
    except Exception as fault:  # noqa: BLE001 (one bad row never holds up the others)
        log.error("file_not_forgotten", file=str(file_id), **faults.facts(fault))
        return False


def forget_file(ports: Ports, file_id: UUID) -> bool:
    """Delete one removed file for good, with the parts that no copy lies in (decision 0010). False where it was
    taken back or is gone already."""
    with begin(ports, Actor.timetable()) as work:
        file = work.session.get(StoredFile, file_id, with_for_update=True)
        if file is None or file.deleted_at is None:
            return False
        work.audit("file:forgotten", firm_id=file.firm_id, subject_kind="file", subject_id=file.id)
        keys = delete_rows(work, file)
    remove_objects(ports, keys)
    return True


def delete_rows(work: Work, file: StoredFile) -> list[str]:
    """Delete a file's rows for good, within a transaction; gives the keys of the objects to remove after it."""
    upload = work.session.get_one(Upload, file.id)
    work.session.delete(file)
    work.session.flush()
    return _parts_without_files(work, upload)


def delete_documents(work: Work, document_ids: Sequence[UUID]) -> None:
    """Delete documents that hold no file any more, with whom they were shared with and who opened them."""
    for kind in (DocumentShare, DocumentReading):
        work.session.execute(delete(kind).where(col(kind.document_id).in_(document_ids)))
    work.session.execute(delete(Document).where(col(Document.id).in_(document_ids)))


def _parts_without_files(work: Work, upload: Upload) -> list[str]:
    """Delete the upload, and the one whose parts it lay in, where nothing needs them; gives the keys of their objects."""
    origin = work.session.get(Upload, upload.parts_of_id) if upload.parts_of_id else None
    keys: list[str] = []
    for one in (upload, origin):
        if one is None or work.session.get(StoredFile, one.id) is not None or copies.is_shared(work, one.id):
            continue
        keys += work.session.exec(select(FilePart.object_key).where(FilePart.upload_id == one.id))
        work.session.execute(delete(FilePart).where(col(FilePart.upload_id) == one.id))
        work.session.delete(one)
        work.session.flush()
    return keys


def _forget_documents(ports: Ports) -> None:
    """Documents and folders whose time is over and that hold no file any more."""
    with begin(ports, Actor.timetable()) as work:
        for firm in work.session.exec(select(Firm)):
            until = work.now - timedelta(days=firm.retention_days)
            held = select(StoredFile.document_id).where(col(StoredFile.document_id).is_not(None))
            query = select(Document.id).where(
                Document.firm_id == firm.id,
                col(Document.deleted_at) <= until,
                col(Document.id).not_in(held),
            )
            gone = list(work.session.exec(query.limit(BATCH)))
            delete_documents(work, gone)
            _forget_folders(work, firm, until=until)


def _forget_folders(work: Work, firm: Firm, *, until: object) -> None:
    """From the innermost on: a folder goes when nothing names it."""
    while True:
        filled = select(Document.folder_id).where(col(Document.folder_id).is_not(None))
        parents = select(Folder.parent_id).where(col(Folder.parent_id).is_not(None))
        query = select(Folder.id).where(
            Folder.firm_id == firm.id,
            col(Folder.deleted_at) <= until,
            col(Folder.id).not_in(filled),
            col(Folder.id).not_in(parents),
        )
        gone = list(work.session.exec(query.limit(BATCH)))
        if not gone:
            return
        work.session.execute(delete(Folder).where(col(Folder.id).in_(gone)))
