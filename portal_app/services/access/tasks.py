"""The doors to what stands in a request, and to files."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Contact, Side, StoredFile, Task
from portal_app.services.access.documents import document
from portal_app.services.access.doors import allow
from portal_app.services.access.readers import access_to, reaches
from portal_app.services.access.requests import request
from portal_app.services.access.sights import Sight, rows_of
from portal_app.text import _
from portal_app.work import Work


def task(work: Work, task_id: UUID, permission: Permission, *, lock: bool = False) -> tuple[Task, Sight]:
    """A task and the request it stands in; locked in the order request, task."""
    allow(work, permission)
    row = work.session.get(Task, task_id)
    if row is None:
        raise NotFound(_("There is nothing here."))
    sight = request(work, row.section_id, permission, lock=lock, handed=True)
    if sight.handed and all(hand.task_id != row.id for hand in sight.handed):
        raise NotFound(_("There is nothing here."))
    if sight.handed:  # of several hands, the one that holds this task
        sight = replace(sight, handed=tuple(hand for hand in sight.handed if hand.task_id == row.id))
    if lock:
        work.session.refresh(row, with_for_update=True)
    if row.put_aside_at is not None and not work.actor.is_staff:
        raise NotFound(_("There is nothing here."))
    return row, sight


def task_file(work: Work, file_id: UUID, permission: Permission) -> tuple[StoredFile, Task, Sight]:
    """A file on a task, removed or not, to be changed: for staff of the firm, and for whoever sees it on its request;
    locked in the order request, task, file."""
    allow(work, permission)
    row = work.session.get(StoredFile, file_id)
    if row is None or row.task_id is None:
        raise NotFound(_("There is nothing here."))
    found, sight = task(work, row.task_id, permission, lock=True)
    if sight.handed and not is_theirs(sight, row.side is Side.FIRM, row.hand_over_id):
        raise NotFound(_("There is nothing here."))
    work.session.refresh(row, with_for_update=True)
    return row, found, sight


def file(work: Work, file_id: UUID, permission: Permission) -> StoredFile:
    """A complete file that this person may read: staff of the firm, whoever sees its request or its document (10.14),
    and whoever uploaded it signed in, whatever became of their level since (3.1, 3.10). Clients read
    the version of now."""
    allow(work, permission)
    row = work.session.get(StoredFile, file_id)
    if row is None or row.deleted_at is not None:
        raise NotFound(_("There is nothing here."))
    if work.actor.is_staff:
        if row.firm_id != work.actor.firm_id:
            raise NotFound(_("There is nothing here."))
    elif row.document_id is not None:
        if document(work, row.document_id, Permission.DOCUMENT_VIEW).file_id != row.id:
            raise NotFound(_("There is nothing here."))
    elif row.task_id is None or row.replaced_by_id is not None:
        raise NotFound(_("There is nothing here."))
    elif not _is_own_upload(work, row):
        _task, sight = task(work, row.task_id, permission)
        if sight.handed and not is_theirs(sight, row.side is Side.FIRM, row.hand_over_id):
            raise NotFound(_("There is nothing here."))
    return row


def _is_own_upload(work: Work, row: StoredFile) -> bool:
    """Whether a signed-in contact put it there themselves, at a client that they still reach."""
    if work.actor.contact_id is None or row.contact_id != work.actor.contact_id:
        return False
    asked = work.session.get(Task, row.task_id)
    found = rows_of(work, asked.section_id, lock=False) if asked and asked.put_aside_at is None else None
    person = work.session.get(Contact, row.contact_id)
    given = access_to(work, found.client.id, row.contact_id) if found else None
    if found is None or person is None or found.request.withdrawn_at is not None:
        return False
    return reaches(found, person, given, None)


def is_own(sight: Sight, file: StoredFile) -> bool:
    """Whether the reader put the file there: not what somebody did who had the task in hand, nor the other way round."""
    if sight.handed:
        return any(hand.id == file.hand_over_id for hand in sight.handed)
    return sight.contact is not None and file.contact_id == sight.contact.id and file.hand_over_id is None


def is_theirs(sight: Sight, is_firms: bool, hand_over_id: UUID | None) -> bool:
    """Whether whoever a task was handed to sees this file or comment: their own, and the firm's attachments (5.8a)."""
    return is_firms or any(hand.id == hand_over_id for hand in sight.handed)
