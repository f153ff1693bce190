"""The end of a document's upload: whether it is still welcome, and the document it becomes (10.4, 10.6, 10.10)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from portal_app.domain import file_kinds
from portal_app.models import (
    Client,
    Contact,
    Document,
    Firm,
    Folder,
    PortalAccess,
    SharedWith,
    Staff,
    StoredFile,
    Upload,
)
from portal_app.services import access
from portal_app.services.documents import document_names, document_notices
from portal_app.services.files import being_checked
from portal_app.services.files.files import Receipt
from portal_app.services.notices import receipts
from portal_app.work import Work


def is_welcome(work: Work, upload: Upload) -> bool:
    """Whether the upload may still become a document: its client is there, and who began it has their way in.

    The end of a session stops nothing; archiving, a change of address, and losing the client do (10.10).
    """
    client = work.session.get(Client, upload.client_id)
    if client is None or client.archived_at is not None:
        return False
    if upload.staff_id is not None:
        person = work.session.get(Staff, upload.staff_id)
        return person is not None and person.deactivated_at is None
    contact = work.session.get(Contact, upload.contact_id)
    given = _access(work, upload)
    if contact is None or given is None or (contact.email_key or "") != upload.began_as:
        return False
    return access.is_reached(client, contact, given, work.session.get_one(Firm, upload.firm_id))


def land(work: Work, upload: Upload, digest: bytes) -> Receipt:
    """Make the document, or its new version, in the transaction of the last part."""
    work.session.get(Client, upload.client_id, with_for_update=True)
    document = _replaced(work, upload)
    is_new = document is None
    if document is None:
        document = _document(work, upload)
    elif file_kinds.ending(document.name) != file_kinds.ending(upload.name):
        taken = document_names.seen_in(work, document.client_id, document.folder_id, but=[document.id])
        document.name = document_names.free(upload.name, taken)
    file = _file(work, upload, document, digest)
    document.file_id, upload.finished_at = file.id, work.now
    work.add(document, file, upload)
    work.session.flush()
    _record(work, document, file, is_new=is_new)
    if upload.staff_id is None:
        document_notices.tell_staff(work, document)
        receipts.tell_uploader(work, file, None, title="")
    else:
        document_notices.tell_contacts(work, document)
    zone = work.session.get_one(Firm, file.firm_id).time_zone
    return Receipt(file.id, document.name, file.size, digest.hex(), work.now, zone)


def _access(work: Work, upload: Upload) -> PortalAccess | None:
    query = select(PortalAccess).where(
        PortalAccess.client_id == upload.client_id, PortalAccess.contact_id == upload.contact_id
    )
    return work.session.exec(query).first()


def _replaced(work: Work, upload: Upload) -> Document | None:
    """The document whose new version it is; None where that is gone, and then it is one of its own."""
    if upload.document_id is None:
        return None
    document = work.session.get(Document, upload.document_id, with_for_update=True)
    return document if document is not None and document.deleted_at is None else None


def _document(work: Work, upload: Upload) -> Document:
    folder_id = _folder(work, upload.folder_id)
    level = given.level if (given := _access(work, upload)) and upload.staff_id is None else None
    taken = document_names.seen_in(work, upload.client_id, folder_id, upload.contact_id, level)
    assert upload.client_id is not None  # noqa: S101  start_upload sets it
    return Document(
        firm_id=upload.firm_id,
        client_id=upload.client_id,
        folder_id=folder_id,
        name=document_names.free(upload.name, taken),
        file_id=upload.id,
        shared_with=upload.shared_with or SharedWith.CLIENT,
        contact_id=upload.contact_id,
        staff_id=upload.staff_id,
        created_at=work.now,
    )


def _folder(work: Work, folder_id: UUID | None) -> UUID | None:
    """The folder, or the nearest above it that is still there."""
    folder = work.session.get(Folder, folder_id) if folder_id else None
    while folder is not None and folder.deleted_at is not None:
        folder = work.session.get(Folder, folder.parent_id) if folder.parent_id else None
    return folder.id if folder else None


def _file(work: Work, upload: Upload, document: Document, digest: bytes) -> StoredFile:
    return StoredFile(
        id=upload.id,
        firm_id=upload.firm_id,
        client_id=upload.client_id,
        document_id=document.id,
        side=upload.side,
        name=document.name,
        size=upload.length,
        sha256=digest,
        contact_id=upload.contact_id,
        staff_id=upload.staff_id,
        created_at=upload.created_at,
        completed_at=work.now,
        **being_checked.waiting(work),
    )


def _record(work: Work, document: Document, file: StoredFile, *, is_new: bool) -> None:
    work.note(
        "document_uploaded" if is_new else "document_replaced",
        firm_id=document.firm_id,
        client_id=document.client_id,
        facts={"name": document.name, "size": file.size, "document": str(document.id)},
    )
    work.audit(
        "document:uploaded" if is_new else "document:replaced",
        firm_id=document.firm_id,
        subject_kind="document",
        subject_id=document.id,
        file=str(file.id),
        sha256=file.sha256.hex(),
        size=file.size,
        shared_with=document.shared_with.value,
    )
