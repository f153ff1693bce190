"""Two contacts who are one person become one (2.20).

One address and its account stay. The other's links, codes, sessions and devices end as with a change of address
(2.17). Its row stays behind, pointing at who they are: the audit log knows people by number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import SQLModel, col, select

from portal_app.domain import merging as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.links import Because
from portal_app.domain.merging import Held
from portal_app.domain.permissions import Permission
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Activity,
    ClientContact,
    ColleagueInvite,
    Comment,
    Contact,
    Document,
    DocumentReading,
    DocumentShare,
    HandOver,
    Invitation,
    Notification,
    OutboxMail,
    PortalAccess,
    PortalAccount,
    Recipient,
    StoredFile,
    Task,
    TaskAnswer,
    Upload,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import contact_archiving, contact_ends, readdressing
from portal_app.services.links import ways_in
from portal_app.services.notices import moving
from portal_app.services.reminders import replanning
from portal_app.standings import KEPT_BY_HAND
from portal_app.text import _
from portal_app.work import Work, begin

MOVED: Final[tuple[tuple[type[SQLModel], str], ...]] = (
    (Activity, "contact_id"),
    (ColleagueInvite, "asked_by_contact_id"),
    (ColleagueInvite, "contact_id"),
    (Comment, "contact_id"),
    (Document, "contact_id"),
    (Document, "deleted_by_contact_id"),
    (HandOver, "contact_id"),
    (Invitation, "invited_by_contact_id"),
    (Notification, "contact_id"),
    (OutboxMail, "contact_id"),
    (PortalAccess, "invited_by_contact_id"),
    (StoredFile, "contact_id"),
    (StoredFile, "deleted_by_contact_id"),
    (Task, "completed_by_contact_id"),
    (Task, "ticked_by_contact_id"),
    (TaskAnswer, "contact_id"),
    (Upload, "contact_id"),
)
"""What a person did and got: it comes together as it is. How they signed in stays with the row that goes."""


def merge_contacts(ports: Ports, actor: Actor, keep_id: UUID, other_id: UUID, *, resend: bool = False) -> int:
    """Let `other` be part of `keep`, whose address and account stay; gives how many requests were resent.

    With `resend`, what was open to the address that goes is sent to the one that stays. Raises `RuleBroken` for
    one and the same contact, and for one who is archived and would stay.
    """
    with begin(ports, actor) as work:
        kept, other = _both(work, keep_id, other_id)
        was_open = readdressing.open_to(work, [other.id]).get(other.id, [])
        _end(work, other)
        _merge_clients(work, kept, other)
        _merge_requests(work, kept, other)
        _merge_documents(work, kept, other)
        for kind, column in MOVED:
            _move(work, kind, column, kept, other)
        moving.move_notices(work, kept.id, other.id)
        _leave_behind(work, kept, other)
        work.session.flush()
        work.session.expire_all()
        resent = readdressing.resend_open(work, kept, only=was_open) if resend else 0
        replanning.replan_contact(work, kept.id)
        contact_archiving.record(work, kept, "contact_merged", merged=str(other.id))
        work.ring(f"contact:{kept.id}", f"contact:{other.id}")
        return resent


def access_of(work: Work, contact_id: UUID) -> dict[UUID, PortalAccess]:
    """The contact's portal access by client."""
    query = select(PortalAccess).where(PortalAccess.contact_id == contact_id)
    return {row.client_id: row for row in work.session.exec(query)}


def held(row: PortalAccess | None, contact: Contact) -> Held | None:
    """A contact's access as the rule sees it; of one who is archived there is none."""
    return Held(row.level.value, row.status.value) if row and contact.archived_at is None else None


def has_account(work: Work, contact: Contact) -> bool:
    """Whether somebody signs in with the contact's address."""
    row = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == contact.id)).first()
    return row is not None and row.password_hash is not None and row.disabled_at is None


def check(kept: Contact, other: Contact) -> None:
    """Whether the two can be merged at all. Raises `NotFound`, `RuleBroken`."""
    if kept.id == other.id:
        raise RuleBroken(_("Choose another contact: this is the same one."))
    for one in (kept, other):
        if one.merged_into_id is not None or one.erased_at is not None:
            raise NotFound(_("There is nothing here."))
    if kept.archived_at is not None:
        raise RuleBroken(
            _("{name} is archived. Restore them first, or keep the other address.").format(name=kept.name)
        )


def _both(work: Work, keep_id: UUID, other_id: UUID) -> tuple[Contact, Contact]:
    """The two, locked in the order of their numbers, so that two merges of the same never wait for each other."""
    rows = {
        row_id: access.contact(work, row_id, Permission.CLIENT_EDIT, lock=True)
        for row_id in sorted({keep_id, other_id})
    }
    check(rows[keep_id], rows[other_id])
    return rows[keep_id], rows[other_id]


def _end(work: Work, other: Contact) -> None:
    ways_in.end_grants_of(work, other.id, Because.ADDRESS_CHANGED)
    contact_archiving.end_what_is_open(work, other, Because.ADDRESS_CHANGED)
    ways_in.forget_browsers(work, other.id)


def _merge_clients(work: Work, kept: Contact, other: Contact) -> None:
    mine = {link.client_id: link for link in _links(work, kept)}
    for link in _links(work, other):
        if link.client_id in mine:
            mine[link.client_id].title = mine[link.client_id].title or link.title
            work.session.delete(link)
        else:
            link.contact_id = kept.id
            work.add(link)
    own, theirs = access_of(work, kept.id), access_of(work, other.id)
    can_sign_in = has_account(work, kept)
    for client_id in {*theirs, *own}:
        _merge_access(work, (kept, own.get(client_id)), (other, theirs.get(client_id)), can_sign_in)
    work.session.flush()


def _merge_access(
    work: Work,
    kept: tuple[Contact, PortalAccess | None],
    other: tuple[Contact, PortalAccess | None],
    can_sign_in: bool,
) -> None:
    (contact, ours), (_gone, theirs) = kept, other
    found = rules.merged(held(ours, contact), held(theirs, _gone), has_account=can_sign_in)
    row = ours or theirs
    if found is None or row is None:
        return
    row.level, row.status, row.contact_id = AccessLevel(found.level), AccessStatus(found.status), contact.id
    if row.status is AccessStatus.ACCEPTED:
        row.accepted_at = row.accepted_at or (theirs.accepted_at if theirs else None) or work.now
    work.add(row)
    if theirs is not None and theirs is not row:
        theirs.status = AccessStatus.CANCELLED
        work.add(theirs)


def _links(work: Work, contact: Contact) -> list[ClientContact]:
    return list(work.session.exec(select(ClientContact).where(ClientContact.contact_id == contact.id)))


def _merge_requests(work: Work, kept: Contact, other: Contact) -> None:
    """A request of one is the other's too; of a request of both, what happened first stands."""
    mine = {row.request_id: row for row in _received(work, kept)}
    for row in _received(work, other):
        ours = mine.get(row.request_id)
        if ours is None:
            row.contact_id = kept.id
            work.session.execute(
                update(AccessGrant).where(col(AccessGrant.recipient_id) == row.id).values(contact_id=kept.id)
            )
        else:
            _take_over(ours, row)
            row.removed_at = row.removed_at or work.now
            work.add(ours)
        work.add(row)
        work.ring(f"request:{row.request_id}")
    work.session.flush()


def _merge_documents(work: Work, kept: Contact, other: Contact) -> None:
    """What was shared with one by name, or opened by one, counts for the other; of both, it is there once."""
    shares = {row.document_id for row in _shares(work, kept)}
    for share in _shares(work, other):
        if share.document_id in shares:
            work.session.delete(share)
        else:
            share.contact_id = kept.id
            work.add(share)
    readings = {row.document_id: row for row in _readings(work, kept)}
    for reading in _readings(work, other):
        ours = readings.get(reading.document_id)
        if ours is None:
            reading.contact_id = kept.id
            work.add(reading)
            continue
        ours.first_at = min(ours.first_at, reading.first_at)
        ours.last_at = max(ours.last_at, reading.last_at)
        work.add(ours)
        work.session.delete(reading)
    work.session.flush()


def _shares(work: Work, contact: Contact) -> list[DocumentShare]:
    return list(work.session.exec(select(DocumentShare).where(DocumentShare.contact_id == contact.id)))


def _readings(work: Work, contact: Contact) -> list[DocumentReading]:
    return list(work.session.exec(select(DocumentReading).where(DocumentReading.contact_id == contact.id)))


def _received(work: Work, contact: Contact) -> list[Recipient]:
    query = select(Recipient).where(Recipient.contact_id == contact.id)
    return list(work.session.exec(query.order_by(col(Recipient.request_id)).with_for_update()))


def _take_over(ours: Recipient, row: Recipient) -> None:
    if row.removed_at is None:
        ours.removed_at = None
    ours.first_sent_at = _earlier(ours.first_sent_at, row.first_sent_at)
    ours.last_sent_at = max(filter(None, (ours.last_sent_at, row.last_sent_at)), default=None)
    ours.opened_at = _earlier(ours.opened_at, row.opened_at)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _move(work: Work, kind: type[SQLModel], column: str, kept: Contact, other: Contact) -> None:
    place = kind.__table__.c[column]  # type: ignore[attr-defined]
    moved = update(kind).where(place == other.id).values({column: kept.id})
    work.session.execute(moved, execution_options=KEPT_BY_HAND)  # of what they follow, only who invited


def _leave_behind(work: Work, kept: Contact, other: Contact) -> None:
    account = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == other.id)).first()
    if account is not None:
        account.disabled_at = account.disabled_at or work.now
        account.password_hash = account.totp_sealed = None
        account.sms_number = account.sms_asked_number = ""
        work.add(account)
    contact_ends.forget_second_steps(work, [other.id])
    kept.phone = kept.phone or other.phone
    other.merged_into_id, other.archived_at = kept.id, other.archived_at or work.now
    other.email, other.email_key, other.phone = "", None, ""
    other.bounced_at, other.bounce_text = None, ""
    work.add(kept, other)
