"""Bulk work on portal access: started, stopped, undone; worked off by the timetable (2.7, 2.9).

Starting writes one row a contact and client, and changes nothing. Rows are worked off a few people a transaction, on
any machine, so that one may leave the page, a killed server goes on where it stood, and one bad row stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.bulk_access import BulkKind, Choices, Switch
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel, BulkItem, BulkJob, Client, Firm, PortalAccess, new_id
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.invitations.invitations import LONGEST_MESSAGE
from portal_app.services.portal import bulk_people, dry_runs, selections
from portal_app.services.portal.pending_views import WAITS
from portal_app.services.portal.selections import Selection
from portal_app.text import _
from portal_app.work import BULK, Work, begin

AT_ONCE = 1_000
"""Rows written by one statement."""

Place = tuple[UUID, UUID | None]
"""A client, and a contact of it or nobody."""


def start_access(
    ports: Ports, actor: Actor, selection: Selection, choices: Choices, message: str = ""
) -> UUID:
    """Begin to change the access of all contacts of the selected clients.

    Raises `RuleBroken` while other bulk work is under way, where nothing is selected, or while the firm's portal is
    off (1.3); `BadInput` for the message; `NotFound` for members (1.16).
    """
    words = typed.prose(message, "message", longest=LONGEST_MESSAGE)
    with begin(ports, actor) as work:
        firm = _firm(work)
        dry_runs.check_firm(firm, choices)
        client_ids = selections.clients(work, firm, selection)
        people = [
            (pair.client_id, pair.contact_id)
            for pair in bulk_people.pairs(work, client_ids, is_firm_on=firm.portal_on_at is not None)
        ]
        job = _job(work, firm, BulkKind.ACCESS)
        job.portal, job.notices, job.message = choices.portal, choices.notices, words
        job.level = AccessLevel.FULL if choices.is_full else AccessLevel.LIMITED
        job.is_inviting, job.clients = choices.is_inviting, len(client_ids)
        switched = [(one, None) for one in client_ids] if choices.portal is not Switch.LEAVE else []
        _begin(work, job, switched, people)
        return job.id


def start_pending(ports: Ports, actor: Actor, selection: Selection, kind: BulkKind) -> UUID:
    """Begin to send again, or for the first time, what the selected contacts wait for; or to cancel it (2.9).

    Raises `RuleBroken` while other bulk work is under way or where nothing is selected, `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        contact_ids = selections.pending(work, firm, selection)
        people = list(_waiting(work, contact_ids))
        job = _job(work, firm, kind)
        job.clients, job.is_inviting = (
            len({client_id for client_id, _person in people}),
            kind is BulkKind.RESEND,
        )
        _begin(work, job, [], people)
        return job.id


def stop_job(ports: Ports, actor: Actor, job_id: UUID) -> None:
    """Stop what is not done yet; what was done stays. A second time changes nothing. Raises `NotFound`."""
    with begin(ports, actor) as work:
        job = access.of_firm(work, BulkJob, job_id, Permission.BULK, lock=True)
        if job.finished_at is None and job.stopped_at is None:
            job.stopped_at = work.now
            _record(work, job, "bulk:stopped")


def undo_job(ports: Ports, actor: Actor, job_id: UUID) -> None:
    """Begin to take back what nobody has used yet (2.7). A second time changes nothing.

    Raises `RuleBroken` while it is under way or where there is nothing that can be taken back.
    """
    with begin(ports, actor) as work:
        job = access.of_firm(work, BulkJob, job_id, Permission.BULK, lock=True)
        if job.undo_asked_at is not None:
            return
        if job.kind is not BulkKind.ACCESS:
            raise RuleBroken(_("E-mails that left cannot be taken back."))
        if job.finished_at is None and job.stopped_at is None:
            raise RuleBroken(_("It is still under way. Stop it first."))
        if _under_way(work, job.firm_id):
            raise RuleBroken(_("Other bulk work is under way: wait until it is done, or stop it."))
        job.undo_asked_at = work.now
        _record(work, job, "bulk:undone")
        work.ring(BULK)


def dismiss_job(ports: Ports, actor: Actor, job_id: UUID) -> None:
    """Take the strip of work that is over away. Raises `NotFound`."""
    with begin(ports, actor) as work:
        job = access.of_firm(work, BulkJob, job_id, Permission.BULK, lock=True)
        job.dismissed_at = work.now
        work.add(job)
        work.ring(f"bulk:{job.firm_id}")


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.BULK)
    firm = work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)
    if _under_way(work, firm.id):
        raise RuleBroken(_("Other bulk work is under way: wait until it is done, or stop it."))
    return firm


def _under_way(work: Work, firm_id: UUID) -> bool:
    ended = col(BulkJob.finished_at).is_not(None) | col(BulkJob.stopped_at).is_not(None)
    undoing = col(BulkJob.undo_asked_at).is_not(None) & col(BulkJob.undone_at).is_(None)
    query = select(BulkJob.id).where(BulkJob.firm_id == firm_id, ~ended | undoing)
    return work.session.exec(query.limit(1)).first() is not None


def _job(work: Work, firm: Firm, kind: BulkKind) -> BulkJob:
    if work.actor.staff_id is None:
        raise NotFound(_("There is nothing here."))
    return BulkJob(firm_id=firm.id, staff_id=work.actor.staff_id, kind=kind, started_at=work.now)


def _begin(work: Work, job: BulkJob, clients: Iterable[Place], people: Iterable[Place]) -> None:
    """Write what is to be done: clients first, then person by person, so that each gets one e-mail (3.12)."""
    by_person = sorted(people, key=lambda place: str(place[1]))
    places = [*clients, *by_person]
    if not places:
        raise RuleBroken(_("Nothing is selected: choose others."))
    job.total, job.contacts = len(places), len({person for _client, person in by_person})
    work.add(job)
    work.session.flush()
    for rows in _batches(job, places):
        work.session.execute(insert(BulkItem), rows)
    _record(work, job, "bulk:started", clients=job.clients, contacts=job.contacts)
    work.ring(BULK)


def _batches(job: BulkJob, places: list[Place]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(places), AT_ONCE):
        yield [
            {
                "id": new_id(),
                "firm_id": job.firm_id,
                "job_id": job.id,
                "client_id": client_id,
                "contact_id": contact_id,
                "why_not": "",
                "did": {},
                "kept": "",
            }
            for client_id, contact_id in places[start : start + AT_ONCE]
        ]


def _waiting(work: Work, contact_ids: list[UUID]) -> Iterator[Place]:
    for start in range(0, len(contact_ids), AT_ONCE):
        query = (
            select_rows(col(PortalAccess.client_id), col(PortalAccess.contact_id))
            .join(Client, col(Client.id) == PortalAccess.client_id)
            .where(
                col(PortalAccess.contact_id).in_(contact_ids[start : start + AT_ONCE]),
                col(PortalAccess.status).in_(WAITS),
                col(Client.archived_at).is_(None),
                col(Client.test_of_staff_id).is_(None),
                col(Client.portal_on_at).is_not(None),
            )
        )
        yield from ((row.client_id, row.contact_id) for row in work.session.execute(query))


def _record(work: Work, job: BulkJob, action: str, **facts: int) -> None:
    work.add(job)
    work.audit(
        action, firm_id=job.firm_id, subject_kind="bulk_job", subject_id=job.id, kind=job.kind.value, **facts
    )
    work.ring(f"bulk:{job.firm_id}")
