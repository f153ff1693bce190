"""Setting automations off (8.4): in the transaction of the cause a row is written, once; it is done right after.

Done in a transaction of its own (`running`): locks are taken from the work item down there, and a client's tick
never fails, waits or is slower because of what the firm had arranged to follow it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.automations import WAITS_BEFORE_COMPLETING, Trigger
from portal_app.models import (
    Automation,
    AutomationRun,
    Client,
    ClientRequest,
    Section,
    Task,
    WorkItem,
    WorkStatus,
)
from portal_app.work import AUTOMATIONS, Work

__all__ = ["Trigger", "all_completed", "react", "take_back", "task_completed"]


def react(
    work: Work,
    trigger: Trigger,
    item: WorkItem,
    cause: str,
    *,
    request_id: UUID | None = None,
    task_id: UUID | None = None,
) -> int:
    """Set off the firm's automations for what just happened to this work; gives how many.

    `cause` names the event, the same at each repeat: an automation is set off by it once. One that completes the
    work waits ten minutes (8.8).
    """
    started = [one for one in _on(work, item.firm_id, trigger) if _fits(work, one, item)]
    started = [one for one in started if not _was_started(work, one, cause)]
    for one in started:
        waits = one.sets_status is WorkStatus.COMPLETED
        work.add(
            AutomationRun(
                firm_id=item.firm_id,
                automation_id=one.id,
                cause=cause,
                work_item_id=item.id,
                request_id=request_id,
                task_id=task_id,
                caused_by_staff_id=work.actor.staff_id,
                caused_at=work.now,
                due_at=work.now + WAITS_BEFORE_COMPLETING if waits else work.now,
            )
        )
        work.ring(AUTOMATIONS)
    return len(started)


def task_completed(work: Work, item: WorkItem, task: Task, answer_id: UUID) -> None:
    """A task of a request was completed, by the client or by the firm: this one, and perhaps all."""
    cause = _answered(answer_id)
    react(work, Trigger.TASK_COMPLETED, item, cause, request_id=task.section_id, task_id=task.id)
    work.session.flush()
    if all_completed(work, item.id):
        react(work, Trigger.ALL_COMPLETED, item, cause, request_id=task.section_id, task_id=task.id)


def take_back(work: Work, answer_id: UUID) -> None:
    """An answer was undone (5.12): what has not been done yet is not, and what was is taken back where nothing
    else changed since."""
    query = select(AutomationRun).where(AutomationRun.cause == _answered(answer_id))
    for run in work.session.exec(query.with_for_update()):
        run.taken_back_at = run.taken_back_at or work.now
        if run.ended_at is None:
            run.ended_at, run.let_be = work.now, "taken back"
        work.add(run)
        work.ring(AUTOMATIONS)


def all_completed(work: Work, work_item_id: UUID) -> bool:
    """Whether every task of every request of the work that is out is completed, and there is one."""
    query = (
        select(Task.completed_at)
        .join(Section, col(Section.id) == Task.section_id)
        .join(ClientRequest, col(ClientRequest.id) == Section.id)
        .where(
            ClientRequest.work_item_id == work_item_id,
            col(ClientRequest.sent_at).is_not(None),
            col(ClientRequest.withdrawn_at).is_(None),
            col(Section.archived_at).is_(None),
            col(Task.put_aside_at).is_(None),
        )
    )
    found = work.session.exec(query).all()
    return bool(found) and all(found)


def _answered(answer_id: UUID) -> str:
    return f"answer:{answer_id.hex}"


def _on(work: Work, firm_id: UUID, trigger: Trigger) -> Iterable[Automation]:
    query = select(Automation).where(
        Automation.firm_id == firm_id,
        Automation.trigger == trigger,
        col(Automation.on_at).is_not(None),
        col(Automation.removed_at).is_(None),
    )
    return work.session.exec(query.order_by(col(Automation.created_at), col(Automation.id))).all()


def _fits(work: Work, one: Automation, item: WorkItem) -> bool:
    if one.title_part.casefold() not in item.title.casefold():
        return False
    if one.client_kind is None:
        return True
    return work.session.get_one(Client, item.client_id).kind is one.client_kind


def _was_started(work: Work, one: Automation, cause: str) -> bool:
    query = select(AutomationRun.id).where(
        AutomationRun.automation_id == one.id, AutomationRun.cause == cause
    )
    return work.session.exec(query).first() is not None
