"""The receipt of what somebody uploaded, as a PDF for whoever may read the file (10.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.domain.uploads import clean_name
from portal_app.models import Client, Contact, Firm, HandOver, Staff, StoredFile, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files import receipt_paper
from portal_app.services.files.files import in_eights
from portal_app.services.files.receipt_paper import ReceiptPaper, ReceivedFile
from portal_app.services.files.there import there
from portal_app.services.firm import brand, brand_images
from portal_app.text import _, format_moment, format_size, locale, ngettext, pgettext
from portal_app.work import Work, reading

MOST: Final = 200
"""Files on one receipt; the one it was asked for is always among them."""


def receipt(ports: Ports, actor: Actor, file_id: UUID) -> tuple[str, bytes]:
    """A name and the PDF: the file, with what else its uploader put on its task, in the reader's language and the
    firm's time. Raises what the file's own door raises."""
    with reading(ports, actor) as work:
        permission = Permission.REQUEST_READ if actor.is_staff else Permission.TASK_VIEW
        file = access.file(work, file_id, permission)
        if file.client_id is None:
            raise NotFound(_("There is nothing here."))
        firm = work.session.get_one(Firm, file.firm_id)
        task = work.session.get(Task, file.task_id) if file.task_id else None
        name = clean_name(f"{_('Receipt')} {task.title if task else file.name}.pdf")
        paper, logo = _paper(work, firm, file, task), brand.logo_name(firm)
    return name, receipt_paper.drawn(replace(paper, logo=_picture(ports, logo)))


def _picture(ports: Ports, name: str) -> bytes | None:
    """The logo; None where there is none, or where it is out of reach."""
    try:
        return brand_images.open_picture(ports, name).content if name else None
    except NotFound:
        return None


def _paper(work: Work, firm: Firm, file: StoredFile, task: Task | None) -> ReceiptPaper:
    sight = access.sight_of(work, task.section_id) if task else None
    facts = [(_("Client"), work.session.get_one(Client, file.client_id).name)]
    if sight is not None and task is not None:
        facts += [(pgettext("data", "Request"), sight.section.name), (_("Task"), task.title)]
    facts += [(_("From"), _by(work, file) or firm.name), (_("Printed"), _at(work.now, firm))]
    others = [one for one in _files(work, file) if one.id != file.id]
    shown = sorted([file, *others[: MOST - 1]], key=lambda one: (one.completed_at, one.id))
    return ReceiptPaper(
        firm_name=firm.name,
        firm_address=firm.address,
        facts=facts,
        files=[_received(one, firm) for one in shown],
        foot=_foot(firm, len(others) + 1 - len(shown)),
        paper="letter" if firm.time_zone.startswith("America/") else "a4",
    )


def _files(work: Work, file: StoredFile) -> list[StoredFile]:
    """The file itself, and on a task all that the same hands put there, oldest first."""
    if file.task_id is None or file.replaced_by_id is not None:
        return [file]
    query = select(StoredFile).where(
        StoredFile.task_id == file.task_id,
        StoredFile.side == file.side,
        col(StoredFile.contact_id).is_not_distinct_from(file.contact_id),
        col(StoredFile.staff_id).is_not_distinct_from(file.staff_id),
        col(StoredFile.hand_over_id).is_not_distinct_from(file.hand_over_id),
        there(),
    )
    return list(work.session.exec(query.order_by(col(StoredFile.completed_at), col(StoredFile.id))))


def _received(file: StoredFile, firm: Firm) -> ReceivedFile:
    sha256 = in_eights(file.sha256.hex())
    return ReceivedFile(file.name, format_size(file.size), _at(file.completed_at, firm), sha256)


def _by(work: Work, file: StoredFile) -> str:
    hand = work.session.get(HandOver, file.hand_over_id) if file.hand_over_id else None
    contact = work.session.get(Contact, file.contact_id) if file.contact_id else None
    staff = work.session.get(Staff, file.staff_id) if file.staff_id else None
    return next((person.name for person in (hand, contact, staff) if person is not None), "")


def _at(moment: datetime, firm: Firm) -> str:
    return format_moment(moment, firm.time_zone)


def _foot(firm: Firm, more: int) -> str:
    zone = get_timezone_name(ZoneInfo(firm.time_zone), locale=locale())
    text = _(
        "Time zone: {zone}. The SHA-256 sum is the file’s fingerprint: the same file always has the same sum."
    )
    said = text.format(zone=zone)
    if not more:
        return said
    others = ngettext(
        "{n} more file lies on this task and has its own receipt.",
        "{n} more files lie on this task; each has its own receipt.",
        more,
    )
    return f"{others} {said}"
