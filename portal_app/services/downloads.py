"""Reading a file: authorized each time, and no part leaves that was not checked (10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import ClientAssignment, FilePart, Notification, StoredFile, Upload
from portal_app.ports import PartSealer, Ports
from portal_app.services import access
from portal_app.services.arrivals import part_about
from portal_app.services.uploads import key_about
from portal_app.work import Work, begin, reading


class Damaged(Exception):
    """A stored part of the file `name` is missing, changed, or another one's."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class OpenFile:
    """A file that may be read, and where its parts lie: (offset, size, object key) by number."""

    file_id: UUID
    firm_id: UUID
    name: str
    size: int
    sha256: bytes
    parts: tuple[tuple[int, int, str], ...]
    sealer: PartSealer


def open_file(ports: Ports, actor: Actor, file_id: UUID) -> OpenFile:
    """Open a file for this person. Raises what the door raises, and `Damaged`."""
    with reading(ports, actor) as work:
        file = access.file(work, file_id, _permission(actor))
        upload = work.session.get_one(Upload, file.id)
        query = select(FilePart.offset, FilePart.size, FilePart.object_key)
        rows = work.session.exec(query.where(FilePart.upload_id == file.id).order_by(col(FilePart.number)))
        parts = tuple((offset, size, key) for offset, size, key in rows)
    if not _is_seamless(parts, file.size):
        raise Damaged(file.name)
    try:
        sealer = ports.sealer.parts(upload.sealed_key, key_about(upload.id, upload.firm_id))
    except ValueError:
        raise Damaged(file.name) from None
    return OpenFile(file.id, file.firm_id, file.name, file.size, file.sha256, parts, sealer)


def may_still_read(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Ask the door again: a download under way ends with the right to it (3.10)."""
    with reading(ports, actor) as work:
        access.file(work, file_id, _permission(actor))


def read_part(ports: Ports, file: OpenFile, number: int) -> bytes:
    """One part in the clear, whole and checked. Raises `Damaged`."""
    _offset, size, key = file.parts[number]
    try:
        sealed = ports.objects.get(key)
        plain = file.sealer.unseal(sealed, part_about(file.file_id, number, file.firm_id))
    except (KeyError, ValueError):
        raise Damaged(file.name) from None
    if len(plain) != size:
        raise Damaged(file.name)
    return plain


def note_download(ports: Ports, actor: Actor, file: OpenFile) -> None:
    """Record that somebody took the file."""
    with begin(ports, actor) as work:
        work.audit("file:downloaded", firm_id=file.firm_id, subject_kind="file", subject_id=file.file_id)


def mark_damaged(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Flag the file and tell the client's assigned staff, once; every further try is audited."""
    with begin(ports, actor) as work:
        file = work.session.get(StoredFile, file_id, with_for_update=True)
        if file is None:
            return
        work.audit("file:found_damaged", firm_id=file.firm_id, subject_kind="file", subject_id=file.id)
        if file.damaged_at is None:
            file.damaged_at = work.now
            work.add(file)
            _alert(work, file)


def _alert(work: Work, file: StoredFile) -> None:
    query = select(ClientAssignment.staff_id).where(ClientAssignment.client_id == file.client_id)
    for staff_id in work.session.exec(query):
        work.add(
            Notification(
                firm_id=file.firm_id,
                staff_id=staff_id,
                kind="file_damaged",
                client_id=file.client_id,
                task_id=file.task_id,
                facts={"name": file.name},
                once_key=f"file_damaged:{file.id}",
                at=work.now,
            )
        )
        work.ring(f"staff:{staff_id}")


def _permission(actor: Actor) -> Permission:
    return Permission.REQUEST_READ if actor.is_staff else Permission.TASK_VIEW


def _is_seamless(parts: tuple[tuple[int, int, str], ...], size: int) -> bool:
    """Whether the rows follow each other from the first byte to the last: none dropped, none added."""
    at = 0
    for offset, length, _key in parts:
        if offset != at:
            return False
        at += length
    return at == size
