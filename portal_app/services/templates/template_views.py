"""Templates as staff see them: the list, one template's page, one of its tasks opened (5.18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import reminders, rich_text, send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.domain.rich_text import Block
from portal_app.models import (
    Firm,
    SectionKind,
    StoredFile,
    TemplateSection,
    TemplateTask,
    WorkTemplate,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files import copies, template_files, uploads
from portal_app.services.files.files import FileView, RoomView, room_view, template_file_views
from portal_app.services.requests import request_lines
from portal_app.services.templates import relative_days, templates
from portal_app.services.work.work_words import Choice
from portal_app.text import _, format_time, ngettext
from portal_app.work import Work, reading

PAGE = 50
"""Rows of one page."""
ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's address; values that mean nothing are ignored."""

    status: str = ""
    search: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One template in the list."""

    id: str = ""
    href: str = ""
    title: str = ""
    sections: str = ""
    asked: str = ""
    sent: str = ""


@dataclass(frozen=True, slots=True)
class TemplateList:
    """One page of the list; `next_after` is the address of the next one's start, empty on the last."""

    firm_id: str = ""
    rows: list[TemplateRow] = field(default_factory=list)
    next_after: str = ""
    count: str = ""
    has_any: bool = False


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One row of a section: a task, or (`is_section`) a client section that stands among the tasks."""

    id: str = ""
    title: str = ""
    due: str = ""
    is_section: bool = False
    needs_file: bool = False
    files: str = ""
    sent: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSectionView:
    """One section with its rules in words and as its form shows them."""

    id: str = ""
    name: str = ""
    is_client: bool = False
    is_nested: bool = False
    within: str = ""
    count: str = ""
    lines: list[TemplateLine] = field(default_factory=list)
    send: str = "manual"
    sent: str = ""
    days: str = ""
    side: str = "before"
    hour: str = ""
    remind: str = "gentle"
    reminds: str = ""
    before: str = "15"
    every: str = "4"


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template as its page shows it."""

    id: str = ""
    title: str = ""
    external_name: str = ""
    due: str = ""
    due_days: str = ""
    due_side: str = "after"
    is_archived: bool = False
    sections: list[TemplateSectionView] = field(default_factory=list)
    places: list[Choice] = field(default_factory=list)
    hours: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TemplateTaskView:
    """One task opened."""

    id: str = ""
    title: str = ""
    where: str = ""
    description: list[Block] = field(default_factory=list)
    typed: str = ""
    due: str = ""
    due_days: str = ""
    due_side: str = "after"
    needs_file: bool = False
    is_client: bool = False
    files: list[FileView] = field(default_factory=list)
    room: RoomView = field(default_factory=RoomView)


def template_list(ports: Ports, actor: Actor, filters: Filters) -> TemplateList:
    """One page of the firm's templates by title."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_READ)
        found = _page(work, filters)
        shown = found[:PAGE]
        return TemplateList(
            firm_id=str(actor.firm_id),
            rows=_rows(work, shown),
            next_after=f"{shown[-1].title_key}.{shown[-1].id.hex}" if len(found) > PAGE else "",
            count=_count(work, filters),
            has_any=bool(shown) or _has_any(work),
        )


def template_choices(ports: Ports, actor: Actor) -> list[Choice]:
    """Every template that work can be made from, by title."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_EDIT)
        query = select(WorkTemplate).where(
            WorkTemplate.firm_id == actor.firm_id, col(WorkTemplate.archived_at).is_(None)
        )
        found = work.session.exec(query.order_by(col(WorkTemplate.title_key), col(WorkTemplate.id)))
        return [Choice(str(one.id), one.title) for one in found]


def template_view(ports: Ports, actor: Actor, template_id: UUID) -> TemplateView:
    """A template with everything in it, in the reader's language. Raises `NotFound`."""
    with reading(ports, actor) as work:
        template = access.of_firm(work, WorkTemplate, template_id, Permission.WORK_READ)
        firm = work.session.get_one(Firm, template.firm_id)
        sections = templates.sections_of(work, template.id)
        tasks = templates.tasks_of(work, sections)
        files = copies.of_tasks(work, [task.id for rows in tasks.values() for task in rows])
        shown = [_section(firm, one, sections, tasks, files) for one in _in_page_order(sections)]
        due = relative_days.typed(template.due_days)
        return TemplateView(
            id=str(template.id),
            title=template.title,
            external_name=template.external_name,
            due=relative_days.words(template.due_days),
            due_days=due.number,
            due_side=due.side,
            is_archived=template.archived_at is not None,
            sections=shown,
            places=[Choice(one.id, one.name) for one in shown if not one.is_client],
            hours=hours(firm),
        )


def template_task_view(ports: Ports, actor: Actor, task_id: UUID) -> TemplateTaskView:
    """One task of a template with its attachments. Raises `NotFound`."""
    with reading(ports, actor) as work:
        task = access.of_firm(work, TemplateTask, task_id, Permission.WORK_READ)
        section = work.session.get_one(TemplateSection, task.section_id)
        template = work.session.get_one(WorkTemplate, section.template_id)
        firm = work.session.get_one(Firm, task.firm_id)
        due = relative_days.typed(task.due_days)
        return TemplateTaskView(
            id=str(task.id),
            title=task.title,
            where=f"{section.name} · {template.title}",
            description=rich_text.blocks(task.description),
            typed=rich_text.to_typed(task.description),
            due=relative_days.words(task.due_days),
            due_days=due.number,
            due_side=due.side,
            needs_file=task.needs_file,
            is_client=section.kind is SectionKind.CLIENT,
            files=template_file_views(work, firm, task.id),
            room=room_view(uploads.limits_of(firm), template_files.reserved(work, task.id)),
        )


def send_words(firm: Firm, rule: send_rules.Rule) -> str:
    """A template's send rule in words: *3 days before the start, at 9:00*, or *By hand*."""
    if rule.kind is not send_rules.Kind.RELATIVE:
        return _("Sent by hand")
    hour = firm.sending_hour if rule.hour is None else rule.hour
    return _("Sent by itself {days}, at {hour}").format(days=relative_days.words(rule.days), hour=_hour(hour))


def hours(firm: Firm) -> list[Choice]:
    """Every hour of a day; the first is the firm's own."""
    own = _("The firm’s hour ({hour})").format(hour=_hour(firm.sending_hour))
    return [Choice("", own), *(Choice(str(hour), _hour(hour)) for hour in range(24))]


def _hour(hour: int) -> str:
    return format_time(datetime.combine(date.min, time(hour), UTC), "UTC")


def _in_page_order(sections: list[TemplateSection]) -> list[TemplateSection]:
    ordered: list[TemplateSection] = []
    for section in sections:
        if section.within_section_id is None:
            ordered.append(section)
            ordered += [one for one in sections if one.within_section_id == section.id]
    return ordered


def _section(
    firm: Firm,
    section: TemplateSection,
    sections: list[TemplateSection],
    tasks: dict[UUID, list[TemplateTask]],
    files: dict[UUID, list[StoredFile]],
) -> TemplateSectionView:
    own = tasks.get(section.id, [])
    nested = [one for one in sections if one.within_section_id == section.id]
    placed: list[TemplateTask | TemplateSection] = sorted(
        [*own, *nested], key=lambda row: (row.position, row.id)
    )
    send, remind = send_rules.Rule.read(section.send_rule), reminders.Rule.read(section.reminder_rule)
    is_relative, is_custom = (
        send.kind is send_rules.Kind.RELATIVE,
        remind.kind is reminders.Kind.CUSTOM,
    )
    days = relative_days.typed(send.days if is_relative else None)
    return TemplateSectionView(
        id=str(section.id),
        name=section.name,
        is_client=section.kind is SectionKind.CLIENT,
        is_nested=section.within_section_id is not None,
        within=str(section.within_section_id or ""),
        count=ngettext("{n} task", "{n} tasks", len(own)),
        lines=[_line(firm, row, files) for row in placed],
        send=send.kind.value,
        sent=send_words(firm, send),
        days=days.number,
        side=days.side if is_relative else relative_days.BEFORE,
        hour="" if send.hour is None else str(send.hour),
        remind=remind.kind.value,
        reminds=request_lines.rule_word(remind),
        before=str(remind.before) if is_custom else "15",
        every=str(remind.every) if is_custom else "4",
    )


def _line(
    firm: Firm, row: TemplateTask | TemplateSection, files: dict[UUID, list[StoredFile]]
) -> TemplateLine:
    if isinstance(row, TemplateSection):
        return TemplateLine(
            id=str(row.id),
            title=row.name,
            is_section=True,
            sent=send_words(firm, send_rules.Rule.read(row.send_rule)),
        )
    count = len(files.get(row.id, []))
    return TemplateLine(
        id=str(row.id),
        title=row.title,
        due=relative_days.words(row.due_days),
        needs_file=row.needs_file,
        files=ngettext("{n} file goes with it", "{n} files go with it", count) if count else "",
    )


def _page(work: Work, filters: Filters) -> list[WorkTemplate]:
    query = select(WorkTemplate).where(*_wanted(work, filters))
    key, dot, last = filters.after.rpartition(".")
    if dot and (last_id := _uuid(last)):
        after_key = col(WorkTemplate.title_key) > key
        query = query.where(
            after_key | ((col(WorkTemplate.title_key) == key) & (col(WorkTemplate.id) > last_id))
        )
    ordered = query.order_by(col(WorkTemplate.title_key), col(WorkTemplate.id)).limit(PAGE + 1)
    return list(work.session.exec(ordered))


def _wanted(work: Work, filters: Filters) -> list[Any]:
    is_archived = col(WorkTemplate.archived_at).is_not(None)
    wanted: list[Any] = [
        WorkTemplate.firm_id == work.actor.firm_id,
        is_archived if filters.status == ARCHIVED else ~is_archived,
    ]
    if words := name_key(filters.search):
        plain = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        wanted.append(col(WorkTemplate.title_key).like(f"%{plain}%", escape="\\"))
    return wanted


def _count(work: Work, filters: Filters) -> str:
    query = select_rows(func.count()).select_from(WorkTemplate).where(*_wanted(work, filters))
    return ngettext("{n} template", "{n} templates", work.session.execute(query).scalar_one())


def _has_any(work: Work) -> bool:
    query = select(WorkTemplate.id).where(WorkTemplate.firm_id == work.actor.firm_id).limit(1)
    return work.session.exec(query).first() is not None


def _rows(work: Work, shown: list[WorkTemplate]) -> list[TemplateRow]:
    ids = [one.id for one in shown]
    sections = work.session.exec(
        select(TemplateSection).where(
            col(TemplateSection.template_id).in_(ids), col(TemplateSection.removed_at).is_(None)
        )
    ).all()
    tasks = templates.tasks_of(work, list(sections))
    return [_row(one, [row for row in sections if row.template_id == one.id], tasks) for one in shown]


def _row(
    template: WorkTemplate, sections: list[TemplateSection], tasks: dict[UUID, list[TemplateTask]]
) -> TemplateRow:
    asked = [one for one in sections if one.kind is SectionKind.CLIENT]
    by_itself = [one for one in asked if one.send_rule.get("kind") != send_rules.Kind.MANUAL]
    return TemplateRow(
        id=str(template.id),
        href=routes.to(routes.TEMPLATE, id=template.id),
        title=template.title,
        sections=ngettext("{n} section", "{n} sections", len(sections)),
        asked=ngettext(
            "{n} task for the client",
            "{n} tasks for the client",
            sum(len(tasks.get(one.id, [])) for one in asked),
        ),
        sent=ngettext("{n} sent by itself", "{n} sent by themselves", len(by_itself)) if by_itself else "",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
