"""What clients read: the checklist and home, each for one person only (3.1, 5.11, 5.17, 9.1, 9.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.models import AccessLevel, Comment, Contact, Recipient
from portal_app.services import comments, tasks
from portal_app.services.home_pages import home_page
from portal_app.services.request_pages import open_request, request_page
from portal_app.text import use_locale
from tests.services.test_tasks import bound
from tests.world import World


def sent(world: World, **more: object) -> tuple[object, Contact]:
    """A sent request and its recipient."""
    client = world.new_client("Gagnon inc.")
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact], **more)
    world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    return request, contact


def device_of(world: World, request: object) -> Actor:
    return bound(world, request, world.all(Recipient, request_id=request.id)[0])


def test_the_checklist_says_who_asks_for_how_much_and_until_when(world: World) -> None:
    request, _contact = sent(world, due_on=date(2026, 3, 31))

    page = request_page(world.ports, device_of(world, request), request.id)

    assert page.intro == "Sophie Ouellet asks for two items by 31\u00a0March\u00a02026."
    assert page.for_whom == "For Marie-Claude Gagnon, about Gagnon inc."
    assert [task.state for task in page.tasks] == ["Due 31\u00a0March"] * 2
    assert page.progress == "0 of 2 done"
    assert page.until == "This link works on this device until 2\u00a0March\u00a02027."


def test_the_checklist_speaks_french_to_whoever_reads_french(world: World) -> None:
    request, _contact = sent(world, due_on=date(2026, 3, 1))
    device = device_of(world, request)

    with use_locale("fr"):
        page = request_page(world.ports, device, request.id)

    assert page.tasks[0].state == "En retard de 1\u00a0jour (1er\u00a0mars)"
    assert page.tasks[0].tone == "late"
    assert page.tasks[0].tick_label == "Marquer comme terminée\u00a0: Bank statements"


def test_5_12_the_reader_can_undo_for_ten_seconds_and_nobody_else_can(world: World) -> None:
    request, _contact = sent(world)
    device = device_of(world, request)
    task = world.tasks(request)[0]
    tasks.complete_task(world.ports, device, task.id)

    world.clock.advance(seconds=4)
    page = request_page(world.ports, device, request.id)
    assert (page.undo_task_id, page.undo_ms) == (str(task.id), 6000)
    world.clock.advance(seconds=7)
    assert request_page(world.ports, device, request.id).undo_task_id == ""


def test_5_7_notes_of_staff_never_reach_the_client(world: World) -> None:
    request, _contact = sent(world)
    device, task = device_of(world, request), world.tasks(request)[0]
    comments.add_comment(world.ports, world.staff, task.id, "They always forget the lease", is_note=True)
    comments.add_comment(world.ports, world.staff, task.id, "The lease too, please")
    comments.add_comment(world.ports, device, task.id, "Here it is")

    shown = request_page(world.ports, device, request.id).tasks[0].comments

    assert [(line.by, line.text, line.is_firms) for line in shown] == [
        ("Sophie Ouellet", "The lease too, please", True),
        ("You", "Here it is", False),
    ]
    assert len(world.all(Comment)) == 3


def test_5_3_a_task_that_needs_a_file_says_so_and_cannot_be_ticked(world: World) -> None:
    request, contact = sent(world)
    task = world.tasks(request)[0]
    world.change(task, needs_file=True)
    device = device_of(world, request)

    before = request_page(world.ports, device, request.id).tasks[0]
    world.new_file(task, contact_id=contact.id)
    after = request_page(world.ports, device, request.id).tasks[0]

    assert (before.can_tick, before.state) == (False, "File needed")
    assert (after.can_tick, [file.name for file in after.files]) == (True, ["T4.pdf"])


def test_3_1_home_of_a_limited_contact_lists_only_what_was_sent_to_them(world: World) -> None:
    request, contact = sent(world)
    other = world.draft_request(
        world.all(type(world.new_client("Elsewhere")), id=request.client_id)[0], to=[], name="Not theirs"
    )
    world.change(other, sent_at=world.clock.now())
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    world.give_account(contact, client, level=AccessLevel.LIMITED)
    actor = world.signed_in(contact)

    assert [line.title for line in home_page(world.ports, actor).open] == ["Documents for 2025"]
    with pytest.raises(NotFound):
        request_page(world.ports, actor, other.id)


def test_3_1_home_of_a_full_contact_lists_every_request_sent_for_the_client(world: World) -> None:
    request, contact = sent(world)
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    other = world.draft_request(client, to=[], name="Sent to a colleague", due_on=date(2026, 3, 1))
    world.change(other, sent_at=world.clock.now())
    world.draft_request(client, to=[], name="Still a draft")
    world.give_account(contact, client, level=AccessLevel.FULL)

    page = home_page(world.ports, world.signed_in(contact))

    assert [(line.title, line.state, line.tone) for line in page.open] == [
        ("Sent to a colleague", "0 of 2, 1\u00a0March", "late"),
        ("Documents for 2025", "0 of 2", ""),
    ]
    assert page.waits == "Four items to hand in, two of them late."


def test_6_10_signed_in_a_closed_request_can_be_read_and_not_changed(world: World) -> None:
    work = world.new_work(world.new_client("Closed inc."))
    client = world.all(type(world.new_client("X")), id=work.client_id)[0]
    contact = world.new_contact(client, "Ann Roy")
    request = world.draft_request(client, to=[contact], work=work)
    world.change(request, sent_at=world.clock.now())
    world.change(work, completed_at=world.clock.now())
    world.give_account(contact, client)

    page = request_page(world.ports, world.signed_in(contact), request.id)

    assert page.closed_text.startswith("This request is closed.")
    assert not any(task.can_tick or task.can_answer for task in page.tasks)


def test_5_6_a_recipient_who_sees_it_signed_in_has_opened_it(world: World) -> None:
    request, contact = sent(world)
    client = world.all(type(world.new_client("X")), id=request.client_id)[0]
    world.give_account(contact, client)
    actor = world.signed_in(contact)

    open_request(world.ports, actor, request.id)
    first = world.all(Recipient)[0].opened_at
    world.clock.advance(hours=1)
    open_request(world.ports, actor, request.id)

    assert first is not None
    assert world.all(Recipient)[0].opened_at == first


def test_home_asks_a_bound_device_without_an_account_to_sign_in(world: World) -> None:
    request, _contact = sent(world)
    device = device_of(world, request)

    with pytest.raises((SignInNeeded, NotFound)):
        home_page(world.ports, replace(device))
