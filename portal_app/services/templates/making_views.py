"""The dialog *Work from a template*: what goes out by itself, when, and to whom it can (5.5, 6.18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    Firm,
    SectionKind,
    Staff,
    TemplateSection,
    WorkTemplate,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm.firm_days import today
from portal_app.services.requests import send_plans, sendable
from portal_app.services.templates import templates
from portal_app.services.templates.template_views import send_words
from portal_app.services.work import send_moments
from portal_app.services.work.work_words import Choice
from portal_app.text import _
from portal_app.work import Work, reading


@dataclass(frozen=True, slots=True)
class Addressee:
    """One contact in the list of one section; with `why_not` nothing can go to them."""

    id: str = ""
    name: str = ""
    detail: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Automatic:
    """A section that will be sent by itself; `is_past` where its moment is past already (6.18)."""

    id: str = ""
    name: str = ""
    when: str = ""
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class MakingView:
    """The dialog as it stands."""

    template_id: str = ""
    title: str = ""
    client_id: str = ""
    client_name: str = ""
    starts_on: str = ""
    sections: list[Automatic] = field(default_factory=list)
    people: list[Addressee] = field(default_factory=list)
    has_past: bool = False
    staff_choices: list[Choice] = field(default_factory=list)
    assignee_id: str = ""


def making_view(
    ports: Ports, actor: Actor, template_id: UUID, client_id: UUID | None, starts_on: date | None
) -> MakingView:
    """What would be made of this template for this client from this day. Raises `NotFound`."""
    with reading(ports, actor) as work:
        template = access.of_firm(work, WorkTemplate, template_id, Permission.WORK_EDIT)
        firm = work.session.get_one(Firm, template.firm_id)
        client = access.client(work, client_id, Permission.WORK_EDIT) if client_id else None
        starts_on = starts_on or today(firm, work.now)
        sections = [
            _automatic(work, firm, one, starts_on)
            for one in templates.sections_of(work, template.id)
            if one.kind is SectionKind.CLIENT and _rule(one).kind is not send_rules.Kind.MANUAL
        ]
        return MakingView(
            template_id=str(template.id),
            title=template.title,
            client_id=str(client.id) if client else "",
            client_name=client.name if client else "",
            starts_on=starts_on.isoformat(),
            sections=sections,
            people=_people(work, client) if client else [],
            has_past=any(one.is_past for one in sections),
            staff_choices=_staff(work),
            assignee_id=str(actor.staff_id or ""),
        )


def _automatic(work: Work, firm: Firm, section: TemplateSection, starts_on: date) -> Automatic:
    rule = _rule(section)
    is_past = send_plans.is_past(firm, rule, starts_on, work.now)
    when = send_moments.words(firm, rule, starts_on) or send_words(firm, rule)
    return Automatic(
        id=str(section.id),
        name=section.name,
        when=_("{when}, already past").format(when=when) if is_past else when,
        is_past=is_past,
    )


def _rule(section: TemplateSection) -> send_rules.Rule:
    return send_rules.Rule.read(section.send_rule)


def _people(work: Work, client: Client) -> list[Addressee]:
    return [
        Addressee(id=str(one.id), name=one.name, detail=one.email or "", why_not=sendable.why_not_to(one))
        for one in sendable.contacts(work, client)
    ]


def _staff(work: Work) -> list[Choice]:
    query = select(Staff).where(Staff.firm_id == work.actor.firm_id, col(Staff.deactivated_at).is_(None))
    return [Choice(str(one.id), one.name) for one in work.session.exec(query.order_by(col(Staff.name)))]
