"""Days on which a reminder does not go out, and what was missed while the server was down (7.10, 7.12)."""

from __future__ import annotations

from datetime import date

from portal_app.models import Recipient, Reminder
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.requests.automatic import send_due_requests
from tests.services.reminded import TORONTO, next_at, out, run
from tests.world import World


def test_7_12_none_on_the_day_of_a_resend(world: World) -> None:
    request = out(world)
    world.clock.move_to("2026-03-03T07:00", TORONTO)
    sending.resend_request(world.ports, world.staff, request.id, None, "again")
    deliver_outbox(world.ports)
    world.mail.sent.clear()
    assert run(world, "2026-03-03T08:00") == []
    assert next_at(world, request) == "03-04 08:00"


def test_7_12_none_on_the_day_of_the_send_though_the_hour_is_still_to_come(world: World) -> None:
    world.clock.move_to("2026-03-02T07:00", TORONTO)
    request = out(world)

    assert run(world, "2026-03-02T08:00") == []
    assert run(world, "2026-03-02T23:59") == []
    assert next_at(world, request) == "03-03 08:00"


def test_7_12_a_resend_to_one_leaves_the_others_their_reminder_of_that_day(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Luc Gagnon")]
    request = out(world, client=client, to=people)
    world.clock.move_to("2026-03-03T07:00", TORONTO)
    sending.resend_request(world.ports, world.staff, request.id, [people[0].id], "again")
    deliver_outbox(world.ports)
    world.mail.sent.clear()

    run(world, "2026-03-03T08:00")

    assert [mail.recipient for mail in world.mail.sent] == [people[1].email]


def test_7_12_who_was_added_today_gets_none_today(world: World) -> None:
    client = world.new_client()
    first, added = world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Luc Gagnon")
    request = out(world, client=client, to=[first])
    world.clock.move_to("2026-03-03T07:00", TORONTO)
    sending.add_recipients(world.ports, world.staff, request.id, [added.id], "added")
    deliver_outbox(world.ports)
    world.mail.sent.clear()

    run(world, "2026-03-03T08:00")
    run(world, "2026-03-04T08:00")

    assert [mail.recipient for mail in world.mail.sent] == [first.email, first.email, added.email]


def test_7_12_an_automatic_send_is_a_send(world: World) -> None:
    request = world.draft_request(due_on=date(2026, 2, 20))
    world.change(request, send_at=world.clock.now(), send_rule={"kind": "on", "on": "2026-03-02", "hour": 6})
    send_due_requests(world.ports)
    deliver_outbox(world.ports)
    world.mail.sent.clear()

    assert run(world, "2026-03-02T20:00") == []
    assert len(run(world, "2026-03-03T08:00")) == 1


def test_7_10_and_fault_26_after_three_dead_days_each_recipient_gets_one(world: World) -> None:
    client = world.new_client()
    people = [world.new_contact(client, "Marie Gagnon"), world.new_contact(client, "Luc Gagnon")]
    request = out(world, client=client, to=people)
    assert len(run(world, "2026-03-06T11:00")) == 2
    assert run(world, "2026-03-06T15:00") == []
    assert {one.reminders_used for one in world.all(Recipient, request_id=request.id)} == {1}
    slots = world.all(Reminder)
    assert {(one.slot_on, one.reminded_on) for one in slots} == {(date(2026, 3, 3), date(2026, 3, 6))}


def test_7_10_back_before_the_hour_it_waits_for_the_hour(world: World) -> None:
    request = out(world)
    assert run(world, "2026-03-06T06:00") == []
    assert next_at(world, request) == "03-06 08:00"
    assert len(run(world, "2026-03-06T08:00")) == 1
