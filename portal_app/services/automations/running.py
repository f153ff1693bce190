"""Doing what automations were set off to do, one transaction a run, looked at again under the work's lock (8.4, 8.8).

May run twice, late or on two machines: a run that has ended is left alone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app import faults
from portal_app.domain.actors import Actor
from portal_app.domain.automations import LOOKS_AGAIN_AFTER, Told, Trigger
from portal_app.models import (
    Activity,
    Automation,
    AutomationRun,
    ClientAssignment,
    ClientRequest,
    Section,
    Staff,
    Task,
    Upload,
    WorkItem,
    WorkStatus,
)
from portal_app.ports import Ports
from portal_app.services.automations.automations import all_completed
from portal_app.services.triage import triage
from portal_app.services.work import work_channels, work_items
from portal_app.work import Work, begin, reading

BATCH = 200

log = structlog.get_logger(__name__)


def run_automations(ports: Ports) -> int:
    """Do what is due, and take back what was undone; gives how many runs were looked at."""
    due = _due(ports)
    for run_id in due:
        try:
            _run(ports, run_id)
        except Exception as fault:  # noqa: BLE001 (one bad run never holds up the others)
            log.error("automation_failed", run=str(run_id), **faults.facts(fault))
    return len(due)


def _due(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        ended = col(AutomationRun.ended_at)
        due = select(AutomationRun.id).where(ended.is_(None), col(AutomationRun.due_at) <= work.now)
        undone = select(AutomationRun.id).where(
            col(AutomationRun.taken_back_at).is_not(None),
            col(AutomationRun.reverted_at).is_(None),
            ended.is_not(None),
            AutomationRun.let_be == "",
        )
        key = col(AutomationRun.id)
        # What was done last is taken back first.
        return [
            *work.session.exec(due.order_by(key).limit(BATCH)),
            *work.session.exec(undone.order_by(key.desc()).limit(BATCH)),
        ]


def _run(ports: Ports, run_id: UUID) -> None:
    with begin(ports, Actor.timetable()) as work:
        kept = work.session.get_one(AutomationRun, run_id)
        item = work.session.get_one(WorkItem, kept.work_item_id, with_for_update=True)
        run = work.session.get_one(AutomationRun, run_id, with_for_update=True, populate_existing=True)
        one = work.session.get_one(Automation, run.automation_id)
        if run.ended_at is None and run.due_at <= work.now:
            _do(work, run, one, item)
        elif run.taken_back_at is not None and run.reverted_at is None and not run.let_be:
            _take_back(work, run, one, item)
        work.add(run, item)


def _do(work: Work, run: AutomationRun, one: Automation, item: WorkItem) -> None:
    if one.sets_status is WorkStatus.COMPLETED and _is_arriving(work, item):
        run.due_at = work.now + LOOKS_AGAIN_AFTER
        return
    run.ended_at, run.let_be = work.now, _why_not(work, run, one, item)
    if run.let_be:
        return
    if one.sets_status is not None and one.sets_status is not item.status:
        run.status_before, run.status_set = item.status, one.sets_status
        work_items.become(work, item, one.sets_status)
        _note(work, run, one, item, status=one.sets_status.value)
    assignee = triage.successor(work, one.assigns_id)
    if assignee is not None and assignee != item.assignee_id:
        run.assignee_before_id, run.assignee_set_id = item.assignee_id, assignee
        item.assignee_id = assignee
        _note(work, run, one, item, assignee=work.session.get_one(Staff, assignee).name)
    _tell(work, run, one, item)
    work_channels.ring(work, item)


def _why_not(work: Work, run: AutomationRun, one: Automation, item: WorkItem) -> str:
    """Why it does nothing after all; empty where it goes on."""
    if one.on_at is None or one.removed_at is not None:
        return "switched off"
    if item.archived_at is not None:
        return "archived"
    if item.completed_at is not None:
        return "work completed"
    if one.sets_status is not WorkStatus.COMPLETED:
        return ""
    if _was_reopened(work, run, item):
        return "task reopened"
    return "" if _still_holds(work, one, item) else "task open"


def _still_holds(work: Work, one: Automation, item: WorkItem) -> bool:
    """Whether what set it off still holds."""
    return one.trigger is not Trigger.ALL_COMPLETED or all_completed(work, item.id)


def _was_reopened(work: Work, run: AutomationRun, item: WorkItem) -> bool:
    query = select(Task.id).where(*_clients_tasks(item), col(Task.reopened_at) >= run.caused_at)
    return work.session.exec(query.limit(1)).first() is not None


def _is_arriving(work: Work, item: WorkItem) -> bool:
    """Whether a file is on its way to a task of the work."""
    query = (
        select(Upload.id)
        .join(Task, col(Task.id) == Upload.task_id)
        .where(*_clients_tasks(item), col(Upload.finished_at).is_(None), col(Upload.expires_at) > work.now)
    )
    return work.session.exec(query.limit(1)).first() is not None


def _clients_tasks(item: WorkItem) -> list[Any]:
    sections = select(Section.id).where(Section.work_item_id == item.id)
    return [col(Task.section_id).in_(sections)]


def _tell(work: Work, run: AutomationRun, one: Automation, item: WorkItem) -> None:
    """A triage notification for each; nobody is told of what they set off themselves (8.7)."""
    told = [person for person in _told(work, run, one, item) if person != run.caused_by_staff_id]
    triage.tell(
        work,
        told,
        "automation",
        firm_id=item.firm_id,
        once_key=f"automation:{run.id}",
        facts={"automation": one.name, "trigger": one.trigger.value},
        client_id=item.client_id,
        work_item_id=item.id,
        request_id=run.request_id,
        task_id=run.task_id,
    )


def _told(work: Work, run: AutomationRun, one: Automation, item: WorkItem) -> list[UUID]:
    if one.tells is Told.NOBODY:
        return []
    assigned = select(ClientAssignment.staff_id).where(ClientAssignment.client_id == item.client_id)
    everybody = list(work.session.exec(assigned.order_by(col(ClientAssignment.position))))
    named: UUID | None = None
    if one.tells is Told.ASSIGNEE:
        named = item.assignee_id
    elif one.tells is Told.SENDER and run.request_id is not None:
        request = work.session.get(ClientRequest, run.request_id)
        named = request.sent_by_staff_id if request else None
    return triage.active(work, [named] if named else everybody)


def _take_back(work: Work, run: AutomationRun, one: Automation, item: WorkItem) -> None:
    """Put back what it set, where it still stands so; what somebody changed since stays."""
    run.reverted_at = work.now
    stands = item.status is run.status_set and item.completed_at is None and item.archived_at is None
    if run.status_before is not None and stands:
        work_items.become(work, item, run.status_before)
        _note(work, run, one, item, status=run.status_before.value, is_taken_back=True)
    if run.assignee_set_id is not None and item.assignee_id == run.assignee_set_id:
        item.assignee_id = run.assignee_before_id
    triage.take_back(work, f"automation:{run.id}")
    work_channels.ring(work, item)


def _note(work: Work, run: AutomationRun, one: Automation, item: WorkItem, **facts: object) -> Activity:
    work.audit(
        "automation:ran",
        firm_id=item.firm_id,
        subject_kind="work_item",
        subject_id=item.id,
        automation=str(one.id),
    )
    return work.note(
        "automation_ran",
        firm_id=item.firm_id,
        client_id=item.client_id,
        work_item_id=item.id,
        request_id=run.request_id,
        facts={"automation": one.name, **facts},
    )
