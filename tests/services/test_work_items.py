"""Work items and their sections: made, ordered, completed, reopened, put away (5.1, 5.2, 5.21, 6.10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, LinkEnded, NotFound, RuleBroken
from portal_app.models import (
    Activity,
    AuditEntry,
    Client,
    ClientRequest,
    Recipient,
    Section,
    SectionKind,
    Task,
    WorkItem,
    WorkStatus,
)
from portal_app.services.tasks import checklists, tasks
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.work import removed_sections, sections, work_items
from portal_app.services.work.work_items import WorkFields
from tests.services.claims import bound
from tests.world import World


@pytest.fixture
def client(world: World) -> Client:
    return world.new_client("Clinique Papineau")


@pytest.fixture
def item(world: World, client: Client) -> WorkItem:
    return world.new_work(client, "T2 and CO-17")


def names(world: World, item: WorkItem) -> list[str]:
    """Names of the sections that stand by themselves, in order."""
    rows = [row for row in world.all(Section, work_item_id=item.id) if not row.archived_at]
    return [row.name for row in sorted(rows, key=lambda row: row.position) if row.within_section_id is None]


def add(world: World, item: WorkItem, name: str, kind: SectionKind = SectionKind.STAFF) -> UUID:
    return sections.add_section(world.ports, world.staff, item.id, name, kind)


def sent(world: World, item: WorkItem) -> ClientRequest:
    """A sent request of this work item."""
    client = world.all(Client, id=item.client_id)[0]
    request = world.draft_request(client, work=item)
    return world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)


def test_a_work_item_is_made_with_its_names_and_dates(world: World, client: Client) -> None:
    fields = WorkFields(
        "  T2  and CO-17 ", "Your 2026 year-end", world.owner.id, date(2026, 3, 2), date(2026, 6, 30)
    )

    made = work_items.add_work_item(world.ports, world.staff, client.id, fields)

    row = world.all(WorkItem, id=made)[0]
    assert (row.title, row.external_name, row.assignee_id) == (
        "T2 and CO-17",
        "Your 2026 year-end",
        world.owner.id,
    )
    assert [activity.kind for activity in world.all(Activity)] == ["work_added"]
    assert [entry.action for entry in world.all(AuditEntry)] == ["work:added"]
    assert f"firm:{world.firm.id}" in world.bell.rung


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (WorkFields("   "), "title"),
        (WorkFields("x" * 201), "title"),
        (WorkFields("T1", starts_on=date(2026, 3, 2), due_on=date(2026, 3, 1)), "due_on"),
    ],
    ids=["no title", "too long", "due before start"],
)
def test_what_cannot_be_used_is_refused_beside_its_field(
    world: World, client: Client, fields: WorkFields, named: str
) -> None:
    with pytest.raises(BadInput) as refused:
        work_items.add_work_item(world.ports, world.staff, client.id, fields)

    assert refused.value.field == named
    assert world.all(WorkItem) == []


def test_work_goes_to_nobody_who_left_the_firm(world: World, item: WorkItem) -> None:
    gone = world.new_staff("Karim Benali", deactivated_at=world.clock.now())

    with pytest.raises(BadInput, match="Karim Benali"):
        work_items.edit_work_item(world.ports, world.staff, item.id, WorkFields("T2", assignee_id=gone.id))


def test_6_10_completing_the_work_closes_links_and_stops_reminders(world: World, item: WorkItem) -> None:
    request = sent(world, item)
    world.change(request, next_reminder_at=world.clock.now())
    device = bound(world, request)

    work_items.set_status(world.ports, world.staff, item.id, WorkStatus.COMPLETED)

    assert world.get(item).completed_at == world.clock.now()
    assert world.get(request).next_reminder_at is None
    with pytest.raises(LinkEnded) as ended:
        tasks.complete_task(world.ports, device, world.tasks(request)[0].id)
    assert ended.value.reason == "closed"


def test_6_10_reopened_work_keeps_its_links_closed_until_the_request_is_resent(
    world: World, item: WorkItem
) -> None:
    request = sent(world, item)
    device = bound(world, request)
    work_items.set_status(world.ports, world.staff, item.id, WorkStatus.COMPLETED)

    work_items.set_status(world.ports, world.staff, item.id, WorkStatus.IN_PROGRESS)

    assert world.get(item).completed_at is None
    assert world.get(request).needs_resend_at == world.clock.now()
    with pytest.raises(LinkEnded):
        tasks.complete_task(world.ports, device, world.tasks(request)[0].id)


def test_the_same_status_again_changes_and_records_nothing(world: World, item: WorkItem) -> None:
    work_items.set_status(world.ports, world.staff, item.id, WorkStatus.COMPLETED)
    world.clock.advance(days=1)
    work_items.set_status(world.ports, world.staff, item.id, WorkStatus.COMPLETED)

    assert world.get(item).completed_at != world.clock.now()
    assert [row.kind for row in world.all(Activity)] == ["work_completed"]


def test_5_21_archived_work_ends_its_links(world: World, item: WorkItem) -> None:
    request = sent(world, item)
    device = bound(world, request)

    work_items.archive_work_item(world.ports, world.staff, item.id)

    with pytest.raises(LinkEnded):
        tasks.complete_task(world.ports, device, world.tasks(request)[0].id)


def test_5_2_a_client_section_is_a_request_in_draft(world: World, item: WorkItem) -> None:
    made = add(world, item, "Year-end documents", SectionKind.CLIENT)

    request = world.all(ClientRequest)[0]
    assert (request.id, request.client_id, request.sent_at) == (made, item.client_id, None)


def test_5_2_sections_are_ordered_by_hand_and_a_place_that_is_gone_means_the_end(
    world: World, item: WorkItem
) -> None:
    one, two, three = (add(world, item, name) for name in ("One", "Two", "Three"))

    sections.move_section(world.ports, world.staff, three, before_id=one)
    assert names(world, item) == ["Three", "One", "Two"]
    sections.move_section(world.ports, world.staff, three, before_id=None)
    assert names(world, item) == ["One", "Two", "Three"]
    sections.remove_section(world.ports, world.staff, two)
    sections.move_section(world.ports, world.staff, one, before_id=two)
    assert names(world, item) == ["Three", "One"]


def test_5_2_a_client_section_stands_between_two_tasks_of_a_staff_section(
    world: World, item: WorkItem
) -> None:
    review = add(world, item, "Review")
    sign = add(world, item, "Sign-off", SectionKind.CLIENT)
    first, last = (
        checklists.add_task(world.ports, world.staff, review, TaskFields(title)) for title in ("A", "B")
    )

    sections.place_section(world.ports, world.staff, sign, review, before_id=last)

    rows = [*world.all(Task, section_id=review), *world.all(Section, within_section_id=review)]
    assert [row.id for row in sorted(rows, key=lambda row: row.position)] == [first, sign, last]
    assert names(world, item) == ["Review"]


def test_5_2_a_staff_section_stands_inside_no_other(world: World, item: WorkItem) -> None:
    one, two = add(world, item, "One"), add(world, item, "Two")

    with pytest.raises(RuleBroken, match="Only a client section"):
        sections.place_section(world.ports, world.staff, one, two, before_id=None)


def test_5_21_a_section_nobody_touched_is_deleted_with_its_tasks_a_day_after_its_removal(
    world: World, item: WorkItem
) -> None:
    client = world.all(Client, id=item.client_id)[0]
    request = world.draft_request(client, work=item)
    sections.remove_section(world.ports, world.staff, request.id)
    assert names(world, item) == []
    world.clock.advance(hours=23, minutes=59)
    assert removed_sections.forget_removed_sections(world.ports) == 0

    world.clock.advance(minutes=1)
    assert removed_sections.forget_removed_sections(world.ports) == 1
    assert removed_sections.forget_removed_sections(world.ports) == 0

    for kind in (Section, ClientRequest, Task, Recipient):
        assert world.all(kind) == []


def test_5_21_what_holds_anything_from_a_client_stays_put_away(world: World, item: WorkItem) -> None:
    request = world.draft_request(world.all(Client, id=item.client_id)[0], work=item)
    world.new_file(world.tasks(request)[0])
    sections.remove_section(world.ports, world.staff, request.id)

    world.clock.advance(days=400)

    assert removed_sections.forget_removed_sections(world.ports) == 0
    assert len(world.all(Task)) == 2


def test_5_2_a_removed_section_is_put_back_where_it_stood_with_what_stood_inside(
    world: World, item: WorkItem
) -> None:
    review, _last = add(world, item, "Review"), add(world, item, "Last")
    sign = add(world, item, "Sign-off", SectionKind.CLIENT)
    sections.place_section(world.ports, world.staff, sign, review, before_id=None)
    removed = sections.remove_section(world.ports, world.staff, review)

    sections.restore_section(world.ports, world.staff, removed)
    sections.restore_section(world.ports, world.staff, removed)

    assert names(world, item) == ["Review", "Last"]
    assert world.all(Section, id=sign)[0].within_section_id == review


def test_5_2_what_was_removed_longer_ago_than_a_day_is_not_there_to_put_back(
    world: World, item: WorkItem
) -> None:
    removed = sections.remove_section(world.ports, world.staff, add(world, item, "Review"))
    world.clock.advance(days=1)
    removed_sections.forget_removed_sections(world.ports)

    with pytest.raises(NotFound):
        sections.restore_section(world.ports, world.staff, removed)


def test_5_21_a_request_that_was_sent_is_withdrawn_first_and_then_put_away(
    world: World, item: WorkItem
) -> None:
    request = sent(world, item)
    with pytest.raises(RuleBroken, match="Withdraw it first"):
        sections.remove_section(world.ports, world.staff, request.id)
    world.change(request, withdrawn_at=world.clock.now())

    sections.remove_section(world.ports, world.staff, request.id)

    assert world.all(Section)[0].archived_at == world.clock.now()
    assert len(world.all(Task)) == 2


def test_5_2_what_stood_inside_a_removed_section_goes_to_the_end(world: World, item: WorkItem) -> None:
    review = add(world, item, "Review")
    last = add(world, item, "Last")
    sign = add(world, item, "Sign-off", SectionKind.CLIENT)
    sections.place_section(world.ports, world.staff, sign, review, before_id=None)

    sections.remove_section(world.ports, world.staff, review)

    assert names(world, item) == ["Last", "Sign-off"]
    assert last


def test_another_firm_finds_nothing(world: World, item: WorkItem) -> None:
    other = world.new_firm("Another", slug="another")
    stranger = world.actor(world.new_staff("Eve", firm=other))
    section = add(world, item, "One")

    acts = [
        lambda: work_items.add_work_item(world.ports, stranger, item.client_id, WorkFields("T1")),
        lambda: work_items.edit_work_item(world.ports, stranger, item.id, WorkFields("T1")),
        lambda: work_items.set_status(world.ports, stranger, item.id, WorkStatus.COMPLETED),
        lambda: work_items.archive_work_item(world.ports, stranger, item.id),
        lambda: work_items.restore_work_item(world.ports, stranger, item.id),
        lambda: sections.add_section(world.ports, stranger, item.id, "X", SectionKind.STAFF),
        lambda: sections.rename_section(world.ports, stranger, section, "X"),
        lambda: sections.move_section(world.ports, stranger, section, None),
        lambda: sections.place_section(world.ports, stranger, section, section, None),
        lambda: sections.remove_section(world.ports, stranger, section),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()

    assert names(world, item) == ["One"]
    assert world.get(item).completed_at is None
