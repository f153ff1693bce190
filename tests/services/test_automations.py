"""Automations: set off once by each cause, done under the work's lock, taken back with an undone answer (8.4, 8.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal_app.domain.automations import Told, Trigger
from portal_app.jobs import timetable
from portal_app.models import (
    AccessGrant,
    Activity,
    Automation,
    AutomationRun,
    ClientKind,
    ClientRequest,
    Notification,
    Upload,
    WorkItem,
    WorkStatus,
)
from portal_app.services.automations import automations
from portal_app.services.tasks import staff_answers, tasks
from portal_app.services.triage import triage_views
from portal_app.services.work import timeline_views, work_items
from portal_app.work import AUTOMATIONS, begin, reading
from tests.services.sends import sent
from tests.world import World


def given(world: World, trigger: Trigger, **more: Any) -> Automation:
    """An automation that is on."""
    more = {"name": "Ready for review", **more}
    return world.put(
        Automation(
            firm_id=world.firm.id,
            trigger=trigger,
            created_at=world.clock.now(),
            on_at=world.clock.now(),
            **more,
        )
    )


class Case:
    """A sent request with two tasks, open on the recipient's device."""

    def __init__(self, world: World, **work: Any) -> None:
        self.world = world
        self.client = world.new_client()
        self.item = world.new_work(self.client, **work)
        self.request: ClientRequest = world.draft_request(self.client, work=self.item)
        self.first, self.second = world.tasks(self.request)

    def send(self) -> None:
        sent(self.world, self.request)

    def open(self) -> Case:
        self.send()
        self.actor, _token = self.world.new_device()
        grant = self.world.all(AccessGrant, request_id=self.request.id)[0]
        self.world.change(grant, device_id=self.actor.device_id, claimed_at=self.world.clock.now())
        return self

    def tick(self, *rows: Any) -> None:
        for row in rows:
            tasks.complete_task(self.world.ports, self.actor, row.id)

    def run(self) -> None:
        """What the timetable does, twice."""
        timetable.run(self.world.ports, "run_automations")
        timetable.run(self.world.ports, "run_automations")

    @property
    def now(self) -> WorkItem:
        return self.world.get(self.item)

    @property
    def status(self) -> WorkStatus:
        return self.now.status


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def test_8_4_when_a_request_is_sent_the_status_follows(case: Case) -> None:
    given(case.world, Trigger.REQUEST_SENT, sets_status=WorkStatus.WAITING_ON_CLIENT)
    case.send()
    assert AUTOMATIONS in case.world.bell.rung
    case.run()
    assert case.status is WorkStatus.WAITING_ON_CLIENT
    assert len(case.world.all(Activity, kind="automation_ran")) == 1


def test_8_4_a_task_and_all_tasks_are_two_moments(case: Case) -> None:
    world = case.world
    given(world, Trigger.TASK_COMPLETED, name="Begun", sets_status=WorkStatus.IN_PROGRESS)
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.IN_REVIEW)
    case.open().tick(case.first)
    case.run()
    assert case.status is WorkStatus.IN_PROGRESS

    case.tick(case.second)
    case.run()
    assert case.status is WorkStatus.IN_REVIEW


def test_8_4_all_tasks_are_those_of_every_request_that_is_out(case: Case) -> None:
    world = case.world
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.IN_REVIEW)
    other = world.draft_request(
        case.client, work=case.item, name="More", to=[world.new_contact(case.client, "Luc")]
    )
    world.draft_request(case.client, work=case.item, name="Draft", to=[world.new_contact(case.client, "Eve")])
    sent(world, other, "other")
    case.open().tick(case.first, case.second)
    case.run()
    assert case.status is WorkStatus.PLANNED

    for task in world.tasks(other):
        staff_answers.answer_for_client(world.ports, world.staff, task.id, tasks.Answer.DONE)
    case.run()
    assert case.status is WorkStatus.IN_REVIEW, "the draft counts for nothing; the firm's answers count"


def test_8_4_assigning_comes_before_notifying_and_who_left_has_a_successor(world: World) -> None:
    luc, eve = world.new_staff("Luc Roy"), world.new_staff("Eve Roy")
    world.change(luc, deactivated_at=world.clock.now(), successor_id=eve.id)
    given(world, Trigger.ALL_COMPLETED, assigns_id=luc.id, tells=Told.ASSIGNEE)
    case = Case(world).open()
    case.tick(case.first, case.second)
    case.run()

    assert case.now.assignee_id == eve.id
    (told,) = world.all(Notification, kind="automation")
    assert (told.staff_id, told.work_item_id) == (eve.id, case.item.id)
    page = triage_views.triage_view(world.ports, world.actor(eve), "unread")
    assert "All of the client’s tasks are completed" in str(page)
    assert "by the automation “Ready for review”" in str(page)


@pytest.mark.parametrize(("told", "who"), [(Told.SENDER, "sender"), (Told.ASSIGNED_STAFF, "assigned")])
def test_8_4_it_notifies_whom_it_says(world: World, told: Told, who: str) -> None:
    people = {"assigned": world.owner, "sender": world.owner}
    given(world, Trigger.TASK_COMPLETED, tells=told)
    case = Case(world, assignee_id=world.new_staff("Luc Roy").id).open()
    case.tick(case.first)
    case.run()
    assert [row.staff_id for row in world.all(Notification, kind="automation")] == [people[who].id]


def test_8_7_nobody_is_notified_of_what_they_set_off(case: Case) -> None:
    given(case.world, Trigger.REQUEST_SENT, tells=Told.ASSIGNEE)
    case.send()
    case.run()
    assert case.world.all(Notification, kind="automation") == []


@pytest.mark.parametrize(
    ("fits", "more"),
    [
        (True, {"title_part": "RETURN"}),
        (False, {"title_part": "payroll"}),
        (True, {"client_kind": ClientKind.ORGANIZATION}),
        (False, {"client_kind": ClientKind.PERSON}),
        (False, {"on_at": None}),
    ],
)
def test_8_4_only_work_that_fits_sets_it_off(case: Case, fits: bool, more: dict[str, Any]) -> None:
    row = given(case.world, Trigger.REQUEST_SENT, sets_status=WorkStatus.IN_PROGRESS)
    case.world.change(row, **more)
    case.send()
    case.run()
    assert (case.status is WorkStatus.IN_PROGRESS) is fits


def test_8_4_another_firms_automation_touches_nothing(case: Case) -> None:
    other = case.world.new_firm("Other CPA", slug="other")
    case.world.change(
        given(case.world, Trigger.REQUEST_SENT, sets_status=WorkStatus.IN_PROGRESS), firm_id=other.id
    )
    case.send()
    assert case.world.all(AutomationRun) == []


def test_8_4_one_cause_sets_it_off_once(case: Case) -> None:
    world = case.world
    given(world, Trigger.LINK_EXPIRED, tells=Told.ASSIGNEE)
    for _again in range(2):
        with begin(world.ports, world.staff) as work:
            item = work.session.get_one(WorkItem, case.item.id)
            automations.react(work, Trigger.LINK_EXPIRED, item, "expired:1")
    assert len(world.all(AutomationRun)) == 1
    case.run()
    assert world.all(AutomationRun)[0].ended_at == world.clock.now()


def test_8_4_a_cause_that_is_rolled_back_sets_nothing_off(case: Case) -> None:
    world = case.world
    given(world, Trigger.LINK_EXPIRED, tells=Told.ASSIGNEE)

    def broken() -> None:
        with begin(world.ports, world.staff) as work:
            item = work.session.get_one(WorkItem, case.item.id)
            automations.react(work, Trigger.LINK_EXPIRED, item, "expired:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert world.all(AutomationRun) == []


def test_8_4_one_bad_run_does_not_hold_up_the_others(case: Case) -> None:
    world = case.world
    given(world, Trigger.REQUEST_SENT, name="bad", assigns_id=world.owner.id)
    given(world, Trigger.REQUEST_SENT, sets_status=WorkStatus.IN_PROGRESS)
    case.send()
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE automation_run SET status_before = 'nonsense' "
            "WHERE automation_id IN (SELECT id FROM automation WHERE name = 'bad')"
        )
    case.run()
    assert case.status is WorkStatus.IN_PROGRESS


def test_8_8_completing_waits_ten_minutes(case: Case) -> None:
    world = case.world
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.COMPLETED)
    case.open().tick(case.first, case.second)
    world.clock.advance(minutes=10, seconds=-1)
    case.run()
    assert case.now.completed_at is None

    world.clock.advance(seconds=1)
    case.run()
    assert (case.status, case.now.completed_at) == (WorkStatus.COMPLETED, world.clock.now())


def test_8_8_and_for_uploads_under_way(case: Case) -> None:
    world = case.world
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.COMPLETED)
    case.open().tick(case.first, case.second)
    upload = world.new_file(case.first)
    world.change(upload_of(world), finished_at=None, expires_at=world.clock.moment.replace(year=2027))
    for _minute in range(30):
        world.clock.advance(minutes=1)
        case.run()
    assert case.now.completed_at is None

    world.change(upload_of(world), finished_at=world.clock.now())
    world.clock.advance(minutes=1)
    case.run()
    assert case.now.completed_at == world.clock.now()
    assert upload.id


def upload_of(world: World) -> Upload:
    return world.all(Upload)[0]


def test_8_8_a_task_reopened_meanwhile_stops_it_for_good(case: Case) -> None:
    world = case.world
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.COMPLETED)
    case.open().tick(case.first, case.second)
    world.clock.advance(minutes=5)
    staff_answers.reopen_task(world.ports, world.staff, case.first.id, "Wrong year")
    world.clock.advance(minutes=4)
    case.tick(case.first)
    world.clock.advance(minutes=2)
    case.run()
    assert case.now.completed_at is None, "the first ten minutes are over, and count for nothing"

    world.clock.advance(minutes=8)
    case.run()
    assert case.status is WorkStatus.COMPLETED


def test_8_8_a_task_added_or_the_rule_switched_off_meanwhile_stops_it(case: Case) -> None:
    world = case.world
    row = given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.COMPLETED)
    case.open().tick(case.first, case.second)
    world.change(row, on_at=None)
    world.clock.advance(hours=1)
    case.run()
    assert case.now.completed_at is None
    assert world.all(AutomationRun)[0].let_be == "switched off"


def test_8_8_two_days_late_it_looks_at_what_is_true_now(case: Case) -> None:
    world = case.world
    given(world, Trigger.ALL_COMPLETED, sets_status=WorkStatus.COMPLETED)
    case.open().tick(case.first, case.second)
    world.change(case.second, completed_at=None)
    world.clock.advance(days=2)
    case.run()
    assert case.now.completed_at is None


def test_8_4_what_is_completed_or_archived_is_left_alone(case: Case) -> None:
    world = case.world
    given(world, Trigger.TASK_COMPLETED, sets_status=WorkStatus.IN_REVIEW)
    case.open().tick(case.first)
    work_items.set_status(world.ports, world.staff, case.item.id, WorkStatus.COMPLETED)
    case.run()
    assert case.status is WorkStatus.COMPLETED
    assert world.all(Activity, kind="automation_ran") == []


def test_5_12_an_undone_answer_takes_back_what_followed_it(case: Case) -> None:
    world = case.world
    given(world, Trigger.TASK_COMPLETED, sets_status=WorkStatus.IN_REVIEW, tells=Told.ASSIGNEE)
    case.open().tick(case.first)
    case.run()
    assert case.status is WorkStatus.IN_REVIEW

    world.clock.advance(seconds=9)
    tasks.undo_task(world.ports, case.actor, case.first.id)
    case.run()
    assert case.status is WorkStatus.PLANNED
    assert [row.taken_back_at for row in world.all(Notification, kind="automation")] == [world.clock.now()]


def test_5_12_what_somebody_changed_since_stays(case: Case) -> None:
    world = case.world
    luc = world.new_staff("Luc Roy")
    given(world, Trigger.TASK_COMPLETED, sets_status=WorkStatus.IN_REVIEW, assigns_id=luc.id)
    case.open().tick(case.first)
    case.run()
    work_items.set_status(world.ports, world.staff, case.item.id, WorkStatus.IN_PROGRESS)
    tasks.undo_task(world.ports, case.actor, case.first.id)
    case.run()
    assert (case.status, case.now.assignee_id) == (WorkStatus.IN_PROGRESS, world.owner.id)


def test_5_12_undone_before_it_was_done_it_is_not_done(case: Case) -> None:
    world = case.world
    given(world, Trigger.TASK_COMPLETED, sets_status=WorkStatus.IN_REVIEW)
    case.open().tick(case.first)
    tasks.undo_task(world.ports, case.actor, case.first.id)
    case.run()
    assert case.status is WorkStatus.PLANNED
    case.tick(case.first)
    case.run()
    assert case.status is WorkStatus.IN_REVIEW


def test_5_12_several_are_taken_back_to_where_it_began(case: Case) -> None:
    world = case.world
    given(world, Trigger.TASK_COMPLETED, name="one", sets_status=WorkStatus.IN_PROGRESS)
    given(world, Trigger.TASK_COMPLETED, name="two", title_part="2025", sets_status=WorkStatus.IN_REVIEW)
    case.open().tick(case.first)
    case.run()
    tasks.undo_task(world.ports, case.actor, case.first.id)
    case.run()
    assert case.status is WorkStatus.PLANNED


def test_8_3_the_timeline_names_the_automation(case: Case) -> None:
    world = case.world
    luc = world.new_staff("Luc Roy")
    given(world, Trigger.REQUEST_SENT, sets_status=WorkStatus.IN_REVIEW, assigns_id=luc.id)
    case.send()
    case.run()
    with reading(world.ports, world.staff) as work:
        told = {one.what for one in timeline_views.of_work_item(work, world.firm, case.item.id)}
    assert "Status set to In review by the automation “Ready for review”" in told
    assert "Work assigned to Luc Roy by the automation “Ready for review”" in told


def test_8_4_a_link_that_expires_sets_it_off(case: Case) -> None:
    world = case.world
    given(world, Trigger.LINK_EXPIRED, tells=Told.ASSIGNEE)
    case.send()
    world.clock.advance(days=31)
    timetable.run_all(world.ports)
    timetable.run_all(world.ports)
    assert [row.kind for row in world.all(Notification, kind="automation")] == ["automation"]
    assert len(world.all(AutomationRun)) == 1


def test_7_9_the_reminder_limit_sets_it_off(world: World) -> None:
    given(world, Trigger.REMINDER_LIMIT, sets_status=WorkStatus.IN_REVIEW)
    case = Case(world)
    world.change(case.first, due_on=world.clock.now().date() + timedelta(days=1))
    case.send()
    for _day in range(12):
        timetable.run_all(world.ports)
        world.clock.advance(days=1)
    assert case.status is WorkStatus.IN_REVIEW
    assert len(world.all(AutomationRun)) == 1
