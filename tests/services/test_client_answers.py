"""The client's other answers, and taking each back (5.8, 5.12, 5.16, 5.19, 5.20, 8.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.models import (
    AccessLevel,
    Answer,
    Client,
    Comment,
    Notification,
    PortalAccess,
    Recipient,
    StoredFile,
    Task,
    TaskAnswer,
)
from portal_app.services.files.uploads import start_upload
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import client_answers, comments, staff_answers, tasks
from portal_app.services.tasks.known_documents import NamedDocument
from tests.fakes import START
from tests.services.asked import Asked, kinds
from tests.services.claims import bound
from tests.world import World

TODAY = START.date()
GIVE: dict[str, Callable[[World, Actor, UUID], None]] = {
    "not applicable": lambda world, who, task: client_answers.say_not_applicable(
        world.ports, who, task, "Sold in 2024."
    ),
    "promise": lambda world, who, task: client_answers.promise_task(
        world.ports, who, task, TODAY + timedelta(days=9)
    ),
    "question": lambda world, who, task: client_answers.ask_question(
        world.ports, who, task, "Do lenses count?"
    ),
    "already there": lambda world, who, task: client_answers.say_already_there(
        world.ports, who, task, _file_elsewhere(world, task).id
    ),
}
TOLD = {
    "not applicable": "task_completed",
    "promise": "promise",
    "question": "question",
    "already there": "task_completed",
}


def _file_elsewhere(world: World, task_id: UUID) -> StoredFile:
    """A file that the first recipient sent on another task of the request."""
    task = world.all(Task, id=task_id)[0]
    other = next(row for row in world.all(Task, section_id=task.section_id) if row.id != task_id)
    recipient = world.all(Recipient, request_id=task.section_id)[0]
    return world.new_file(other, "Lease.pdf", contact_id=recipient.contact_id)


def second_recipient(world: World, asked: Asked, name: str = "Luc Gagnon") -> Actor:
    """The bound device of another recipient."""
    client = world.all(Client, id=asked.request.client_id)[0]
    luc = world.new_contact(client, name)
    row = Recipient(
        firm_id=world.firm.id, request_id=asked.request.id, contact_id=luc.id, created_at=world.clock.now()
    )
    return bound(world, asked.request, world.put(row))


def notices(world: World) -> list[Notification]:
    return [row for row in world.all(Notification) if row.taken_back_at is None]


def test_5_8_doesnt_apply_completes_with_its_reason_and_files_stay(world: World, asked: Asked) -> None:
    task = asked.tasks[0]
    world.change(task, needs_file=True)
    world.new_file(task, contact_id=asked.contact.id)

    client_answers.say_not_applicable(world.ports, asked.device, task.id, " Sold in 2024. ")

    now = world.get(task)
    assert (now.answer, now.answer_text) == (Answer.NOT_APPLICABLE, "Sold in 2024.")
    assert now.completed_by_contact_id == asked.contact.id
    assert [row.deleted_at for row in world.all(StoredFile)] == [None]
    assert [(row.kind, row.facts) for row in notices(world)] == [
        ("task_completed", {"answer": "not_applicable", "text": "Sold in 2024."})
    ]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_5_8_doesnt_apply_needs_a_reason(world: World, asked: Asked, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        client_answers.say_not_applicable(world.ports, asked.device, asked.tasks[0].id, reason)

    assert refused.value.field == "text"
    assert world.get(asked.tasks[0]).completed_at is None


def test_5_20_a_promise_leaves_the_task_open_and_marks_what_is_later_than_due(
    world: World, asked: Asked
) -> None:
    task = asked.tasks[0]
    world.change(task, due_on=TODAY + timedelta(days=10))
    for days in (10, 11):
        client_answers.promise_task(world.ports, asked.device, task.id, TODAY + timedelta(days=days))

    now = world.get(task)
    assert (now.completed_at, now.promised_on) == (None, TODAY + timedelta(days=11))
    assert [(row.kind, row.facts) for row in notices(world)] == [
        ("promise", {"on": "2026-03-12"}),
        ("promise", {"on": "2026-03-13", "is_late": True}),
    ]


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [(None, False), (TODAY, False), (TODAY + timedelta(days=61), False)]
    + [(TODAY + timedelta(days=days), True) for days in (1, 60)],
)
def test_5_20_a_promised_day_lies_after_today_and_at_most_sixty_days_ahead(
    world: World, asked: Asked, day: date | None, is_taken: bool
) -> None:
    if is_taken:
        client_answers.promise_task(world.ports, asked.device, asked.tasks[0].id, day)
    else:
        with pytest.raises(BadInput, match="at most 60 days"):
            client_answers.promise_task(world.ports, asked.device, asked.tasks[0].id, day)

    assert world.get(asked.tasks[0]).promised_on == (day if is_taken else None)


def test_5_20_today_is_the_firms_day(world: World, asked: Asked) -> None:
    world.clock.move_to("2026-03-02T23:30", zone="America/Toronto")  # already 3 March in UTC

    client_answers.promise_task(world.ports, asked.device, asked.tasks[0].id, date(2026, 3, 3))

    assert world.get(asked.tasks[0]).promised_on == date(2026, 3, 3)


def test_5_8_a_question_leaves_the_task_open_until_staff_comment(world: World, asked: Asked) -> None:
    task = asked.tasks[0]
    client_answers.ask_question(world.ports, asked.device, task.id, "Do lenses count?")

    assert (world.get(task).completed_at, world.get(task).question_open_at) == (None, START)
    assert [(row.body, row.is_note) for row in world.all(Comment)] == [("Do lenses count?", False)]
    assert [(row.kind, row.facts) for row in notices(world)] == [("question", {"text": "Do lenses count?"})]
    comments.add_comment(world.ports, world.staff, task.id, "They do.")
    assert world.get(task).question_open_at is None


def test_5_8_staff_can_close_a_question_without_a_word(world: World, asked: Asked) -> None:
    client_answers.ask_question(world.ports, asked.device, asked.tasks[0].id, "Do lenses count?")

    comments.close_question(world.ports, world.staff, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).question_open_at is None
    assert len(world.all(Comment)) == 1


def test_5_8_a_promise_leaves_a_question_open_until_staff_answer_it(world: World, asked: Asked) -> None:
    task = asked.tasks[0]
    client_answers.ask_question(world.ports, asked.device, task.id, "Do lenses count?")

    client_answers.promise_task(world.ports, asked.device, task.id, TODAY + timedelta(days=5))

    assert world.get(task).promised_on == TODAY + timedelta(days=5)
    assert world.get(task).question_open_at == START


def test_5_8_a_file_the_firm_has_completes_the_task_and_is_named_to_staff(world: World, asked: Asked) -> None:
    task = asked.tasks[0]
    file = _file_elsewhere(world, task.id)

    client_answers.say_already_there(world.ports, asked.device, task.id, file.id)

    assert world.get(task).answer is Answer.ALREADY_HAVE
    assert [(row.file_id, row.file_name) for row in world.all(TaskAnswer)] == [(file.id, "Lease.pdf")]
    assert notices(world)[0].facts == {"answer": "already_have", "file": "Lease.pdf"}
    shown = request_page(world.ports, asked.device, asked.request.id).tasks[0]
    assert shown.document == NamedDocument("Lease.pdf", f"/files/{file.id}/download")


def test_5_8_by_link_only_what_this_recipient_sent_before_is_offered(world: World, asked: Asked) -> None:
    client = world.all(Client, id=asked.request.client_id)[0]
    earlier = world.draft_request(client, to=[], name="Last year")
    world.change(earlier, sent_at=START)
    (old, _other), mine = world.tasks(earlier), asked.contact.id
    own = world.new_file(old, "Mine.pdf", contact_id=mine)
    theirs = world.new_file(old, "Not mine.pdf", contact_id=world.new_contact(client, "Luc").id)
    abroad = world.new_client("Elsewhere")
    elsewhere = world.draft_request(abroad, to=[], name="Elsewhere")
    other_client = world.new_file(world.tasks(elsewhere)[0], "Of another client.pdf", contact_id=mine)

    page = request_page(world.ports, asked.device, asked.request.id)

    assert [one.label for one in page.documents] == ["Mine.pdf, 2\u00a0March"]
    for file in (theirs, other_client):
        with pytest.raises(BadInput, match="Choose the document"):
            client_answers.say_already_there(world.ports, asked.device, asked.tasks[0].id, file.id)
    client_answers.say_already_there(world.ports, asked.device, asked.tasks[0].id, own.id)
    shown = request_page(world.ports, asked.device, asked.request.id).tasks[0]
    assert shown.document == NamedDocument("Mine.pdf", "")  # its name alone: a link does not open it


def test_5_8_signed_in_the_documents_are_those_of_the_requests_that_one_may_see(
    world: World, asked: Asked
) -> None:
    client = world.all(Client, id=asked.request.client_id)[0]
    other = world.draft_request(client, to=[], name="Sent to somebody else")
    world.change(other, sent_at=START)
    file = world.new_file(world.tasks(other)[0], "Shareholders.pdf", contact_id=asked.contact.id)
    firms = world.new_file(asked.tasks[1], "Engagement letter.pdf", staff_id=world.owner.id)
    world.give_account(asked.contact, client, level=AccessLevel.LIMITED)
    reader = world.signed_in(asked.contact)

    limited = request_page(world.ports, reader, asked.request.id).documents
    with pytest.raises(BadInput):
        client_answers.say_already_there(world.ports, reader, asked.tasks[0].id, file.id)
    world.change(world.all(PortalAccess)[0], level=AccessLevel.FULL)
    full = request_page(world.ports, reader, asked.request.id).documents

    assert [one.id for one in limited] == [str(firms.id)]
    assert {one.id for one in full} == {str(firms.id), str(file.id)}


def test_5_17_the_name_of_a_document_that_was_chosen_shows_only_to_who_may_see_it(
    world: World, asked: Asked
) -> None:
    client = world.all(Client, id=asked.request.client_id)[0]
    other = world.draft_request(client, to=[], name="Sent to somebody else")
    world.change(other, sent_at=START)
    file = world.new_file(world.tasks(other)[0], "Shareholders.pdf")
    world.give_account(asked.contact, client, level=AccessLevel.FULL)
    luc = second_recipient(world, asked)

    client_answers.say_already_there(world.ports, world.signed_in(asked.contact), asked.tasks[0].id, file.id)

    page = request_page(world.ports, luc, asked.request.id)
    assert page.tasks[0].state == "The firm already has it"
    assert "Shareholders" not in repr(page)


@pytest.mark.parametrize("given", GIVE)
def test_5_12_undo_takes_each_answer_and_its_notification_back(
    world: World, asked: Asked, given: str
) -> None:
    task = asked.tasks[0]
    client_answers.promise_task(world.ports, asked.device, task.id, date(2026, 3, 5))
    client_answers.ask_question(world.ports, asked.device, task.id, "Before?")
    before, written = world.get(task), len(world.all(Comment))
    world.clock.advance(seconds=60)
    GIVE[given](world, asked.device, task.id)
    assert kinds(world) == ["promise", "question", TOLD[given]]
    page = request_page(world.ports, asked.device, asked.request.id)
    assert (page.undo_task_id, page.undo_ms) == (str(task.id), 10_000)
    world.clock.advance(seconds=10)

    for _press in range(2):
        tasks.undo_task(world.ports, asked.device, task.id)

    assert world.get(task) == before
    assert kinds(world) == ["promise", "question"]
    assert len(world.all(Comment)) == written
    assert request_page(world.ports, asked.device, asked.request.id).undo_task_id == ""


@pytest.mark.parametrize("given", GIVE)
def test_5_12_after_ten_seconds_no_answer_is_taken_back(world: World, asked: Asked, given: str) -> None:
    GIVE[given](world, asked.device, asked.tasks[0].id)
    world.clock.advance(seconds=10, milliseconds=1)

    with pytest.raises(RuleBroken, match="too late"):
        tasks.undo_task(world.ports, asked.device, asked.tasks[0].id)

    assert kinds(world) == [TOLD[given]]


def test_5_12_what_staff_reopened_meanwhile_is_not_taken_back(world: World, asked: Asked) -> None:
    GIVE["not applicable"](world, asked.device, asked.tasks[0].id)
    world.clock.advance(seconds=3)
    staff_answers.reopen_task(world.ports, world.staff, asked.tasks[0].id, "It does apply.")

    with pytest.raises(RuleBroken):
        tasks.undo_task(world.ports, asked.device, asked.tasks[0].id)


@pytest.mark.parametrize("given", GIVE)
def test_5_12_a_completed_task_takes_no_other_answer(world: World, asked: Asked, given: str) -> None:
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    with pytest.raises(RuleBroken, match="reopen"):
        GIVE[given](world, asked.device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).answer is Answer.DONE


@pytest.mark.parametrize("given", GIVE)
def test_5_16_another_person_sees_whose_answer_stands(world: World, asked: Asked, given: str) -> None:
    luc = second_recipient(world, asked)
    client_answers.say_not_applicable(world.ports, asked.device, asked.tasks[0].id, "Sold")

    with pytest.raises(RuleBroken, match="Marie-Claude Gagnon already completed this task"):
        GIVE[given](world, luc, asked.tasks[0].id)

    assert kinds(world) == ["task_completed"]


@pytest.mark.parametrize("given", [name for name in GIVE if name != "already there"])
def test_fault_14_an_answer_sent_twice_is_given_and_told_once(world: World, asked: Asked, given: str) -> None:
    send = {
        "not applicable": lambda: client_answers.say_not_applicable(
            world.ports, asked.device, asked.tasks[0].id, "Sold", "key1"
        ),
        "promise": lambda: client_answers.promise_task(
            world.ports, asked.device, asked.tasks[0].id, date(2026, 3, 9), "key1"
        ),
        "question": lambda: client_answers.ask_question(
            world.ports, asked.device, asked.tasks[0].id, "Why?", "key1"
        ),
    }[given]
    send()
    send()

    assert len(world.all(TaskAnswer)) == 1
    assert kinds(world) == [TOLD[given]]


def test_5_19_a_tick_waits_for_its_upload_whatever_is_promised_or_asked(world: World, asked: Asked) -> None:
    task = asked.tasks[0]
    start_upload(world.ports, asked.device, task.id, "T4.pdf", 10)
    tasks.complete_task(world.ports, asked.device, task.id)

    GIVE["question"](world, asked.device, task.id)

    assert world.get(task).completes_after_upload_id is not None
    GIVE["not applicable"](world, asked.device, task.id)
    assert world.get(task).completes_after_upload_id is None
    assert world.get(task).answer is Answer.NOT_APPLICABLE


def test_5_8_nobody_answers_for_a_stranger(world: World, asked: Asked) -> None:
    stranger, _token = world.new_device()

    for give in GIVE.values():
        with pytest.raises(NotFound):
            give(world, stranger, asked.tasks[0].id)

    assert world.all(TaskAnswer) == []


def test_5_15_an_answer_by_the_firm_holds_a_promise_to_the_same_days(world: World, asked: Asked) -> None:
    with pytest.raises(BadInput, match="at most 60 days"):
        staff_answers.answer_for_client(
            world.ports, world.staff, asked.tasks[0].id, Answer.PROMISED, promised_on=TODAY
        )

    staff_answers.answer_for_client(
        world.ports, world.staff, asked.tasks[0].id, Answer.NOT_APPLICABLE, "They told us"
    )

    assert kinds(world) == []
    shown = request_page(world.ports, asked.device, asked.request.id).tasks[0]
    assert shown.answered.startswith("Sophie Ouellet")
