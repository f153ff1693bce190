"""Uploads from first word to last: beginning, standing, cancelling (10.1, 10.2, 10.12). Parts: `arrivals`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from portal_app.domain import uploads
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken, TryLater
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.uploads import Limits, NoRoomLeft, Refused, UploadGone
from portal_app.models import Contact, FilePart, Firm, Side, Staff, StoredFile, Task, Upload, new_id
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.files.files import Receipt, receipt_of
from portal_app.services.files.stored_objects import remove_objects
from portal_app.services.files.there import there
from portal_app.services.firm import firm_days
from portal_app.services.tasks import tasks
from portal_app.text import _
from portal_app.work import Work, begin, reading

PER_ADDRESS = "2000/hour"


@dataclass(frozen=True)
class Standing:
    """Where an upload is; `receipt` once all of it arrived."""

    received: int
    length: int
    expires_at: datetime
    receipt: Receipt | None = None


def start_upload(
    ports: Ports,
    actor: Actor,
    task_id: UUID,
    name: str,
    length: int,
    *,
    head: bytes = b"",
    is_photo: bool = False,
    replaces_id: UUID | None = None,
) -> tuple[str, Standing]:
    """Reserve `length` bytes of the task's total and give back the secret of the upload's address (10.12).

    A client puts a file on an open task they may answer, staff attach the firm's (1.10). Two at once cannot
    exceed the total: the task is locked. `head`, the file's first bytes if the browser told them, only lets
    a refusal come before the upload; what arrives is looked at anyway. With `is_photo` it came from a camera, and is named by
    the task; with `replaces_id` it becomes a new version of that file, which the client uploaded themselves (10.4).
    Raises `Refused`, `RuleBroken` on a completed task (5.12), `NoRoomLeft`, `TryLater`, and what the doors raise.
    """
    label = uploads.clean_name(name) or _("File")
    with begin(ports, actor) as work:
        permission = Permission.REQUEST_EDIT if actor.is_staff else Permission.TASK_UPLOAD
        task, sight = access.task(work, task_id, permission, lock=True)
        side = Side.FIRM if actor.is_staff else Side.CLIENT
        if side is Side.CLIENT and task.completed_at is not None:
            text = _("This task is completed, so it takes no more files. Ask {firm} to reopen it.")
            raise RuleBroken(text.format(firm=sight.firm.name))
        if is_photo:
            day = firm_days.today(sight.firm, work.now)
            label = uploads.photo_name(task.title, day, label, _names_on(work, task.id))
        replaced = _replaced(work, task, sight, replaces_id)
        limits, taken = limits_of(sight.firm), reserved(work, task.id, side)
        uploads.check_start(label, length, limits, taken - (replaced.size if replaced else 0))
        if head:
            uploads.check_head(label, head, limits)
        check_many(work, Upload.task_id == task.id, _contact_id(sight))
        if not ports.objects.has_room(length):
            raise NoRoomLeft
        token = new_token()
        upload = _new_upload(work, task, sight, side, label, length, token)
        upload.replaces_id = replaced.id if replaced else None
        work.add(upload)
        work.ring(f"request:{sight.request.id}")
    return token, Standing(received=0, length=length, expires_at=upload.expires_at)


def upload_standing(ports: Ports, token: str) -> Standing:
    """Where the upload of this address is. Raises `NotFound` or `UploadGone`."""
    with reading(ports, Actor.nobody()) as work:
        upload = by_token(work, token)
        return Standing(upload.received, upload.length, upload.expires_at, receipt_of(work, upload.id))


def cancel_upload(ports: Ports, token: str) -> None:
    """End an upload under way; nothing of it stays. Raises `NotFound`, `UploadGone`, or `RuleBroken` when whole."""
    with reading(ports, Actor.nobody()) as work:
        upload = by_token(work, token)
    if not drop_upload(ports, upload.id, is_cancelled=True):
        raise RuleBroken(_("This file has arrived already."))


def drop_upload(ports: Ports, upload_id: UUID, *, is_cancelled: bool = False) -> bool:
    """Remove an unfinished upload: rows first, then objects, so that no row is ever without its object.

    A task that waited for it does not complete by it (5.19). False when the upload is whole or already gone.
    """
    with begin(ports, Actor.timetable()) as work:
        upload = work.session.get(Upload, upload_id, with_for_update=True)
        if upload is None or upload.finished_at is not None:
            return False
        keys = list(work.session.exec(select(FilePart.object_key).where(FilePart.upload_id == upload_id)))
        work.session.execute(delete(FilePart).where(col(FilePart.upload_id) == upload_id))
        _tell_task(work, upload, is_cancelled=is_cancelled)
        work.session.delete(upload)
    remove_objects(ports, keys)
    return True


def by_token(work: Work, token: str) -> Upload:
    """The upload of an address. The secret is the right: it outlives the session that began it (10.10)."""
    upload = work.session.exec(select(Upload).where(Upload.token_hash == token_hash(token))).first()
    if upload is None:
        raise NotFound(_("There is no such upload. Choose the file again."))
    if upload.finished_at is None and work.now >= upload.expires_at:
        raise UploadGone(_("This upload took more than a day and has ended. Choose the file again."))
    return upload


def limits_of(firm: Firm) -> Limits:
    """The firm's limits in bytes (1.10)."""
    return Limits(
        firm.largest_file_mb * uploads.MB, firm.task_total_mb * uploads.MB, tuple(firm.refused_kinds)
    )


def reserved(work: Work, task_id: UUID, side: Side) -> int:
    """What one side's files on a task take, with those on their way, in bytes (1.10, 10.12); of a new version what it
    has more than the one before, since that stays until the new one is there."""
    return reserved_each(work, [task_id], side)[task_id]


def reserved_each(work: Work, task_ids: Collection[UUID], side: Side) -> dict[UUID, int]:
    """The same for each of these tasks, in two statements."""
    whole = (
        select(StoredFile.task_id, func.sum(StoredFile.size))
        .where(col(StoredFile.task_id).in_(task_ids), StoredFile.side == side, there())
        .group_by(col(StoredFile.task_id))
    )
    before = aliased(StoredFile)
    more = case((col(before.size) > Upload.length, 0), else_=Upload.length - func.coalesce(before.size, 0))
    coming = (
        select(Upload.task_id, func.sum(more))
        .outerjoin(before, and_(col(before.id) == Upload.replaces_id, col(before.deleted_at).is_(None)))
        .where(under_way(work), col(Upload.task_id).in_(task_ids), Upload.side == side)
        .group_by(col(Upload.task_id))
    )
    taken = dict.fromkeys(task_ids, 0)
    for task_id, size in [*work.session.exec(whole), *work.session.exec(coming)]:
        if task_id is not None:
            taken[task_id] += int(size)
    return taken


def _replaced(work: Work, task: Task, sight: Sight, file_id: UUID | None) -> StoredFile | None:
    """The file whose new version comes: one on the task, of whoever brings it. Raises `NotFound`, `RuleBroken`."""
    if file_id is None:
        return None
    row = access.file(work, file_id, Permission.REQUEST_READ if work.actor.is_staff else Permission.TASK_VIEW)
    if row.task_id != task.id or row.replaced_by_id is not None:
        raise NotFound(_("There is nothing here."))
    if work.actor.is_staff or not access.is_own(sight, row):
        raise RuleBroken(_("Only what you put here yourself can be replaced. Upload it beside instead."))
    return row


def as_uploader(work: Work, upload: Upload, sight: Sight) -> Sight:
    """The request as whoever began the upload sees it: what happens by it happens in their name."""
    contact = work.session.get(Contact, upload.contact_id) if upload.contact_id else None
    return replace(sight, contact=contact)


def check_many(work: Work, on_task: ColumnElement[bool] | bool, contact_id: UUID | None) -> None:
    """Bounds on what costs rows and sockets rather than bytes; no browser in use comes near them.

    `on_task` says which uploads lie on the task, `contact_id` is the client who uploads. Raises `TryLater`, `Refused`.
    """
    check_pace(work, contact_id)
    files = select(func.count()).select_from(Upload).where(on_task)
    if work.session.exec(files).one() >= uploads.FILES_PER_TASK:
        raise Refused(_("This task has as many files as it can take. Put the rest into one ZIP file."), 413)


def check_pace(work: Work, contact_id: UUID | None) -> None:
    """How many uploads one person or one network address begins, wherever they go. Raises `TryLater`."""
    actor, ports = work.actor, work.ports
    if actor.address and not ports.limiter.hit(f"uploads:{actor.address}", PER_ADDRESS):
        raise TryLater(_too_many(), ports.limiter.reset_at(f"uploads:{actor.address}", PER_ADDRESS))
    person = Upload.staff_id == actor.staff_id if actor.is_staff else Upload.contact_id == contact_id
    query = select(func.count()).select_from(Upload).where(under_way(work), person)
    if work.session.exec(query).one() >= uploads.OPEN_UPLOADS:
        raise TryLater(_too_many(), work.now + timedelta(minutes=1))


def _new_upload(
    work: Work, task: Task, sight: Sight, side: Side, name: str, length: int, token: str
) -> Upload:
    actor, upload_id = work.actor, new_id()
    person = work.session.get(Staff, actor.staff_id) if actor.staff_id else sight.contact
    return Upload(
        id=upload_id,
        firm_id=sight.firm.id,
        token_hash=token_hash(token),
        client_id=sight.client.id,
        task_id=task.id,
        side=side,
        name=name,
        length=length,
        sealed_key=work.ports.sealer.new_key(key_about(upload_id, sight.firm.id)),
        contact_id=None if actor.is_staff else _contact_id(sight),
        staff_id=actor.staff_id,
        hand_over_id=sight.handed[0].id if sight.handed else None,
        grant_id=sight.grant.id if sight.grant else None,
        session_id=actor.session_id,
        device_id=actor.device_id,
        began_as=(person.email_key or "") if person else "",
        created_at=work.now,
        expires_at=work.now + uploads.KEPT_FOR,
    )


def _names_on(work: Work, task_id: UUID) -> list[str]:
    """Every name on a task, of what is on its way too; the task is locked, so two photos never take one name."""
    kept = work.session.exec(select(StoredFile.name).where(StoredFile.task_id == task_id))
    return [*kept, *work.session.exec(select(Upload.name).where(Upload.task_id == task_id))]


def key_about(upload_id: UUID, firm_id: UUID) -> bytes:
    """What a file's sealed key is bound to."""
    return f"{upload_id}|key|{firm_id}".encode()


def _tell_task(work: Work, upload: Upload, *, is_cancelled: bool) -> None:
    task = work.session.get(Task, upload.task_id, with_for_update=True) if upload.task_id else None
    sight = access.sight_of(work, task.section_id) if task else None
    if task is not None and sight is not None and upload.side is Side.CLIENT:
        if is_cancelled:
            tasks.upload_ended(work, task, as_uploader(work, upload, sight), upload.id, arrived=False)
        else:
            tasks.upload_failed(work, task)
        work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")


def under_way(work: Work) -> ColumnElement[bool]:
    """The uploads that have begun, and neither ended nor run out of time."""
    return and_(col(Upload.finished_at).is_(None), col(Upload.expires_at) > work.now)


def _contact_id(sight: Sight) -> UUID | None:
    return sight.contact.id if sight.contact else None


def _too_many() -> str:
    return _("Too many files at once. Wait until some have arrived, then go on.")
