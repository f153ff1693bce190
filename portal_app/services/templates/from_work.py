"""A template from a work item (5.18): its sections, tasks and the firm's files, its dates counted from its start."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import ClientRequest, Section, Task, TemplateSection, TemplateTask, WorkItem
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.files import copies
from portal_app.services.templates import templates
from portal_app.services.templates.templates import LONGEST_NAME
from portal_app.text import _
from portal_app.work import Work, begin


def template_from_work(ports: Ports, actor: Actor, work_item_id: UUID, title: str) -> UUID:
    """Make a template of what a work item asks; nothing of its client, its people or their answers comes along.

    Without a start, dates set by hand are left out. Raises `BadInput` beside the field, `NotFound`.
    """
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT)
        template = templates.new_template(work)
        template.title = typed.line(
            title, "title", longest=LONGEST_NAME, missing=_("Give the template a title.")
        )
        template.title_key = name_key(template.title)[:LONGEST_NAME]
        template.external_name = item.external_name
        template.due_days = _days(item.starts_on, item.due_on, item.due_days)
        work.add(template)
        work.session.flush()
        _sections(work, item, template.id)
        templates.record(work, template, "template:made_from_work")
        return template.id


def _sections(work: Work, item: WorkItem, template_id: UUID) -> None:
    sections = work.session.exec(
        select(Section)
        .where(Section.work_item_id == item.id, col(Section.archived_at).is_(None))
        .order_by(col(Section.within_section_id).is_not(None), col(Section.position), col(Section.id))
    ).all()
    made: dict[UUID, UUID] = {}
    for origin in sections:
        request = work.session.get(ClientRequest, origin.id)
        section = TemplateSection(
            firm_id=item.firm_id,
            template_id=template_id,
            kind=origin.kind,
            name=origin.name,
            position=origin.position,
            within_section_id=made.get(origin.within_section_id) if origin.within_section_id else None,
            created_at=work.now,
        )
        if request is not None:
            section.send_rule = _rule(request, item.starts_on)
            section.reminder_rule = dict(request.reminder_rule)
        work.add(section)
        work.session.flush()
        made[origin.id] = section.id
        _tasks(work, item, origin, section)


def _tasks(work: Work, item: WorkItem, origin: Section, section: TemplateSection) -> None:
    query = select(Task).where(Task.section_id == origin.id, col(Task.put_aside_at).is_(None))
    tasks = work.session.exec(query.order_by(col(Task.position), col(Task.id))).all()
    files = copies.of_tasks(work, [task.id for task in tasks])
    for task in tasks:
        made = TemplateTask(
            firm_id=item.firm_id,
            section_id=section.id,
            title=task.title,
            description=task.description,
            due_days=_days(item.starts_on, task.due_on, task.due_days),
            needs_file=task.needs_file,
            position=task.position,
            created_at=work.now,
        )
        work.add(made)
        work.session.flush()
        copies.copy_files(work, files.get(task.id, []), made, None)


def _days(starts_on: date | None, on: date | None, days: int | None) -> int | None:
    """A date as days from the start: as it is kept, else as it falls."""
    if days is not None or starts_on is None or on is None:
        return days
    apart = (on - starts_on).days
    return apart if abs(apart) <= send_rules.FURTHEST else None


def _rule(request: ClientRequest, starts_on: date | None) -> dict[str, object]:
    rule = send_rules.Rule.read(request.send_rule)
    if rule.kind is send_rules.Kind.ON:
        days = _days(starts_on, rule.on, None)
        rule = (
            send_rules.Rule()
            if days is None
            else send_rules.Rule(send_rules.Kind.RELATIVE, days=days, hour=rule.hour)
        )
    return rule.kept
