"""Templates: made, edited, ordered, archived; no work already made hears of it (5.2 to 5.5, 5.18)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.uploads import Refused
from portal_app.models import (
    ClientRequest,
    Contact,
    Recipient,
    Section,
    SectionKind,
    StoredFile,
    Task,
    TemplateSection,
    TemplateTask,
    Upload,
    WorkItem,
    WorkTemplate,
)
from portal_app.services.clients import contact_search
from portal_app.services.files import downloads, template_files, upload_sweep
from portal_app.services.templates import (
    from_work,
    making,
    making_views,
    template_sections,
    template_tasks,
    template_views,
    templates,
)
from portal_app.services.templates.making import Wanted
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.template_views import Filters
from portal_app.services.templates.templates import TemplateFields
from portal_app.services.work import removed_sections
from portal_app.services.work.send_moments import Past
from tests.files.tools import bring, pdf
from tests.world import World

START = date(2026, 4, 1)


@pytest.fixture
def template(world: World) -> UUID:
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


# making work


def test_5_5_work_from_a_template_has_its_sections_tasks_and_dates(world: World, template: UUID) -> None:
    item = make(world, template)

    assert (item.title, item.external_name, item.assignee_id) == ("T1 2025", "Your return", world.owner.id)
    assert (item.starts_on, item.due_on, item.due_days) == (START, date(2026, 4, 30), 29)
    sections = sorted(world.all(Section, work_item_id=item.id), key=lambda row: row.position)
    assert [(row.name, row.kind) for row in sections] == [
        ("Documents for 2025", SectionKind.CLIENT),
        ("Prepare", SectionKind.STAFF),
    ]
    first, second = sorted(world.all(Task, section_id=sections[0].id), key=lambda row: row.position)
    assert (first.title, first.due_on, first.due_days, first.needs_file) == (
        "T4 slips",
        date(2026, 4, 11),
        10,
        True,
    )
    assert first.description == "<p><strong>Two</strong> lines</p>"
    assert (second.title, second.due_on, second.due_days) == ("Marital status", None, None)


def test_5_4_the_rules_of_a_template_become_those_of_the_request(world: World, template: UUID) -> None:
    item = make(world, template)

    request = world.all(ClientRequest, work_item_id=item.id)[0]
    assert request.send_rule == {"kind": "relative", "days": -7, "hour": 9}
    assert request.send_at.isoformat() == "2026-03-25T13:00:00+00:00"
    assert request.reminder_rule == {"kind": "urgent"}


def test_5_5_two_sections_may_go_to_different_people(world: World, template: UUID) -> None:
    second = section(world, template, "Bank", SectionKind.CLIENT)
    task(world, second, "Statements")
    rules(world, second, send="relative", days=TypedDays("0", "after"))
    client = world.new_client()
    anna, luc = world.new_contact(client, "Anna"), world.new_contact(client, "Luc")
    first = named(world, "Documents for 2025").id

    item = make(
        world, template, client_id=client.id, recipients={first: [anna.id], second: [anna.id, luc.id]}
    )

    to = {
        world.all(Section, id=request.id)[0].name: {
            row.contact_id for row in world.all(Recipient, request_id=request.id)
        }
        for request in world.all(ClientRequest, work_item_id=item.id)
    }
    assert to == {"Documents for 2025": {anna.id}, "Bank": {anna.id, luc.id}}


def test_5_5_a_section_sent_by_itself_needs_a_recipient_with_an_address(world: World, template: UUID) -> None:
    asked = named(world, "Documents for 2025").id
    client = world.new_client()
    silent = world.new_contact(client, "Paul", email="")
    stranger = world.new_contact(world.new_client("Other"), "Stranger")

    for chosen in ([], [silent.id], [stranger.id]):
        with pytest.raises(BadInput) as refused:
            make(world, template, client_id=client.id, recipients={asked: chosen})
        assert refused.value.field == f"to-{asked}"
    assert world.all(WorkItem) == []


def test_5_5_client_and_start_are_asked_for(world: World, template: UUID) -> None:
    for missing in ("client_id", "starts_on"):
        with pytest.raises(BadInput) as refused:
            make(world, template, **{missing: None})
        assert refused.value.field == missing


def test_5_5_nothing_is_made_for_another_firms_client(world: World, template: UUID) -> None:
    other = world.new_client(firm=world.new_firm("Other", slug="other"))
    with pytest.raises(NotFound):
        make(world, template, client_id=other.id)


def test_6_18_a_send_that_is_past_asks_now_or_by_hand(world: World, template: UUID) -> None:
    asked = {"starts_on": date(2026, 3, 4)}
    with pytest.raises(BadInput) as refused:
        make(world, template, **asked)
    assert refused.value.field == "past"

    by_hand = make(world, template, past=Past.BY_HAND, **asked)
    request = world.all(ClientRequest, work_item_id=by_hand.id)[0]
    assert (request.send_rule, request.send_at, request.sent_at) == ({"kind": "manual"}, None, None)

    now = make(world, template, past=Past.NOW, **asked)
    request = world.all(ClientRequest, work_item_id=now.id)[0]
    assert (request.send_at, request.sent_at) == (world.clock.now(), None)


def test_6_18_the_dialog_says_which_sends_are_past(world: World, template: UUID) -> None:
    late = making_views.making_view(world.ports, world.staff, template, None, date(2026, 3, 4))
    early = making_views.making_view(world.ports, world.staff, template, None, START)

    assert (late.has_past, [one.is_past for one in late.sections]) == (True, [True])
    assert (early.has_past, early.sections[0].name) == (False, "Documents for 2025")


def test_5_23_contacts_of_the_firm_are_offered_but_not_another_firms(world: World) -> None:
    client = world.new_client()
    there = world.new_contact(client, "Luc Gagnon")
    elsewhere = world.new_contact(world.new_client("Other"), "Luc Roy")
    world.new_contact(world.new_client(firm=world.new_firm("Firm", slug="firm")), "Luc Stranger")

    found = contact_search.find_contacts(world.ports, world.staff, client.id, "luc")

    assert [one.value for one in found] == [str(elsewhere.id)]
    assert str(there.id) not in [one.value for one in found]


# 5.18


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


# sections, tasks, rules


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


# files


def test_5_3_attachments_come_along_without_a_second_copy_of_their_bytes(
    world: World, template: UUID
) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id, 2 * 1024 * 1024 + 5)
    stored = dict(world.objects.parts)

    item = make(world, template)
    again = make(world, template)

    copies = [row for row in world.all(StoredFile) if row.task_id is not None]
    assert [row.client_id for row in copies] == [item.client_id, again.client_id]
    assert world.objects.parts == stored
    assert [read(world, row) for row in copies] == [pdf(file.size)] * 2
    assert {row.parts_of_id for row in world.all(Upload) if row.parts_of_id} == {file.id}


def test_10_2_the_sweeper_leaves_the_parts_of_copies(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    make(world, template)
    template_files.remove_file(world.ports, world.staff, file.id)
    world.clock.advance(days=3)

    upload_sweep.sweep_uploads(world.ports)
    upload_sweep.sweep_orphans(world.ports)

    copied = next(row for row in world.all(StoredFile) if row.task_id is not None)
    assert read(world, copied) == pdf(1500)


def test_10_14_a_templates_file_is_nobody_elses(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    other = world.actor(world.new_staff("Eve", firm=world.new_firm("Other", slug="other")))

    for stranger in (world.signed_in(person), other):
        with pytest.raises(NotFound):
            downloads.open_file(world.ports, stranger, file.id)
    with pytest.raises(NotFound):
        template_files.remove_file(world.ports, other, file.id)


def test_10_2_an_attachment_that_is_refused_leaves_nothing(world: World, template: UUID) -> None:
    task_id = world.all(TemplateTask, title="T4 slips")[0].id
    with pytest.raises(Refused):
        template_files.start_upload(world.ports, world.staff, task_id, "run.exe", 10)
    with pytest.raises(Refused):
        template_files.start_upload(world.ports, world.staff, task_id, "big.pdf", 51 * 1024 * 1024)
    assert world.all(Upload) == []
