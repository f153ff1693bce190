"""A request's reminders in the reader's words: what went, what comes, what is skipped, and why there is none (7.8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain import reminders
from portal_app.domain.reminder_plan import Coming, Held
from portal_app.domain.reminder_plan import coming as coming_of
from portal_app.domain.reminder_reasons import Why, of_request
from portal_app.domain.reminders import Kind, Rule
from portal_app.models import MailPhase, OutboxMail, Reminder
from portal_app.services.reminders.series import RequestReminders
from portal_app.text import _, format_date, format_time, ngettext, pgettext
from portal_app.work import Work

PAUSED = frozenset({Why.FIRM_PAUSED, Why.CLIENT_PAUSED, Why.REQUEST_PAUSED})
EXPECTED = frozenset({None, Why.NOT_SENT})
"""Recipients who get reminders, or will as soon as their first e-mail, which is on its way, has left."""
MOST_PAST = 5


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder: `kind` is past, next, skipped, paused or empty; one that can be skipped or taken back has its
    day as `on`."""

    kind: str = ""
    day: str = ""
    text: str = ""
    detail: str = ""
    on: str = ""


def past_rows(work: Work, asked: RequestReminders) -> list[ReminderRow]:
    """The last reminders that went, oldest first, and what became of each."""
    query = (
        select_rows(col(Reminder.reminded_on), col(Reminder.at), col(OutboxMail.phase))
        .join(OutboxMail, col(OutboxMail.id) == Reminder.mail_id)
        .where(col(Reminder.request_id) == asked.request_id)
        .order_by(col(Reminder.reminded_on))
    )
    days: dict[date, tuple[datetime, list[MailPhase]]] = {}
    for on, at, phase in work.session.execute(query):
        days.setdefault(on, (at, []))[1].append(phase)
    return [
        ReminderRow("past", format_date(on, "weekday"), *_fate(phases, format_time(at, asked.calendar.zone)))
        for on, (at, phases) in list(days.items())[-MOST_PAST:]
    ]


def coming_rows(asked: RequestReminders, now: datetime) -> list[ReminderRow]:
    """Every coming reminder of a request that is out: its day, its number, to whom where not to all (7.8)."""
    if asked.why is not None and asked.why not in PAUSED:
        return []
    found: dict[date, list[tuple[str, Coming]]] = {}
    told = [one for one in asked.people if one.why in EXPECTED]
    for one in told:
        series = replace(one.series, used=one.series.used + one.is_in_hand)
        for row in coming_of(series, one.since(now), now):
            found.setdefault(row.on, []).append((one.name, row))
    return _rows(asked, [(rows, len(told)) for _on, rows in sorted(found.items())])


def preview_rows(asked: RequestReminders, rule: Rule, now: datetime) -> tuple[list[ReminderRow], str]:
    """What a send at `now` by this rule would start; and why it would start nothing (7.1, 7.6)."""
    why = of_request(
        replace(
            asked.silence, kind=rule.kind, is_withdrawn=False, is_work_completed=False, needs_resend=False
        )
    )
    if why is None and rule.kind is Kind.GENTLE and asked.is_one_done and not asked.is_let_go_on:
        why = Why.TASK_DONE
    if why is not None and why not in PAUSED:
        return [], said(why)
    series = replace(asked.plain, rule=rule, sent_on=asked.calendar.day_of(now))
    rows = [([("", row)], 1) for row in coming_of(series, now, now)]
    return _rows(asked, rows), said(why) if why else ""


def next_on(asked: RequestReminders, now: datetime) -> date | None:
    """The firm's day of the request's next reminder."""
    days = [
        row.on
        for one in asked.people
        if asked.why is None and one.why in EXPECTED
        for row in coming_of(replace(one.series, used=one.series.used + one.is_in_hand), one.since(now), now)
        if row.held is None
    ]
    return min(days, default=None)


def why_none(asked: RequestReminders, now: datetime) -> str:
    """Why no reminder comes, in a sentence; empty where one does (5.6, 7.9)."""
    if asked.why is not None:
        return said(asked.why)
    if next_on(asked, now) is not None:
        return ""
    reasons = [one.why for one in asked.people if one.why]
    if Why.LIMIT in reasons:
        return said(Why.LIMIT)
    return said(reasons[0]) if reasons else _("There is no day left on which one would go out.")


def said(why: Why) -> str:
    """A reason in a sentence."""
    return {
        Why.WITHDRAWN: _("None: the request was withdrawn."),
        Why.ARCHIVED: _("None: it is archived."),
        Why.WORK_COMPLETED: _("None: the work is completed."),
        Why.NOTHING_OPEN: _("None: nothing is open."),
        Why.RESEND_NEEDED: _("None until the request is resent: the work was reopened."),
        Why.NO_RULE: _("None: reminders are switched off for this request."),
        Why.FIRM_PAUSED: _("Paused for the whole firm until somebody resumes them, in Settings."),
        Why.CLIENT_PAUSED: _("Paused for this client until somebody resumes them."),
        Why.REQUEST_PAUSED: _("Paused until somebody resumes them."),
        Why.TASK_DONE: _("Reminders stopped: a task is done."),
        Why.ALL_HELD: _("None while a question waits for your answer."),
        Why.NO_DATE: _("None: no open task with a due date calls for one."),
        Why.NO_WEEKDAY: _("None: the firm sends on no weekday."),
        Why.REMOVED: _("None: they are no longer a recipient."),
        Why.NOT_SENT: _("None before the first e-mail left."),
        Why.CAME_BACK: _("None: the e-mail came back."),
        Why.NO_ADDRESS: _("None: there is no address to write to."),
        Why.OFF: _("None: the recipient switched them off."),
        Why.LIMIT: _("All five reminders went out. Resend the request to start again."),
    }[why]


def paused_words(until: date | None, today: date) -> str:
    """A pause that ends, in a sentence; empty where it is over."""
    if until is None:
        return _("Paused until somebody resumes them.")
    if until <= today:
        return ""
    return _("Paused until {day}; nothing of that time is made up for.").format(
        day=format_date(until, "medium")
    )


def _fate(phases: list[MailPhase], time: str) -> tuple[str, str]:
    count = ngettext("to {n} person", "to {n} people", len(phases))
    if all(phase is MailPhase.CANCELLED for phase in phases):
        return count, pgettext("reminder", "did not leave")
    if all(phase is MailPhase.FAILED for phase in phases):
        return count, pgettext("reminder", "came back")
    if MailPhase.SENT in phases:
        return count, _("sent {time}").format(time=time)
    if MailPhase.UNKNOWN in phases:
        return count, pgettext("reminder", "outcome unknown")
    return count, pgettext("reminder", "on its way")


def _rows(asked: RequestReminders, days: list[tuple[list[tuple[str, Coming]], int]]) -> list[ReminderRow]:
    found: list[ReminderRow] = []
    is_next = True
    for rows, everybody in days:
        goes = [(name, row) for name, row in rows if row.held is None]
        row = (goes or rows)[0][1]
        kind = "next" if goes and is_next else row.held.value if row.held else ""
        details = _details(asked, row, is_first=kind == "next")
        if goes and len(goes) < everybody:
            details.insert(0, _("to {names}").format(names=", ".join(name for name, _row in goes)))
        is_next = is_next and not goes
        can_change = row.held is not Held.PAUSED
        found.append(
            ReminderRow(
                kind,
                format_date(row.on, "weekday"),
                _number(max((one.number for _name, one in goes), default=0), row.held),
                ", ".join(details),
                row.on.isoformat() if can_change else "",
            )
        )
    return found


def _number(number: int, held: Held | None) -> str:
    if held is not None and not number:
        return pgettext("reminder", "skipped") if held is Held.SKIPPED else pgettext("reminder", "paused")
    is_last = number == reminders.MOST
    text = _("{n} of {most}, the last") if is_last else _("{n} of {most}")
    return text.format(n=number, most=reminders.MOST)


def _details(asked: RequestReminders, row: Coming, *, is_first: bool) -> list[str]:
    details = []
    if row.moved_from is not None:
        details.append(_("moved from {day}").format(day=format_date(row.moved_from, "weekday")))
    if row.held is not None:
        return details
    if is_first:
        waiting = asked.silence.open_tasks - asked.silence.held
        details.append(ngettext("{n} task", "{n} tasks", waiting))
        if asked.silence.held:
            details.append(ngettext("{n} waits on us", "{n} wait on us", asked.silence.held))
    late = sum(due.on < row.on for due in asked.plain.dues)
    if late:
        details.append(ngettext("{n} overdue", "{n} overdue", late))
    return details
