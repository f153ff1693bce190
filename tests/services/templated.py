"""A template of a client section and a staff section, and work made from it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from portal_app.models import Contact, SectionKind, StoredFile, TemplateSection, TemplateTask, WorkItem
from portal_app.services.files import downloads, template_files
from portal_app.services.templates import making, template_sections, template_tasks, templates
from portal_app.services.templates.making import Wanted
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.templates import TemplateFields
from tests.files.tools import bring, pdf
from tests.world import World

START = date(2026, 4, 1)


def new_template(world: World) -> UUID:
    """A T1 with one client section of two tasks, sent by itself a week before the start, and a staff section."""
    made = templates.add_template(
        world.ports, world.staff, TemplateFields("T1 2025", "Your return", TypedDays("29", "after"))
    )
    asked = section(world, made, "Documents for 2025", SectionKind.CLIENT)
    task(world, asked, "T4 slips", TypedDays("10", "after"), needs_file=True)
    task(world, asked, "Marital status")
    rules(world, asked, send="relative", days=TypedDays("7", "before"), hour=9, remind="urgent")
    prepare = section(world, made, "Prepare", SectionKind.STAFF)
    task(world, prepare, "Open the file", TypedDays("0", "after"))
    return made


def section(world: World, template_id: UUID, name: str, kind: SectionKind) -> UUID:
    return template_sections.add_section(world.ports, world.staff, template_id, name, kind)


def task(
    world: World, section_id: UUID, title: str, due: TypedDays | None = None, *, needs_file: bool = False
) -> UUID:
    fields = TemplateTaskFields(title, "**Two** lines", due or TypedDays(), needs_file)
    return template_tasks.add_task(world.ports, world.staff, section_id, fields)


def rules(world: World, section_id: UUID, **more: object) -> None:
    template_sections.save_rules(world.ports, world.staff, section_id, TypedRules(**more))  # type: ignore[arg-type]


def named(world: World, name: str) -> TemplateSection:
    found: TemplateSection = world.all(TemplateSection, name=name)[0]
    return found


def titles(world: World, section_id: UUID) -> list[str]:
    rows = sorted(world.all(TemplateTask, section_id=section_id), key=lambda row: row.position)
    return [row.title for row in rows]


def make(world: World, template_id: UUID, **more: object) -> WorkItem:
    """Work for a client with one contact, starting on 1 April."""
    client = world.new_client()
    person = world.new_contact(client, email=f"reader{len(world.all(Contact))}@client.example")
    asked = {
        "client_id": client.id,
        "starts_on": START,
        "assignee_id": world.owner.id,
        "recipients": {row.id: [person.id] for row in world.all(TemplateSection, template_id=template_id)},
    } | more
    made = making.make_work(world.ports, world.staff, template_id, Wanted(**asked))  # type: ignore[arg-type]
    found: WorkItem = world.all(WorkItem, id=made)[0]
    return found


def with_file(world: World, task_id: UUID, size: int = 1500) -> StoredFile:
    """An attachment that came by upload."""
    token, _standing = template_files.start_upload(world.ports, world.staff, task_id, "form.pdf", size)
    bring(world, token, pdf(size))
    found: StoredFile = world.all(StoredFile, template_task_id=task_id)[-1]
    return found


def read(world: World, file: StoredFile) -> bytes:
    opened = downloads.open_file(world.ports, world.staff, file.id)
    return b"".join(downloads.read_part(world.ports, opened, number) for number in range(len(opened.parts)))
