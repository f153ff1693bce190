"""Requests that go out by themselves when their moment comes (5.4, 6.17). What leaves is a row first."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.send_rules import Held
from portal_app.models import ClientAssignment, ClientRequest, Contact, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.requests import dispatch, sendable
from portal_app.services.requests.dispatch import Sending
from portal_app.services.triage import triage
from portal_app.work import Work, begin, reading

log = structlog.get_logger(__name__)


def send_due_requests(ports: Ports) -> int:
    """Send what is due by itself, one request one transaction; gives how many went.

    May run twice, late and on two machines: each is looked at again under its lock. A send missed while the
    server was down goes out on its return (6.18). A bad one is logged and the rest still go.
    """
    sent = 0
    for request_id in _due(ports):
        try:
            sent += _send(ports, request_id)
        except Exception:
            log.exception("request_not_sent", request=str(request_id))
    return sent


def sender_of(work: Work, sight: Sight) -> Staff | None:
    """From whom a request goes out by itself: the work's assignee, else the client's first assigned staff (6.17).

    For whoever left, it is who took over from them (1.13).
    """
    named = [sight.work_item.assignee_id] if sight.work_item.assignee_id else []
    assigned = select(ClientAssignment.staff_id).where(ClientAssignment.client_id == sight.client.id)
    order = (col(ClientAssignment.position), col(ClientAssignment.id))
    able = triage.active(work, [*named, *work.session.exec(assigned.order_by(*order))])
    return work.session.get(Staff, able[0]) if able else None


def _due(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(ClientRequest.id).where(
            col(ClientRequest.send_at) <= work.now,
            col(ClientRequest.held_at).is_(None),
            col(ClientRequest.sent_at).is_(None),
        )
        return list(work.session.exec(query.order_by(col(ClientRequest.send_at), col(ClientRequest.id))))


def _send(ports: Ports, request_id: UUID) -> bool:
    with begin(ports, Actor.timetable()) as work:
        sight = access.sight_of(work, request_id, lock=True)
        if sight is None or not _is_due(work, sight.request):
            return False
        sender = sender_of(work, sight)
        people = _people(work, sight)
        tasks = sendable.open_tasks(work, sight)
        able = [person for person in people if not sendable.why_not_to(person)]
        because = _held_because(sight, sender, has_task=bool(tasks), people=people, able=able)
        if because or sender is None:
            _hold(work, sight, because or Held.NO_SENDER)
            return False
        _go(Sending(work, sight, sender, tasks, f"automatic:{sight.request.send_at}"[:80]), people, able)
        return True


def _is_due(work: Work, request: ClientRequest) -> bool:
    is_open = request.sent_at is None and request.held_at is None
    return is_open and request.send_at is not None and request.send_at <= work.now


def _people(work: Work, sight: Sight) -> list[Contact]:
    """The planned recipients who still belong to the client."""
    planned = {one.contact_id for one in dispatch.recipients(work, sight)}
    return [one for one in sendable.contacts(work, sight.client) if one.id in planned]


def _held_because(
    sight: Sight, sender: Staff | None, *, has_task: bool, people: list[Contact], able: list[Contact]
) -> Held | None:
    rows = (sight.client, sight.work_item, sight.section)
    if sight.work_item.completed_at or any(row.archived_at for row in rows):
        return Held.CLOSED
    if sender is None:
        return Held.NO_SENDER
    if not has_task:
        return Held.NO_OPEN_TASK
    if not people:
        return Held.NO_RECIPIENT
    return None if able else Held.NO_ADDRESS


def _go(sending: Sending, people: list[Contact], able: list[Contact]) -> None:
    """Send to whoever can be written to; the others are no recipients, and staff are told (6.17)."""
    work, sight = sending.work, sending.sight
    dispatch.mark_sent(sending)
    dispatch.leave_out(sending, {person.id for person in able})
    for person in able:
        dispatch.send_to(sending, person, dispatch.recipient_for(sending, person), "request_sent")
    dispatch.record(sending, "request:sent", able)
    if left_out := [person.name for person in people if person not in able]:
        once_key = f"left_out:{sight.request.id}:{sending.key}"
        triage.notify(work, sight, "left_out", once_key=once_key, names=", ".join(left_out))


def _hold(work: Work, sight: Sight, because: Held) -> None:
    """It does not go: the request says why, and its staff are told once; what was closed tells nobody (6.17)."""
    request = sight.request
    request.held_at, request.held_because = work.now, because.value
    work.add(request)
    work.audit(
        "request:held",
        firm_id=sight.firm.id,
        subject_kind="request",
        subject_id=request.id,
        because=because.value,
    )
    dispatch.ring(work, sight, ())
    if because is not Held.CLOSED:
        once_key = f"send_failed:{request.id}:{request.send_at}"
        triage.notify(work, sight, "send_failed", once_key=once_key, because=because.value)
        dispatch.tell(work, sight, "send_held", {"because": because.value})
