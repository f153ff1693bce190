"""A template's attachments: uploaded as the firm's files are, without a client (5.3, 10.1)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.uploads import NoRoomLeft
from portal_app.models import Firm, Side, Staff, StoredFile, TemplateSection, TemplateTask, Upload, new_id
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files import being_checked
from portal_app.services.files.files import Receipt
from portal_app.services.files.uploads import Standing, check_many, key_about, limits_of, under_way
from portal_app.text import _
from portal_app.work import Work, begin


def start_upload(
    ports: Ports, actor: Actor, task_id: UUID, name: str, length: int, *, head: bytes = b""
) -> tuple[str, Standing]:
    """Reserve `length` bytes of a template task's total; gives back the secret of the upload's address (10.12).

    Raises `Refused`, `NoRoomLeft`, `TryLater`, and what the doors raise.
    """
    label = rules.clean_name(name) or _("File")
    with begin(ports, actor) as work:
        task = access.of_firm(work, TemplateTask, task_id, Permission.WORK_EDIT, lock=True)
        limits = limits_of(work.session.get_one(Firm, task.firm_id))
        rules.check_start(label, length, limits, reserved(work, task.id))
        if head:
            rules.check_head(label, head, limits)
        check_many(work, Upload.template_task_id == task.id, None)
        if not ports.objects.has_room(length):
            raise NoRoomLeft
        token, upload_id = new_token(), new_id()
        upload = Upload(
            id=upload_id,
            firm_id=task.firm_id,
            token_hash=token_hash(token),
            template_task_id=task.id,
            side=Side.FIRM,
            name=label,
            length=length,
            sealed_key=ports.sealer.new_key(key_about(upload_id, task.firm_id)),
            staff_id=actor.staff_id,
            session_id=actor.session_id,
            created_at=work.now,
            expires_at=work.now + rules.KEPT_FOR,
        )
        work.add(upload)
    return token, Standing(received=0, length=length, expires_at=upload.expires_at)


def remove_file(ports: Ports, actor: Actor, file_id: UUID) -> None:
    """Take an attachment off a template; work made before keeps its own (5.18). Twice is once."""
    with begin(ports, actor) as work:
        file = access.of_firm(work, StoredFile, file_id, Permission.WORK_EDIT, lock=True)
        task = access.of_firm(work, TemplateTask, file.template_task_id or file.id, Permission.WORK_EDIT)
        if file.deleted_at is None:
            take_off(work, file)
            ring(work, task)


def take_off(work: Work, file: StoredFile) -> None:
    """Mark one attachment as deleted, within a transaction that has opened its door."""
    file.deleted_at = work.now
    work.add(file)
    work.audit("file:deleted", firm_id=file.firm_id, subject_kind="file", subject_id=file.id)


def reserved(work: Work, task_id: UUID) -> int:
    """What the attachments of a template's task take, with those on their way, in bytes."""
    whole = select(func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.template_task_id == task_id, col(StoredFile.deleted_at).is_(None)
    )
    coming = select(func.coalesce(func.sum(Upload.length), 0)).where(
        under_way(work), Upload.template_task_id == task_id
    )
    return int(work.session.exec(whole).one()) + int(work.session.exec(coming).one())


def is_welcome(work: Work, upload: Upload) -> bool:
    """Whether the upload may still become a file: its task is there, and who began it still works here."""
    person = work.session.get(Staff, upload.staff_id) if upload.staff_id else None
    return (
        work.session.get(TemplateTask, upload.template_task_id) is not None
        and person is not None
        and person.deactivated_at is None
    )


def land(work: Work, upload: Upload, digest: bytes) -> Receipt:
    """Make the file, in the transaction of its last part."""
    task = work.session.get_one(TemplateTask, upload.template_task_id, with_for_update=True)
    names = select(StoredFile.name).where(
        StoredFile.template_task_id == task.id, col(StoredFile.deleted_at).is_(None)
    )
    file = StoredFile(
        id=upload.id,
        firm_id=upload.firm_id,
        template_task_id=task.id,
        side=Side.FIRM,
        name=rules.numbered(upload.name, work.session.exec(names)),
        size=upload.length,
        sha256=digest,
        staff_id=upload.staff_id,
        created_at=upload.created_at,
        completed_at=work.now,
        **being_checked.waiting(work),
    )
    upload.finished_at = work.now
    work.add(file, upload)
    work.audit(
        "file:uploaded",
        firm_id=file.firm_id,
        subject_kind="file",
        subject_id=file.id,
        sha256=digest.hex(),
        size=file.size,
    )
    ring(work, task)
    zone = work.session.get_one(Firm, file.firm_id).time_zone
    return Receipt(file.id, file.name, file.size, digest.hex(), work.now, zone, has_paper=False)


def ring(work: Work, task: TemplateTask) -> None:
    """Whoever looks at the template looks again."""
    section = work.session.get_one(TemplateSection, task.section_id)
    work.ring(f"template:{section.template_id}")
