"""The doors: a row by id comes only through here, with firm and right checked together.

Someone else's row is *not found*. For clients a door also says as whom they act (`Sight.contact`), which of
a link or an account let them in, and whether the request is closed to changes (6.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.errors import LinkEnded, NotFound, RuleBroken, SignInNeeded
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission, may
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Client,
    ClientRequest,
    Contact,
    Firm,
    FirmRow,
    LostDevice,
    PortalAccess,
    PortalAccount,
    Recipient,
    Section,
    StoredFile,
    Task,
    WorkItem,
)
from portal_app.text import N_, _
from portal_app.work import Work

R = TypeVar("R", bound=FirmRow)

CLOSED = N_("This request is closed. Ask {firm} if something is still missing.")


@dataclass(frozen=True)
class Sight:
    """A request as one person may see it, and the rows it stands on."""

    firm: Firm
    client: Client
    work_item: WorkItem
    section: Section
    request: ClientRequest
    contact: Contact | None = None
    recipient: Recipient | None = None
    grant: AccessGrant | None = None
    is_read_only: bool = False

    @property
    def by_link(self) -> bool:
        """Whether a bound device let them in, not an account."""
        return self.grant is not None


def allow(work: Work, permission: Permission) -> None:
    """Refuse who may not do this at all: nobody is asked to sign in, others find nothing."""
    if not may(work.actor, permission):
        if not (work.actor.is_staff or work.actor.is_client):
            raise SignInNeeded(_("Please sign in."))
        raise NotFound(_("There is nothing here."))


def of_firm(work: Work, kind: type[R], row_id: UUID, permission: Permission, *, lock: bool = False) -> R:
    """A row of the staff member's own firm. Raises `NotFound`."""
    allow(work, permission)
    if not work.actor.is_staff:
        raise NotFound(_("There is nothing here."))
    query = select(kind).where(kind.id == row_id, kind.firm_id == work.actor.firm_id)
    row = work.session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(_("There is nothing here."))
    return row


def client(work: Work, client_id: UUID, permission: Permission, *, lock: bool = False) -> Client:
    """A client of the firm."""
    return of_firm(work, Client, client_id, permission, lock=lock)


def contact(work: Work, contact_id: UUID, permission: Permission, *, lock: bool = False) -> Contact:
    """A contact of the firm."""
    return of_firm(work, Contact, contact_id, permission, lock=lock)


def work_item(work: Work, work_item_id: UUID, permission: Permission, *, lock: bool = False) -> WorkItem:
    """A work item of the firm."""
    return of_firm(work, WorkItem, work_item_id, permission, lock=lock)


def section(work: Work, section_id: UUID, permission: Permission, *, lock: bool = False) -> Section:
    """A section, of either kind."""
    return of_firm(work, Section, section_id, permission, lock=lock)


def request(work: Work, request_id: UUID, permission: Permission, *, lock: bool = False) -> Sight:
    """A request for staff of its firm, a recipient by link, or a contact with an account (3.1, 6.10, 6.21).

    With `lock` the request's row stays locked until commit. Raises `NotFound`, `SignInNeeded` or, for a
    client whose grant ended, `LinkEnded` saying why (6.23).
    """
    allow(work, permission)
    found = _rows(work, request_id, lock=lock)
    if found is None:
        raise NotFound(_("There is nothing here."))
    if work.actor.is_staff:
        if found.firm.id != work.actor.firm_id:
            raise NotFound(_("There is nothing here."))
        return found
    sight = _signed_in(work, found) or _by_device(work, found)
    if sight.is_read_only and permission is not Permission.TASK_VIEW:
        raise RuleBroken(_(CLOSED).format(firm=sight.firm.name))
    return sight


def task(work: Work, task_id: UUID, permission: Permission, *, lock: bool = False) -> tuple[Task, Sight]:
    """A task and the request it stands in; locked in the order request, task."""
    allow(work, permission)
    row = work.session.get(Task, task_id)
    if row is None:
        raise NotFound(_("There is nothing here."))
    sight = request(work, row.section_id, permission, lock=lock)
    if lock:
        work.session.refresh(row, with_for_update=True)
    if row.put_aside_at is not None and not work.actor.is_staff:
        raise NotFound(_("There is nothing here."))
    return row, sight


def file(work: Work, file_id: UUID, permission: Permission) -> StoredFile:
    """A complete file that this person may read: staff of the firm, or whoever sees its request (10.14)."""
    allow(work, permission)
    row = work.session.get(StoredFile, file_id)
    if row is None or row.deleted_at is not None:
        raise NotFound(_("There is nothing here."))
    if work.actor.is_staff:
        if row.firm_id != work.actor.firm_id:
            raise NotFound(_("There is nothing here."))
    elif row.task_id is None:
        raise NotFound(_("There is nothing here."))
    else:
        task(work, row.task_id, permission)
    return row


def _rows(work: Work, request_id: UUID, *, lock: bool) -> Sight | None:
    query = (
        select_rows(ClientRequest, Section, WorkItem, Client, Firm)
        .join(Section, col(Section.id) == ClientRequest.id)
        .join(WorkItem, col(WorkItem.id) == ClientRequest.work_item_id)
        .join(Client, col(Client.id) == ClientRequest.client_id)
        .join(Firm, col(Firm.id) == ClientRequest.firm_id)
        .where(col(ClientRequest.id) == request_id)
    )
    if lock:
        query = query.with_for_update(of=ClientRequest)
    row = work.session.execute(query).first()
    if row is None:
        return None
    asked, part, item, whose, firm = row
    return Sight(firm=firm, client=whose, work_item=item, section=part, request=asked)


def _signed_in(work: Work, found: Sight) -> Sight | None:
    """The request for a signed-in contact, or None where their account does not reach it."""
    contact_id = work.actor.contact_id
    if contact_id is None or found.request.sent_at is None:
        return None
    person = work.session.get(Contact, contact_id)
    access = work.session.exec(
        select(PortalAccess).where(
            PortalAccess.client_id == found.client.id, PortalAccess.contact_id == contact_id
        )
    ).first()
    if person is None or access is None or not _reaches(found, person, access):
        return None
    received = _recipient(work, found.request.id, contact_id)
    if received is None and access.level is not AccessLevel.FULL:
        return None
    if found.request.withdrawn_at is not None:
        raise LinkEnded("", Standing.WITHDRAWN)
    is_closed = found.work_item.completed_at is not None
    return _seen(found, person, received, None, is_read_only=is_closed)


def _reaches(found: Sight, person: Contact, access: PortalAccess) -> bool:
    return (
        access.status is AccessStatus.ACCEPTED
        and person.firm_id == found.firm.id
        and person.archived_at is None
        and found.firm.portal_on_at is not None
        and found.client.portal_on_at is not None
        and found.client.archived_at is None
        and found.work_item.archived_at is None
    )


def _recipient(work: Work, request_id: UUID, contact_id: UUID) -> Recipient | None:
    return work.session.exec(
        select(Recipient).where(
            Recipient.request_id == request_id,
            Recipient.contact_id == contact_id,
            col(Recipient.removed_at).is_(None),
        )
    ).first()


def _by_device(work: Work, found: Sight) -> Sight:
    """The request for a bound device; says why where the device's grant opens it no more.

    Of several people's grants it is the one pressed last, of those that still open (6.22).
    """
    grant = work.session.exec(
        select(AccessGrant)
        .where(AccessGrant.request_id == found.request.id, AccessGrant.device_id == work.actor.device_id)
        .order_by(
            col(AccessGrant.ended_at).is_not(None),
            col(AccessGrant.expires_at) <= work.now,
            col(AccessGrant.claimed_at).desc(),
        )
        .limit(1)
    ).first()
    if work.actor.device_id is None or grant is None:
        _say_if_lost(work, found)
        raise NotFound(_("There is nothing here."))
    where = links.standing(grant_facts(found, grant), work.actor.device_id, work.now)
    if where is not Standing.YOURS:
        raise LinkEnded("", where)
    person = work.session.get(Contact, grant.contact_id)
    received = work.session.get(Recipient, grant.recipient_id)
    return _seen(found, person, received, grant, is_read_only=False)


def _say_if_lost(work: Work, found: Sight) -> None:
    lost = work.session.exec(
        select(LostDevice.id)
        .join(AccessGrant, col(AccessGrant.id) == LostDevice.grant_id)
        .where(AccessGrant.request_id == found.request.id, LostDevice.device_id == work.actor.device_id)
    ).first()
    if lost is not None:
        raise LinkEnded("", Standing.OTHER_DEVICE)


def grant_facts(found: Sight, grant: AccessGrant) -> links.GrantFacts:
    """What `links.standing` needs, from the rows."""
    return links.GrantFacts(
        expires_at=grant.expires_at,
        device_id=grant.device_id,
        ended_because=grant.ended_because,
        is_ended=grant.ended_at is not None,
        is_withdrawn=found.request.withdrawn_at is not None,
        is_work_completed=found.work_item.completed_at is not None,
        needs_resend=found.request.needs_resend_at is not None,
        is_archived=found.client.archived_at is not None or found.work_item.archived_at is not None,
        is_mfa_required=found.firm.mfa_required_at is not None,
    )


def _seen(
    found: Sight,
    person: Contact | None,
    received: Recipient | None,
    grant: AccessGrant | None,
    *,
    is_read_only: bool,
) -> Sight:
    return Sight(
        firm=found.firm,
        client=found.client,
        work_item=found.work_item,
        section=found.section,
        request=found.request,
        contact=person,
        recipient=received,
        grant=grant,
        is_read_only=is_read_only,
    )


def sight_of(work: Work, request_id: UUID) -> Sight | None:
    """The rows around a request for the portal's own pages and jobs; no right is checked here."""
    return _rows(work, request_id, lock=False)


def account_of(work: Work, actor: Actor) -> PortalAccount:
    """The signed-in contact's account. Raises `SignInNeeded`."""
    row = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == actor.contact_id)).first()
    if actor.contact_id is None or row is None or row.disabled_at is not None:
        raise SignInNeeded(_("Please sign in."))
    return row
