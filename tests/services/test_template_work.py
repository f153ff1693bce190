"""Work made from a template: its sections, tasks, dates and rules (5.4, 5.5, 6.18)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from portal_app.domain.errors import BadInput, NotFound
from portal_app.models import ClientRequest, Recipient, Section, SectionKind, Task, WorkItem
from portal_app.services.templates import making_views
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.work.send_moments import Past
from tests.services.templated import START, make, named, rules, section, task
from tests.world import World


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
