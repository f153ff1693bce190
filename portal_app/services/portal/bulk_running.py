"""Works bulk work off, and back: a few people a transaction, wherever it stood, whoever asks first (2.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.bulk_access import WhyNot
from portal_app.models import BulkItem, BulkJob, Staff
from portal_app.ports import Ports
from portal_app.services.portal import bulk_doing, bulk_undoing
from portal_app.work import Work, begin, reading

BATCH = 20
"""Rows of one transaction, and what else there is of their last person."""
log = structlog.get_logger(__name__)

Step = Callable[[Ports, Actor, UUID, int], bool]


def run_bulk_jobs(ports: Ports) -> None:
    """The timetable's: work off what was started, and take back what is to be undone; may run twice, or anywhere."""
    for job_id, actor, is_undo in _under_way(ports):
        step = _undo_some if is_undo else _do_some
        while _safely(ports, actor, job_id, step):
            pass


def _under_way(ports: Ports) -> list[tuple[UUID, Actor, bool]]:
    with reading(ports, Actor.timetable()) as work:
        is_open = col(BulkJob.finished_at).is_(None) & col(BulkJob.stopped_at).is_(None)
        undoing = col(BulkJob.undo_asked_at).is_not(None) & col(BulkJob.undone_at).is_(None)
        query = select(BulkJob, Staff).join(Staff, col(Staff.id) == BulkJob.staff_id).where(is_open | undoing)
        rows = work.session.exec(query.order_by(col(BulkJob.started_at))).all()
        return [(job.id, _as(staff), job.undo_asked_at is not None) for job, staff in rows]


def _as(staff: Staff) -> Actor:
    """Whoever started it: it is done in their name."""
    return Actor(
        kind=Kind.STAFF, firm_id=staff.firm_id, staff_id=staff.id, role=staff.role, locale=staff.locale
    )


def _safely(ports: Ports, actor: Actor, job_id: UUID, step: Step) -> bool:
    """Some rows, and whether there are more. Where one of them fails, they are done one person at a time."""
    try:
        return step(ports, actor, job_id, BATCH)
    except Exception:
        log.exception("bulk_batch_failed", job=str(job_id))
    for _row in range(BATCH):
        try:
            if not step(ports, actor, job_id, 1):
                return False
        except Exception:
            log.exception("bulk_row_failed", job=str(job_id))
            _give_up(ports, actor, job_id, is_undo=step is _undo_some)
    return True


def _do_some(ports: Ports, actor: Actor, job_id: UUID, most: int) -> bool:
    with begin(ports, actor) as work:
        job = work.session.get(BulkJob, job_id, with_for_update=True)
        if job is None or job.finished_at is not None or job.stopped_at is not None:
            return False
        items = _next(work, job, most)
        if not items:
            job.finished_at = work.now
        for contact_id, rows in groupby(items, key=lambda item: item.contact_id):
            if contact_id is None:
                for item in rows:
                    bulk_doing.do_client(work, job, item)
            else:
                bulk_doing.do_person(work, job, contact_id, list(rows))
        _count(job, items)
        work.add(job)
        work.ring(f"bulk:{job.firm_id}")
        return bool(items)


def _next(work: Work, job: BulkJob, most: int) -> list[BulkItem]:
    """What waits, in the order of doing, whole people: their e-mail is one (3.12)."""
    waits = (BulkItem.job_id == job.id, col(BulkItem.settled_at).is_(None))
    items = list(work.session.exec(select(BulkItem).where(*waits).order_by(col(BulkItem.id)).limit(most)))
    if items and items[-1].contact_id is not None:
        rest = select(BulkItem).where(
            *waits, BulkItem.contact_id == items[-1].contact_id, col(BulkItem.id) > items[-1].id
        )
        items += work.session.exec(rest.order_by(col(BulkItem.id)))
    return items


def _count(job: BulkJob, items: Sequence[BulkItem]) -> None:
    job.settled += len(items)
    job.changed += sum(bool(item.did) for item in items)
    job.invited += sum("invited_at" in item.did for item in items)
    job.left_out += sum(not item.did and item.why_not not in ("", WhyNot.AS_IT_IS) for item in items)


def _undo_some(ports: Ports, actor: Actor, job_id: UUID, most: int) -> bool:
    with begin(ports, actor) as work:
        job = work.session.get(BulkJob, job_id, with_for_update=True)
        if job is None or job.undo_asked_at is None or job.undone_at is not None:
            return False
        items = _next_back(work, job, most)
        if not items:
            job.undone_at = work.now
        for item in items:
            bulk_undoing.take_back(work, job, item)
            item.undone_at = work.now
            work.add(item)
        job.taken_back += sum(not item.kept and bool(item.did) for item in items)
        work.add(job)
        work.ring(f"bulk:{job.firm_id}")
        return bool(items)


def _next_back(work: Work, job: BulkJob, most: int) -> list[BulkItem]:
    """What was done and not taken back, last first: people before their clients."""
    query = select(BulkItem).where(
        BulkItem.job_id == job.id, col(BulkItem.settled_at).is_not(None), col(BulkItem.undone_at).is_(None)
    )
    return list(work.session.exec(query.order_by(col(BulkItem.id).desc()).limit(most)))


def _give_up(ports: Ports, actor: Actor, job_id: UUID, *, is_undo: bool) -> None:
    """Settle the row that cannot be done, with the rest of its person."""
    with begin(ports, actor) as work:
        job = work.session.get_one(BulkJob, job_id, with_for_update=True)
        items = _next_back(work, job, 1) if is_undo else _next(work, job, 1)
        for item in items:
            if is_undo:
                item.undone_at, item.kept = work.now, "fault"
            else:
                item.settled_at, item.why_not = work.now, WhyNot.FAULT
            work.add(item)
        if not is_undo:
            _count(job, items)
        work.add(job)
