"""How far bulk work is, in the reader's words: it goes on whoever looks, and comes back on the page (2.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.bulk_access import BulkKind, WhyNot
from portal_app.domain.permissions import Permission, may
from portal_app.models import BulkItem, BulkJob, Client, Contact, Firm, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.mail import outgoing_mail
from portal_app.services.portal.bulk_words import kept_words, why_words
from portal_app.text import _, format_time, ngettext
from portal_app.work import Work, reading

SHOWN = 200


@dataclass(frozen=True, slots=True)
class JobView:
    """The strip; `id` is empty where there is nothing to tell. `bell` says when to look again."""

    id: str = ""
    title: str = ""
    detail: str = ""
    done: int = 0
    total: int = 0
    is_under_way: bool = False
    is_undoing: bool = False
    left_out: str = ""
    can_undo: bool = False
    trouble: str = ""
    bell: str = ""


@dataclass(frozen=True, slots=True)
class JobLine:
    """The strip away from the management page; `id` is empty where there is nothing to tell."""

    id: str = ""
    title: str = ""
    detail: str = ""
    done: int = 0
    total: int = 1
    is_moving: bool = False


@dataclass(frozen=True, slots=True)
class LeftRow:
    """Somebody who was left out, or kept what they have, and why."""

    key: str = ""
    name: str = ""
    client: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeftView:
    """Who was left out of a job, the first of them."""

    rows: list[LeftRow] = field(default_factory=list)


def job_view(ports: Ports, actor: Actor) -> JobView:
    """The last bulk work of the firm that nobody put away; nothing for members (1.16)."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.CLIENT_READ)
        if not may(actor, Permission.BULK):
            return JobView()
        bell = f"bulk:{actor.firm_id}"
        job = _last(work)
        return _told(work, job, bell) if job else JobView(bell=bell)


def job_line(work: Work) -> JobLine:
    """The strip on every staff page, for whoever started the last bulk work: until it is put away (2.7)."""
    job = _last(work)
    if job is None or job.staff_id != work.actor.staff_id:
        return JobLine()
    is_moving = _is_running(job)
    is_undoing = job.undo_asked_at is not None
    return JobLine(
        id=job.id.hex,
        title=_title(job),
        detail=_to_go(job) if is_moving else "",
        done=job.taken_back if is_undoing else job.settled,
        total=max(1, job.changed if is_undoing else job.total),
        is_moving=is_moving,
    )


def left_view(ports: Ports, actor: Actor, job_id: UUID) -> LeftView:
    """Whom the job left out, or what *Undo* left as it is. Raises `NotFound`."""
    with reading(ports, actor) as work:
        job = access.of_firm(work, BulkJob, job_id, Permission.BULK)
        is_undo = job.undo_asked_at is not None
        quiet = ("", WhyNot.AS_IT_IS)
        is_told = col(BulkItem.kept) != "" if is_undo else col(BulkItem.why_not).not_in(quiet)
        query = (
            select_rows(BulkItem, col(Client.name), col(Contact.name))
            .join(Client, col(Client.id) == BulkItem.client_id)
            .outerjoin(Contact, col(Contact.id) == BulkItem.contact_id)
            .where(col(BulkItem.job_id) == job.id, is_told)
            .order_by(col(BulkItem.why_not), col(BulkItem.id))
            .limit(SHOWN)
        )
        return LeftView(
            [
                LeftRow(
                    item.id.hex,
                    person or _("The client’s portal"),
                    client,
                    kept_words(item.kept) if is_undo else why_words(item.why_not),
                )
                for item, client, person in work.session.execute(query)
            ]
        )


def _last(work: Work) -> BulkJob | None:
    query = select(BulkJob).where(BulkJob.firm_id == work.actor.firm_id)
    job = work.session.exec(
        query.order_by(col(BulkJob.started_at).desc(), col(BulkJob.id).desc()).limit(1)
    ).first()
    return None if job is None or job.dismissed_at is not None else job


def _is_running(job: BulkJob) -> bool:
    is_undoing = job.undo_asked_at is not None and job.undone_at is None
    return is_undoing or (job.finished_at is None and job.stopped_at is None)


def _told(work: Work, job: BulkJob, bell: str) -> JobView:
    is_undoing = job.undo_asked_at is not None and job.undone_at is None
    is_under_way = job.finished_at is None and job.stopped_at is None
    kept = _kept(work, job) if job.undone_at is not None else 0
    left = kept if job.undone_at is not None else job.left_out
    can_undo = (
        job.kind is BulkKind.ACCESS and job.undo_asked_at is None and job.changed > 0 and not is_under_way
    )
    return JobView(
        id=job.id.hex,
        title=_title(job),
        detail=_detail(work, job, kept, is_running=is_undoing or is_under_way),
        done=job.taken_back if is_undoing else job.settled,
        total=max(1, job.changed if is_undoing else job.total),
        is_under_way=is_under_way,
        is_undoing=is_undoing,
        left_out=_left(job, left) if left and not is_undoing else "",
        can_undo=can_undo,
        trouble=outgoing_mail.trouble(work) if job.is_inviting else "",
        bell=bell,
    )


def _left(job: BulkJob, n: int) -> str:
    if job.undone_at is not None:
        return ngettext("{n} left as it is", "{n} left as they are", n)
    return ngettext("{n} left out", "{n} left out", n)


def _kept(work: Work, job: BulkJob) -> int:
    query = select(BulkItem.id).where(BulkItem.job_id == job.id, col(BulkItem.kept) != "").limit(SHOWN)
    return len(work.session.exec(query).all())


def _title(job: BulkJob) -> str:
    people = ngettext("{n} contact", "{n} contacts", job.contacts)
    clients = ngettext("{n} client", "{n} clients", job.clients)
    if job.undone_at is not None:
        text = _("Taken back: access of {people} of {clients}")
    elif job.undo_asked_at is not None:
        text = _("Taking back: access of {people} of {clients}")
    elif job.stopped_at is not None:
        text = _("Stopped: access of {people} of {clients}")
    elif job.finished_at is not None:
        text = {
            BulkKind.ACCESS: _("Access changed: {people} of {clients}"),
            BulkKind.RESEND: _("Invitations sent: {people} of {clients}"),
            BulkKind.CANCEL: _("Invitations cancelled: {people} of {clients}"),
        }[job.kind]
    else:
        text = {
            BulkKind.ACCESS: _("Changing access: {people} of {clients}"),
            BulkKind.RESEND: _("Sending invitations: {people} of {clients}"),
            BulkKind.CANCEL: _("Cancelling invitations: {people} of {clients}"),
        }[job.kind]
    return text.format(people=people, clients=clients)


def _detail(work: Work, job: BulkJob, kept: int, *, is_running: bool) -> str:
    parts = [
        ngettext("{n} change", "{n} changes", job.changed) if not job.undo_asked_at else "",
        ngettext("{n} invitation", "{n} invitations", job.invited)
        if job.invited and not job.undo_asked_at
        else "",
        ngettext("{n} taken back", "{n} taken back", job.taken_back) if job.undo_asked_at else "",
        _to_go(job) if is_running else "",
    ]
    firm, staff = work.session.get_one(Firm, job.firm_id), work.session.get_one(Staff, job.staff_id)
    at = format_time(job.started_at, firm.time_zone)
    is_own = staff.id == work.actor.staff_id
    by = _("started {time} by you") if is_own else _("started {time} by {name}")
    end = _("You can leave this page.") if is_running else ""
    told = ", ".join(part for part in parts if part)
    return " · ".join(part for part in (told, by.format(time=at, name=staff.name), end) if part)


def _to_go(job: BulkJob) -> str:
    rest = job.changed - job.taken_back if job.undo_asked_at else job.total - job.settled
    return ngettext("{n} to go", "{n} to go", max(0, rest))
