"""Work templates: made empty or as a copy, named, archived (5.18). No work already made hears of any of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import TemplateSection, TemplateTask, WorkTemplate
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.files import copies
from portal_app.services.templates import relative_days
from portal_app.services.templates.relative_days import TypedDays
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class TemplateFields:
    """What a template's form holds; `due` is the due date of the work, relative to its start."""

    title: str
    external_name: str = ""
    due: TypedDays = field(default_factory=TypedDays)


def add_template(ports: Ports, actor: Actor, fields: TemplateFields) -> UUID:
    """Make an empty template (5.18). Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.WORK_EDIT)
        template = new_template(work)
        _fill(work, template, fields)
        record(work, template, "template:added")
        return template.id


def edit_template(ports: Ports, actor: Actor, template_id: UUID, fields: TemplateFields) -> None:
    """Change names and the due date. Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        template = opened(work, template_id)
        _fill(work, template, fields)
        record(work, template, "template:edited")


def copy_template(ports: Ports, actor: Actor, template_id: UUID, title: str) -> UUID:
    """Make another template like this one, with its attachments (5.18). Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        origin = opened(work, template_id)
        twin = new_template(work)
        _fill(
            work,
            twin,
            TemplateFields(title, origin.external_name, relative_days.typed(origin.due_days)),
        )
        _copy_sections(work, origin, twin)
        record(work, twin, "template:copied")
        return twin.id


def archive_template(ports: Ports, actor: Actor, template_id: UUID) -> None:
    """Put a template away; it is offered for new work no more. Twice is once."""
    with begin(ports, actor) as work:
        template = opened(work, template_id)
        if template.archived_at is None:
            template.archived_at = work.now
            work.add(template)
            record(work, template, "template:archived")


def restore_template(ports: Ports, actor: Actor, template_id: UUID) -> None:
    """Take an archived template back. Twice is once."""
    with begin(ports, actor) as work:
        template = opened(work, template_id)
        if template.archived_at is not None:
            template.archived_at = None
            work.add(template)
            record(work, template, "template:restored")


def opened(work: Work, template_id: UUID) -> WorkTemplate:
    """A template of the firm, locked: its row is the lock on everything in it. Raises `NotFound`."""
    return access.of_firm(work, WorkTemplate, template_id, Permission.WORK_EDIT, lock=True)


def new_template(work: Work) -> WorkTemplate:
    """An empty template of the asker's firm, not yet added."""
    firm_id = work.actor.firm_id
    if firm_id is None:
        raise LookupError("staff have a firm: a door was passed before")
    return WorkTemplate(
        firm_id=firm_id,
        title="",
        title_key="",
        created_at=work.now,
        created_by_staff_id=work.actor.staff_id,
    )


def sections_of(work: Work, template_id: UUID) -> list[TemplateSection]:
    """A template's sections by place, nested ones among them; what was removed is left out."""
    query = select(TemplateSection).where(
        TemplateSection.template_id == template_id, col(TemplateSection.removed_at).is_(None)
    )
    return list(work.session.exec(query.order_by(col(TemplateSection.position), col(TemplateSection.id))))


def tasks_of(work: Work, sections: list[TemplateSection]) -> dict[UUID, list[TemplateTask]]:
    """The tasks of these sections by place."""
    query = select(TemplateTask).where(col(TemplateTask.section_id).in_([one.id for one in sections]))
    found: dict[UUID, list[TemplateTask]] = {}
    for task in work.session.exec(query.order_by(col(TemplateTask.position), col(TemplateTask.id))):
        found.setdefault(task.section_id, []).append(task)
    return found


def record(work: Work, template: WorkTemplate, action: str) -> None:
    """Write down what was done to a template, and have whoever looks at it look again."""
    work.audit(action, firm_id=template.firm_id, subject_kind="template", subject_id=template.id)
    work.ring(f"template:{template.id}", f"firm:{template.firm_id}")


def _fill(work: Work, template: WorkTemplate, fields: TemplateFields) -> None:
    template.title = typed.line(
        fields.title, "title", longest=LONGEST_NAME, missing=_("Give the template a title.")
    )
    template.title_key = name_key(template.title)[:LONGEST_NAME]
    template.external_name = typed.line(fields.external_name, "external_name", longest=LONGEST_NAME)
    template.due_days = relative_days.read(fields.due, "due")
    work.add(template)
    work.session.flush()


def _copy_sections(work: Work, origin: WorkTemplate, twin: WorkTemplate) -> None:
    sections = sections_of(work, origin.id)
    tasks = tasks_of(work, sections)
    files = copies.of_tasks(work, [task.id for rows in tasks.values() for task in rows])
    made: dict[UUID, TemplateSection] = {}
    for section in sorted(sections, key=lambda one: one.within_section_id is not None):
        made[section.id] = TemplateSection(
            firm_id=twin.firm_id,
            template_id=twin.id,
            kind=section.kind,
            name=section.name,
            position=section.position,
            within_section_id=made[section.within_section_id].id if section.within_section_id else None,
            send_rule=dict(section.send_rule),
            reminder_rule=dict(section.reminder_rule),
            created_at=work.now,
        )
        work.add(made[section.id])
        work.session.flush()
        for task in tasks.get(section.id, []):
            copied = TemplateTask(
                firm_id=twin.firm_id,
                section_id=made[section.id].id,
                title=task.title,
                description=task.description,
                due_days=task.due_days,
                needs_file=task.needs_file,
                position=task.position,
                created_at=work.now,
            )
            work.add(copied)
            work.session.flush()
            copies.copy_files(work, files.get(task.id, []), copied, None)
