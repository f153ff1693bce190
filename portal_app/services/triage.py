"""Writing triage: who is told of what (8.1, 8.7). Reading and marking are elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.models import ClientAssignment, Notification, Staff, Task
from portal_app.services.access import Sight
from portal_app.work import Work


def notify(
    work: Work,
    sight: Sight,
    kind: str,
    *,
    task: Task | None = None,
    once_key: str | None = None,
    **facts: Any,
) -> None:
    """Tell the request's staff, at once and in the transaction of what happened.

    The one in whose name it was last sent and the work's assignee are told, or their successors (8.1); for
    a request nobody stands for, the client's assigned staff. Nobody is told of their own act. With
    `once_key` a repeat changes nothing.
    """
    for staff_id in told(work, sight):
        if staff_id == work.actor.staff_id or _was_told(work, staff_id, once_key):
            continue
        work.add(
            Notification(
                firm_id=sight.firm.id,
                staff_id=staff_id,
                kind=kind,
                client_id=sight.client.id,
                work_item_id=sight.work_item.id,
                request_id=sight.request.id,
                task_id=task.id if task else None,
                contact_id=sight.contact.id if sight.contact else None,
                facts=facts,
                once_key=once_key,
                at=work.now,
            )
        )
        work.ring(f"staff:{staff_id}")


def take_back(work: Work, once_key: str) -> None:
    """Withdraw what was told under `once_key` (5.12)."""
    for row in work.session.exec(select(Notification).where(Notification.once_key == once_key)):
        row.taken_back_at = work.now
        work.add(row)
        work.ring(f"staff:{row.staff_id}")


def told(work: Work, sight: Sight) -> list[UUID]:
    """Who stands for a request: last sender and assignee, else the client's assigned staff; all active."""
    named = [sight.request.sent_by_staff_id, sight.work_item.assignee_id]
    people = _active(work, [person for person in named if person])
    if people:
        return people
    assigned = select(ClientAssignment.staff_id).where(ClientAssignment.client_id == sight.client.id)
    return _active(work, list(work.session.exec(assigned.order_by(col(ClientAssignment.position)))))


def _active(work: Work, staff_ids: list[UUID]) -> list[UUID]:
    """Each person, or who took over from them; in order, each once."""
    found: dict[UUID, None] = {}
    for staff_id in staff_ids:
        person = work.session.get(Staff, staff_id)
        seen: set[UUID] = set()
        while person and person.deactivated_at and person.successor_id and person.id not in seen:
            seen.add(person.id)
            person = work.session.get(Staff, person.successor_id)
        if person and not person.deactivated_at:
            found[person.id] = None
    return list(found)


def _was_told(work: Work, staff_id: UUID, once_key: str | None) -> bool:
    if once_key is None:
        return False
    query = select(Notification.id).where(
        Notification.staff_id == staff_id, Notification.once_key == once_key
    )
    return work.session.exec(query).first() is not None
