"""What reminders of requests stand on, read fresh in a fixed number of queries (7.1 to 7.9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain.reminder_plan import UNTIL_RESUMED, Calendar, Next, Series, next_reminder
from portal_app.domain.reminder_reasons import (
    RecipientSilence,
    RequestSilence,
    Why,
    of_recipient,
    of_request,
)
from portal_app.domain.reminders import Due, Kind, Rule
from portal_app.models import (
    Answer,
    Client,
    ClientRequest,
    Contact,
    Firm,
    MailPhase,
    OutboxMail,
    Recipient,
    Reminder,
    ReminderSkip,
    Section,
    Task,
    WorkItem,
)
from portal_app.services.requests import sendable
from portal_app.work import Work

IN_HAND = (MailPhase.QUEUED, MailPhase.LEASED, MailPhase.TRANSMITTING)
"""Phases in which a reminder has not come to its end: the next one waits for it."""


class Asked(Protocol):
    """The columns of a task that reminders look at."""

    due_on: date | None
    promised_on: date | None
    completed_at: datetime | None
    question_open_at: datetime | None
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient's reminders; `why` says why there are none for this one, whatever the others get."""

    recipient_id: UUID
    contact_id: UUID
    name: str
    series: Series
    silence: RecipientSilence
    why: Why | None
    next_at: datetime | None
    next_for: date | None
    is_in_hand: bool

    def since(self, now: datetime) -> datetime:
        """From when on slots count: from the one that is due, where that one is past (7.10)."""
        if self.next_for is None:
            return now
        return min(now, self.series.calendar.moment_of(self.next_for))


@dataclass(frozen=True, slots=True)
class RequestReminders:
    """A request's reminders to all its recipients; `why` says why nobody gets one."""

    request_id: UUID
    firm_id: UUID
    client_id: UUID
    work_item_id: UUID
    title: str
    is_sent: bool
    next_at: datetime | None
    limit_at: datetime | None
    is_stale: bool
    calendar: Calendar
    silence: RequestSilence
    why: Why | None
    people: tuple[Told, ...]
    plain: Series
    """The request's series for nobody in particular: what a send would start."""
    is_one_done: bool
    is_let_go_on: bool

    def next_to(self, told: Told, now: datetime) -> Next | None:
        """One recipient's next reminder (7.5)."""
        if self.why or told.why or told.is_in_hand or not self.is_sent:
            return None
        return next_reminder(told.series, told.since(now), now)

    def with_in_hand(self, recipient_ids: Collection[UUID]) -> RequestReminders:
        """The same once e-mails to these recipients wait: what else a reminder changes is looked at when they settle."""
        people = tuple(
            replace(told, is_in_hand=True) if told.recipient_id in recipient_ids else told
            for told in self.people
        )
        return replace(self, people=people)


def read(work: Work, request_ids: Collection[UUID]) -> dict[UUID, RequestReminders]:
    """The reminders of these requests; one that is gone is left out. No right is checked here."""
    tasks, skips, people = (
        _tasks(work, request_ids),
        _skips(work, request_ids),
        _people(work, request_ids),
    )
    found = {}
    for request, *around in _rows(work, _of_requests(), request_ids):
        given = tasks.get(request.id, []), skips.get(request.id, frozenset()), people.get(request.id, [])
        found[request.id] = _request((request, *around), *given)
    return found


def calendar_of(firm: Firm) -> Calendar:
    """The firm's days, hour and weekdays of sending."""
    return Calendar(firm.time_zone, firm.sending_hour, frozenset(firm.sending_weekdays))


def dues(tasks: Iterable[Asked]) -> tuple[Due, ...]:
    """The open tasks that call for reminders: with a date, or a promised day, and no open question (5.8, 7.1)."""
    waiting = [task for task in tasks if task.completed_at is None and task.question_open_at is None]
    dated = [(task.due_on or task.promised_on, task.promised_on) for task in waiting]
    return tuple(Due(on, promised_on) for on, promised_on in dated if on is not None)


def is_one_done(tasks: Iterable[Asked]) -> bool:
    """Whether a task with a date was answered *done*, which stops gentle reminders (7.6)."""
    return any(task.completed_at and task.due_on and task.answer is Answer.DONE for task in tasks)


def paused_until(row: Client | Firm | ClientRequest) -> date:
    """The first day with reminders again, as far as this pause goes (7.8)."""
    if row.reminders_paused_at is None:
        return date.min
    return row.reminders_paused_until or UNTIL_RESUMED


def silence_of(
    request: ClientRequest,
    section: Section,
    item: WorkItem,
    client: Client,
    firm: Firm,
    tasks: Sequence[Asked],
    rule: Rule | None = None,
) -> RequestSilence:
    """What silences the whole request; `tasks` are all of its tasks but those put aside."""
    waiting = [task for task in tasks if task.completed_at is None]
    return RequestSilence(
        kind=(rule or Rule.read(request.reminder_rule)).kind,
        open_tasks=len(waiting),
        dates=len(dues(tasks)),
        held=sum(task.question_open_at is not None for task in waiting),
        is_withdrawn=request.withdrawn_at is not None,
        is_archived=any(row.archived_at for row in (section, item, client)),
        is_work_completed=item.completed_at is not None,
        needs_resend=request.needs_resend_at is not None,
        has_weekday=bool(calendar_of(firm).weekdays),
        firm_paused_until=paused_until(firm),
        client_paused_until=paused_until(client),
        request_paused_until=paused_until(request),
    )


def _request(
    row: tuple[ClientRequest, Section, WorkItem, Client, Firm],
    tasks: Sequence[Asked],
    skipped: frozenset[date],
    people: list[tuple[Recipient, Contact, bool]],
) -> RequestReminders:
    request, section, item, client, firm = row
    silence = silence_of(request, section, item, client, firm, tasks)
    plain = Series(
        rule=Rule.read(request.reminder_rule),
        dues=dues(tasks),
        calendar=calendar_of(firm),
        sent_on=date.min,
        skipped=skipped,
        paused_until=max(
            silence.firm_paused_until, silence.client_paused_until, silence.request_paused_until
        ),
    )
    is_stopped = silence.kind is Kind.GENTLE and is_one_done(tasks)
    told = tuple(_told(plain, request, *one, is_stopped=is_stopped) for one in people)
    return RequestReminders(
        request_id=request.id,
        firm_id=firm.id,
        client_id=client.id,
        work_item_id=item.id,
        title=section.name,
        is_sent=request.sent_at is not None,
        next_at=request.next_reminder_at,
        limit_at=request.reminder_limit_at,
        is_stale=request.reminders_stale_at is not None,
        calendar=plain.calendar,
        silence=silence,
        why=of_request(silence),
        people=told,
        plain=plain,
        is_one_done=is_one_done(tasks),
        is_let_go_on=request.reminders_go_on_at is not None,
    )


def _told(
    plain: Series,
    request: ClientRequest,
    recipient: Recipient,
    contact: Contact,
    is_in_hand: bool,
    *,
    is_stopped: bool,
) -> Told:
    calendar, sent_at = plain.calendar, recipient.last_sent_at or request.sent_at
    reminded = [day for day in (recipient.last_reminded_on,) if day]
    if recipient.last_reminded_at is not None:
        reminded.append(calendar.day_of(recipient.last_reminded_at))
    goes_on = request.reminders_go_on_at
    silence = RecipientSilence(
        used=recipient.reminders_used,
        has_left=recipient.first_sent_at is not None,
        has_come_back=recipient.bounced_at is not None,
        has_address=contact.archived_at is None and not sendable.why_not_to(contact),
        is_off=recipient.reminders_off_at is not None or contact.reminders_off_at is not None,
        is_stopped=is_stopped and (goes_on is None or (sent_at is not None and goes_on < sent_at)),
    )
    series = Series(
        plain.rule,
        plain.dues,
        calendar,
        sent_on=calendar.day_of(sent_at) if sent_at else date.min,
        used=recipient.reminders_used,
        reminded_on=max(reminded, default=None),
        skipped=plain.skipped,
        paused_until=plain.paused_until,
    )
    return Told(
        recipient_id=recipient.id,
        contact_id=contact.id,
        name=contact.name,
        series=series,
        silence=silence,
        why=of_recipient(silence),
        next_at=recipient.next_reminder_at,
        next_for=recipient.next_reminder_for,
        is_in_hand=is_in_hand,
    )


def _rows(work: Work, query: Any, request_ids: Collection[UUID]) -> Iterable[Any]:
    return work.session.execute(query, {"requests": list(request_ids)})


def _theirs(column: Any) -> ColumnElement[bool]:
    """Of the requests that a query is run for: building one costs as much as running it, so each is built once."""
    return column.in_(bindparam("requests", expanding=True))  # type: ignore[no-any-return]


@cache
def _of_requests() -> Any:
    return (
        select_rows(ClientRequest, Section, WorkItem, Client, Firm)
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Firm, col(Firm.id) == ClientRequest.firm_id)
        .where(_theirs(col(ClientRequest.id)))
        .execution_options(populate_existing=True)
    )


@cache
def _of_tasks() -> Any:
    return select_rows(
        col(Task.section_id),
        col(Task.due_on),
        col(Task.promised_on),
        col(Task.completed_at),
        col(Task.question_open_at),
        col(Task.answer),
    ).where(_theirs(col(Task.section_id)), col(Task.put_aside_at).is_(None))


@cache
def _of_skips() -> Any:
    return select_rows(col(ReminderSkip.request_id), col(ReminderSkip.skipped_on)).where(
        _theirs(col(ReminderSkip.request_id))
    )


@cache
def _of_people() -> Any:
    in_hand = (
        exists()
        .where(col(Reminder.recipient_id) == col(Recipient.id))
        .where(col(OutboxMail.id) == col(Reminder.mail_id), col(OutboxMail.phase).in_(IN_HAND))
    )
    return (
        select_rows(Recipient, Contact, in_hand)
        .join(Contact, col(Contact.id) == Recipient.contact_id)
        .where(_theirs(col(Recipient.request_id)), col(Recipient.removed_at).is_(None))
        .order_by(col(Recipient.created_at), col(Recipient.id))
        .execution_options(populate_existing=True)
    )


def _tasks(work: Work, request_ids: Collection[UUID]) -> dict[UUID, list[Asked]]:
    found: dict[UUID, list[Asked]] = defaultdict(list)
    for row in _rows(work, _of_tasks(), request_ids):
        found[row.section_id].append(row)
    return found


def _skips(work: Work, request_ids: Collection[UUID]) -> dict[UUID, frozenset[date]]:
    found: dict[UUID, set[date]] = defaultdict(set)
    for request_id, day in _rows(work, _of_skips(), request_ids):
        found[request_id].add(day)
    return {request_id: frozenset(days) for request_id, days in found.items()}


def _people(work: Work, request_ids: Collection[UUID]) -> dict[UUID, list[tuple[Recipient, Contact, bool]]]:
    found: dict[UUID, list[tuple[Recipient, Contact, bool]]] = defaultdict(list)
    for recipient, contact, is_in_hand in _rows(work, _of_people(), request_ids):
        found[recipient.request_id].append((recipient, contact, bool(is_in_hand)))
    return found
