"""Contacts are told of what is sent to or shared with them: who, of what, and once (9.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_app.domain.contact_notices import MAILED_APART, TOGETHER, TOPICS, Ways, mail_leaves_at
from portal_app.models import (
    Answer,
    Client,
    ClientRequest,
    Contact,
    ContactNotice,
    OutboxMail,
    Recipient,
    Section,
    WorkStatus,
)
from portal_app.services.notices import telling
from portal_app.services.requests import sending
from portal_app.services.tasks import checklists, comments, staff_answers, tasks
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.work import work_items
from portal_app.work import begin
from tests.fakes import START
from tests.services.asked import Asked
from tests.world import World


def told(world: World, contact: Contact | None = None) -> list[str]:
    """Kinds of what a contact was told, oldest first."""
    rows = sorted(world.all(ContactNotice), key=lambda row: row.id)
    return [row.kind for row in rows if contact is None or row.contact_id == contact.id]


def add_recipient(world: World, request: ClientRequest, name: str) -> Contact:
    client = world.all(Client, id=request.client_id)[0]
    person = world.new_contact(client, name)
    world.put(
        Recipient(
            firm_id=request.firm_id, request_id=request.id, contact_id=person.id, created_at=world.clock.now()
        )
    )
    return person


def test_9_6_a_new_request_is_told_to_each_who_gets_it_and_a_resend_is_no_news(world: World) -> None:
    request = world.draft_request()
    contact = world.all(Contact)[0]

    sending.send_request(world.ports, world.staff, request.id, [contact.id], "press-1")
    sending.resend_request(world.ports, world.staff, request.id, [contact.id], "press-2")

    (row,) = world.all(ContactNotice)
    assert (row.kind, row.contact_id, row.request_id) == ("request_sent", contact.id, request.id)
    assert row.facts == {"title": request_name(world, request), "by": world.owner.name}
    assert row.mail_due_at is None  # it has an e-mail of its own


def request_name(world: World, request: ClientRequest) -> str:
    return next(row.name for row in world.all(Section) if row.id == request.id)


def test_9_6_a_comment_by_staff_is_told_to_every_recipient_once_and_a_note_to_nobody(
    world: World, asked: Asked
) -> None:
    other = add_recipient(world, asked.request, "Luc Roy")

    for _press in range(2):
        comments.add_comment(world.ports, world.staff, asked.tasks[0].id, "Page 2, please.", once_key="one")
    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, "Ask Luc.", is_note=True)

    assert told(world, asked.contact) == told(world, other) == ["comment"]
    row = world.all(ContactNotice, contact_id=other.id)[0]
    assert (row.facts["text"], row.facts["by"]) == ("Page 2, please.", world.owner.name)
    assert row.mail_due_at == START + TOGETHER


def test_9_6_what_a_client_writes_is_told_to_no_client(world: World, asked: Asked) -> None:
    add_recipient(world, asked.request, "Luc Roy")
    comments.add_comment(world.ports, asked.device, asked.tasks[0].id, "Here it is.")
    tasks.complete_task(world.ports, asked.device, asked.tasks[1].id)

    assert told(world) == []


def test_6_14_who_was_removed_and_who_is_archived_hear_nothing_more(world: World, asked: Asked) -> None:
    gone, archived = (add_recipient(world, asked.request, name) for name in ("Luc Roy", "Eva Roy"))
    world.change(world.all(Recipient, contact_id=gone.id)[0], removed_at=world.clock.now())
    world.change(archived, archived_at=world.clock.now())

    comments.add_comment(world.ports, world.staff, asked.tasks[0].id, "Page 2, please.")

    assert told(world, gone) == told(world, archived) == []
    assert told(world, asked.contact) == ["comment"]


def test_9_6_a_task_added_or_reopened_or_answered_by_the_firm_is_told(world: World, asked: Asked) -> None:
    checklists.add_task(world.ports, world.staff, asked.request.id, TaskFields("T4 slip"))
    tasks.complete_task(world.ports, asked.device, asked.tasks[0].id)
    staff_answers.reopen_task(world.ports, world.staff, asked.tasks[0].id, "The page is cut off.")
    staff_answers.answer_for_client(world.ports, world.staff, asked.tasks[0].id, Answer.DONE)

    assert told(world) == ["task_added", "task_reopened", "task_answered"]
    added, reopened, answered = sorted(world.all(ContactNotice), key=lambda row: row.id)
    assert added.mail_due_at is reopened.mail_due_at is None  # by e-mail as 5.13 and 5.8 say
    assert world.all(OutboxMail, event="task_added") == []
    assert added.facts["task"] == "T4 slip"
    assert reopened.facts["text"] == "The page is cut off."
    assert answered.mail_due_at == START + TOGETHER


def test_9_6_nothing_is_told_of_a_draft(world: World) -> None:
    request = world.draft_request()
    task = world.tasks(request)[0]
    checklists.add_task(world.ports, world.staff, request.id, TaskFields("T4 slip"))
    comments.add_comment(world.ports, world.staff, task.id, "Later.")
    work_items.set_status(world.ports, world.staff, request.work_item_id, WorkStatus.COMPLETED)

    assert told(world) == []


def test_9_6_withdrawn_and_closed_are_told_once(world: World, asked: Asked) -> None:
    work_items.set_status(world.ports, world.staff, asked.request.work_item_id, WorkStatus.COMPLETED)
    work_items.set_status(world.ports, world.staff, asked.request.work_item_id, WorkStatus.IN_PROGRESS)
    world.change(world.all(Recipient)[0], first_sent_at=world.clock.now())
    for _press in range(2):
        sending.withdraw_request(world.ports, world.staff, asked.request.id)

    assert told(world) == ["request_closed", "request_withdrawn"]


def test_9_6_a_request_with_nothing_open_closes_without_a_word(world: World, asked: Asked) -> None:
    for task in asked.tasks:
        tasks.complete_task(world.ports, asked.device, task.id)
    work_items.set_status(world.ports, world.staff, asked.request.work_item_id, WorkStatus.COMPLETED)

    assert told(world) == []


def test_9_6_a_document_shared_is_told_once_for_each_contact(world: World) -> None:
    contact = world.new_contact(world.new_client("Roy inc."), "Luc Roy")
    for _time in range(2):
        with begin(world.ports, world.staff) as work:
            telling.tell_contacts(
                work,
                [contact.id, contact.id],
                "document_shared",
                once_key="document_shared:1",
                facts={"name": "Return 2025.pdf"},
            )

    (row,) = world.all(ContactNotice)
    assert (row.kind, row.facts["by"], row.staff_id) == ("document_shared", world.owner.name, world.owner.id)


@pytest.mark.parametrize("kind", sorted(TOPICS))
def test_9_6_what_has_an_e_mail_of_its_own_stands_in_no_other(kind: str) -> None:
    expected = None if kind in MAILED_APART else START + timedelta(minutes=10)

    assert mail_leaves_at(kind, Ways(), START) == expected
    assert mail_leaves_at(kind, Ways(by_email=False), START) is None
