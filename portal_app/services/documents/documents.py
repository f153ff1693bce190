"""What is done with documents: renamed, moved, shared, removed and taken back (10.6, 10.8, 10.14)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import file_kinds
from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import (
    ClientContact,
    Document,
    DocumentReading,
    DocumentShare,
    Folder,
    SharedWith,
    StoredFile,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_names, document_notices
from portal_app.text import _
from portal_app.work import Work, begin


def rename_document(ports: Ports, actor: Actor, document_id: UUID, name: str) -> None:
    """Another name; the ending stays what the content is. Raises `BadInput`."""
    with begin(ports, actor) as work:
        row = _one(work, document_id)
        label = rules.clean_name(name)
        ending = file_kinds.ending(row.name)
        if ending and file_kinds.ending(label) != ending:
            label = rules.clean_name(f"{label}.{ending}") if label else ""
        if not label:
            raise BadInput(_("Give the document a name."), field="name")
        taken = document_names.seen_in(work, row.client_id, row.folder_id, but=[row.id])
        row.name = document_names.free(label, taken)
        work.add(row)
        _record(work, row, "document:renamed")
        document_notices.ring(work, row.client_id)


def move_documents(
    ports: Ports, actor: Actor, document_ids: Collection[UUID], folder_id: UUID | None
) -> None:
    """Into a folder of the same client, or to the top; where the name is taken there, a numbered one (10.4)."""
    with begin(ports, actor) as work:
        rows = _several(work, document_ids)
        folder = access.folder(work, folder_id, Permission.DOCUMENT_EDIT) if folder_id else None
        for row in rows:
            if folder is not None and folder.client_id != row.client_id:
                raise NotFound(_("There is nothing here."))
            if row.folder_id == folder_id:
                continue
            row.name = document_names.free(
                row.name, document_names.seen_in(work, row.client_id, folder_id, but=[row.id])
            )
            row.folder_id = folder_id
            work.add(row)
            work.session.flush()
            _record(work, row, "document:moved", folder=folder_id)
            document_notices.ring(work, row.client_id)


def share_documents(
    ports: Ports,
    actor: Actor,
    document_ids: Collection[UUID],
    shared_with: SharedWith,
    contact_ids: Collection[UUID] = (),
) -> None:
    """Share with the client, with these contacts by name, or with nobody (10.14); whom it is new to gets an e-mail.

    What a contact put there stays shared with the client. Raises `BadInput` where nobody is named, `NotFound` for
    a contact of another client, `RuleBroken`.
    """
    names = set(contact_ids) if shared_with is not SharedWith.STAFF else set()
    if shared_with is SharedWith.NAMED and not names:
        raise BadInput(_("Choose with whom it is shared."), field="contacts")
    with begin(ports, actor) as work:
        for row in _several(work, document_ids):
            _check_contacts(work, row, names)
            if row.contact_id is not None and shared_with is not SharedWith.CLIENT:
                text = _("{name} came from the client, so everybody with full access keeps it.")
                raise RuleBroken(text.format(name=row.name))
            before = set(document_notices.told(work, row))
            _name(work, row, names)
            row.shared_with = shared_with
            work.add(row)
            work.session.flush()
            _share_record(work, row, names)
            if shared_with is SharedWith.STAFF:
                document_notices.take_back(work, [row.id])
            document_notices.tell_contacts(work, row, only=set(document_notices.told(work, row)) - before)


def remove_documents(ports: Ports, actor: Actor, document_ids: Collection[UUID]) -> None:
    """Remove documents; they can be taken back for the firm's time, then really go (10.8). Twice is once."""
    with begin(ports, actor) as work:
        put_away(work, _several(work, document_ids))


def restore_documents(ports: Ports, actor: Actor, document_ids: Collection[UUID]) -> None:
    """Take removed documents back, each where it was, or at the top where its folder is gone. Twice is once."""
    with begin(ports, actor) as work:
        take_back(work, _several(work, document_ids, gone=True))


def take_own_back(ports: Ports, actor: Actor, document_id: UUID) -> None:
    """A contact takes back what they put there; staff can restore it. Raises `NotFound`, `RuleBroken`."""
    with begin(ports, actor) as work:
        row = access.document(work, document_id, Permission.DOCUMENT_UPLOAD, lock=True)
        if row.contact_id != actor.contact_id:
            raise RuleBroken(_("Only what you put here yourself can be taken back. Ask the firm."))
        put_away(work, [row])


def put_away(work: Work, rows: Sequence[Document]) -> None:
    """Mark documents as removed with all their versions, within a transaction that has opened their doors."""
    gone = [row for row in rows if row.deleted_at is None]
    for row in gone:
        row.deleted_at = work.now
        row.deleted_by_staff_id, row.deleted_by_contact_id = work.actor.staff_id, work.actor.contact_id
        work.add(row)
        for version in _versions(work, row):
            version.deleted_at = version.deleted_at or work.now
            work.add(version)
        _record(work, row, "document:removed")
        _note(work, row, "document_removed")
    document_notices.take_back(work, [row.id for row in gone])
    for client_id in {row.client_id for row in gone}:
        document_notices.ring(work, client_id)


def take_back(work: Work, rows: Sequence[Document]) -> None:
    """Undo `put_away`, likewise."""
    for row in rows:
        if row.deleted_at is None:
            continue
        folder = work.session.get(Folder, row.folder_id) if row.folder_id else None
        if folder is not None and folder.deleted_at is not None:
            row.folder_id = None
        taken = document_names.seen_in(work, row.client_id, row.folder_id, but=[row.id])
        row.name = document_names.free(row.name, taken)
        for version in _versions(work, row):
            version.deleted_at = None
            work.add(version)
        row.deleted_at = row.deleted_by_staff_id = row.deleted_by_contact_id = None
        work.add(row)
        work.session.flush()
        _record(work, row, "document:restored")
        _note(work, row, "document_restored")
        document_notices.ring(work, row.client_id)


def note_reading(work: Work, file: StoredFile) -> None:
    """A contact opened a document: remembered, and told in the timeline the first time."""
    contact_id = work.actor.contact_id
    if file.document_id is None or contact_id is None:
        return
    query = select(DocumentReading).where(
        DocumentReading.document_id == file.document_id, DocumentReading.contact_id == contact_id
    )
    reading = work.session.exec(query.with_for_update()).first()
    if reading is not None:
        reading.last_at = work.now
        work.add(reading)
        return
    row = work.session.get_one(Document, file.document_id)
    work.add(
        DocumentReading(
            firm_id=row.firm_id,
            document_id=row.id,
            contact_id=contact_id,
            first_at=work.now,
            last_at=work.now,
        )
    )
    if row.contact_id != contact_id:
        _note(work, row, "document_opened")
    work.ring(f"documents:{row.client_id}")


def _one(work: Work, document_id: UUID) -> Document:
    row = access.document(work, document_id, Permission.DOCUMENT_EDIT, lock=True)
    if row.deleted_at is not None:
        raise NotFound(_("There is nothing here."))
    return row


def _several(work: Work, document_ids: Collection[UUID], *, gone: bool = False) -> list[Document]:
    """The documents, locked in one order. Raises `NotFound` where one of them is none of the firm's."""
    rows = [
        access.document(work, document_id, Permission.DOCUMENT_EDIT, lock=True)
        for document_id in sorted(set(document_ids))
    ]
    return [row for row in rows if (row.deleted_at is not None) == gone]


def _versions(work: Work, row: Document) -> list[StoredFile]:
    return list(work.session.exec(select(StoredFile).where(StoredFile.document_id == row.id)))


def _check_contacts(work: Work, row: Document, names: Collection[UUID]) -> None:
    known = select(ClientContact.contact_id).where(
        ClientContact.client_id == row.client_id, col(ClientContact.contact_id).in_(names)
    )
    if set(work.session.exec(known)) != set(names):
        raise NotFound(_("There is nothing here."))


def _name(work: Work, row: Document, names: Collection[UUID]) -> None:
    there = {
        one.contact_id: one
        for one in work.session.exec(select(DocumentShare).where(DocumentShare.document_id == row.id))
    }
    for contact_id in there.keys() - set(names):
        work.session.delete(there[contact_id])
    for contact_id in set(names) - there.keys():
        work.add(
            DocumentShare(
                firm_id=row.firm_id,
                document_id=row.id,
                contact_id=contact_id,
                staff_id=work.actor.staff_id,
                at=work.now,
            )
        )
    work.session.flush()


def _share_record(work: Work, row: Document, names: Collection[UUID]) -> None:
    people = ",".join(sorted(str(one) for one in names))
    _record(work, row, "document:shared", shared_with=row.shared_with.value, contacts=people)
    is_shared = row.shared_with is not SharedWith.STAFF
    _note(work, row, "document_shared" if is_shared else "document_unshared")


def _record(work: Work, row: Document, action: str, **facts: object) -> None:
    work.audit(action, firm_id=row.firm_id, subject_kind="document", subject_id=row.id, **facts)


def _note(work: Work, row: Document, kind: str) -> None:
    facts = {"name": row.name, "document": str(row.id)}
    work.note(kind, firm_id=row.firm_id, client_id=row.client_id, facts=facts)
