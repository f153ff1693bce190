"""Work items: made, changed, completed and reopened, archived (5.1, 5.21, 6.10)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput
from portal_app.domain.links import Because
from portal_app.domain.permissions import Permission
from portal_app.models import ClientRequest, Staff, WorkItem, WorkStatus
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.links import grants
from portal_app.services.notices import telling
from portal_app.services.reminders import replanning
from portal_app.services.requests import send_plans
from portal_app.services.work import start_moves, work_channels
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class WorkFields:
    """What a work item's form holds; `external_name` is what the client calls it."""

    title: str
    external_name: str = ""
    assignee_id: UUID | None = None
    starts_on: date | None = None
    due_on: date | None = None


def add_work_item(ports: Ports, actor: Actor, client_id: UUID | None, fields: WorkFields) -> UUID:
    """Make a work item for a client of the firm (5.1). Raises `BadInput` beside the field."""
    with begin(ports, actor) as work:
        if client_id is None:
            raise BadInput(_("Choose whom the work is for."), field="client_id")
        client = access.client(work, client_id, Permission.WORK_EDIT)
        item = WorkItem(
            firm_id=client.firm_id,
            client_id=client.id,
            title="",
            created_at=work.now,
            created_by_staff_id=actor.staff_id,
        )
        _fill(work, item, fields)
        work.session.flush()
        _record(work, item, "work_added")
        return item.id


def edit_work_item(
    ports: Ports,
    actor: Actor,
    work_item_id: UUID,
    fields: WorkFields,
    send_now: Collection[UUID] | None = None,
) -> None:
    """Change title, names and dates; when the start moves, dates and sends relative to it move with it (5.14).

    Of those whose moment is past then, the ones in `send_now` go out now and the others wait for a hand; with
    None nobody was asked, and staff are told (6.18; `send_plans.past_sends` says which). Raises `BadInput` beside
    the field.
    """
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT, lock=True)
        started_on, due_on = item.starts_on, item.due_on
        _fill(work, item, fields)
        if item.due_on != due_on:
            item.due_days = None
        if item.starts_on != started_on:
            start_moves.move_dates(work, item)
            send_plans.plan_work(work, item, send_now)
            replanning.replan_work(work, item.id)
        work.audit("work:edited", firm_id=item.firm_id, subject_kind="work_item", subject_id=item.id)
        work_channels.ring(work, item)


def set_status(ports: Ports, actor: Actor, work_item_id: UUID, status: WorkStatus) -> None:
    """Say where the work stands. *Completed* closes its links, anything else reopens it (6.10).

    After reopening, those signed in act again at once; each sent request's links and reminders come back
    only when it is resent.
    """
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT, lock=True)
        if item.status is status:
            return
        kind = become(work, item, status)
        if kind:
            _record(work, item, kind)
        else:
            work.audit(
                "work:status_set",
                firm_id=item.firm_id,
                subject_kind="work_item",
                subject_id=item.id,
                status=status.value,
            )
            work_channels.ring(work, item)


def become(work: Work, item: WorkItem, status: WorkStatus) -> str:
    """Give a locked work item another status, with what follows from it (6.10); the kind of activity, if any."""
    was_completed = item.completed_at is not None
    item.status = status
    work.add(item)
    if status is WorkStatus.COMPLETED:
        item.completed_at = work.now
        telling.tell_closed(work, _requests(work, item))
        replanning.replan_work(work, item.id)
        return "work_completed"
    if was_completed:
        item.completed_at = None
        _wait_for_resend(work, item)
        return "work_reopened"
    return ""


def archive_work_item(ports: Ports, actor: Actor, work_item_id: UUID) -> None:
    """Put a work item away with all its requests: their links and waiting e-mails end as if withdrawn (5.21, 6.4)."""
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT, lock=True)
        if item.archived_at is not None:
            return
        item.archived_at = work.now
        for request in _requests(work, item):
            grants.end_grants(work, request, Because.ARCHIVED)
        replanning.replan_work(work, item.id)
        work.add(item)
        _record(work, item, "work_archived")


def restore_work_item(ports: Ports, actor: Actor, work_item_id: UUID) -> None:
    """Take an archived work item back; whoever signs in can act again, and resending makes new links (5.21)."""
    with begin(ports, actor) as work:
        item = access.work_item(work, work_item_id, Permission.WORK_EDIT, lock=True)
        if item.archived_at is None:
            return
        item.archived_at = None
        _wait_for_resend(work, item)
        work.add(item)
        _record(work, item, "work_restored")


def _fill(work: Work, item: WorkItem, fields: WorkFields) -> None:
    item.title = typed.line(
        fields.title, "title", longest=LONGEST_NAME, missing=_("Give the work item a title.")
    )
    item.external_name = typed.line(fields.external_name, "external_name", longest=LONGEST_NAME)
    is_by_hand = item.due_days is None or fields.due_on != item.due_on
    if is_by_hand and fields.starts_on and fields.due_on and fields.due_on < fields.starts_on:
        raise BadInput(_("The due date lies before the start."), field="due_on")
    item.starts_on, item.due_on = fields.starts_on, fields.due_on
    if fields.assignee_id is not None and fields.assignee_id != item.assignee_id:
        _check_active(work, fields.assignee_id)
    item.assignee_id = fields.assignee_id
    work.add(item)


def _check_active(work: Work, staff_id: UUID) -> None:
    person = access.of_firm(work, Staff, staff_id, Permission.WORK_EDIT)
    if person.deactivated_at is not None:
        raise BadInput(_("{name} no longer works here.").format(name=person.name), field="assignee_id")


def _requests(work: Work, item: WorkItem) -> list[ClientRequest]:
    query = select(ClientRequest).where(
        ClientRequest.work_item_id == item.id,
        col(ClientRequest.sent_at).is_not(None),
        col(ClientRequest.withdrawn_at).is_(None),
    )
    return list(work.session.exec(query.order_by(col(ClientRequest.id)).with_for_update()))


def _wait_for_resend(work: Work, item: WorkItem) -> None:
    for request in _requests(work, item):
        request.needs_resend_at = work.now
        work.add(request)
    replanning.replan_work(work, item.id)


def _record(work: Work, item: WorkItem, kind: str) -> None:
    work.note(
        kind,
        firm_id=item.firm_id,
        client_id=item.client_id,
        work_item_id=item.id,
        facts={"title": item.title},
    )
    work.audit(kind.replace("_", ":", 1), firm_id=item.firm_id, subject_kind="work_item", subject_id=item.id)
    work_channels.ring(work, item)
