"""A request in the words of staff pages: its state line, recipients and coming reminders (5.6, 7.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from portal_app import routes
from portal_app.domain import lifecycle, reminders
from portal_app.domain.lifecycle import State, Unsent
from portal_app.domain.reminder_reasons import Why
from portal_app.models import ClientRequest, Firm, Task
from portal_app.services import spoken
from portal_app.services.firm import firm_days
from portal_app.services.reminders import reminder_rows
from portal_app.services.requests import send_words
from portal_app.services.work.work_rows import Received, WorkRows
from portal_app.text import _, format_moment, ngettext, pgettext


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
    seen_as: str = ""
    drawing: str = ""
    tone: str = ""
    delivery: str = ""
    opened: str = ""
    marks: list[bool] = field(default_factory=list)
    used: str = ""


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


def why_no_reminder(rows: WorkRows, request: ClientRequest, now: datetime) -> str:
    """Why nothing goes out by itself, in a sentence; empty when something does (5.6, 7.1, 7.6, 7.9)."""
    return reminder_rows.why_none(rows.reminders[request.id], now)


def is_stopped(rows: WorkRows, request: ClientRequest) -> bool:
    """Whether gentle reminders stopped for somebody because a task is done (7.6)."""
    return any(one.why is Why.TASK_DONE for one in rows.reminders[request.id].people)


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
        State.NOT_SENT: _unsent(lifecycle.unsent(rows.facts(request)), request),
    }
    return plain.get(state)


def _unsent(why: Unsent | None, request: ClientRequest) -> StatePart:
    if why is Unsent.CAME_BACK:
        return StatePart(_("delivery failed"), "", "stop", "late")
    if why is Unsent.HELD:
        reason = send_words.held(request.held_because)
        return StatePart(_("not sent: {reason}").format(reason=reason), "", "stop", "late")
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
    asked = rows.reminders[request.id]
    on = reminder_rows.next_on(asked, now)
    if on is not None:
        return StatePart(_("next"), spoken.short_day(on, firm_days.today(rows.firm, now)), "bell")
    if request.reminder_limit_at is not None:
        return StatePart(_("limit reached"), "", "bell", "wait")
    if asked.why in reminder_rows.PAUSED:
        return StatePart(_("reminders paused"), "", "bell", "wait")
    if is_stopped(rows, request):
        return StatePart(_("reminders stopped: a task is done"), "", "bell", "wait")
    return None


def _recipient(
    rows: WorkRows, request: ClientRequest, one: Received, now: datetime, today: date
) -> RecipientRow:
    drawing, tone, delivery = _delivery(rows.firm, request, one, today)
    used = one.recipient.reminders_used
    return RecipientRow(
        name=one.contact.name,
        seen_as=routes.to(routes.SEEN_AS, contact=one.contact.id) + routes.to(routes.REQUEST, id=request.id),
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
    if one.recipient.deferred_at is not None:
        return "clock", "wait", pgettext("e-mail", "deferred")
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
    is_off = one.recipient.reminders_off_at is not None or one.contact.reminders_off_at is not None
    if is_off and text:
        text = " · ".join([text, _("switched reminders off")])
    is_over = one.grant is not None and one.grant.expires_at <= now and request.withdrawn_at is None
    is_classic = one.grant is not None and one.grant.classic_at is not None
    more = [_("link expired")] * is_over + [pgettext("access", "classic")] * is_classic
    return " · ".join([text, *more]) if text else text


def _most_used(people: list[Received]) -> int:
    return max((one.recipient.reminders_used for one in people), default=0)


def _dots(used: int) -> list[bool]:
    return [number < used for number in range(reminders.MOST)]


def _day(firm: Firm, moment: datetime, today: date) -> str:
    return spoken.short_day(firm_days.day_of(firm, moment), today)
