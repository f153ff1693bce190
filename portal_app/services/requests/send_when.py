"""The send rule in the dialog: what is chosen, and when it would go out, from whom (5.4, 6.17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from portal_app.domain.send_rules import Kind, Rule
from portal_app.models import Firm
from portal_app.services.access import Sight
from portal_app.services.requests import automatic, send_plans, send_words
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_moment, format_time
from portal_app.work import Work


@dataclass(frozen=True, slots=True)
class SendWhen:
    """The fields as they stand; `hint` says what they mean, `is_late` that nothing would go."""

    kind: str = "manual"
    days: str = "0"
    side: str = "before"
    date: str = ""
    hour: str = ""
    hours: list[Choice] = field(default_factory=list)
    hint: str = ""
    is_late: bool = False


def send_when(work: Work, sight: Sight, rule: Rule | None) -> SendWhen:
    """What `rule` means for this request, or the rule that is kept."""
    is_kept = rule is None or rule == Rule.read(sight.request.send_rule)
    rule = rule or Rule.read(sight.request.send_rule)
    hint, is_late = _meaning(work, sight, rule, is_kept=is_kept)
    return SendWhen(
        kind=rule.kind.value,
        days=str(abs(rule.days)),
        side="after" if rule.days > 0 else "before",
        date=rule.on.isoformat() if rule.on else "",
        hour="" if rule.hour is None else str(rule.hour),
        hours=hour_choices(sight.firm),
        hint=hint,
        is_late=is_late,
    )


def hour_choices(firm: Firm) -> list[Choice]:
    """The hours of a day, the firm's own first."""
    return [
        Choice("", _("The firm’s hour ({hour})").format(hour=_hour(firm.sending_hour))),
        *[Choice(str(hour), _hour(hour)) for hour in range(24)],
    ]


def _meaning(work: Work, sight: Sight, rule: Rule, *, is_kept: bool) -> tuple[str, bool]:
    """The hint below the fields, and whether it is a warning."""
    if rule.kind is Kind.MANUAL:
        return _("Goes out when somebody presses Send to client."), False
    if is_kept and sight.request.held_at is not None:
        reason = send_words.held(sight.request.held_because)
        return _("Not sent: {reason}. Send it now, or choose a later day.").format(reason=reason), True
    planned = send_plans.send_at(sight.firm, rule, sight.work_item.starts_on)
    if rule.kind is Kind.RELATIVE and planned is None:
        return _("The work has no start yet. Once it has one, the request goes out by itself."), False
    if planned is None:
        return _("Choose a day."), False
    moment = format_moment(planned, sight.firm.time_zone)
    if planned <= work.now and not is_kept:
        text = _("That would have been on {moment}. Choose a later day, or send it now.")
        return text.format(moment=moment), True
    sender = automatic.sender_of(work, sight)
    if sender is None:
        return _("Goes out by itself on {moment}.").format(moment=moment), False
    return _("Goes out by itself on {moment}, from {name}.").format(moment=moment, name=sender.name), False


def _hour(hour: int) -> str:
    return format_time(datetime.combine(date(2026, 1, 1), time(hour), UTC), "UTC")
