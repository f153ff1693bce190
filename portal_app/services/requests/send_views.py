"""The send dialog in the reader's words: to whom, from whom, the e-mail, the days to come, what to know (6.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import reminders
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.domain.send_rules import Rule as SendRule
from portal_app.models import Firm, Recipient, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.reminders import reminder_rows, series
from portal_app.services.reminders.reminder_rows import ReminderRow
from portal_app.services.requests import sending_preview
from portal_app.services.requests.send_when import SendWhen, send_when
from portal_app.services.requests.sending_preview import MailPreview, SendPreview
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_time, ngettext
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Person:
    """One contact of the client in the list of recipients; with `why_not` nothing can go to them."""

    id: str = ""
    name: str = ""
    email: str = ""
    detail: str = ""
    why_not: str = ""
    is_chosen: bool = False
    is_recipient: bool = False
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class SendView:
    """The dialog as it stands now; `html` is the e-mail to `shown`, its link a placeholder."""

    id: str = ""
    title: str = ""
    where: str = ""
    client_id: str = ""
    client_to: str = ""
    people: list[Person] = field(default_factory=list)
    sender: str = ""
    reply_to: str = ""
    also_see: str = ""
    tabs: list[Choice] = field(default_factory=list)
    shown: str = ""
    from_line: str = ""
    subject: str = ""
    html: str = ""
    kind: str = "gentle"
    before: int = 15
    every: int = 4
    rule_hint: str = ""
    reminders: list[ReminderRow] = field(default_factory=list)
    no_reminder: str = ""
    can_go_on: bool = False
    hour: str = ""
    warnings: list[str] = field(default_factory=list)
    refusal: str = ""
    count: str = ""
    how: str = ""
    is_out: bool = False
    can_plan: bool = False
    when: SendWhen = field(default_factory=SendWhen)


def send_view(
    ports: Ports,
    actor: Actor,
    request_id: UUID,
    chosen: Collection[UUID] | None = None,
    rule: Rule | None = None,
    shown: str = "",
    send_rule: SendRule | None = None,
) -> SendView:
    """What a press of *Send to client* would do, for `chosen` and the two rules (else what is kept, or proposed).

    `shown` is the contact whose e-mail is in sight, the first one where that is not chosen. Raises `NotFound`.
    """
    plan = sending_preview.preview(ports, actor, request_id, None if chosen is None else sorted(chosen))
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.REQUEST_SEND)
        rule = rule or Rule.read(sight.request.reminder_rule)
        asked = series.read(work, [request_id])[request_id]
        rows, no_reminder = reminder_rows.preview_rows(asked, rule, work.now)
        sender = work.session.get_one(Staff, actor.staff_id)
        mail = next((one for one in plan.mails if str(one.contact_id) == shown), None)
        mail = mail or (plan.mails[0] if plan.mails else None)
        return SendView(
            id=str(request_id),
            title=plan.title,
            where=f"{plan.client_name} · {plan.work_title}",
            client_id=str(sight.client.id),
            client_to=routes.to(routes.CLIENT, id=sight.client.id),
            people=_people(plan, _there(work, request_id)),
            sender=_("{name} (you)").format(name=sender.name),
            also_see=", ".join(plan.also_see),
            reply_to=_("Replies go to {address}").format(address=plan.reply_to),
            from_line=plan.from_line,
            tabs=[Choice(str(one.contact_id), one.name.split()[0]) for one in plan.mails],
            **_mail(mail),
            kind=rule.kind.value,
            before=rule.before if rule.kind is Kind.CUSTOM else 15,
            every=rule.every if rule.kind is Kind.CUSTOM else 4,
            rule_hint=rule_hint(rule),
            reminders=rows,
            no_reminder=no_reminder,
            can_go_on=rule.kind is Kind.GENTLE and asked.is_one_done and not asked.is_let_go_on,
            hour=_hour(sight.firm),
            warnings=list(plan.warnings),
            refusal=plan.refusal,
            count=ngettext("{n} e-mail", "{n} e-mails", len(plan.mails)),
            how=_how(len(plan.mails)),
            is_out=plan.is_sent,
            can_plan=sight.request.sent_at is None,
            when=send_when(work, sight, send_rule),
        )


def rule_hint(rule: Rule) -> str:
    """What a rule means (7.2), in one sentence or two."""
    most = ngettext("At most {n} to each.", "At most {n} to each.", reminders.MOST)
    words = {
        Kind.NONE: _("Nothing goes out by itself."),
        Kind.GENTLE: _("Seven days before a due date, on it, and every day after."),
        Kind.URGENT: _("Every day until all is done."),
        Kind.CUSTOM: _("From so many days before a due date, then every so many days."),
    }[rule.kind]
    return words if rule.kind is Kind.NONE else f"{words} {most}"


def _people(plan: SendPreview, there: set[UUID]) -> list[Person]:
    return [
        Person(
            id=str(one.contact_id),
            name=one.name,
            email=one.email,
            detail=one.way_in,
            why_not=one.why_not,
            is_chosen=one.is_proposed and not one.why_not,
            is_recipient=one.contact_id in there,
            is_bound=one.is_bound,
        )
        for one in plan.possible
    ]


def _there(work: Work, request_id: UUID) -> set[UUID]:
    """Who is a recipient now."""
    query = select(Recipient.contact_id).where(
        Recipient.request_id == request_id, col(Recipient.removed_at).is_(None)
    )
    return set(work.session.exec(query))


def _mail(mail: MailPreview | None) -> dict[str, str]:
    if mail is None:
        return {}
    return {"shown": str(mail.contact_id), "subject": mail.subject, "html": mail.html}


def _hour(firm: Firm) -> str:
    place = firm.time_zone.rsplit("/", 1)[-1].replace("_", " ")
    at = datetime.combine(date.min, time(firm.sending_hour), UTC)
    return _("at {hour}, {place}").format(hour=format_time(at, "UTC"), place=place)


def _how(count: int) -> str:
    if count == 0:
        return _("Choose at least one recipient.")
    return (
        _("leaves at once, with a link of its own")
        if count == 1
        else _("leave at once, each with a link of its own")
    )
