"""Automations are written, changed, switched and removed by admins (8.4)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from portal_app.domain.errors import BadInput, NotFound
from portal_app.models import Automation
from portal_app.services.automations import automation_settings as settings
from portal_app.services.automations.automation_settings import AutomationFields
from portal_app.services.automations.running import run_automations
from tests.world import World


def kept(world: World, row: Any = None, **fields: Any) -> Any:
    whole = {"name": "Mine", "trigger": "all_completed", "sets_status": "in_review", **fields}
    return settings.keep_automation(world.ports, world.staff, row, AutomationFields(**whole))


def test_8_4_one_is_written_changed_switched_and_removed(world: World) -> None:
    row_id = kept(world)
    (row,) = settings.automations_view(world.ports, world.staff).rows
    assert (row.name, row.is_on) == ("Mine", True)
    assert row.when == "When all of the client’s tasks are completed"
    assert row.does == "Set the status to In review"

    kept(world, row_id, sets_status="completed", tells="assignee", title_part="T1")
    (row,) = settings.automations_view(world.ports, world.staff).rows
    assert row.when.endswith("title contains “T1”")
    assert row.does == "Complete the work, ten minutes later, notify: The work’s assignee"

    settings.switch_automation(world.ports, world.staff, row_id, is_on=False)
    assert not settings.automations_view(world.ports, world.staff).rows[0].is_on
    settings.remove_automation(world.ports, world.staff, row_id)
    assert settings.automations_view(world.ports, world.staff).rows == ()
    with pytest.raises(BadInput):
        kept(world, row_id)


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"name": " "}, "name", "Name it"),
        ({"sets_status": ""}, "tells", "does nothing yet"),
        ({"trigger": "request_sent", "sets_status": "completed"}, "sets_status", "closes its links"),
        ({"trigger": "link_expired", "sets_status": "completed"}, "sets_status", "closes its links"),
        ({"trigger": "task_completed", "sets_status": "completed"}, "sets_status", "others still open"),
        ({"sets_status": "waiting_on_client"}, "sets_status", "nothing to wait for"),
        ({"sets_status": "planned"}, "sets_status", "does not go back"),
        ({"trigger": "nonsense"}, "trigger", "Choose one"),
        ({"sets_status": "nonsense"}, "sets_status", "Choose one"),
        ({"tells": "everybody"}, "tells", "Choose one"),
    ],
)
def test_8_4_what_makes_no_sense_says_why(
    world: World, fields: dict[str, str], field: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refusal:
        kept(world, **fields)
    assert refusal.value.field == field
    assert world.all(Automation) == []


def test_8_4_two_do_not_set_two_statuses_at_one_moment(world: World) -> None:
    first = kept(world)
    with pytest.raises(BadInput, match="Mine"):
        kept(world, name="Other", sets_status="in_progress")
    kept(world, name="Payroll", sets_status="in_progress", title_part="payroll")
    settings.switch_automation(world.ports, world.staff, first, is_on=False)
    kept(world, name="Other", sets_status="in_progress")
    with pytest.raises(BadInput, match="Other"):
        settings.switch_automation(world.ports, world.staff, first, is_on=True)


def test_8_4_three_are_offered_until_there_is_one_for_that_moment(world: World) -> None:
    view = settings.automations_view(world.ports, world.staff)
    assert [one.id for one in view.offered] == ["sent", "all", "limit"]
    settings.add_offered(world.ports, world.staff, "all")
    view = settings.automations_view(world.ports, world.staff)
    assert ([one.id for one in view.offered], len(view.rows)) == (["sent", "limit"], 1)
    for key in ("all", "nonsense"):
        with pytest.raises(BadInput):
            settings.add_offered(world.ports, world.staff, key)


def test_8_4_members_and_other_firms_find_nothing(world: World) -> None:
    row_id = kept(world)
    member = world.actor(world.new_staff("Luc Roy"))
    other = world.new_firm("Other CPA", slug="other")
    stranger = world.actor(world.new_staff("Rival", firm=other, role=world.owner.role))
    for actor in (member, stranger):
        with pytest.raises(NotFound):
            settings.remove_automation(world.ports, actor, row_id)
    with pytest.raises(NotFound):
        settings.automations_view(world.ports, member)
    with pytest.raises(NotFound):
        settings.switch_automation(world.ports, world.staff, uuid4(), is_on=True)
    with pytest.raises(NotFound):
        kept(world, assigns_id=stranger.staff_id)
    assert run_automations(world.ports) == 0
