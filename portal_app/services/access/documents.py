"""The doors to documents outside tasks, and their folders (10.14)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import select

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Document, Folder
from portal_app.services.access.doors import allow, of_firm, own_client
from portal_app.services.documents import visible
from portal_app.text import _
from portal_app.work import Work


def document(work: Work, document_id: UUID, permission: Permission, *, lock: bool = False) -> Document:
    """A document outside tasks: for staff of its firm, also one that was removed; for a signed-in contact what is
    shared with them or was put there by them, at a client that they reach (3.1, 10.14). Raises `NotFound`."""
    if work.actor.is_staff:
        return of_firm(work, Document, document_id, permission, lock=lock)
    allow(work, permission)
    row = work.session.get(Document, document_id, with_for_update=lock)
    if row is None:
        raise NotFound(_("There is nothing here."))
    _whose, person, given = own_client(work, row.client_id, permission)
    is_seen = select(Document.id).where(Document.id == row.id, visible.to_contact(person.id, given.level))
    if work.session.exec(is_seen).first() is None:
        raise NotFound(_("There is nothing here."))
    return row


def folder(work: Work, folder_id: UUID, permission: Permission, *, lock: bool = False) -> Folder:
    """A folder that was not removed: for staff of its firm; for a signed-in contact one that they see. Raises `NotFound`."""
    if work.actor.is_staff:
        row = of_firm(work, Folder, folder_id, permission, lock=lock)
        if row.deleted_at is not None:
            raise NotFound(_("There is nothing here."))
        return row
    allow(work, permission)
    found = work.session.get(Folder, folder_id, with_for_update=lock)
    if found is None:
        raise NotFound(_("There is nothing here."))
    whose, person, given = own_client(work, found.client_id, permission)
    if found.id not in visible.folders(work, whose.id, person.id, given.level):
        raise NotFound(_("There is nothing here."))
    return found
