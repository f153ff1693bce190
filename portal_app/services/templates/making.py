"""Work from a template (5.5): what stands in it now, with dates counted from the start, for one client."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientRequest,
    Contact,
    Firm,
    Section,
    StoredFile,
    Task,
    TemplateSection,
    TemplateTask,
    WorkItem,
    WorkTemplate,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files import copies
from portal_app.services.templates import templates, work_rows
from portal_app.services.work import send_moments
from portal_app.services.work.send_moments import Past
from portal_app.services.work.start_moves import day_after
from portal_app.text import _
from portal_app.work import Work, begin


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the dialog asks: for whom, from when, by whom; recipients by the template's section; what is past."""

    client_id: UUID | None
    starts_on: date | None
    assignee_id: UUID | None = None
    recipients: Mapping[UUID, Collection[UUID]] = field(default_factory=dict)
    past: Past = Past.UNASKED


def make_work(ports: Ports, actor: Actor, template_id: UUID, wanted: Wanted) -> UUID:
    """Make a work item from a template (5.5); later changes of the template touch it no more (5.18).

    A section that is sent by itself takes the recipients chosen for it, who need an address. A send whose
    moment is past goes out now, or by hand, as `wanted.past` says (6.18). Raises
    `BadInput` beside the field (`to-<section>` for recipients, `past`), `NotFound`, `RuleBroken`.
    """
    with begin(ports, actor) as work:
        template = templates.opened(work, template_id)
        if template.archived_at is not None:
            raise RuleBroken(_("This template is archived. Restore it first."))
        client = work_rows.client_of(work, wanted.client_id)
        item = _item(work, template, client, wanted)
        past = _Maker(work, client, item, wanted).fill(template)
        send_moments.plan(work, item, past, wanted.past)
        work_rows.record(work, item, template=str(template.id))
        return item.id


def _item(work: Work, template: WorkTemplate, client: Client, wanted: Wanted) -> WorkItem:
    starts_on = work_rows.start_of(wanted.starts_on)
    item = WorkItem(
        firm_id=client.firm_id,
        client_id=client.id,
        title=template.title,
        external_name=template.external_name,
        assignee_id=work_rows.assignee_of(work, wanted.assignee_id),
        starts_on=starts_on,
        due_on=day_after(starts_on, template.due_days),
        due_days=template.due_days,
        created_at=work.now,
        created_by_staff_id=work.actor.staff_id,
    )
    work.add(item)
    work.session.flush()
    return item


class _Maker:
    """Fills one new work item with what a template holds."""

    def __init__(self, work: Work, client: Client, item: WorkItem, wanted: Wanted) -> None:
        self._work, self._client, self._item, self._wanted = work, client, item, wanted
        self._firm = work.session.get_one(Firm, item.firm_id)
        self._usable: dict[UUID, Contact] = work_rows.usable(work, client)
        self._files: dict[UUID, list[StoredFile]] = {}
        self._past: list[UUID] = []

    def fill(self, template: WorkTemplate) -> list[UUID]:
        """Every section and task; gives back the requests whose moment is past already."""
        sections = templates.sections_of(self._work, template.id)
        tasks = templates.tasks_of(self._work, sections)
        self._files = copies.of_tasks(self._work, [task.id for rows in tasks.values() for task in rows])
        made: dict[UUID, UUID] = {}
        for origin in sorted(sections, key=lambda one: one.within_section_id is not None):
            within = made.get(origin.within_section_id) if origin.within_section_id else None
            section, request = work_rows.add_section(
                self._work, self._item, origin.kind, origin.name, origin.position, within
            )
            made[origin.id] = section.id
            if request is not None:
                self._rule(origin, request)
            for task in tasks.get(origin.id, []):
                self._task(section, task)
        return self._past

    def _rule(self, origin: TemplateSection, request: ClientRequest) -> None:
        request.reminder_rule = dict(origin.reminder_rule)
        rule = send_rules.Rule.read(origin.send_rule)
        if rule.kind is send_rules.Kind.MANUAL:
            self._work.add(request)
            return
        people = list(self._wanted.recipients.get(origin.id, ()))
        if not people:
            raise BadInput(_("Choose at least one recipient."), field=f"to-{origin.id}")
        for contact_id in people:
            if contact_id not in self._usable:
                contact = access.contact(self._work, contact_id, Permission.WORK_EDIT)
                text = _("Nothing can be sent to {name} for this client.")
                raise BadInput(text.format(name=contact.name), field=f"to-{origin.id}")
        work_rows.add_recipients(self._work, request, people)
        if send_moments.keep_rule(self._work, self._firm, self._item, request, rule):
            self._past.append(request.id)

    def _task(self, section: Section, origin: TemplateTask) -> None:
        task = Task(
            firm_id=section.firm_id,
            section_id=section.id,
            title=origin.title,
            description=origin.description,
            due_days=origin.due_days,
            due_on=day_after(self._item.starts_on, origin.due_days),
            needs_file=origin.needs_file,
            position=origin.position,
            created_at=self._work.now,
        )
        self._work.add(task)
        self._work.session.flush()
        copies.copy_files(self._work, self._files.get(origin.id, []), task, self._client.id)
