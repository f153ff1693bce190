"""Tasks of a template: written, ordered, taken out (5.2, 5.3, 5.18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import SectionKind, TemplateSection, TemplateTask, WorkTemplate
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.tasks.checklists import LONGEST_DESCRIPTION, LONGEST_TITLE, sanitized
from portal_app.services.templates import relative_days, template_sections, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import put_among
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class TemplateTaskFields:
    """What a task's form holds; `description` is as typed, `due` relative to the work's start (5.3)."""

    title: str
    description: str = ""
    due: TypedDays = field(default_factory=TypedDays)
    needs_file: bool = False


def add_task(ports: Ports, actor: Actor, section_id: UUID, fields: TemplateTaskFields) -> UUID:
    """Add a task at the end of a section. Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        section, template = template_sections.locked(work, section_id)
        task = TemplateTask(firm_id=section.firm_id, section_id=section.id, title="", created_at=work.now)
        _fill(work, section, task, fields)
        put_among(work, section, task, None)
        work.session.flush()
        templates.record(work, template, "template:task_added")
        return task.id


def edit_task(ports: Ports, actor: Actor, task_id: UUID, fields: TemplateTaskFields) -> None:
    """Change what a task says. Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        task, section, template = _locked(work, task_id)
        _fill(work, section, task, fields)
        templates.record(work, template, "template:task_edited")


def remove_task(ports: Ports, actor: Actor, task_id: UUID) -> None:
    """Take a task out, with its attachments; work made before keeps its own."""
    with begin(ports, actor) as work:
        task, _section, template = _locked(work, task_id)
        template_sections.delete_tasks(work, [task])
        templates.record(work, template, "template:task_deleted")


def move_row(ports: Ports, actor: Actor, row_id: UUID, list_id: UUID | None, before_id: UUID | None) -> None:
    """Put a task, or a client section among tasks, before another row of a section, or last (5.2).

    Without `list_id` the row is a section among the sections. Raises `NotFound`, `RuleBroken`.
    """
    if list_id is None:
        template_sections.move_section(ports, actor, row_id, before_id)
    elif _is_section(ports, actor, row_id):
        template_sections.place_section(ports, actor, row_id, list_id, before_id)
    else:
        _move_task(ports, actor, row_id, list_id, before_id)


def _move_task(ports: Ports, actor: Actor, task_id: UUID, section_id: UUID, before_id: UUID | None) -> None:
    with begin(ports, actor) as work:
        target, template = template_sections.locked(work, section_id)
        task = access.of_firm(work, TemplateTask, task_id, Permission.WORK_EDIT)
        origin = work.session.get_one(TemplateSection, task.section_id)
        if origin.template_id != template.id:
            raise RuleBroken(_("A task moves within its own template."))
        task.section_id = target.id
        task.needs_file = task.needs_file and target.kind is SectionKind.CLIENT
        work.add(task)
        work.session.flush()
        put_among(work, target, task, before_id)
        templates.record(work, template, "template:task_moved")


def _is_section(ports: Ports, actor: Actor, row_id: UUID) -> bool:
    with reading(ports, actor) as work:
        access.allow(work, Permission.WORK_EDIT)
        return work.session.get(TemplateSection, row_id) is not None


def _locked(work: Work, task_id: UUID) -> tuple[TemplateTask, TemplateSection, WorkTemplate]:
    task = access.of_firm(work, TemplateTask, task_id, Permission.WORK_EDIT)
    section, template = template_sections.locked(work, task.section_id)
    work.session.refresh(task)
    return task, section, template


def _fill(work: Work, section: TemplateSection, task: TemplateTask, fields: TemplateTaskFields) -> None:
    is_asked = section.kind is SectionKind.CLIENT
    missing = _("Say what you need from the client.") if is_asked else _("Give the task a title.")
    task.title = typed.line(fields.title, "title", longest=LONGEST_TITLE, missing=missing)
    task.description = sanitized(typed.prose(fields.description, "description", longest=LONGEST_DESCRIPTION))
    task.due_days = relative_days.read(fields.due, "due")
    task.needs_file = fields.needs_file and is_asked
    work.add(task)
