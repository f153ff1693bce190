"""Reading a file: authorized each time, and no part leaves that was not checked (10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.uploads import BeingChecked
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.ports import PartSealer, Ports
from portal_app.services import access
from portal_app.services.documents import documents
from portal_app.services.files.arrivals import part_about
from portal_app.services.files.uploads import key_about
from portal_app.services.triage import triage
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
    parts_id: UUID
    """The upload that brought the parts; of a copy, another one than the file's own (decision 0010)."""


def open_file(ports: Ports, actor: Actor, file_id: UUID) -> OpenFile:
    """Open a file for this person. Raises what the door raises, `BeingChecked` (10.13), and `Damaged`."""
    with reading(ports, actor) as work:
        file = access.file(work, file_id, _permission(actor))
        if file.checking_since is not None:
            raise BeingChecked(file.name)
        return open_row(work, file)


def open_waiting(ports: Ports, file_id: UUID) -> OpenFile:
    """Open a file for the scanner, before anybody else may. Raises `Damaged`, also where it has gone."""
    with reading(ports, Actor.timetable()) as work:
        file = work.session.get(StoredFile, file_id)
        if file is None:
            raise Damaged
        return open_row(work, file)


def open_row(work: Work, file: StoredFile) -> OpenFile:
    """Open a file that somebody was let in to, or that an operator has checked. Raises `Damaged`."""
    upload = _origin(work, file)
    query = select(FilePart.offset, FilePart.size, FilePart.object_key)
    rows = work.session.exec(query.where(FilePart.upload_id == upload.id).order_by(col(FilePart.number)))
    parts = tuple((offset, size, key) for offset, size, key in rows)
    if not _is_seamless(parts, file.size):
        raise Damaged(file.name)
    try:
        sealer = work.ports.sealer.parts(upload.sealed_key, key_about(upload.id, upload.firm_id))
    except ValueError:
        raise Damaged(file.name) from None
    return OpenFile(file.id, file.firm_id, file.name, file.size, file.sha256, parts, sealer, upload.id)


def may_still_read(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Ask the door again: a download under way ends with the right to it (3.10)."""
    with reading(ports, actor) as work:
        access.file(work, file_id, _permission(actor))


def read_part(ports: Ports, file: OpenFile, number: int) -> bytes:
    """One part in the clear, whole and checked. Raises `Damaged`."""
    _offset, size, key = file.parts[number]
    try:
        sealed = ports.objects.get(key)
        plain = file.sealer.unseal(sealed, part_about(file.parts_id, number, file.firm_id))
    except (KeyError, ValueError):
        raise Damaged(file.name) from None
    if len(plain) != size:
        raise Damaged(file.name)
    return plain


def note_download(ports: Ports, actor: Actor, file: OpenFile) -> None:
    """Record that somebody took the file; of a document it also shows who opened it."""
    _note(ports, actor, file, "file:downloaded")


def note_preview(ports: Ports, actor: Actor, file: OpenFile) -> None:
    """Record that somebody looked at the file."""
    _note(ports, actor, file, "file:previewed")


def _note(ports: Ports, actor: Actor, file: OpenFile, action: str) -> None:
    with begin(ports, actor) as work:
        work.audit(action, firm_id=file.firm_id, subject_kind="file", subject_id=file.file_id)
        row = work.session.get(StoredFile, file.file_id)
        if row is not None:
            documents.note_reading(work, row)


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
    told = triage.assigned(work, file.client_id) if file.client_id else []
    triage.tell(
        work,
        told,
        "file_damaged",
        firm_id=file.firm_id,
        once_key=f"file_damaged:{file.id}",
        facts={"name": file.name},
        is_act=False,
        client_id=file.client_id,
        task_id=file.task_id,
    )


def _origin(work: Work, file: StoredFile) -> Upload:
    """The upload whose parts hold the file."""
    upload = work.session.get_one(Upload, file.id)
    return upload if upload.parts_of_id is None else work.session.get_one(Upload, upload.parts_of_id)


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
