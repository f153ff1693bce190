"""Dates that count from the start, and next year's work (5.10, 5.14, 5.24, 6.18)."""

from __future__ import annotations

from datetime import date

import pytest

from portal_app.domain.errors import BadInput, NotFound
from portal_app.models import (
    Answer,
    Client,
    ClientContact,
    ClientRequest,
    Contact,
    FoldedSection,
    Recipient,
    Section,
    Side,
    StoredFile,
    Upload,
    WorkItem,
)
from portal_app.services.clients import contacts
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.automatic import send_due_requests
from portal_app.services.tasks import checklists
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.templates import next_year
from portal_app.services.templates.next_year import NextYear, a_year_later, a_year_on
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.work import folding, sections, start_asking
from portal_app.services.work.send_moments import Past
from portal_app.services.work.start_moves import Moves
from portal_app.services.work.work_items import WorkFields
from tests.world import World

START, LATER = date(2026, 4, 1), date(2026, 4, 11)


@pytest.fixture
def request_(world: World) -> ClientRequest:
    """A draft of a relative task and one with a date set by hand, sent by itself a week before the start."""
    request = world.draft_request(due_on=date(2026, 4, 20))
    relative, _by_hand = world.tasks(request)
    world.change(relative, due_on=date(2026, 4, 6), due_days=5)
    world.change(item_of(world, request), starts_on=START, due_on=date(2026, 4, 30), due_days=29)
    return world.change(request, send_rule={"kind": "relative", "days": -7, "hour": 9})


def item_of(world: World, request: ClientRequest) -> WorkItem:
    found: WorkItem = world.all(WorkItem, id=request.work_item_id)[0]
    return found


def move(world: World, request: ClientRequest, starts_on: date | None, **more: object) -> Moves | None:
    item = item_of(world, request)
    fields = WorkFields(item.title, item.external_name, item.assignee_id, starts_on, item.due_on)
    return start_asking.save_facts(world.ports, world.staff, item.id, fields, **more)  # type: ignore[arg-type]


def dates(world: World, request: ClientRequest) -> list[date | None]:
    return [task.due_on for task in world.tasks(request)]


def sent(world: World, request: ClientRequest) -> ClientRequest:
    return world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)  # type: ignore[no-any-return]


def test_5_14_relative_dates_move_with_the_start_and_dates_set_by_hand_stay(
    world: World, request_: ClientRequest
) -> None:
    assert move(world, request_, LATER) is None

    assert dates(world, request_) == [date(2026, 4, 16), date(2026, 4, 20)]
    item = item_of(world, request_)
    assert (item.starts_on, item.due_on, item.due_days) == (LATER, date(2026, 5, 10), 29)
    assert world.get(request_).send_at.isoformat() == "2026-04-06T13:00:00+00:00"  # the 4th is a Saturday


def test_5_14_a_date_set_by_hand_no_longer_moves(world: World, request_: ClientRequest) -> None:
    first = world.tasks(request_)[0]
    checklists.edit_task(world.ports, world.staff, first.id, TaskFields("T4 slips", due_on=date(2026, 4, 8)))

    move(world, request_, LATER)

    assert dates(world, request_)[0] == date(2026, 4, 8)


def test_5_3_a_date_counts_from_the_start_when_it_is_so_chosen_by_hand(
    world: World, request_: ClientRequest
) -> None:
    second = world.tasks(request_)[1]
    fields = TaskFields("Lease", counted=TypedDays("3", "before"))
    checklists.edit_task(world.ports, world.staff, second.id, fields)
    assert dates(world, request_)[1] == date(2026, 3, 29)

    move(world, request_, LATER)

    assert dates(world, request_)[1] == date(2026, 4, 8)


def test_5_14_the_same_date_chosen_by_hand_stays_from_then_on(world: World, request_: ClientRequest) -> None:
    first = world.tasks(request_)[0]
    fields = TaskFields("T4 slips", due_on=first.due_on, is_by_hand=True)
    checklists.edit_task(world.ports, world.staff, first.id, fields)

    move(world, request_, LATER)

    assert dates(world, request_)[0] == first.due_on


@pytest.mark.parametrize("number", ["", "-1", "3.5", "x", "731"])
def test_5_3_days_that_are_none_are_refused_beside_the_field(
    world: World, request_: ClientRequest, number: str
) -> None:
    fields = TaskFields("Lease", counted=TypedDays(number, "after"))

    with pytest.raises(BadInput) as refused:
        checklists.edit_task(world.ports, world.staff, world.tasks(request_)[1].id, fields)

    assert refused.value.field == "due"


def test_5_14_a_task_edited_without_its_date_still_moves(world: World, request_: ClientRequest) -> None:
    first = world.tasks(request_)[0]
    checklists.edit_task(world.ports, world.staff, first.id, TaskFields("All slips", due_on=first.due_on))

    move(world, request_, LATER)

    assert dates(world, request_)[0] == date(2026, 4, 16)


def test_5_14_where_the_request_was_sent_staff_confirm_first(world: World, request_: ClientRequest) -> None:
    sent(world, request_)

    asked = move(world, request_, LATER)

    assert asked is not None
    assert asked.seen == [
        "Documents for 2025: Bank statements, from 6\u00a0Apr\u00a02026 to 16\u00a0Apr\u00a02026"
    ]
    assert (dates(world, request_)[0], item_of(world, request_).starts_on) == (date(2026, 4, 6), START)

    assert move(world, request_, LATER, is_confirmed=True) is None
    assert dates(world, request_)[0] == date(2026, 4, 16)


def test_5_14_nothing_is_asked_when_recipients_see_no_date_move(
    world: World, request_: ClientRequest
) -> None:
    sent(world, request_)
    world.change(world.tasks(request_)[0], due_days=None)

    assert move(world, request_, LATER) is None


def test_6_18_moving_the_start_asks_where_a_send_would_be_past(world: World, request_: ClientRequest) -> None:
    soon = date(2026, 3, 4)
    asked = move(world, request_, soon)
    assert asked is not None
    assert len(asked.past) == 1
    assert move(world, request_, soon, is_confirmed=True) is not None
    assert item_of(world, request_).starts_on == START

    assert move(world, request_, soon, is_confirmed=True, past=Past.BY_HAND) is None
    request = world.get(request_)
    assert (request.send_rule, request.send_at, request.sent_at) == ({"kind": "manual"}, None, None)


def test_6_18_a_past_send_goes_now_when_staff_say_so(world: World, request_: ClientRequest) -> None:
    move(world, request_, date(2026, 3, 4), is_confirmed=True, past=Past.NOW)

    assert world.get(request_).send_at == world.clock.now()


def test_5_14_without_a_start_relative_dates_are_none_until_there_is_one(
    world: World, request_: ClientRequest
) -> None:
    move(world, request_, None)
    assert dates(world, request_)[0] is None
    assert world.get(request_).send_at is None

    move(world, request_, LATER)
    assert dates(world, request_)[0] == date(2026, 4, 16)


# 5.10


def make(world: World, request: ClientRequest, **more: object) -> WorkItem:
    asked = {"title": "2026 return", "starts_on": date(2027, 4, 1)} | more
    made = next_year.make_next_year(
        world.ports,
        world.staff,
        request.work_item_id,
        NextYear(**asked),  # type: ignore[arg-type]
    )
    found: WorkItem = world.all(WorkItem, id=made)[0]
    return found


def asked_again(world: World, item: WorkItem) -> ClientRequest:
    found: ClientRequest = world.all(ClientRequest, work_item_id=item.id)[0]
    return found


def test_5_10_next_years_work_has_the_earlier_ones_sections_tasks_and_recipients(
    world: World, request_: ClientRequest
) -> None:
    sent(world, request_)
    first = world.tasks(request_)[0]
    world.change(first, description="<p>All of them</p>", needs_file=True)
    world.change(first, completed_at=world.clock.now(), answer=Answer.DONE)

    item = make(world, request_)

    assert (item.earlier_id, item.client_id) == (request_.work_item_id, request_.client_id)
    again = asked_again(world, item)
    assert world.all(Section, id=again.id)[0].name == "Documents for 2026"
    tasks = world.tasks(again)
    assert [task.earlier_task_id for task in tasks] == [task.id for task in world.tasks(request_)]
    assert (tasks[0].title, tasks[0].description, tasks[0].needs_file) == (
        "Bank statements",
        "<p>All of them</p>",
        True,
    )
    assert (tasks[0].completed_at, tasks[0].answer, again.sent_at) == (None, None, None)
    assert [row.contact_id for row in world.all(Recipient, request_id=again.id)] == [
        row.contact_id for row in world.all(Recipient, request_id=request_.id)
    ]


def test_5_10_relative_dates_follow_the_new_start_and_others_move_by_a_year(
    world: World, request_: ClientRequest
) -> None:
    item = make(world, request_, starts_on=date(2027, 4, 5))

    again = asked_again(world, item)
    assert dates(world, again) == [date(2027, 4, 10), date(2027, 4, 20)]
    assert item.due_on == date(2027, 5, 4)
    assert again.send_rule == {"kind": "relative", "days": -7, "hour": 9}
    assert again.send_at.isoformat() == "2027-03-29T13:00:00+00:00"


def test_5_10_a_send_on_a_date_moves_by_a_year(world: World, request_: ClientRequest) -> None:
    world.change(request_, send_rule={"kind": "on", "date": "2026-03-25", "hour": 8})
    again = asked_again(world, make(world, request_))
    assert again.send_rule == {"kind": "on", "date": "2027-03-25", "hour": 8}


def test_5_10_the_firms_files_come_along_and_the_clients_stay(world: World, request_: ClientRequest) -> None:
    first = world.tasks(request_)[0]
    ours = world.new_file(first, "form.pdf", side=Side.FIRM, staff_id=world.owner.id)
    world.new_file(first, "T4.pdf")

    item = make(world, request_)
    after = make(world, asked_again(world, item))

    for made in (item, after):
        task = world.tasks(asked_again(world, made))[0]
        files = world.all(StoredFile, task_id=task.id)
        assert [(file.name, file.side, file.sha256) for file in files] == [
            ("form.pdf", Side.FIRM, ours.sha256)
        ]
        assert world.all(Upload, id=files[0].id)[0].parts_of_id == ours.id


def test_6_18_a_section_that_was_removed_is_asked_about_no_more(
    world: World, request_: ClientRequest
) -> None:
    sections.remove_section(world.ports, world.staff, request_.id)

    assert move(world, request_, date(2026, 3, 4)) is None


def test_6_18_a_removed_section_that_comes_back_is_sent_as_the_work_starts_now_or_by_hand(
    world: World, request_: ClientRequest
) -> None:
    removed = sections.remove_section(world.ports, world.staff, request_.id)
    move(world, request_, LATER)
    sections.restore_section(world.ports, world.staff, removed)
    assert world.get(request_).send_at.isoformat() == "2026-04-06T13:00:00+00:00"

    removed = sections.remove_section(world.ports, world.staff, request_.id)
    world.clock.move_to("2026-04-06T10:00", "America/Toronto")
    send_due_requests(world.ports)
    sections.restore_section(world.ports, world.staff, removed)

    kept = world.get(request_)
    assert (kept.send_rule, kept.send_at, kept.held_at) == ({"kind": "manual"}, None, None)
    assert send_due_requests(world.ports) == 0


def test_5_24_recipients_who_cannot_be_taken_over_are_left_out_and_named(
    world: World, request_: ClientRequest
) -> None:
    client_id = request_.client_id
    kept = world.all(Recipient, request_id=request_.id)[0].contact_id

    client = world.all(Client, id=client_id)[0]
    archived = world.new_contact(client, "Anne Archived", archived_at=world.clock.now())
    bounced = world.new_contact(client, "Bob Bounced", bounced_at=world.clock.now())
    gone = world.new_contact(client, "Guy Gone")
    removed = world.new_contact(client, "Rita Removed")
    for person in (archived, bounced, gone, removed):
        world.put(
            Recipient(
                firm_id=world.firm.id,
                request_id=request_.id,
                contact_id=person.id,
                created_at=world.clock.now(),
                removed_at=world.clock.now() if person is removed else None,
            )
        )
    with world.ports.sessions.writing() as session:
        link = session.get(ClientContact, world.all(ClientContact, contact_id=gone.id)[0].id)
        session.delete(link)
        session.commit()

    view = next_year.next_year_view(world.ports, world.staff, request_.work_item_id)
    item = make(world, request_)

    assert [text.split(":")[0] for text in view.left_out] == ["Anne Archived", "Bob Bounced", "Guy Gone"]
    people = world.all(Recipient, request_id=asked_again(world, item).id)
    assert [row.contact_id for row in people] == [kept]


def test_5_24_who_was_unlinked_after_the_send_is_named_and_who_was_taken_out_is_not(
    world: World, request_: ClientRequest
) -> None:
    client = world.all(Client, id=request_.client_id)[0]
    unlinked, taken_out = world.new_contact(client, "Guy Gone"), world.new_contact(client, "Rita Removed")
    kept = world.all(Recipient, request_id=request_.id)[0].contact_id
    everyone = [kept, unlinked.id, taken_out.id]
    sending.send_request(world.ports, world.staff, request_.id, everyone, "press")
    deliver_outbox(world.ports)
    sending.remove_recipient(world.ports, world.staff, request_.id, taken_out.id)
    contacts.unlink_contact(world.ports, world.staff, client.id, unlinked.id)

    view = next_year.next_year_view(world.ports, world.staff, request_.work_item_id)
    again = asked_again(world, make(world, request_))

    assert view.left_out == [f"Guy Gone: no longer linked to {client.name}"]
    assert [row.contact_id for row in world.all(Recipient, request_id=again.id)] == [kept]


def test_5_24_who_has_no_address_any_more_is_left_out_and_named_with_why(
    world: World, request_: ClientRequest
) -> None:
    person = world.all(Contact, id=world.all(Recipient, request_id=request_.id)[0].contact_id)[0]
    world.change(person, email="", email_key=None)

    view = next_year.next_year_view(world.ports, world.staff, request_.work_item_id)

    assert view.left_out == [f"{person.name}: has no e-mail address"]


def test_5_10_what_is_proposed_lies_a_year_on(world: World, request_: ClientRequest) -> None:
    view = next_year.next_year_view(world.ports, world.staff, request_.work_item_id)
    assert (view.title, view.starts_on, view.assignee_id) == (
        "2026 return",
        "2027-04-01",
        str(world.owner.id),
    )


def test_6_18_next_years_work_asks_where_a_send_is_past(world: World, request_: ClientRequest) -> None:
    with pytest.raises(BadInput) as refused:
        make(world, request_, starts_on=date(2026, 3, 4))
    assert refused.value.field == "past"
    item = make(world, request_, starts_on=date(2026, 3, 4), past=Past.BY_HAND)
    assert asked_again(world, item).send_at is None


def test_5_10_another_firms_work_is_not_found(world: World, request_: ClientRequest) -> None:
    other = world.actor(world.new_staff("Eve", firm=world.new_firm("Other", slug="other")))
    with pytest.raises(NotFound):
        next_year.make_next_year(
            world.ports, other, request_.work_item_id, NextYear("Mine", date(2027, 1, 1))
        )
    with pytest.raises(NotFound):
        next_year.next_year_view(world.ports, other, request_.work_item_id)


def test_a_year_on_from_a_leap_day_is_the_28th() -> None:
    assert a_year_on(date(2028, 2, 29)) == date(2029, 2, 28)
    assert a_year_on(date(2026, 12, 31)) == date(2027, 12, 31)


def test_only_years_near_the_works_own_are_moved() -> None:
    assert (
        a_year_later("2025 return, loan of 2009, form 20255", 2026) == "2026 return, loan of 2009, form 20255"
    )


# 5.2


def test_5_2_a_section_stays_collapsed_for_whoever_collapsed_it(
    world: World, request_: ClientRequest
) -> None:
    colleague = world.actor(world.new_staff("Luc Roy"))
    ids = [str(request_.id)]
    for _twice in range(2):
        folding.fold_section(world.ports, world.staff, request_.id, is_folded=True)

    assert folding.folded_sections(world.ports, world.staff, ids) == ids
    assert folding.folded_sections(world.ports, colleague, ids) == []
    assert len(world.all(FoldedSection)) == 1

    folding.fold_section(world.ports, world.staff, request_.id, is_folded=False)
    assert folding.folded_sections(world.ports, world.staff, ids) == []


def test_5_2_another_firms_section_is_not_found_for_collapsing(world: World, request_: ClientRequest) -> None:
    other = world.actor(world.new_staff("Eve", firm=world.new_firm("Other", slug="other")))
    with pytest.raises(NotFound):
        folding.fold_section(world.ports, other, request_.id, is_folded=True)
