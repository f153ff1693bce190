"""Tasks as staff write, order, answer and take them out (5.2, 5.3, 5.8, 5.13, 5.15, 5.22)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import (
    Answer,
    AuditEntry,
    Client,
    ClientRequest,
    Comment,
    Notification,
    Recipient,
    Section,
    SectionKind,
    StoredFile,
    Task,
    TaskAnswer,
)
from portal_app.services.tasks import checklists, comments, staff_answers, tasks
from portal_app.services.tasks.checklists import Moved, TaskFields
from portal_app.services.work import sections
from tests.services.claims import bound
from tests.world import World


@pytest.fixture
def request_(world: World) -> ClientRequest:
    """A sent request of two tasks."""
    request = world.draft_request()
    return world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)


def titles(world: World, section_id: UUID) -> list[str]:
    """A section's tasks in order, without those put aside."""
    rows = [row for row in world.all(Task, section_id=section_id) if row.put_aside_at is None]
    return [row.title for row in sorted(rows, key=lambda row: row.position)]


def staff_section(world: World, request: ClientRequest) -> UUID:
    return sections.add_section(world.ports, world.staff, request.work_item_id, "Prepare", SectionKind.STAFF)


def second_request(world: World, first: ClientRequest, *, same_people: bool) -> ClientRequest:
    """Another request of the same work item, to the same person or to somebody else."""
    client = world.all(Client, id=first.client_id)[0]
    made = sections.add_section(world.ports, world.staff, first.work_item_id, "Second", SectionKind.CLIENT)
    person = world.all(Recipient, request_id=first.id)[0].contact_id
    if not same_people:
        person = world.new_contact(client, "Luc Gagnon").id
    world.put(
        Recipient(firm_id=first.firm_id, request_id=made, contact_id=person, created_at=world.clock.now())
    )
    return world.all(ClientRequest, id=made)[0]


def test_a_task_is_added_last_and_tells_open_pages(world: World, request_: ClientRequest) -> None:
    fields = TaskFields("Visa statements", "All **12** months", date(2026, 4, 1), needs_file=True)

    made = checklists.add_task(world.ports, world.staff, request_.id, fields)

    task = world.all(Task, id=made)[0]
    assert titles(world, request_.id) == ["Bank statements", "T4 slips", "Visa statements"]
    assert task.description == "<p>All <strong>12</strong> months</p>"
    assert (task.due_on, task.needs_file) == (date(2026, 4, 1), True)
    assert {f"request:{request_.id}", f"work:{request_.work_item_id}"} <= set(world.bell.rung)
    assert world.all(AuditEntry)[-1].action == "task:added"


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[press](javascript:alert(1))",
        '[press](https://a.example/"onmouseover="alert(1))',
    ],
)
def test_5_3_a_description_holds_no_markup_of_its_own(
    world: World, request_: ClientRequest, typed: str
) -> None:
    made = checklists.add_task(world.ports, world.staff, request_.id, TaskFields("Task", typed))

    stored = world.all(Task, id=made)[0].description
    assert "<script" not in stored
    assert "<img" not in stored
    assert 'href="javascript' not in stored
    assert ' onmouseover="' not in stored


def test_links_of_a_description_open_without_telling_where_from(
    world: World, request_: ClientRequest
) -> None:
    made = checklists.add_task(
        world.ports, world.staff, request_.id, TaskFields("Task", "See https://cra.gc.ca")
    )

    assert 'rel="noopener noreferrer"' in world.all(Task, id=made)[0].description


def test_5_3_a_task_without_words_is_refused_beside_its_title(world: World, request_: ClientRequest) -> None:
    with pytest.raises(BadInput) as refused:
        checklists.add_task(world.ports, world.staff, request_.id, TaskFields(" \n"))

    assert refused.value.field == "title"


def test_a_staff_task_needs_no_file_from_anybody(world: World, request_: ClientRequest) -> None:
    made = checklists.add_task(
        world.ports, world.staff, staff_section(world, request_), TaskFields("Roll forward", needs_file=True)
    )

    assert world.all(Task, id=made)[0].needs_file is False


def test_5_13_an_untouched_task_is_deleted(world: World, request_: ClientRequest) -> None:
    checklists.remove_task(world.ports, world.staff, world.tasks(request_)[0].id)

    assert titles(world, request_.id) == ["T4 slips"]
    assert len(world.all(Task)) == 1


def test_5_13_a_task_with_a_note_of_staff_alone_is_deleted_with_it(
    world: World, request_: ClientRequest
) -> None:
    task = world.tasks(request_)[0]
    comments.add_comment(world.ports, world.staff, task.id, "Ask Luc", is_note=True)

    checklists.remove_task(world.ports, world.staff, task.id)

    assert world.all(Comment) == []
    assert len(world.all(Task)) == 1


@pytest.mark.parametrize("touch", ["ticked", "ticked and undone", "commented"])
def test_5_13_a_task_that_a_client_touched_is_put_aside_and_comes_back(
    world: World, request_: ClientRequest, touch: str
) -> None:
    device, task = bound(world, request_), world.tasks(request_)[0]
    if touch == "commented":
        comments.add_comment(world.ports, device, task.id, "Which year?")
    else:
        tasks.complete_task(world.ports, device, task.id)
    if touch == "ticked and undone":
        tasks.undo_task(world.ports, device, task.id)

    checklists.remove_task(world.ports, world.staff, task.id)

    assert world.get(task).put_aside_at == world.clock.now()
    with pytest.raises(NotFound):
        tasks.complete_task(world.ports, device, task.id)
    checklists.restore_task(world.ports, world.staff, task.id)
    assert titles(world, request_.id) == ["T4 slips", "Bank statements"]


def test_5_2_tasks_are_ordered_by_hand_and_a_place_that_is_gone_means_the_end(
    world: World, request_: ClientRequest
) -> None:
    bank, slips = world.tasks(request_)

    checklists.move_task(world.ports, world.staff, slips.id, request_.id, bank.id)
    assert titles(world, request_.id) == ["T4 slips", "Bank statements"]
    gone = UUID(int=7)
    checklists.move_task(world.ports, world.staff, slips.id, request_.id, gone)
    assert titles(world, request_.id) == ["Bank statements", "T4 slips"]


def test_5_2_an_untouched_task_moves_to_any_section_of_its_work_item(
    world: World, request_: ClientRequest
) -> None:
    prepare = staff_section(world, request_)
    bank = world.tasks(request_)[0]

    assert checklists.move_task(world.ports, world.staff, bank.id, prepare) is Moved.MOVED

    assert (titles(world, prepare), titles(world, request_.id)) == (["Bank statements"], ["T4 slips"])


def test_a_task_does_not_leave_its_work_item(world: World, request_: ClientRequest) -> None:
    elsewhere = world.draft_request(world.new_client("Other"), to=[])

    with pytest.raises(RuleBroken, match="its own work item"):
        checklists.move_task(world.ports, world.staff, world.tasks(request_)[0].id, elsewhere.id)


def test_5_7_what_staff_wrote_among_themselves_stays_theirs_when_the_task_goes_to_the_client(
    world: World, request_: ClientRequest
) -> None:
    prepare = staff_section(world, request_)
    made = checklists.add_task(world.ports, world.staff, prepare, TaskFields("Reconcile Visa"))
    comments.add_comment(world.ports, world.staff, made, "Two charges look personal")

    checklists.move_task(world.ports, world.staff, made, request_.id)

    assert [row.is_note for row in world.all(Comment)] == [True]


def test_5_22_a_touched_task_moves_only_before_the_same_eyes(world: World, request_: ClientRequest) -> None:
    task = world.tasks(request_)[0]
    tasks.complete_task(world.ports, bound(world, request_), task.id)
    same = second_request(world, request_, same_people=True)

    assert checklists.move_task(world.ports, world.staff, task.id, same.id) is Moved.MOVED

    assert world.get(task).section_id == same.id


def test_5_22_elsewhere_it_is_copied_without_its_answer_after_asking(
    world: World, request_: ClientRequest
) -> None:
    task = world.tasks(request_)[0]
    device = bound(world, request_)
    comments.add_comment(world.ports, device, task.id, "Which year?", once_key="a")
    world.new_file(task)
    tasks.complete_task(world.ports, device, task.id)
    other = second_request(world, request_, same_people=False)

    asked = checklists.move_task(world.ports, world.staff, task.id, other.id)
    assert (asked, titles(world, other.id)) == (Moved.ASK_TO_COPY, [])
    done = checklists.move_task(world.ports, world.staff, task.id, other.id, may_copy=True)

    assert done is Moved.COPIED
    copy = world.all(Task, section_id=other.id)[0]
    assert (copy.title, copy.completed_at, copy.answer) == ("Bank statements", None, None)
    assert [world.all(kind, task_id=copy.id) for kind in (Comment, StoredFile, TaskAnswer)] == [[], [], []]
    assert len(world.all(StoredFile, task_id=task.id)) == 1
    assert world.get(task).section_id == request_.id


def test_5_15_staff_answer_for_the_client_and_nobody_is_told(world: World, request_: ClientRequest) -> None:
    helper = world.actor(world.new_staff("Karim Benali"))
    task = world.tasks(request_)[0]

    staff_answers.answer_for_client(world.ports, helper, task.id, Answer.NOT_APPLICABLE, "No slips this year")

    kept = world.get(task)
    assert (kept.completed_by_staff_id, kept.answer) == (helper.staff_id, Answer.NOT_APPLICABLE)
    assert world.all(TaskAnswer)[0].staff_id == helper.staff_id
    assert world.all(Notification) == []


def test_5_15_an_answer_that_does_not_apply_says_why(world: World, request_: ClientRequest) -> None:
    with pytest.raises(BadInput) as refused:
        staff_answers.answer_for_client(
            world.ports, world.staff, world.tasks(request_)[0].id, Answer.NOT_APPLICABLE, " "
        )

    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("promised", "is_good"),
    [
        (date(2026, 3, 2), False),
        (date(2026, 3, 3), True),
        (date(2026, 5, 1), True),
        (date(2026, 5, 2), False),
    ],
    ids=["today", "tomorrow", "in 60 days", "in 61 days"],
)
def test_5_20_a_promised_day_lies_after_today_and_at_most_sixty_days_ahead(
    world: World, request_: ClientRequest, promised: date, is_good: bool
) -> None:
    task = world.tasks(request_)[0]

    def promise() -> None:
        staff_answers.answer_for_client(
            world.ports, world.staff, task.id, Answer.PROMISED, promised_on=promised
        )

    if is_good:
        promise()
    else:
        with pytest.raises(BadInput):
            promise()

    assert world.get(task).promised_on == (promised if is_good else None)
    assert world.get(task).completed_at is None


def test_5_16_staff_do_not_answer_over_a_clients_answer(world: World, request_: ClientRequest) -> None:
    task = world.tasks(request_)[0]
    tasks.complete_task(world.ports, bound(world, request_), task.id)

    with pytest.raises(RuleBroken, match="Marie-Claude Gagnon already"):
        staff_answers.answer_for_client(world.ports, world.staff, task.id, Answer.DONE)

    assert world.get(task).completed_by_staff_id is None


def test_5_8_accepting_is_a_mark_that_can_be_taken_back(world: World, request_: ClientRequest) -> None:
    task = world.tasks(request_)[0]
    with pytest.raises(RuleBroken, match="no answer to accept"):
        staff_answers.accept_task(world.ports, world.staff, task.id, is_accepted=True)
    tasks.complete_task(world.ports, bound(world, request_), task.id)

    staff_answers.accept_task(world.ports, world.staff, task.id, is_accepted=True)
    assert world.get(task).accepted_at == world.clock.now()
    staff_answers.accept_task(world.ports, world.staff, task.id, is_accepted=False)

    assert world.get(task).accepted_at is None


def test_a_staff_task_is_ticked_once_and_opened_again(world: World, request_: ClientRequest) -> None:
    made = checklists.add_task(
        world.ports, world.staff, staff_section(world, request_), TaskFields("Roll forward")
    )
    for _press in range(2):
        staff_answers.tick_task(world.ports, world.staff, made, is_done=True)
    assert [row.action for row in world.all(AuditEntry)].count("task:completed") == 1

    staff_answers.tick_task(world.ports, world.staff, made, is_done=False)

    assert world.all(Task, id=made)[0].completed_at is None


def test_a_clients_task_is_not_ticked_as_if_it_were_staffs(world: World, request_: ClientRequest) -> None:
    with pytest.raises(RuleBroken, match="answer it for the client"):
        staff_answers.tick_task(world.ports, world.staff, world.tasks(request_)[0].id, is_done=True)


def test_another_firm_finds_nothing(world: World, request_: ClientRequest) -> None:
    stranger = world.actor(world.new_staff("Eve", firm=world.new_firm("Another", slug="another")))
    task = world.tasks(request_)[0]
    ports = world.ports

    acts = [
        lambda: checklists.add_task(ports, stranger, request_.id, TaskFields("X")),
        lambda: checklists.edit_task(ports, stranger, task.id, TaskFields("X")),
        lambda: checklists.remove_task(ports, stranger, task.id),
        lambda: checklists.restore_task(ports, stranger, task.id),
        lambda: checklists.move_task(ports, stranger, task.id, request_.id),
        lambda: staff_answers.answer_for_client(ports, stranger, task.id, Answer.DONE),
        lambda: staff_answers.accept_task(ports, stranger, task.id, is_accepted=True),
        lambda: staff_answers.tick_task(ports, stranger, task.id, is_done=True),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()

    assert titles(world, request_.id) == ["Bank statements", "T4 slips"]
    assert len(world.all(Section)) == 1
