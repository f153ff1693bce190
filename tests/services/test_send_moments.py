"""The moment of an automatic send is worked out anew when start, zone, hour or weekdays change (5.14, 6.18, 7.14)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal_app.domain.send_rules import Held, Kind, Rule
from portal_app.models import ClientRequest, WorkItem
from portal_app.services.firm import firm_settings
from portal_app.services.requests import send_plans
from portal_app.services.requests.automatic import send_due_requests
from portal_app.services.work import work_items
from portal_app.work import begin
from tests.services.planned import local, no_recipient, planned, told
from tests.world import World

BEFORE = Rule(Kind.RELATIVE, -3, hour=9)


def test_5_14_when_the_start_moves_the_send_moves_with_it(world: World) -> None:
    request = planned(world, BEFORE)
    assert local(world, request) == "2026-03-09T09:00", "the 7th is a Saturday (6.19)"

    work_items.edit_work_item(
        world.ports, world.staff, request.work_item_id,
        work_items.WorkFields("2025 return", starts_on=date(2026, 3, 20)),
    )  # fmt: skip

    assert local(world, request) == "2026-03-17T09:00"


def test_5_14_a_send_on_a_date_stays_where_the_start_moves(world: World) -> None:
    request = planned(world, Rule(Kind.ON, on=date(2026, 3, 12), hour=9))

    work_items.edit_work_item(
        world.ports, world.staff, request.work_item_id,
        work_items.WorkFields("2025 return", starts_on=date(2026, 5, 20)),
    )  # fmt: skip

    assert local(world, request) == "2026-03-12T09:00"


def test_5_4_a_start_taken_away_leaves_no_moment(world: World) -> None:
    request = planned(world, BEFORE)

    work_items.edit_work_item(
        world.ports, world.staff, request.work_item_id, work_items.WorkFields("2025 return")
    )

    assert world.get(request).send_at is None
    assert world.get(request).send_rule == BEFORE.kept, "it comes back with a start"


def moved_to_the_past(world: World, request: ClientRequest, send_now: Any) -> None:
    work_items.edit_work_item(
        world.ports, world.staff, request.work_item_id,
        work_items.WorkFields("2025 return", starts_on=date(2026, 2, 20)), send_now=send_now,
    )  # fmt: skip


def test_6_18_moved_to_the_past_unasked_it_becomes_manual_and_staff_are_told(world: World) -> None:
    request = planned(world, BEFORE)
    luc = world.new_staff("Luc Roy")
    world.change(world.all(WorkItem)[0], assignee_id=luc.id)

    work_items.edit_work_item(
        world.ports, world.staff, request.work_item_id,
        work_items.WorkFields("2025 return", assignee_id=luc.id, starts_on=date(2026, 2, 20)),
    )  # fmt: skip

    row = world.get(request)
    assert (row.send_rule, row.send_at) == ({"kind": "manual"}, None)
    assert [one.staff_id for one in told(world, "send_by_hand")] == [luc.id]
    assert send_due_requests(world.ports) == 0


def test_6_18_asked_and_answered_by_hand_it_becomes_manual_in_silence(world: World) -> None:
    request = planned(world, BEFORE)

    moved_to_the_past(world, request, send_now=())

    assert world.get(request).send_rule == {"kind": "manual"}
    assert told(world, "send_by_hand") == []


def test_6_18_asked_and_answered_now_it_goes_out_now(world: World) -> None:
    request = planned(world, BEFORE)

    moved_to_the_past(world, request, send_now=[request.id])

    assert send_due_requests(world.ports) == 1
    assert world.get(request).sent_at == world.clock.now()


def test_6_18_the_dialog_learns_beforehand_what_would_be_past(world: World) -> None:
    request = planned(world, BEFORE)

    def asked(starts_on: date) -> list[str]:
        found = send_plans.past_sends(world.ports, world.staff, request.work_item_id, starts_on)
        return [one.title for one in found]

    assert asked(date(2026, 2, 20)) == ["Documents for 2025"]
    assert asked(date(2026, 3, 20)) == []
    assert world.get(request).send_at == request.send_at, "asking changes nothing"


def held_and_edited(world: World, title: str, *, starts_on: date) -> ClientRequest:
    """A request that was due with nobody to send it to, and its work with this title and start since."""
    request = planned(world, BEFORE)
    no_recipient(world, request)
    world.clock.move_to("2026-03-09T09:00", zone="America/Toronto")
    send_due_requests(world.ports)
    fields = work_items.WorkFields(title, starts_on=starts_on)
    work_items.edit_work_item(world.ports, world.staff, request.work_item_id, fields)
    return request


def test_6_18_another_change_of_the_work_moves_no_send(world: World) -> None:
    request = held_and_edited(world, "Another title", starts_on=date(2026, 3, 10))

    assert world.get(request).held_because == Held.NO_RECIPIENT
    assert told(world, "send_by_hand") == []


def test_6_17_a_later_start_gives_what_was_held_another_moment(world: World) -> None:
    request = held_and_edited(world, "2025 return", starts_on=date(2026, 4, 10))

    row = world.get(request)
    assert (row.held_at, row.held_because) == (None, "")
    assert local(world, request) == "2026-04-07T09:00"


def test_7_14_a_change_of_zone_hour_or_weekdays_works_out_coming_sends_anew(world: World) -> None:
    request = planned(world, Rule(Kind.RELATIVE, 0))
    assert local(world, request) == "2026-03-10T08:00"

    for change, expected in (
        ({"time_zone": "Europe/Paris"}, "2026-03-10T03:00"),
        ({"sending_hour": 11}, "2026-03-10T06:00"),
        ({"sending_weekdays": [3]}, "2026-03-12T06:00"),
    ):
        firm = world.change(world.firm, **change)
        with begin(world.ports, world.staff) as work:
            send_plans.plan_firm(work, work.session.get_one(type(firm), firm.id))
        assert local(world, request) == expected


def test_7_14_the_settings_page_works_them_out(world: World) -> None:
    request = planned(world, Rule(Kind.RELATIVE, 0))

    firm_settings.change_setting(world.ports, world.staff, "time_zone", "Europe/Paris")

    assert local(world, request) == "2026-03-10T03:00"


def test_7_14_a_send_that_a_change_makes_past_goes_at_once(world: World) -> None:
    request = planned(world, Rule(Kind.ON, on=date(2026, 3, 2), hour=10))
    assert send_due_requests(world.ports) == 0

    firm_settings.change_setting(world.ports, world.staff, "time_zone", "Europe/Paris")

    assert send_due_requests(world.ports) == 1
    assert world.get(request).sent_at == world.clock.now()


def test_7_14_another_firms_sends_and_what_was_sent_stay_as_they_are(world: World) -> None:
    there = world.new_firm("Other", slug="other")
    client = world.new_client("Elsewhere", firm=there)
    other = world.draft_request(client, work=world.new_work(client, assignee_id=None))
    moment = world.clock.now() + timedelta(days=2)
    world.change(other, send_rule={"kind": "on", "date": "2026-03-04"}, send_at=moment)

    with begin(world.ports, world.staff) as work:
        send_plans.plan_firm(work, work.session.get_one(type(world.firm), world.firm.id))

    assert world.get(other).send_at == moment
