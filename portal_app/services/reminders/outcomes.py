"""What becomes of a queued reminder: whether it still holds, and what counts (7.4, 7.5, fault 30).

Everything here runs in the outbox's transaction, which holds the requests' rows.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.reminder_plan import UNTIL_RESUMED, holds
from portal_app.domain.reminder_reasons import Why
from portal_app.models import Firm, OutboxMail, Recipient, Reminder
from portal_app.services.reminders import reminder_mail, replanning, series
from portal_app.services.reminders.reminder_mail import Part
from portal_app.services.reminders.series import RequestReminders
from portal_app.work import Work

REMINDERS = frozenset({reminder_mail.ONE, reminder_mail.SEVERAL})
CHANGED = "date changed"
COMPOSED_ANEW = "composed anew"


def requests_of(work: Work, mail: OutboxMail) -> list[UUID]:
    """The requests that an e-mail is about: of a digest, several."""
    return [mail.request_id] if mail.request_id else _of_digest(work, mail.event, mail.id)


def why_no_more(work: Work, mail: OutboxMail) -> str:
    """Why a reminder shall not leave any more, as a word for its row; empty where it shall.

    Of a digest, parts that hold no more are left out: the rest is composed anew, and this one does not leave.
    """
    rows = _rows(work, mail)
    asked = series.read(work, {row.request_id for row in rows})
    reasons = [_why_not(asked.get(row.request_id), row) for row in rows]
    if not any(reasons):
        return ""
    left = [row for row, reason in zip(rows, reasons, strict=True) if not reason]
    if not left:
        return next(reason for reason in reasons if reason)
    parts = []
    for row in left:
        recipient = work.session.get_one(Recipient, row.recipient_id)
        parts.append(Part(row.request_id, row.recipient_id, recipient.contact_id, row.slot_on))
        work.session.delete(row)
    work.session.flush()
    reminder_mail.queue(work, parts, left[0].reminded_on)
    return COMPOSED_ANEW


def count(work: Work, mail: OutboxMail) -> None:
    """The server took it, or nobody knows: it counts for each of its requests (7.4, 7.11)."""
    for row in _rows(work, mail):
        recipient = work.session.get_one(Recipient, row.recipient_id)
        calendar = series.calendar_of(work.session.get_one(Firm, row.firm_id))
        recipient.reminders_used += 1
        recipient.last_reminded_at = work.now
        recipient.last_reminded_on = max(row.reminded_on, calendar.day_of(work.now))
        row.counted_at = work.now
        work.add(recipient, row)


def bounce(work: Work, mail: OutboxMail) -> None:
    """It came back: the series ends for that recipient alone (7.5)."""
    for row in _rows(work, mail):
        recipient = work.session.get_one(Recipient, row.recipient_id)
        recipient.bounced_at = work.now
        work.add(recipient)


def lock(work: Work, mail_id: UUID) -> None:
    """Take the rows of the requests an e-mail is about before its own, as whoever withdraws does."""
    query = select(OutboxMail.event, OutboxMail.request_id).where(OutboxMail.id == mail_id)
    row = work.session.exec(query).first()
    if row is not None:
        event, request_id = row
        replanning.lock(work, [request_id] if request_id else _of_digest(work, event, mail_id))


def settle(work: Work, mail: OutboxMail) -> None:
    """It came to its end, whichever: what comes next follows from that."""
    replanning.replan(work, requests_of(work, mail))


def _of_digest(work: Work, event: str, mail_id: UUID) -> list[UUID]:
    if event not in REMINDERS:
        return []
    query = select(Reminder.request_id).where(Reminder.mail_id == mail_id)
    return sorted(set(work.session.exec(query)))


def _rows(work: Work, mail: OutboxMail) -> list[Reminder]:
    if mail.event not in REMINDERS:
        return []
    query = select(Reminder).where(Reminder.mail_id == mail.id)
    return list(work.session.exec(query.order_by(col(Reminder.request_id), col(Reminder.id))))


def _why_not(asked: RequestReminders | None, row: Reminder) -> str:
    if asked is None:
        return "deleted"
    told = next((one for one in asked.people if one.recipient_id == row.recipient_id), None)
    reason = asked.why or (told.why if told else Why.REMOVED)
    if reason or told is None:
        return str(reason)
    at_queueing = replace(told.series, reminded_on=None)
    is_paused = told.series.paused_until == UNTIL_RESUMED
    return "" if not is_paused and holds(at_queueing, row.slot_on, row.reminded_on) else CHANGED
