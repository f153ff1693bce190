"""Writing triage: who is told of what (8.1, 8.7). Reading and marking are elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app import routes
from portal_app.domain.notices import TOPICS, UNDOABLE, Mailing
from portal_app.models import Client, ClientAssignment, Contact, Notification, Staff, Task
from portal_app.services.access import Sight
from portal_app.services.push import queueing
from portal_app.services.push.queueing import Said
from portal_app.services.triage import notice_choices
from portal_app.text import _, use_locale
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
    tell(
        work,
        told(work, sight),
        kind,
        firm_id=sight.firm.id,
        once_key=once_key,
        facts=facts,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=task.id if task else None,
        contact_id=sight.contact.id if sight.contact else None,
    )


def notify_assigned(
    work: Work, client: Client, kind: str, *, contact: Contact, once_key: str, **facts: Any
) -> None:
    """Tell a client's assigned staff, or their successors, of something about a contact (2.11)."""
    tell(
        work,
        assigned(work, client.id),
        kind,
        firm_id=client.firm_id,
        once_key=once_key,
        facts=facts,
        client_id=client.id,
        contact_id=contact.id,
    )


def tell(
    work: Work,
    staff_ids: Iterable[UUID],
    kind: str,
    *,
    firm_id: UUID,
    once_key: str | None = None,
    facts: dict[str, Any],
    not_by_mail: Collection[UUID] = (),
    is_act: bool = True,
    **about: Any,
) -> None:
    """Write the notification for each of these people: the one place where that is done.

    Nobody is told of their own act (8.7; what they only came upon is none), nor of anything twice under one
    `once_key`. The e-mail is due as each person chose (8.2), but for whom `not_by_mail` names. `about` names columns of `Notification`.
    """
    for staff_id in staff_ids:
        is_own = is_act and staff_id == work.actor.staff_id
        if is_own or _was_told(work, staff_id, once_key):
            continue
        by_mail = staff_id not in not_by_mail
        row = Notification(
            firm_id=firm_id,
            staff_id=staff_id,
            kind=kind,
            facts=facts,
            once_key=once_key,
            at=work.now,
            mail_due_at=notice_choices.due_at(work, firm_id, staff_id, kind) if by_mail else None,
            **about,
        )
        work.add(row)
        _push(work, row)
        work.ring(f"staff:{staff_id}")


def _push(work: Work, row: Notification) -> None:
    """What comes to this person at once by e-mail comes to their devices too, once it cannot be undone (8.2)."""
    if notice_choices.chosen(work, row.staff_id)[TOPICS[row.kind]] is not Mailing.NOW:
        return
    person = work.session.get_one(Staff, row.staff_id)
    with use_locale(person.locale):
        said = Said("triage", _("Something new waits in your triage."), routes.TRIAGE, person.locale)
    after = notice_choices.SETTLED_AFTER if row.kind in UNDOABLE else timedelta()
    queueing.queue(work, person.id, row.firm_id, said, notice_id=row.id, after=after)


def take_back(work: Work, once_key: str) -> None:
    """Withdraw what was told under `once_key` (5.12)."""
    for row in work.session.exec(select(Notification).where(Notification.once_key == once_key)):
        row.taken_back_at = work.now
        work.add(row)
        work.ring(f"staff:{row.staff_id}")


def told(work: Work, sight: Sight) -> list[UUID]:
    """Who stands for a request: last sender and assignee, else the client's assigned staff; all active."""
    named = [sight.request.sent_by_staff_id, sight.work_item.assignee_id]
    people = active(work, [person for person in named if person])
    if people:
        return people
    return assigned(work, sight.client.id)


def assigned(work: Work, client_id: UUID) -> list[UUID]:
    """Who looks after a client (2.13), the first first; all active."""
    query = select(ClientAssignment.staff_id).where(ClientAssignment.client_id == client_id)
    return active(work, list(work.session.exec(query.order_by(col(ClientAssignment.position)))))


def successor(work: Work, staff_id: UUID | None) -> UUID | None:
    """This person, or who took over from them; None for nobody."""
    return next(iter(active(work, [staff_id])), None) if staff_id else None


def active(work: Work, staff_ids: list[UUID]) -> list[UUID]:
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
