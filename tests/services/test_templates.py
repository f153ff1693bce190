"""Templates: made, edited, ordered, archived; no work already made hears of it (5.2 to 5.5, 5.18)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import (
    ClientRequest,
    Section,
    SectionKind,
    StoredFile,
    Task,
    TemplateSection,
    TemplateTask,
    WorkItem,
    WorkTemplate,
)
from portal_app.services.files import template_files
from portal_app.services.templates import (
    from_work,
    template_sections,
    template_tasks,
    template_views,
    templates,
)
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.template_views import Filters
from portal_app.services.templates.templates import TemplateFields
from portal_app.services.work import removed_sections
from tests.files.tools import pdf
from tests.services.templated import START, make, named, read, rules, task, titles, with_file
from tests.world import World


def test_5_18_a_change_to_a_template_touches_no_work_already_made(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    item = make(world, template)
    before = world.all(Task), world.all(Section), world.all(ClientRequest)
    asked = named(world, "Documents for 2025").id

    templates.edit_template(world.ports, world.staff, template, TemplateFields("T1 2026"))
    template_sections.save_section(world.ports, world.staff, asked, "Papers", None)
    rules(world, asked, send="manual", remind="none")
    first = world.all(TemplateTask, title="T4 slips")[0].id
    template_tasks.edit_task(world.ports, world.staff, first, TemplateTaskFields("All slips"))
    template_files.remove_file(world.ports, world.staff, file.id)
    template_sections.remove_section(world.ports, world.staff, asked)
    templates.archive_template(world.ports, world.staff, template)

    assert (world.all(Task), world.all(Section), world.all(ClientRequest)) == before
    assert world.get(item).title == "T1 2025"
    kept = [row for row in world.all(StoredFile) if row.task_id is not None]
    assert [(row.name, row.deleted_at) for row in kept] == [("form.pdf", None)]
    assert read(world, kept[0]) == pdf(1500)


def test_5_2_a_removed_section_is_in_nothing_and_is_put_back_where_it_stood(
    world: World, template: UUID
) -> None:
    prepare, asked = named(world, "Prepare").id, named(world, "Documents for 2025").id
    template_sections.place_section(world.ports, world.staff, asked, prepare, None)
    removed = template_sections.remove_section(world.ports, world.staff, prepare)
    item = make(world, template)
    assert [row.name for row in world.all(Section, work_item_id=item.id)] == ["Documents for 2025"]

    template_sections.restore_section(world.ports, world.staff, removed)
    template_sections.restore_section(world.ports, world.staff, removed)

    assert named(world, "Documents for 2025").within_section_id == prepare
    view = template_views.template_view(world.ports, world.staff, template)
    assert [one.name for one in view.sections] == ["Prepare", "Documents for 2025"]


def test_5_18_a_removed_section_of_a_template_goes_for_good_a_day_later(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    template_sections.remove_section(world.ports, world.staff, named(world, "Documents for 2025").id)
    assert removed_sections.forget_removed_sections(world.ports) == 0

    world.clock.advance(days=1)

    assert removed_sections.forget_removed_sections(world.ports) == 1
    assert [row.name for row in world.all(TemplateSection)] == ["Prepare"]
    assert world.all(StoredFile, id=file.id)[0].deleted_at == world.clock.now()


def test_5_18_a_template_is_made_as_a_copy(world: World, template: UUID) -> None:
    prepare, asked = named(world, "Prepare").id, named(world, "Documents for 2025").id
    template_sections.place_section(world.ports, world.staff, asked, prepare, None)
    with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)

    twin = templates.copy_template(world.ports, world.staff, template, "T1 couple")

    row = world.all(WorkTemplate, id=twin)[0]
    assert (row.title, row.external_name, row.due_days) == ("T1 couple", "Your return", 29)
    sections = {one.name: one for one in world.all(TemplateSection, template_id=twin)}
    assert sections["Documents for 2025"].within_section_id == sections["Prepare"].id
    assert sections["Documents for 2025"].send_rule == {"kind": "relative", "days": -7, "hour": 9}
    assert titles(world, sections["Documents for 2025"].id) == ["T4 slips", "Marital status"]
    slips = world.all(TemplateTask, section_id=sections["Documents for 2025"].id, title="T4 slips")[0]
    assert [read(world, one) for one in world.all(StoredFile, template_task_id=slips.id)] == [pdf(1500)]


def test_5_18_a_template_is_made_from_a_work_item(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 4, 11))
    item = world.change(
        world.all(WorkItem, id=request.work_item_id)[0], starts_on=START, due_on=date(2026, 4, 30)
    )
    world.change(
        request,
        send_rule={"kind": "on", "date": "2026-03-25", "hour": 8},
        reminder_rule={"kind": "none"},
    )

    made = from_work.template_from_work(world.ports, world.staff, item.id, "T1")

    assert world.all(WorkTemplate, id=made)[0].due_days == 29
    section = world.all(TemplateSection, template_id=made)[0]
    assert section.send_rule == {"kind": "relative", "days": -7, "hour": 8}
    assert section.reminder_rule == {"kind": "none"}
    rows = world.all(TemplateTask, section_id=section.id)
    assert [(row.title, row.due_days) for row in rows] == [("Bank statements", 10), ("T4 slips", 10)]


def test_5_18_an_archived_template_makes_no_work_until_it_is_restored(world: World, template: UUID) -> None:
    templates.archive_template(world.ports, world.staff, template)
    with pytest.raises(RuleBroken):
        make(world, template)
    assert template_views.template_choices(world.ports, world.staff) == []

    templates.restore_template(world.ports, world.staff, template)
    assert make(world, template).title == "T1 2025"


def test_5_18_the_list_is_searched_without_accents_and_paged(world: World) -> None:
    for number in range(template_views.PAGE + 2):
        templates.add_template(world.ports, world.staff, TemplateFields(f"Tenue {number:03}"))
    templates.add_template(world.ports, world.staff, TemplateFields("Déclaration T1"))

    first = template_views.template_list(world.ports, world.staff, Filters(search="tenue"))
    second = template_views.template_list(
        world.ports, world.staff, Filters(search="tenue", after=first.next_after)
    )
    found = template_views.template_list(world.ports, world.staff, Filters(search="declaration"))

    assert len(first.rows) == template_views.PAGE
    assert [row.title for row in second.rows] == ["Tenue 050", "Tenue 051"]
    assert (second.next_after, [row.title for row in found.rows]) == ("", ["Déclaration T1"])


def test_5_18_another_firms_template_is_not_found(world: World, template: UUID) -> None:
    other = world.actor(world.new_staff("Eve", firm=world.new_firm("Other", slug="other")))
    for ask in (template_views.template_view, templates.archive_template, templates.restore_template):
        with pytest.raises(NotFound):
            ask(world.ports, other, template)
    assert template_views.template_list(world.ports, other, Filters()).rows == []


def test_5_2_sections_and_tasks_of_a_template_are_reordered(world: World, template: UUID) -> None:
    asked, prepare = named(world, "Documents for 2025").id, named(world, "Prepare").id
    slips, marital = (world.all(TemplateTask, title=title)[0].id for title in ("T4 slips", "Marital status"))

    template_tasks.move_row(world.ports, world.staff, prepare, None, asked)
    template_tasks.move_row(world.ports, world.staff, marital, asked, slips)
    template_tasks.move_row(world.ports, world.staff, slips, prepare, None)

    view = template_views.template_view(world.ports, world.staff, template)
    assert [(one.name, [line.title for line in one.lines]) for one in view.sections] == [
        ("Prepare", ["Open the file", "T4 slips"]),
        ("Documents for 2025", ["Marital status"]),
    ]
    assert world.all(TemplateTask, id=slips)[0].needs_file is False


def test_5_2_a_client_section_stands_between_two_tasks_of_a_template(world: World, template: UUID) -> None:
    asked, prepare = named(world, "Documents for 2025").id, named(world, "Prepare").id
    review = task(world, prepare, "Review")
    template_tasks.move_row(world.ports, world.staff, asked, prepare, review)

    item = make(world, template)

    staff = world.all(Section, work_item_id=item.id, kind=SectionKind.STAFF)[0]
    nested = world.all(Section, work_item_id=item.id, kind=SectionKind.CLIENT)[0]
    placed = {row.title: row.position for row in world.all(Task, section_id=staff.id)}
    assert nested.within_section_id == staff.id
    assert placed["Open the file"] < nested.position < placed["Review"]


def test_5_2_a_staff_section_stands_inside_none(world: World, template: UUID) -> None:
    asked, prepare = named(world, "Documents for 2025").id, named(world, "Prepare").id
    with pytest.raises(RuleBroken):
        template_tasks.move_row(world.ports, world.staff, prepare, asked, None)


@pytest.mark.parametrize("number", ["-1", "x", "731", "1.5", "٣"])
def test_5_3_a_bad_number_of_days_says_why_beside_the_field(
    world: World, template: UUID, number: str
) -> None:
    asked = named(world, "Documents for 2025").id
    with pytest.raises(BadInput) as refused:
        task(world, asked, "T5", TypedDays(number, "before"))
    assert refused.value.field == "due"
    with pytest.raises(BadInput) as refused:
        rules(world, asked, send="relative", days=TypedDays(number, "before"))
    assert refused.value.field == "days"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"send": "relative"}, "days"),
        ({"send": "relative", "days": TypedDays("1"), "hour": 24}, "hour"),
        ({"remind": "custom", "before": "61", "every": "1"}, "before"),
        ({"remind": "custom", "before": "3", "every": "0"}, "every"),
        ({"remind": "custom", "before": "3", "every": ""}, "every"),
    ],
)
def test_5_4_a_bad_rule_says_why_beside_the_field(
    world: World, template: UUID, wrong: dict[str, object], field: str
) -> None:
    asked = named(world, "Documents for 2025")
    with pytest.raises(BadInput) as refused:
        rules(world, asked.id, **wrong)
    assert refused.value.field == field
    assert world.get(asked).send_rule == {"kind": "relative", "days": -7, "hour": 9}


def test_5_3_a_templates_description_is_sanitized(world: World, template: UUID) -> None:
    asked = named(world, "Documents for 2025").id
    fields = TemplateTaskFields("T5", "<script>alert(1)</script>")
    made = template_tasks.add_task(world.ports, world.staff, asked, fields)
    assert "<script" not in world.all(TemplateTask, id=made)[0].description
