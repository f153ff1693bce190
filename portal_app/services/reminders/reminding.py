"""Sending the reminders that are due: what is read follows what is due, not what exists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import or_
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import ClientRequest, Firm, Recipient
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.reminders import reminder_mail, replanning, series
from portal_app.services.reminders.reminder_mail import Part
from portal_app.services.reminders.series import RequestReminders
from portal_app.work import Work, begin, reading

BATCH = 500
"""Ids of due requests read at once."""

log = structlog.get_logger(__name__)


def send_due_reminders(ports: Ports) -> int:
    """Queue every reminder whose moment has come; gives how many e-mails. One request, one transaction: a bad row is
    logged and the rest still go. May run twice, late, or on two machines (7.10, faults 25 and 26)."""
    count = 0
    for request_id in _due(ports):
        try:
            count += remind(ports, request_id)
        except Exception:
            log.exception("reminder_not_sent", request=str(request_id))
    return count


def remind(ports: Ports, request_id: UUID) -> int:
    """Look again under the lock, and queue what is still due; gives how many e-mails (fault 30)."""
    with begin(ports, Actor.timetable()) as work:
        request_ids = sorted({request_id, *_together(work, request_id)})
        replanning.lock(work, request_ids)
        asked = series.read(work, request_ids)
        mails = _mails(work, asked, request_id)
        for parts in mails:
            reminder_mail.queue(work, parts, asked[parts[0].request_id].calendar.day_of(work.now))
        waiting = {part.recipient_id for parts in mails for part in parts}
        for request in asked.values():
            replanning.write(work, request.with_in_hand(waiting))
        return len(mails)


def _due(ports: Ports) -> Iterator[UUID]:
    """Requests whose moment has come, oldest first, each once."""
    last: tuple[datetime, UUID] | None = None
    while True:
        with reading(ports, Actor.timetable()) as work:
            moment, request_id = col(ClientRequest.next_reminder_at), col(ClientRequest.id)
            query = select(ClientRequest.next_reminder_at, ClientRequest.id).where(moment <= work.now)
            if last is not None:
                query = query.where(or_(moment > last[0], (moment == last[0]) & (request_id > last[1])))
            rows = list(work.session.exec(query.order_by(moment, request_id).limit(BATCH)))
        for at, found in rows:
            if at is not None:
                last = (at, found)
            yield found
        if len(rows) < BATCH:
            return


def _together(work: Work, request_id: UUID) -> list[UUID]:
    """Other requests with a reminder due now to a person who has one of this request, where the firm wants them in
    one e-mail (7.11)."""
    firm_query = select(Firm.reminders_together_at).join(ClientRequest, col(ClientRequest.firm_id) == Firm.id)
    if work.session.exec(firm_query.where(ClientRequest.id == request_id)).first() is None:
        return []
    is_due = col(Recipient.next_reminder_at) <= work.now
    people = select(Recipient.contact_id).where(Recipient.request_id == request_id, is_due)
    query = select(Recipient.request_id).where(col(Recipient.contact_id).in_(people), is_due)
    return list(work.session.exec(query))


def _mails(work: Work, asked: dict[UUID, RequestReminders], request_id: UUID) -> list[list[Part]]:
    """What is due to the people of a request, as e-mails: one a part, or one a person and sender where the firm wants
    them together. Others of the requests beside it may have more elsewhere: theirs come with a request of their own."""
    found: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    people = {part.contact_id for part in _parts(work, asked.get(request_id))}
    for request in asked.values():
        for part in _parts(work, request):
            if part.contact_id in people:
                found[_envelope(work, request, part)].append(part)
    return list(found.values())


def _parts(work: Work, request: RequestReminders | None) -> Iterator[Part]:
    """What of a request is due now; of one that is gone, nothing."""
    if request is None:
        return
    for told in request.people:
        ahead = request.next_to(told, work.now)
        if ahead is not None and ahead.at <= work.now:
            yield Part(request.request_id, told.recipient_id, told.contact_id, ahead.slot_on)


def _envelope(work: Work, request: RequestReminders, part: Part) -> tuple[object, ...]:
    sight = access.sight_of(work, request.request_id)
    if sight is None or sight.firm.reminders_together_at is None:
        return (part.recipient_id,)
    sender = reminder_mail.sender_of(work, sight)
    return (part.contact_id, sender.id if sender else None)
