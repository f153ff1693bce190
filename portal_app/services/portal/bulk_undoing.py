"""*Undo* of bulk work: what nobody has used yet is as it was before (2.7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists
from sqlmodel import col, select

from portal_app.domain.bulk_access import Switch
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    BulkItem,
    BulkJob,
    Client,
    ClientRequest,
    Contact,
    PortalAccess,
    PortalAccount,
)
from portal_app.services.clients import portal_switch
from portal_app.services.invitations import invitation_rows, invitations
from portal_app.work import Work

USED, CHANGED = "used", "changed"
UNDONE = "undone"


def take_back(work: Work, job: BulkJob, item: BulkItem) -> None:
    """Give back what there was before this row; `kept` says why not. What changed nothing has nothing to give back."""
    if not item.did:
        return
    item.kept = _client(work, job, item) if item.contact_id is None else _person(work, job, item)


def _client(work: Work, job: BulkJob, item: BulkItem) -> str:
    client = work.session.get_one(Client, item.client_id, with_for_update=True)
    was_on = bool(item.did["portal"])
    if (client.portal_on_at is not None) == was_on:
        return CHANGED
    if was_on:
        portal_switch.switch(work, client, is_on=True)
        client.portal_on_at = datetime.fromisoformat(item.did["portal"])
        work.add(client)
        return ""
    if _is_used(work, item):
        return USED
    portal_switch.switch(work, client, is_on=False)
    return ""


def _is_used(work: Work, item: BulkItem) -> bool:
    """Whether somebody is invited or came in since, or a request was sent that leads to the portal (2.4)."""
    since = item.settled_at
    accesses = select(PortalAccess.id).outerjoin(
        PortalAccount, col(PortalAccount.contact_id) == PortalAccess.contact_id
    )
    status = col(PortalAccess.status)
    came_in = (status == AccessStatus.ACCEPTED) & (
        (col(PortalAccess.accepted_at) > since) | (col(PortalAccount.last_sign_in_at) > since)
    )
    offered = status.in_(invitation_rows.OFFERED)
    query = accesses.where(PortalAccess.client_id == item.client_id, came_in | offered)
    sent = exists().where(col(ClientRequest.client_id) == item.client_id, col(ClientRequest.sent_at) > since)
    return work.session.exec(query.limit(1)).first() is not None or bool(
        work.session.execute(select(sent)).scalar()
    )


def _person(work: Work, job: BulkJob, item: BulkItem) -> str:
    contact = work.session.get_one(Contact, item.contact_id, with_for_update=True)
    case = invitations.case_of(work, work.session.get_one(Client, item.client_id), contact)
    row, did = case.access, item.did
    if row is None:
        return CHANGED
    if _has_come_in(work, row, item):
        return USED
    was_given = did["status"] in ("", AccessStatus.NONE, AccessStatus.CANCELLED)
    if was_given or "invited_at" in did:
        if (row.invited_at.isoformat() if row.invited_at else "") != did.get("invited_at", ""):
            return CHANGED
        invitation_rows.end(work, contact.id, UNDONE, AccessStatus.GIVEN, case.client.id)
        row.status = AccessStatus(did["status"] or AccessStatus.NONE)
        row.invited_at = _moment(did["was_invited_at"])
        if row.status is AccessStatus.INVITED:  # its links ended with the new ones
            row.status, row.invited_at = AccessStatus.GIVEN, None
    row.level = AccessLevel(did["level"])
    if job.notices is not Switch.LEAVE or was_given:
        row.notices_off_at = _moment(did["notices"])
    work.add(row)
    invitations.record(work, case, "access_undone", "access:undone")
    return ""


def _has_come_in(work: Work, row: PortalAccess, item: BulkItem) -> bool:
    """Whether the person accepted what was given, or signed in since."""
    if row.status is not AccessStatus.ACCEPTED:
        return False
    account = work.session.exec(
        select(PortalAccount).where(PortalAccount.contact_id == row.contact_id)
    ).first()
    moments = (row.accepted_at, account.last_sign_in_at if account else None)
    return item.settled_at is not None and any(at is not None and at > item.settled_at for at in moments)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
