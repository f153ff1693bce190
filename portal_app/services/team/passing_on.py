"""What passes to a successor when somebody leaves (1.13): rows that name them change hands here.

Coming sends, reminders and notifications name nobody yet: they go to whoever stands for the request when their
moment comes, which `triage.active` follows from the one who left to their successor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import SQLModel, col, select

from portal_app.models import (
    Automation,
    ClientAssignment,
    ClientRequest,
    Notification,
    Section,
    Staff,
    Task,
    WorkItem,
)
from portal_app.work import Work

Passed = dict[str, int]


def counted(work: Work, staff_id: UUID) -> Passed:
    """How much would pass now, by what it is."""
    return {
        "work_items": _count(work, WorkItem, *_open_work(staff_id)),
        "tasks": _count(work, Task, *_open_tasks(work, staff_id)),
        "clients": _count(work, ClientAssignment, ClientAssignment.staff_id == staff_id),
        "sends": _count(work, ClientRequest, *_coming(staff_id, col(ClientRequest.send_at).is_not(None))),
        "reminders": _count(
            work, ClientRequest, *_coming(staff_id, col(ClientRequest.next_reminder_at).is_not(None))
        ),
        "automations": _count(work, Automation, *_automations(staff_id)),
        "triage": _count(work, Notification, *_open_triage(staff_id)),
    }


def pass_on(work: Work, person: Staff, heir: Staff) -> Passed:
    """Change hands, within the transaction of the leaving; gives how much passed."""
    passed = counted(work, person.id)
    for item in _rows(work, WorkItem, *_open_work(person.id)):
        item.assignee_id = heir.id
        work.add(item)
        work.ring(f"work:{item.id}")
    for task in _rows(work, Task, *_open_tasks(work, person.id)):
        task.assignee_id = heir.id
        work.add(task)
    for automation in _rows(work, Automation, *_automations(person.id)):
        automation.assigns_id = heir.id
        work.add(automation)
    _pass_clients(work, person.id, heir.id)
    _pass_triage(work, person.id, heir.id)
    return passed


def _pass_clients(work: Work, staff_id: UUID, heir_id: UUID) -> None:
    """Each client once: where the successor looks after it already, they take the better of both places (2.13)."""
    theirs = {
        row.client_id: row for row in _rows(work, ClientAssignment, ClientAssignment.staff_id == heir_id)
    }
    for row in _rows(work, ClientAssignment, ClientAssignment.staff_id == staff_id):
        shared = theirs.get(row.client_id)
        if shared is None:
            row.staff_id = heir_id
            work.add(row)
        else:
            shared.position = min(shared.position, row.position)
            work.add(shared)
            work.session.delete(row)


def _pass_triage(work: Work, staff_id: UUID, heir_id: UUID) -> None:
    """What the successor was told of as well stays where it is; nothing is e-mailed a second time."""
    told = set(work.session.exec(select(Notification.once_key).where(Notification.staff_id == heir_id)))
    for row in _rows(work, Notification, *_open_triage(staff_id)):
        if row.once_key is None or row.once_key not in told:
            row.staff_id, row.mail_due_at = heir_id, None
            work.add(row)


def _open_work(staff_id: UUID) -> list[Any]:
    return [
        WorkItem.assignee_id == staff_id,
        col(WorkItem.completed_at).is_(None),
        col(WorkItem.archived_at).is_(None),
    ]


def _open_tasks(work: Work, staff_id: UUID) -> list[Any]:
    """Staff's own tasks that are not done, in work that is open."""
    within = (
        select(Section.id)
        .join(WorkItem, col(WorkItem.id) == Section.work_item_id)
        .where(col(WorkItem.completed_at).is_(None), col(WorkItem.archived_at).is_(None))
    )
    return [
        Task.assignee_id == staff_id,
        col(Task.completed_at).is_(None),
        col(Task.section_id).in_(within),
    ]


def _coming(staff_id: UUID, is_coming: Any) -> list[Any]:
    """Requests that something leaves for in this person's name: they sent them last, or do the work."""
    theirs = select(WorkItem.id).where(WorkItem.assignee_id == staff_id)
    return [
        is_coming,
        col(ClientRequest.withdrawn_at).is_(None),
        or_(
            col(ClientRequest.sent_by_staff_id) == staff_id,
            col(ClientRequest.sent_by_staff_id).is_(None) & col(ClientRequest.work_item_id).in_(theirs),
        ),
    ]


def _automations(staff_id: UUID) -> list[Any]:
    return [Automation.assigns_id == staff_id, col(Automation.removed_at).is_(None)]


def _open_triage(staff_id: UUID) -> list[Any]:
    return [
        Notification.staff_id == staff_id,
        col(Notification.read_at).is_(None),
        col(Notification.taken_back_at).is_(None),
    ]


def _rows(work: Work, kind: type[Any], *where: Any) -> Sequence[Any]:
    return work.session.exec(select(kind).where(*where).order_by(col(kind.id))).all()


def _count(work: Work, kind: type[SQLModel], *where: Any) -> int:
    return work.session.exec(select(func.count()).select_from(kind).where(*where)).one()
