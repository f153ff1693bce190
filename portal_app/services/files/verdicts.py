"""What becomes of a file once the scanner has answered: it opens, or it is deleted and both sides are told (10.13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import Contact, Document, ScanFault, Side, StoredFile, Task, TemplateTask
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.documents import document_notices
from portal_app.services.files import forgetting, landing, template_files, versions
from portal_app.services.files.stored_objects import remove_objects
from portal_app.services.notices import telling
from portal_app.services.tasks import staff_answers, task_mail
from portal_app.services.triage import triage
from portal_app.work import Work, begin


def settle(ports: Ports, file_id: UUID, found: str) -> None:
    """Take the scanner's verdict: `found` is its name for what is in the file, empty where it is clean.

    Once: a second verdict, or one on a file that has gone meanwhile, changes nothing.
    """
    with begin(ports, Actor.timetable()) as work:
        file = work.session.get(StoredFile, file_id, with_for_update=True)
        if file is None or file.is_scanned:
            return
        if found:
            keys = _delete(work, file, found)
        else:
            waited, keys = file.checking_since is not None, []
            file.checking_since, file.scan_at, file.scan_fault = None, None, ScanFault.NONE
            file.scanned_at = work.now
            work.add(file)
            if waited:
                _ring(work, file)
    remove_objects(ports, keys)


def _delete(work: Work, file: StoredFile, found: str) -> list[str]:
    """Rows now, objects after: gives their keys. Nobody can bring it back."""
    work.audit(
        "file:found_infected",
        firm_id=file.firm_id,
        subject_kind="file",
        subject_id=file.id,
        found=found,
        sha256=file.sha256.hex(),
        size=file.size,
    )
    if file.task_id is not None:
        _from_task(work, file, found)
    elif file.document_id is not None:
        _from_document(work, file, found)
    elif file.template_task_id is not None:
        _tell_staff(work, file, found, [file.staff_id] if file.staff_id else [])
    _ring(work, file)
    return forgetting.delete_rows(work, file)


def _from_task(work: Work, file: StoredFile, found: str) -> None:
    task = work.session.get_one(Task, file.task_id, with_for_update=True)
    sight = access.sight_of(work, task.section_id)
    if sight is None:
        return
    about: dict[str, Any] = {
        "work_item_id": sight.work_item.id,
        "request_id": sight.request.id,
        "task_id": task.id,
    }
    _tell_staff(work, file, found, triage.told(work, sight), **about)
    work.note(
        "file_infected",
        firm_id=file.firm_id,
        client_id=file.client_id,
        contact_id=file.contact_id,
        staff_id=file.staff_id,
        facts={"name": file.name, "found": found},
        **about,
    )
    versions.take_out(work, file)
    if file.side is Side.CLIENT and file.deleted_at is None:
        is_open = _open_again(work, sight, task)
        if sight.request.sent_at is not None and sight.request.withdrawn_at is None:
            _tell_client(work, sight, task, file, is_open=is_open)


def _tell_client(work: Work, sight: Sight, task: Task, file: StoredFile, *, is_open: bool) -> None:
    """Whom the request was sent to, also once its work is closed, and whoever put the file there by full access."""
    people = telling.recipients(work, sight.request.id)
    person = work.session.get(Contact, file.contact_id) if file.contact_id else None
    if person is not None and landing.has_a_way_in(work, sight, person):
        people.append(person.id)
    telling.tell_contacts(
        work,
        people,
        "file_infected_open" if is_open else "file_infected",
        once_key=f"file_infected:{file.id.hex}",
        facts={"title": sight.section.name, "task": task.title, "name": file.name, "by": sight.firm.name},
        client_id=sight.client.id,
        request_id=sight.request.id,
        task_id=task.id,
    )


def _open_again(work: Work, sight: Sight, task: Task) -> bool:
    """Whether the task is open now; it stays as it is where its work is closed or its request withdrawn (6.10)."""
    if task.completed_at is not None and task_mail.is_out(sight):
        staff_answers.open_again(work, sight, task)
    task.completes_after_upload_id = None
    work.add(task)
    return task.completed_at is None


def _from_document(work: Work, file: StoredFile, found: str) -> None:
    """The version before stands again; where there is none the document goes."""
    document = work.session.get_one(Document, file.document_id, with_for_update=True)
    _tell_staff(work, file, found, triage.assigned(work, document.client_id))
    facts = {"name": document.name, "found": found}
    work.note(
        "file_infected",
        firm_id=file.firm_id,
        client_id=document.client_id,
        contact_id=file.contact_id,
        staff_id=file.staff_id,
        facts=facts,
    )
    if file.contact_id is not None:
        telling.tell_contacts(
            work,
            [file.contact_id],
            "document_infected",
            once_key=f"file_infected:{file.id.hex}",
            facts={"name": document.name},
            client_id=document.client_id,
        )
    before = select(StoredFile).where(StoredFile.document_id == document.id, StoredFile.id != file.id)
    last = work.session.exec(before.order_by(col(StoredFile.completed_at).desc()).limit(1)).first()
    if document.file_id == file.id and last is not None:
        document.file_id = last.id
        work.add(document)
    elif last is None:
        document_notices.take_back(work, [document.id])
        forgetting.delete_documents(work, [document.id])


def _tell_staff(work: Work, file: StoredFile, found: str, staff_ids: list[UUID], **about: Any) -> None:
    people = dict.fromkeys([*staff_ids, *([file.staff_id] if file.staff_id else [])])
    triage.tell(
        work,
        people,
        "file_infected",
        firm_id=file.firm_id,
        once_key=f"file_infected:{file.id}",
        facts={"name": file.name, "found": found},
        client_id=file.client_id,
        contact_id=file.contact_id,
        **about,
    )


def _ring(work: Work, file: StoredFile) -> None:
    """Whoever sees the file looks again."""
    if file.task_id is not None:
        task = work.session.get_one(Task, file.task_id)
        if sight := access.sight_of(work, task.section_id):
            work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")
    elif file.document_id is not None and file.client_id is not None:
        document_notices.ring(work, file.client_id)
    elif file.template_task_id is not None:
        template_files.ring(work, work.session.get_one(TemplateTask, file.template_task_id))
