"""One client, or one person at their clients, done: what is true now counts, not what the dry run saw (2.7, 2.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from portal_app.domain import invitations as rules
from portal_app.domain.bulk_access import BulkKind, Choices, Gets, Switch, WhyNot, gets
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    BulkItem,
    BulkJob,
    Client,
    ClientContact,
    Contact,
    Firm,
    PortalAccess,
    Staff,
)
from portal_app.services.clients import portal_switch
from portal_app.services.invitations import invitation_rows, invitations
from portal_app.services.invitations.invitations import Case, Inviter
from portal_app.services.portal import bulk_people
from portal_app.work import Work


def do_client(work: Work, job: BulkJob, item: BulkItem) -> None:
    """Switch the client's portal on or off, where it is not so (2.14)."""
    client = work.session.get_one(Client, item.client_id, with_for_update=True)
    is_on = job.portal is Switch.ON
    if client.archived_at is not None:
        item.why_not = WhyNot.ARCHIVED
    elif is_on and work.session.get_one(Firm, client.firm_id).portal_on_at is None:
        item.why_not = WhyNot.PORTAL_OFF
    elif (client.portal_on_at is not None) == is_on:
        item.why_not = WhyNot.AS_IT_IS
    else:
        item.did = {"portal": _text(client.portal_on_at)}
        portal_switch.switch(work, client, is_on=is_on)
    _settle(work, item)


def do_person(work: Work, job: BulkJob, contact_id: UUID, items: Sequence[BulkItem]) -> None:
    """Give one person what the choices bring them at each of these clients, and invite them by one e-mail (3.12)."""
    contact = work.session.get_one(Contact, contact_id, with_for_update=True)
    invited: list[tuple[BulkItem, Case, PortalAccess]] = []
    for item in items:
        client = work.session.get_one(Client, item.client_id)
        case = invitations.case_of(work, client, contact)
        row = None
        if not _is_linked(work, item):
            item.why_not = WhyNot.GONE
        elif job.kind is BulkKind.CANCEL:
            _cancel(work, item, case)
        else:
            row = _give(work, job, item, case) if job.kind is BulkKind.ACCESS else _resend(work, item, case)
        if row is not None and "invited_at" in item.did:
            invited.append((item, case, row))
        _settle(work, item)
    _invite(work, job, invited)


def _invite(work: Work, job: BulkJob, invited: Sequence[tuple[BulkItem, Case, PortalAccess]]) -> None:
    if not invited:
        return
    first = [row.invited_at is None for _item, _case, row in invited]
    message = job.message if job.kind is BulkKind.ACCESS else invitations.last_words(work, invited[-1][2])
    inviter = Inviter(staff=work.session.get_one(Staff, job.staff_id))
    invitations.send_together(work, [(case, row) for _item, case, row in invited], inviter, message)
    for (item, case, row), is_first in zip(invited, first, strict=True):
        item.did = {**item.did, "invited_at": _text(row.invited_at)}
        word = "sent" if is_first else "resent"
        invitations.record(work, case, f"invitation_{word}", f"invitation:{word}", level=row.level.value)


def _give(work: Work, job: BulkJob, item: BulkItem, case: Case) -> PortalAccess | None:
    choices = Choices(job.portal, job.level is AccessLevel.FULL, job.notices, job.is_inviting)
    known = bulk_people.facts(
        case.contact, case.client, case.access, work.now, is_firm_on=case.firm.portal_on_at is not None
    )
    if job.portal is Switch.ON and not known.is_on and not known.is_archived:
        item.why_not = WhyNot.PORTAL_OFF
        return None
    found = gets(choices, known)
    if not found.is_anything:
        item.why_not = found.why_not or WhyNot.AS_IT_IS
        return None
    row = case.access or PortalAccess(
        firm_id=case.firm.id,
        client_id=case.client.id,
        contact_id=case.contact.id,
        status=AccessStatus.NONE,
        created_at=work.now,
    )
    item.did = _before(row, is_new=case.access is None)
    _change(work, case, row, found)
    if found.invitation:
        item.did = {**item.did, "invited_at": ""}
    return row


def _change(work: Work, case: Case, row: PortalAccess, found: Gets) -> None:
    if found.full:
        row.level = AccessLevel.FULL
    elif found.access:
        row.level = AccessLevel.LIMITED
    if found.notices is not Switch.LEAVE:
        row.notices_off_at = None if found.notices is Switch.ON else work.now
    if found.access:
        row.status, row.invited_by_staff_id, row.invited_at = AccessStatus.GIVEN, work.actor.staff_id, None
        row.notices_off_at = work.now if found.notices is Switch.OFF else None
    work.add(row)
    work.session.flush()
    if found.access:
        invitations.record(work, case, "access_given", "access:given", level=row.level.value)
    elif found.full:
        invitations.record(work, case, "access_made_full", "access:level_changed", level=row.level.value)
    if not found.access and found.notices is not Switch.LEAVE:
        word = "on" if found.notices is Switch.ON else "off"
        invitations.record(work, case, f"access_notices_{word}", f"access:notices_{word}")


def _before(row: PortalAccess, *, is_new: bool) -> dict[str, str]:
    """What *Undo* gives back."""
    return {
        "status": "" if is_new else row.status.value,
        "level": row.level.value,
        "notices": _text(row.notices_off_at),
        "was_invited_at": _text(row.invited_at),
    }


def _resend(work: Work, item: BulkItem, case: Case) -> PortalAccess | None:
    """The first invitation where none was sent, else one more e-mail (2.9)."""
    row = case.access
    known = bulk_people.facts(
        case.contact, case.client, row, work.now, is_firm_on=case.firm.portal_on_at is not None
    )
    if row is None or row.status not in (AccessStatus.GIVEN, *invitation_rows.OFFERED):
        item.why_not = WhyNot.ACCEPTED if row and row.status is AccessStatus.ACCEPTED else WhyNot.NO_ACCESS
    elif known.is_archived or not known.is_on:
        item.why_not = WhyNot.ARCHIVED if known.is_archived else WhyNot.PORTAL_OFF
    elif known.mail:
        item.why_not = known.mail
    elif invitations.sent_since(work, row, rules.MAIL_EVERY):
        item.why_not = WhyNot.JUST_SENT
    else:
        item.did = {**_before(row, is_new=False), "invited_at": ""}
        return row
    return None


def _cancel(work: Work, item: BulkItem, case: Case) -> None:
    """Take back what was offered and not accepted; every link of it ends (3.3)."""
    row = case.access
    if row is None or not case.moves.can_cancel:
        item.why_not = WhyNot.ACCEPTED if row and row.status is AccessStatus.ACCEPTED else WhyNot.AS_IT_IS
        return
    item.did = _before(row, is_new=False)
    invitation_rows.end(work, case.contact.id, "cancelled", AccessStatus.CANCELLED, case.client.id)
    row.status = AccessStatus.CANCELLED
    work.add(row)
    invitations.record(work, case, "invitation_cancelled", "invitation:cancelled")


def _is_linked(work: Work, item: BulkItem) -> bool:
    query = select(ClientContact.id).where(
        ClientContact.client_id == item.client_id, ClientContact.contact_id == item.contact_id
    )
    return work.session.exec(query).first() is not None


def _settle(work: Work, item: BulkItem) -> None:
    item.settled_at = work.now
    work.add(item)


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
