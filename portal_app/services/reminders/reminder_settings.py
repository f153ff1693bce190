"""Settings › Reminders: the rule that new requests start with, hour, weekdays, one e-mail a person, a pause (1.11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.models import Firm, Recipient
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm import firm_days
from portal_app.services.reminders import reminder_rows, replanning, series
from portal_app.services.requests import send_plans
from portal_app.text import _, format_date, format_time, ngettext
from portal_app.work import Work, begin, reading

_A_MONDAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class WeekdayRow:
    """One weekday: whether the portal sends by itself, and how many next reminders fall on it."""

    day: int = 0
    name: str = ""
    is_on: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class HourChoice:
    """One hour of the day, as an option."""

    value: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """The settings as the page shows them, with what each touches beside it."""

    kind: str = "gentle"
    before: str = "15"
    every: str = "4"
    hour: str = "8"
    hours: list[HourChoice] = field(default_factory=list)
    hour_text: str = ""
    weekdays: list[WeekdayRow] = field(default_factory=list)
    is_together: bool = False
    is_paused: bool = False
    pause_text: str = ""


def reminder_settings(ports: Ports, actor: Actor) -> ReminderSettings:
    """The firm's settings of reminders, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        rule, coming = Rule.read(firm.reminder_rule), _coming(work, firm)
        until = series.paused_until(firm)
        today = firm_days.today(firm, work.now)
        is_paused = until > today
        return ReminderSettings(
            kind=rule.kind.value,
            before=str(rule.before if rule.kind is Kind.CUSTOM else 15),
            every=str(rule.every if rule.kind is Kind.CUSTOM else 4),
            hour=str(firm.sending_hour),
            hours=[HourChoice(str(hour), _hour(hour)) for hour in range(24)],
            hour_text=_moves(sum(coming.values())),
            weekdays=[_weekday(firm, day, coming.get(day, 0)) for day in range(7)],
            is_together=firm.reminders_together_at is not None,
            is_paused=is_paused,
            pause_text=reminder_rows.paused_words(firm.reminders_paused_until, today)
            if is_paused
            else _held(sum(coming.values())),
        )


def set_rule(ports: Ports, actor: Actor, rule: Rule) -> None:
    """The rule that new requests start with; those there are keep theirs. Raises `BadInput`."""
    if rule.kind is Kind.CUSTOM and not 0 <= rule.before <= 60:
        raise BadInput(_("Between 0 and 60 days before."), field="before")
    if rule.kind is Kind.CUSTOM and not 1 <= rule.every <= 30:
        raise BadInput(_("Every 1 to 30 days."), field="every")
    with begin(ports, actor) as work:
        firm = _locked(work)
        custom = {"before": rule.before, "every": rule.every} if rule.kind is Kind.CUSTOM else {}
        firm.reminder_rule = {"kind": rule.kind.value, **custom}
        _changed(work, firm, "reminder_rule")


def set_hour(ports: Ports, actor: Actor, hour: int) -> None:
    """The hour at which reminders and automatic sends leave; all coming ones are worked out anew (7.14)."""
    if not 0 <= hour <= 23:
        raise BadInput(_("Choose an hour from the list."), field="hour")
    with begin(ports, actor) as work:
        firm = _locked(work)
        if firm.sending_hour != hour:
            firm.sending_hour = hour
            _moved(work, firm, "sending_hour")


def set_weekday(ports: Ports, actor: Actor, day: int, *, is_on: bool) -> None:
    """Whether the portal sends by itself on a weekday (Monday is 0); one must be left (7.14). Raises `BadInput`."""
    if not 0 <= day <= 6:
        raise BadInput(_("Choose a day from the list."), field="weekdays")
    with begin(ports, actor) as work:
        firm = _locked(work)
        wanted = sorted({*firm.sending_weekdays, day} if is_on else {*firm.sending_weekdays} - {day})
        if not wanted:
            raise BadInput(_("Keep at least one day, or pause the reminders."), field="weekdays")
        if wanted != firm.sending_weekdays:
            firm.sending_weekdays = wanted
            _moved(work, firm, "sending_weekdays")


def set_together(ports: Ports, actor: Actor, *, is_together: bool) -> None:
    """Whether one person's reminders of a day come in one e-mail (7.11)."""
    with begin(ports, actor) as work:
        firm = _locked(work)
        if is_together is (firm.reminders_together_at is None):
            firm.reminders_together_at = work.now if is_together else None
            _changed(work, firm, "reminders_together")


def _locked(work: Work) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def _moved(work: Work, firm: Firm, what: str) -> None:
    send_plans.plan_firm(work, firm)
    replanning.replan_firm(work, firm.id)
    _changed(work, firm, what)


def _changed(work: Work, firm: Firm, what: str) -> None:
    work.add(firm)
    work.audit("settings:changed", firm_id=firm.id, subject_kind="firm", subject_id=firm.id, fields=what)
    work.ring(f"firm:{firm.id}")


def _coming(work: Work, firm: Firm) -> dict[int, int]:
    """How many recipients' next reminders fall on each weekday; their moments are few, since all share one hour."""
    moment = col(Recipient.next_reminder_at)
    query = (
        select_rows(moment, func.count())
        .where(col(Recipient.firm_id) == firm.id, moment.is_not(None))
        .group_by(moment)
    )
    found: dict[int, int] = {}
    for at, count in work.session.execute(query):
        day = firm_days.day_of(firm, at).weekday()
        found[day] = found.get(day, 0) + count
    return found


def _weekday(firm: Firm, day: int, count: int) -> WeekdayRow:
    name = format_date(_A_MONDAY.replace(day=_A_MONDAY.day + day), "weekday_name")
    is_on = day in firm.sending_weekdays
    text = ngettext("{n} coming reminder falls on it.", "{n} coming reminders fall on it.", count)
    return WeekdayRow(day, name, is_on, text if count else "")


def _hour(hour: int) -> str:
    return format_time(datetime.combine(date.min, time(hour), UTC), "UTC")


def _moves(count: int) -> str:
    if not count:
        return _("No reminder is coming now.")
    return ngettext("{n} coming reminder moves with it.", "{n} coming reminders move with it.", count)


def _held(count: int) -> str:
    if not count:
        return _("No reminder is coming now.")
    return ngettext(
        "It would hold back {n} coming reminder.", "It would hold back {n} coming reminders.", count
    )
