"""A request in the words of staff pages: its state line, recipients and coming reminders (5.6, 7.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from portal_app.domain import lifecycle, reminders
from portal_app.domain.lifecycle import State, Unsent
from portal_app.models import Answer, ClientRequest, Firm, Task
from portal_app.services import firm_days, spoken
from portal_app.services.work_rows import Received, WorkRows
from portal_app.text import _, format_date, format_moment, ngettext, pgettext
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class StatePart:
    """One part of the state line: *opened **9 Nov***; `marks` are its notches, or dots."""

    word: str = ""
    value: str = ""
    drawing: str = ""
    tone: str = ""
    marks: list[bool] = field(default_factory=list)
    is_dots: bool = False


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One recipient: delivery and opening in words, reminders used as dots and words."""

    name: str = ""
    drawing: str = ""
    tone: str = ""
    delivery: str = ""
    opened: str = ""
    marks: list[bool] = field(default_factory=list)
    used: str = ""


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder: `kind` is past, next or empty."""

    kind: str = ""
    day: str = ""
    text: str = ""
    detail: str = ""


def state_of(rows: WorkRows, request: ClientRequest, now: datetime) -> State:
    """The request's one state (5.6)."""
    return lifecycle.state(rows.facts(request), now)


def state_parts(rows: WorkRows, request: ClientRequest, now: datetime) -> list[StatePart]:
    """The state line: the state first when it is not *sent*, then what applies, always in one order."""
    state, today = state_of(rows, request, now), firm_days.today(rows.firm, now)
    tasks, people = rows.shown_tasks(request.id), rows.recipients.get(request.id, [])
    parts = [_head(rows, request, state, now)]
    if request.sent_at is None:
        parts.append(_planned(tasks))
        if state is State.SCHEDULED:
            parts.append(StatePart(rule_word(reminders.Rule.read(request.reminder_rule))))
        return [part for part in parts if part]
    if state not in {State.NOT_SENT, State.WITHDRAWN}:
        parts.append(StatePart(_("sent"), _day(rows.firm, request.sent_at, today), "mail"))
    opened = min((one.recipient.opened_at for one in people if one.recipient.opened_at), default=None)
    if opened:
        parts.append(StatePart(_("opened"), _day(rows.firm, opened, today), "eye"))
    parts.append(_progress(tasks))
    parts.append(_questions(tasks))
    parts.append(_used(people))
    parts.append(_next(rows, request, now))
    return [part for part in parts if part]


def recipient_rows(rows: WorkRows, request: ClientRequest, now: datetime) -> list[RecipientRow]:
    """Delivery, opening and reminders of each recipient (5.6)."""
    today = firm_days.today(rows.firm, now)
    return [_recipient(rows, request, one, now, today) for one in rows.recipients.get(request.id, [])]


def reminder_rows(rows: WorkRows, request: ClientRequest, now: datetime) -> list[ReminderRow]:
    """What went out, in one line, then every coming reminder with its date (7.8)."""
    used = _most_used(rows.recipients.get(request.id, []))
    past = _past(rows, request, used)
    return [*past, *coming_rows(rows.shown_tasks(request.id), coming_days(rows, request, now), used)]


def coming_rows(tasks: list[Task], days: list[date], used: int = 0) -> list[ReminderRow]:
    """Coming reminders as rows: how many of five, how many tasks, how many overdue that day."""
    unanswered = [task for task in tasks if task.completed_at is None]
    found = []
    for number, day in enumerate(days, used + 1):
        late = sum(task.due_on is not None and task.due_on < day for task in unanswered)
        is_last = number == reminders.MOST
        text = _("{n} of {most}, the last") if is_last else _("{n} of {most}")
        details = [ngettext("{n} task", "{n} tasks", len(unanswered))] if number == used + 1 else []
        if late:
            details.append(ngettext("{n} overdue", "{n} overdue", late))
        found.append(
            ReminderRow(
                kind="next" if number == used + 1 else "",
                day=format_date(day, "weekday"),
                text=text.format(n=number, most=reminders.MOST),
                detail=", ".join(details),
            )
        )
    return found


def coming_days(rows: WorkRows, request: ClientRequest, now: datetime) -> list[date]:
    """The days on which a sent request still calls for a reminder; empty with `why_no_reminder` to say why."""
    if request.sent_at is None or why_no_reminder(rows, request, now):
        return []
    people = rows.recipients.get(request.id, [])
    after = [firm_days.day_of(rows.firm, one.recipient.last_sent_at or request.sent_at) for one in people]
    reminded = [one.recipient.last_reminded_on for one in people if one.recipient.last_reminded_on]
    return reminders.days(
        reminders.Rule.read(request.reminder_rule),
        dues(rows.shown_tasks(request.id)),
        max([*after, *reminded, _yesterday(rows.firm, now)]),
        weekdays=rows.firm.sending_weekdays,
        most=reminders.MOST - _most_used(people),
    )


def why_no_reminder(rows: WorkRows, request: ClientRequest, now: datetime) -> str:
    """Why nothing goes out by itself, in a sentence; empty when something does (5.6, 7.1, 7.6, 7.9)."""
    rule = reminders.Rule.read(request.reminder_rule)
    tasks = rows.shown_tasks(request.id)
    if state_of(rows, request, now) in {State.WITHDRAWN, State.COMPLETED, State.CLOSED}:
        return _("None: the request is closed.")
    if request.needs_resend_at is not None:
        return _("None until the request is resent: the work was reopened.")
    if rule.kind is reminders.Kind.NONE:
        return _("None: reminders are switched off for this request.")
    if not dues(tasks):
        return _("None: no open task with a due date calls for one.")
    if is_stopped(rows, request):
        return _("Reminders stopped: a task is done.")
    if _most_used(rows.recipients.get(request.id, [])) >= reminders.MOST:
        return _("All five reminders went out. Resend the request to start again.")
    return ""


def is_stopped(rows: WorkRows, request: ClientRequest) -> bool:
    """Whether gentle reminders stopped because a task is done, and nobody let them go on since the last send (7.6)."""
    is_gentle = reminders.Rule.read(request.reminder_rule).kind is reminders.Kind.GENTLE
    sends = [one.recipient.last_sent_at for one in rows.recipients.get(request.id, [])]
    last = max((moment for moment in sends if moment), default=request.sent_at)
    since = request.reminders_go_on_at
    goes_on = since is not None and (last is None or since >= last)
    return is_gentle and not goes_on and is_one_done(rows.shown_tasks(request.id))


def dues(tasks: list[Task]) -> list[reminders.Due]:
    """The open tasks that call for reminders; one with an open question waits for staff (5.8)."""
    return [
        reminders.Due(task.due_on, task.promised_on)
        for task in tasks
        if task.completed_at is None and task.due_on is not None and task.question_open_at is None
    ]


def is_one_done(tasks: list[Task]) -> bool:
    """Whether a task with a date was answered *done*, which stops gentle reminders (7.6)."""
    return any(task.completed_at and task.due_on and task.answer is Answer.DONE for task in tasks)


def tasks_of(work: Work, request_id: UUID) -> list[Task]:
    """A request's tasks without those put aside, in the firm's order."""
    query = select(Task).where(Task.section_id == request_id, col(Task.put_aside_at).is_(None))
    return list(work.session.exec(query.order_by(col(Task.position), col(Task.id))))


def rule_word(rule: reminders.Rule) -> str:
    """The reminder rule in a few words (7.2)."""
    if rule.kind is reminders.Kind.CUSTOM:
        every = ngettext("every day", "every {n} days", rule.every)
        before = ngettext("from {n} day before", "from {n} days before", rule.before)
        return f"{every}, {before}"
    return {
        reminders.Kind.NONE: _("no reminders"),
        reminders.Kind.GENTLE: _("gentle reminders"),
        reminders.Kind.URGENT: _("a reminder every day"),
    }[rule.kind]


def _head(rows: WorkRows, request: ClientRequest, state: State, now: datetime) -> StatePart | None:
    today = firm_days.today(rows.firm, now)
    if state is State.WITHDRAWN and request.withdrawn_at:
        return StatePart(_("withdrawn"), _day(rows.firm, request.withdrawn_at, today), "undo", "none")
    if state is State.COMPLETED:
        last = max(task.completed_at for task in rows.shown_tasks(request.id) if task.completed_at)
        return StatePart(_("completed"), _day(rows.firm, last, today), "done", "ok")
    if state is State.SCHEDULED and request.send_at:
        return StatePart(_("scheduled"), format_moment(request.send_at, rows.firm.time_zone), "clock")
    plain = {
        State.CLOSED: StatePart(_("closed with the work"), "", "lock", "none"),
        State.EXPIRED: StatePart(_("links expired"), "", "clock", "wait"),
        State.DRAFT: StatePart(_("draft"), "", "pen", "none"),
        State.NOT_SENT: _unsent(lifecycle.unsent(rows.facts(request), now)),
    }
    return plain.get(state)


def _unsent(why: Unsent | None) -> StatePart:
    if why is Unsent.CAME_BACK:
        return StatePart(_("delivery failed"), "", "stop", "late")
    if why is Unsent.HELD:
        return StatePart(_("not sent: something was missing"), "", "stop", "late")
    return StatePart(_("not sent yet"), "", "clock", "wait")


def _planned(tasks: list[Task]) -> StatePart:
    return StatePart(ngettext("{n} task", "{n} tasks", len(tasks)) if tasks else _("no task yet"))


def _progress(tasks: list[Task]) -> StatePart | None:
    if not tasks:
        return None
    done = sum(task.completed_at is not None for task in tasks)
    marks = [number < done for number in range(len(tasks))] if len(tasks) <= 12 else []
    return StatePart("", _("{n} of {m}").format(n=done, m=len(tasks)), marks=marks)


def _questions(tasks: list[Task]) -> StatePart | None:
    count = sum(task.question_open_at is not None and task.completed_at is None for task in tasks)
    return (
        StatePart(ngettext("{n} question open", "{n} questions open", count), "", "ask", "wait")
        if count
        else None
    )


def _used(people: list[Received]) -> StatePart | None:
    used = _most_used(people)
    if not used:
        return None
    value = _("{n} of {m}").format(n=used, m=reminders.MOST)
    return StatePart(_("reminder"), value, marks=_dots(used), is_dots=True)


def _next(rows: WorkRows, request: ClientRequest, now: datetime) -> StatePart | None:
    coming = coming_days(rows, request, now)
    if not coming:
        return None
    return StatePart(_("next"), spoken.short_day(coming[0], firm_days.today(rows.firm, now)), "bell")


def _recipient(
    rows: WorkRows, request: ClientRequest, one: Received, now: datetime, today: date
) -> RecipientRow:
    drawing, tone, delivery = _delivery(rows.firm, request, one, today)
    used = one.recipient.reminders_used
    return RecipientRow(
        name=one.contact.name,
        drawing=drawing,
        tone=tone,
        delivery=delivery,
        opened=_opened(rows.firm, request, one, now, today),
        marks=_dots(used) if request.sent_at else [],
        used=_("{n} of {m}").format(n=used, m=reminders.MOST) if request.sent_at else "",
    )


def _delivery(firm: Firm, request: ClientRequest, one: Received, today: date) -> tuple[str, str, str]:
    if one.recipient.bounced_at is not None:
        day = _day(firm, one.recipient.bounced_at, today)
        return "stop", "late", _("came back {day}").format(day=day)
    if one.recipient.first_sent_at is not None:
        return "done", "ok", pgettext("e-mail", "accepted")
    return ("clock", "wait", _("not sent yet")) if request.sent_at else ("open", "none", _("chosen"))


def _opened(firm: Firm, request: ClientRequest, one: Received, now: datetime, today: date) -> str:
    if one.recipient.opened_at is not None:
        text = _("opened {day}").format(day=_day(firm, one.recipient.opened_at, today))
    elif one.recipient.first_sent_at is not None:
        text = _("not opened yet")
    else:
        text = ""
    is_over = one.grant is not None and one.grant.expires_at <= now and request.withdrawn_at is None
    return " · ".join([text, _("link expired")]) if is_over and text else text


def _past(rows: WorkRows, request: ClientRequest, used: int) -> list[ReminderRow]:
    days = [
        one.recipient.last_reminded_on
        for one in rows.recipients.get(request.id, [])
        if one.recipient.last_reminded_on
    ]
    if not days or not used:
        return []
    text = _("{n} of {most}").format(n=used, most=reminders.MOST)
    return [ReminderRow("past", format_date(max(days), "weekday"), text, pgettext("reminder", "sent"))]


def _most_used(people: list[Received]) -> int:
    return max((one.recipient.reminders_used for one in people), default=0)


def _dots(used: int) -> list[bool]:
    return [number < used for number in range(reminders.MOST)]


def _yesterday(firm: Firm, now: datetime) -> date:
    """The last day whose hour of sending is past."""
    local = now.astimezone(ZoneInfo(firm.time_zone))
    return local.date() if local.hour >= firm.sending_hour else local.date() - timedelta(days=1)


def _day(firm: Firm, moment: datetime, today: date) -> str:
    return spoken.short_day(firm_days.day_of(firm, moment), today)
