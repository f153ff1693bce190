"""The end of an upload: whether it is still welcome, and the file it becomes (5.19, 8.7, 10.4, 10.10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from portal_app.domain import links
from portal_app.domain.links import Standing
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Contact,
    HandOver,
    Notification,
    PortalAccess,
    Recipient,
    Side,
    Staff,
    StoredFile,
    Task,
    Upload,
)
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.documents import document_landing
from portal_app.services.files import being_checked, template_files, versions
from portal_app.services.files.files import Receipt
from portal_app.services.notices import receipts
from portal_app.services.tasks import tasks
from portal_app.services.triage import triage
from portal_app.work import Work

TOLD_TOGETHER = timedelta(minutes=10)  # 8.7


def is_welcome(work: Work, upload: Upload) -> bool:
    """Whether the upload may still become a file (10.10).

    Expiry, a moved grant, a session's end and a closed task or work let it finish; removal, withdrawal,
    archiving and a change of address stop it.
    """
    if upload.template_task_id is not None:
        return template_files.is_welcome(work, upload)
    if upload.shared_with is not None:
        return document_landing.is_welcome(work, upload)
    seen = _surroundings(work, upload)
    if seen is None:
        return False
    _task, sight = seen
    if sight.section.archived_at or sight.work_item.archived_at or sight.client.archived_at:
        return False
    if upload.staff_id is not None:
        person = work.session.get(Staff, upload.staff_id)
        return person is not None and person.deactivated_at is None
    if sight.request.withdrawn_at is not None:
        return False
    contact = work.session.get(Contact, upload.contact_id)
    if contact is None or contact.archived_at is not None or (contact.email_key or "") != upload.began_as:
        return False
    return has_a_way_in(work, sight, contact) and not _was_taken_back(work, upload)


def land(work: Work, upload: Upload, digest: bytes) -> Receipt:
    """Make the file, in the transaction of its last part: named, noted, told to staff; a waiting tick counts."""
    if upload.template_task_id is not None:
        return template_files.land(work, upload, digest)
    if upload.shared_with is not None:
        return document_landing.land(work, upload, digest)
    seen = _surroundings(work, upload, lock=True)
    if seen is None:
        raise LookupError("an upload that is_welcome refuses")
    task, found = seen
    sight = replace(
        found, contact=work.session.get(Contact, upload.contact_id) if upload.contact_id else None
    )
    before = versions.replaced(work, upload)
    file = _file(work, upload, digest, before, is_late=_is_late(work, upload, task, sight))
    upload.finished_at = work.now
    work.add(file, upload)
    work.session.flush()
    if before is not None:
        versions.put_before(work, before, file)
    _record(work, file, sight, is_new=before is None)
    if upload.side is Side.CLIENT:
        tasks.upload_ended(work, task, sight, upload.id, arrived=True)
        receipts.tell_uploader(work, file, sight.request.id, title=sight.section.name, task=task.title)
        if task.completed_at is None or file.late_at is not None:
            _tell_staff(work, file, task, sight)
    return Receipt(file.id, file.name, file.size, digest.hex(), work.now, sight.firm.time_zone)


def _surroundings(work: Work, upload: Upload, *, lock: bool = False) -> tuple[Task, Sight] | None:
    task = work.session.get(Task, upload.task_id, with_for_update=lock) if upload.task_id else None
    sight = access.sight_of(work, task.section_id) if task else None
    return (task, sight) if task and sight else None


def has_a_way_in(work: Work, sight: Sight, contact: Contact) -> bool:
    """A recipient, or somebody with full access: as the doors have it, sessions and grants apart."""
    received = select(Recipient.id).where(
        Recipient.request_id == sight.request.id,
        Recipient.contact_id == contact.id,
        col(Recipient.removed_at).is_(None),
    )
    full = select(PortalAccess.id).where(
        PortalAccess.client_id == sight.client.id,
        PortalAccess.contact_id == contact.id,
        PortalAccess.status == AccessStatus.ACCEPTED,
        PortalAccess.level == AccessLevel.FULL,
    )
    return any(work.session.exec(query).first() is not None for query in (received, full))


def _was_taken_back(work: Work, upload: Upload) -> bool:
    """The recipient took the task out of the hands that send the file: it stops, as by removal (10.10)."""
    hand = work.session.get(HandOver, upload.hand_over_id) if upload.hand_over_id else None
    return hand is not None and hand.ended_at is not None


def _file(
    work: Work, upload: Upload, digest: bytes, before: StoredFile | None, *, is_late: bool
) -> StoredFile:
    return StoredFile(
        id=upload.id,
        firm_id=upload.firm_id,
        client_id=upload.client_id,
        task_id=upload.task_id,
        side=upload.side,
        name=versions.name_for(work, upload, before),
        size=upload.length,
        sha256=digest,
        contact_id=upload.contact_id,
        staff_id=upload.staff_id,
        hand_over_id=upload.hand_over_id,
        created_at=upload.created_at,
        completed_at=work.now,
        late_at=work.now if is_late else None,
        **being_checked.waiting(work),
    )


def _is_late(work: Work, upload: Upload, task: Task, sight: Sight) -> bool:
    """Whether a client's file arrives after its task, its work or its way in was closed (10.10)."""
    if upload.side is Side.FIRM:
        return False
    if task.completed_at is not None or sight.work_item.completed_at is not None:
        return True
    grant = work.session.get(AccessGrant, upload.grant_id) if upload.grant_id else None
    if grant is None:
        return False
    where = links.standing(access.grant_facts(work, sight, grant), upload.device_id, work.now)
    return where in {Standing.EXPIRED, Standing.ENDED, Standing.CLOSED}


def _record(work: Work, file: StoredFile, sight: Sight, *, is_new: bool) -> None:
    by = {"by": hand.name} if (hand := _hand(work, file)) else {}
    work.note(
        "file_uploaded" if is_new else "file_replaced",
        firm_id=file.firm_id,
        client_id=file.client_id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=file.task_id,
        facts={"name": file.name, "size": file.size, "is_late": file.late_at is not None} | by,
    )
    work.audit(
        "file:uploaded" if is_new else "file:replaced",
        firm_id=file.firm_id,
        subject_kind="file",
        subject_id=file.id,
        sha256=file.sha256.hex(),
        size=file.size,
    )
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def _hand(work: Work, file: StoredFile) -> HandOver | None:
    """Whose hands put it there, where the task was in somebody else's (5.8a)."""
    return work.session.get(HandOver, file.hand_over_id) if file.hand_over_id else None


def _tell_staff(work: Work, file: StoredFile, task: Task, sight: Sight) -> None:
    """Files of one person on one task within ten minutes are one notification (8.7): a later one counts up the
    first, and makes it unread again."""
    hand = _hand(work, file)
    by = hand.name if hand else ""
    query = select(Notification).where(
        Notification.task_id == task.id,
        Notification.kind == "files_uploaded",
        Notification.contact_id == file.contact_id,
        Notification.at > work.now - TOLD_TOGETHER,
        col(Notification.taken_back_at).is_(None),
    )
    told = [row for row in work.session.exec(query) if row.facts.get("by", "") == by]
    for row in told:
        is_late = bool(row.facts["is_late"]) or file.late_at is not None
        row.facts = {**row.facts, "count": row.facts["count"] + 1, "is_late": is_late}
        row.read_at = None
        work.add(row)
        work.ring(f"staff:{row.staff_id}")
    if not told:
        facts: dict[str, Any] = {"count": 1, "name": file.name, "is_late": file.late_at is not None}
        facts |= {"by": by} if by else {}
        triage.notify(work, sight, "files_uploaded", task=task, **facts)
