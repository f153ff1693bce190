"""Working out the next reminders anew, whenever something they depend on changed (7.7, 7.14)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.reminder_plan import Next
from portal_app.domain.reminder_reasons import is_limit_reached
from portal_app.models import ClientRequest, Recipient, Section, SectionKind, WorkItem
from portal_app.ports import Ports
from portal_app.services.automations import automations
from portal_app.services.automations.automations import Trigger
from portal_app.services.reminders import series
from portal_app.services.reminders.series import RequestReminders, Told
from portal_app.work import Work, begin

BATCH = 100
"""Requests worked out in one transaction, after a change of the whole firm."""

LIMIT_REACHED = "reminder_limit_reached"
"""The activity that says so, written once for each time (7.9); automations are set off with it (8.4)."""


def replan(work: Work, request_ids: Iterable[UUID]) -> None:
    """Before commit, work out the next reminders of these requests. Call it wherever something changes that they
    depend on: tasks and answers, rule, recipients, sends, pauses, work, client, and what becomes of e-mails."""
    for request_id in sorted(set(request_ids)):
        work.at_end(("reminders", request_id), partial(_replan, work, request_id))


def replan_section(work: Work, section: Section) -> None:
    """The same for a section, where it is a request."""
    if section.kind is SectionKind.CLIENT:
        replan(work, [section.id])


def replan_client(work: Work, client_id: UUID) -> None:
    """The same for every request of a client that is out."""
    replan(work, _out(work, col(ClientRequest.client_id) == client_id))


def replan_contact(work: Work, contact_id: UUID) -> None:
    """The same for every request that is out to a contact."""
    theirs = select(Recipient.request_id).where(Recipient.contact_id == contact_id)
    replan(work, _out(work, col(ClientRequest.id).in_(theirs)))


def replan_work(work: Work, work_item_id: UUID) -> None:
    """The same for every request of a work item that is out."""
    replan(work, _out(work, col(ClientRequest.work_item_id) == work_item_id))


def replan_firm(work: Work, firm_id: UUID) -> None:
    """Let the timetable work out all requests of a firm, in small transactions: there may be very many. Until then
    nothing goes out by what was true before, since a reminder's moment is looked at again before it goes."""
    open_works = select(WorkItem.id).where(
        WorkItem.firm_id == firm_id, col(WorkItem.completed_at).is_(None), col(WorkItem.archived_at).is_(None)
    )
    work.session.flush()
    work.session.execute(
        update(ClientRequest)
        .where(
            col(ClientRequest.firm_id) == firm_id,
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(ClientRequest.work_item_id).in_(open_works),
        )
        .values(reminders_stale_at=work.now)
    )


def replan_stale(ports: Ports) -> int:
    """Work out what waits since a firm's settings changed; gives how many requests that were."""
    count = 0
    while done := _replan_batch(ports):
        count += done
    return count


def lock(work: Work, request_ids: Collection[UUID]) -> None:
    """Take the requests' rows, always in one order; whoever plans or sends reminders holds them until commit."""
    wanted = set(request_ids) - work.locked
    if not wanted:
        return
    work.locked |= wanted
    query = select(ClientRequest).where(col(ClientRequest.id).in_(wanted))
    work.session.flush()
    work.session.exec(
        query.order_by(col(ClientRequest.id)).with_for_update().execution_options(populate_existing=True)
    ).all()


def write(work: Work, asked: RequestReminders) -> None:
    """Keep what follows from the facts: each recipient's next moment, the earliest as the request's."""
    plans = [(told, asked.next_to(told, work.now)) for told in asked.people]
    for told, ahead in plans:
        _keep(work, told, ahead)
    moments = [ahead.at for _told, ahead in plans if ahead is not None]
    _keep_request(work, asked, min(moments, default=None))


def _out(work: Work, where: ColumnElement[bool]) -> list[UUID]:
    """Requests that were sent and not taken back."""
    query = select(ClientRequest.id).where(
        where, col(ClientRequest.sent_at).is_not(None), col(ClientRequest.withdrawn_at).is_(None)
    )
    return list(work.session.exec(query))


def _replan(work: Work, request_id: UUID) -> None:
    lock(work, [request_id])
    for asked in series.read(work, [request_id]).values():
        write(work, asked)


def _replan_batch(ports: Ports) -> int:
    with begin(ports, Actor.timetable()) as work:
        query = (
            select(ClientRequest.id)
            .where(col(ClientRequest.reminders_stale_at).is_not(None))
            .order_by(col(ClientRequest.reminders_stale_at), col(ClientRequest.id))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        ids = list(work.session.exec(query))
        for asked in series.read(work, ids).values():
            write(work, asked)
        return len(ids)


def _keep(work: Work, told: Told, ahead: Next | None) -> None:
    at, slot_on = (ahead.at, ahead.slot_on) if ahead else (None, None)
    if (told.next_at, told.next_for) == (at, slot_on):
        return
    work.session.execute(
        update(Recipient)
        .where(col(Recipient.id) == told.recipient_id)
        .values(next_reminder_at=at, next_reminder_for=slot_on)
    )


def _keep_request(work: Work, asked: RequestReminders, at: datetime | None) -> None:
    is_reached = asked.is_sent and _is_limit_reached(asked)
    limit_at = (asked.limit_at or work.now) if is_reached else None
    if (asked.next_at, asked.limit_at, asked.is_stale) == (at, limit_at, False):
        return
    if is_reached and asked.limit_at is None:
        work.note(
            LIMIT_REACHED,
            firm_id=asked.firm_id,
            client_id=asked.client_id,
            work_item_id=asked.work_item_id,
            request_id=asked.request_id,
            staff_id=None,
            contact_id=None,
            facts={"title": asked.title},
        )
        work.ring(f"request:{asked.request_id}", f"work:{asked.work_item_id}", f"firm:{asked.firm_id}")
        automations.react(
            work,
            Trigger.REMINDER_LIMIT,
            work.session.get_one(WorkItem, asked.work_item_id),
            f"limit:{asked.request_id.hex}:{work.now.isoformat()}",
            request_id=asked.request_id,
        )
    work.session.execute(
        update(ClientRequest)
        .where(col(ClientRequest.id) == asked.request_id)
        .values(next_reminder_at=at, reminder_limit_at=limit_at, reminders_stale_at=None)
    )


def _is_limit_reached(asked: RequestReminders) -> bool:
    silence = asked.silence
    if silence.is_withdrawn or silence.is_archived or silence.is_work_completed:
        return False
    return is_limit_reached(silence.open_tasks, [told.silence for told in asked.people])
