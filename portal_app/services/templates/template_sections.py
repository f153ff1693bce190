"""Sections of a template: added, named, ruled, ordered, taken out (5.2, 5.4, 5.18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from portal_app.domain import reminders, send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import SectionKind, TemplateSection, TemplateTask, WorkTemplate
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.files import copies, template_files
from portal_app.services.templates import relative_days, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.work.sections import Removed
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class TypedRules:
    """A client section's rules as typed: when it is sent, and how it reminds."""

    send: str = "manual"
    days: TypedDays = field(default_factory=TypedDays)
    hour: int | None = None
    remind: str = "gentle"
    before: str = ""
    every: str = ""


def add_section(ports: Ports, actor: Actor, template_id: UUID, name: str, kind: SectionKind) -> UUID:
    """Add a section at the end (5.2). Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        template = templates.opened(work, template_id)
        section = TemplateSection(
            firm_id=template.firm_id,
            template_id=template.id,
            kind=kind,
            name=_name(name),
            position=len(top(work, template)),
            created_at=work.now,
        )
        work.add(section)
        work.session.flush()
        templates.record(work, template, "template:section_added")
        return section.id


def save_section(ports: Ports, actor: Actor, section_id: UUID, name: str, within_id: UUID | None) -> None:
    """Give a section another name and, for a client section, say inside which staff section it stands."""
    with begin(ports, actor) as work:
        section, template = locked(work, section_id)
        section.name = _name(name)
        if section.kind is SectionKind.CLIENT and section.within_section_id != within_id:
            if within_id is None:
                _put_on_top(work, template, section, None)
            else:
                _put_inside(work, template, section, within_id, None)
        work.add(section)
        templates.record(work, template, "template:section_edited")


def save_rules(ports: Ports, actor: Actor, section_id: UUID, rules: TypedRules) -> None:
    """Say when a client section is sent and how it reminds (5.4). Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        section, template = locked(work, section_id)
        if section.kind is not SectionKind.CLIENT:
            raise RuleBroken(_("Only a client section is sent."))
        section.send_rule, section.reminder_rule = _send_rule(rules), _reminder_rule(rules)
        work.add(section)
        templates.record(work, template, "template:rules_changed")


def move_section(ports: Ports, actor: Actor, section_id: UUID, before_id: UUID | None) -> None:
    """Put a section before another one, or at the end; a `before_id` that is gone means the end (5.2)."""
    with begin(ports, actor) as work:
        section, template = locked(work, section_id)
        _put_on_top(work, template, section, before_id)
        templates.record(work, template, "template:section_moved")


def place_section(
    ports: Ports, actor: Actor, section_id: UUID, within_id: UUID, before_id: UUID | None
) -> None:
    """Let a client section stand between the tasks of a staff section (5.2)."""
    with begin(ports, actor) as work:
        section, template = locked(work, section_id)
        _put_inside(work, template, section, within_id, before_id)
        templates.record(work, template, "template:section_moved")


def remove_section(ports: Ports, actor: Actor, section_id: UUID) -> Removed:
    """Take a section out with its tasks; client sections that stood inside go to the end.

    `restore_section` takes that back; a day later it is deleted.
    """
    with begin(ports, actor) as work:
        section, template = locked(work, section_id)
        section.removed_at = section.removed_at or work.now
        work.add(section)
        query = select(TemplateSection).where(TemplateSection.within_section_id == section.id)
        nested = work.session.exec(query).all()
        places = tuple((row.id, row.position) for row in nested)
        for row in nested:
            row.within_section_id, row.position = None, 1_000_000
            work.add(row)
        templates.record(work, template, "template:section_removed")
        return Removed(section.id, section.name, places)


def restore_section(ports: Ports, actor: Actor, removed: Removed) -> None:
    """Take a removal back: the section stands where it stood, with what stood inside it. Twice is once."""
    with begin(ports, actor) as work:
        section, template = locked(work, removed.section_id)
        if section.removed_at is None:
            return
        section.removed_at = None
        work.add(section)
        for nested_id, position in removed.inside:
            nested = access.of_firm(work, TemplateSection, nested_id, Permission.WORK_EDIT)
            if nested.template_id == template.id and nested.within_section_id is None:
                nested.within_section_id, nested.position = section.id, position
                work.add(nested)
        templates.record(work, template, "template:section_restored")


def delete_tasks(work: Work, tasks: Sequence[TemplateTask]) -> None:
    """Delete tasks of a template; their files are deleted as others are, and stay restorable (10.8)."""
    ids = [task.id for task in tasks]
    for files in copies.of_tasks(work, ids).values():
        for file in files:
            template_files.take_off(work, file)
    work.session.flush()
    work.session.execute(delete(TemplateTask).where(col(TemplateTask.id).in_(ids)))


def locked(work: Work, section_id: UUID) -> tuple[TemplateSection, WorkTemplate]:
    """A section behind its template's lock. Raises `NotFound`."""
    section = access.of_firm(work, TemplateSection, section_id, Permission.WORK_EDIT)
    template = templates.opened(work, section.template_id)
    work.session.refresh(section)
    return section, template


def top(work: Work, template: WorkTemplate) -> list[TemplateSection]:
    """Sections that stand by themselves, by place."""
    return [row for row in templates.sections_of(work, template.id) if row.within_section_id is None]


def items_within(work: Work, section: TemplateSection) -> list[TemplateTask | TemplateSection]:
    """Tasks and nested client sections of a section, in their order."""
    tasks = work.session.exec(select(TemplateTask).where(TemplateTask.section_id == section.id)).all()
    query = select(TemplateSection).where(
        TemplateSection.within_section_id == section.id, col(TemplateSection.removed_at).is_(None)
    )
    return sorted([*tasks, *work.session.exec(query)], key=lambda row: (row.position, row.id))


def put_among(
    work: Work, section: TemplateSection, row: TemplateTask | TemplateSection, before_id: UUID | None
) -> None:
    """Give `row` its place in a section, before `before_id` or last, and number all of them anew."""
    _number(work, [one for one in items_within(work, section) if one.id != row.id], row, before_id)


def _put_on_top(work: Work, template: WorkTemplate, section: TemplateSection, before_id: UUID | None) -> None:
    others = [row for row in top(work, template) if row.id != section.id]
    section.within_section_id = None
    _number(work, others, section, before_id)


def _put_inside(
    work: Work, template: WorkTemplate, section: TemplateSection, within_id: UUID, before_id: UUID | None
) -> None:
    within = access.of_firm(work, TemplateSection, within_id, Permission.WORK_EDIT)
    fits = section.kind is SectionKind.CLIENT and within.kind is SectionKind.STAFF
    if not fits or within.template_id != template.id:
        raise RuleBroken(_("Only a client section can stand inside a staff section of the same template."))
    section.within_section_id = within.id
    put_among(work, within, section, before_id)


def _number(
    work: Work,
    others: Sequence[TemplateTask | TemplateSection],
    row: TemplateTask | TemplateSection,
    before_id: UUID | None,
) -> None:
    rows = list(others)
    place = next((at for at, one in enumerate(rows) if one.id == before_id), len(rows))
    rows.insert(place, row)
    for position, one in enumerate(rows):
        one.position = position
        work.add(one)


def _name(name: str) -> str:
    return typed.line(name, "name", longest=LONGEST_NAME, missing=_("Give the section a name."))


def _send_rule(rules: TypedRules) -> dict[str, object]:
    if rules.send != send_rules.Kind.RELATIVE:
        return {"kind": "manual"}
    days = relative_days.read(rules.days, "days")
    if days is None:
        raise BadInput(_("Say how many days before or after the start."), field="days")
    if rules.hour is not None and not 0 <= rules.hour <= 23:
        raise BadInput(_("An hour from 0 to 23."), field="hour")
    return send_rules.Rule(send_rules.Kind.RELATIVE, days=days, hour=rules.hour).kept


def _reminder_rule(rules: TypedRules) -> dict[str, object]:
    kind = reminders.Kind(rules.remind)
    if kind is not reminders.Kind.CUSTOM:
        return {"kind": kind.value}
    return {
        "kind": kind.value,
        "before": _bounded(rules.before, "before", 0, 60, _("Between 0 and 60 days before.")),
        "every": _bounded(rules.every, "every", 1, 30, _("Every 1 to 30 days.")),
    }


def _bounded(number: str, name: str, least: int, most: int, why: str) -> int:
    text = number.strip()
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise BadInput(why, field=name)
    return int(text)
