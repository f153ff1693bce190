"""Ticking, undoing and writing on tasks, by link and by account (5.3, 5.8, 5.12, 5.16, 8.1)."""

from __future__ import annotations

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, RuleBroken, SignInNeeded
from portal_app.models import (
    Comment,
    Recipient,
    TaskAnswer,
)
from portal_app.services.tasks import comments, tasks
from tests.services.asked import Asked, kinds
from tests.services.claims import bound
from tests.world import World


def test_fault_14_ticking_twice_completes_once_and_tells_staff_once(world: World, asked: Asked) -> None:
    for _press in range(2):
        tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_by_contact_id == asked.contact.id
    assert len(world.all(TaskAnswer)) == 1
    assert kinds(world) == ["task_completed"]
    assert f"staff:{world.owner.id}" in world.bell.rung


def test_8_7_the_last_tick_tells_that_the_whole_request_is_complete(world: World, asked: Asked) -> None:
    for task in asked.tasks:
        tasks.complete_task(world.ports, asked.device, task.id)

    assert kinds(world) == ["task_completed", "task_completed", "request_completed"]


def test_5_12_undo_takes_back_the_answer_and_its_notification_for_ten_seconds(
    world: World, asked: Asked
) -> None:
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)
    world.clock.advance(seconds=10)

    tasks.undo_task(world.ports, asked.device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_at is None
    assert kinds(world) == []


def test_5_12_after_ten_seconds_undo_is_refused_and_the_answer_stands(world: World, asked: Asked) -> None:
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)
    world.clock.advance(seconds=10, milliseconds=1)

    with pytest.raises(RuleBroken, match="too late"):
        tasks.undo_task(world.ports, asked.device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_at is not None


def test_5_3_a_task_that_needs_a_file_is_not_done_without_one(world: World, asked: Asked) -> None:
    world.change(asked.tasks[0], needs_file=True)

    with pytest.raises(RuleBroken, match="needs a file"):
        tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_at is None


def test_5_16_of_two_answers_the_first_stands_and_the_other_person_sees_whose(
    world: World, asked: Asked
) -> None:
    client_id = asked.request.client_id
    client = next(row for row in world.all(type(world.new_client("Other"))) if row.id == client_id)
    luc = world.new_contact(client, "Luc Gagnon")
    second = world.put(
        Recipient(
            firm_id=world.firm.id,
            request_id=asked.request.id,
            contact_id=luc.id,
            created_at=world.clock.now(),
        )
    )
    other_device = bound(world, asked.request, second)
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    with pytest.raises(RuleBroken, match="Marie-Claude Gagnon already completed"):
        tasks.complete_task(world.ports, other_device, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_by_contact_id == asked.contact.id


def test_nobody_and_another_device_find_nothing(world: World, asked: Asked) -> None:
    stranger, _token = world.new_device()

    with pytest.raises(SignInNeeded):
        tasks.complete_task(world.ports, Actor.nobody(), asked.tasks[0].id)
    with pytest.raises(NotFound):
        tasks.complete_task(world.ports, stranger, asked.tasks[0].id)

    assert world.get(asked.tasks[0]).completed_at is None


def test_6_10_while_the_work_is_completed_a_link_answers_nothing(world: World, asked: Asked) -> None:
    work = world.all(type(world.new_work(world.new_client("B"))), id=asked.request.work_item_id)[0]
    world.change(work, completed_at=world.clock.now())

    with pytest.raises(LinkEnded) as ended:
        tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    assert ended.value.reason == "closed"


def test_5_7_a_comment_is_written_once_however_often_it_is_sent(world: World, asked: Asked) -> None:
    for _press in range(2):
        comments.add_comment(
            world.ports, asked.device, asked.tasks[0].id, " Do lenses count? ", once_key="from-the-queue"
        )

    assert [row.body for row in world.all(Comment)] == ["Do lenses count?"]
    assert kinds(world) == ["comment"]


def test_5_12_a_completed_task_is_closed_to_a_clients_comments(world: World, asked: Asked) -> None:
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)

    with pytest.raises(RuleBroken, match="comments are closed"):
        comments.add_comment(world.ports, asked.device, asked.tasks[0].id, "One more thing")


def test_5_8_a_comment_by_staff_closes_the_open_question_and_a_note_does_not(
    world: World, asked: Asked
) -> None:
    world.change(asked.tasks[0], question_open_at=world.clock.now())

    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, "Ask Luc", is_note=True)
    assert world.get(asked.tasks[0]).question_open_at is not None
    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, "Yes, they do.")

    assert world.get(asked.tasks[0]).question_open_at is None


def test_staff_of_another_firm_cannot_write(world: World, asked: Asked) -> None:
    other = world.new_firm("Another", slug="another")
    stranger = world.actor(world.new_staff("Eve", firm=other))

    with pytest.raises(NotFound):
        comments.add_comment(world.ports, stranger, asked.tasks[0].id, "Hello")

    assert world.all(Comment) == []
