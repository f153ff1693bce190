"""For whom a request opens in this browser: by account, by bound grant, by PIN (3.1, 6.21, 6.22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain import links
from portal_app.domain.links import Standing
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    ClassicEntry,
    Contact,
    PortalAccess,
    Recipient,
    SignInSession,
)
from portal_app.services.access.doors import is_open
from portal_app.services.access.grants import classic_standing, grant_facts
from portal_app.services.access.sights import Sight, seen_by
from portal_app.services.links.ended_words import link_ended
from portal_app.work import Work


def readers(work: Work, found: Sight) -> list[Sight]:
    """The request for each person for whom it opens in this browser, the one shown first (6.21, 6.22).

    Shown is who pressed last: *Open my requests*, a PIN, or the button to sign in.
    """
    signed_in, held = _signed_in(work, found), _held(work, found)
    if signed_in is not None:
        held = [one for one in held if reader_of(one[1]) != reader_of(signed_in)]
        held.insert(0, (signed_in_since(work), signed_in))
    held.sort(key=lambda one: one[0], reverse=True)
    return [sight for _at, sight in held]


def reader_of(sight: Sight) -> UUID | None:
    """The contact for whom a request is shown."""
    return sight.contact.id if sight.contact else None


def signed_in_since(work: Work) -> datetime:
    """When the contact who asks signed in."""
    session = work.session.get(SignInSession, work.actor.session_id) if work.actor.session_id else None
    return session.created_at if session is not None else work.now


def _held(work: Work, found: Sight) -> list[tuple[datetime, Sight]]:
    """What opens here without an account, by bound grant or PIN (6.9), each with when it was pressed last."""
    if work.actor.device_id is None:
        return []
    bound = select(AccessGrant).where(
        AccessGrant.request_id == found.request.id, AccessGrant.device_id == work.actor.device_id
    )
    held = [
        (grant.shown_at or grant.claimed_at or grant.created_at, _by_grant(work, found, grant))
        for grant in work.session.exec(bound)
        if links.standing(grant_facts(work, found, grant), work.actor.device_id, work.now) is Standing.YOURS
    ]
    entered = select_rows(ClassicEntry, AccessGrant).join(
        AccessGrant, col(AccessGrant.id) == ClassicEntry.grant_id
    )
    entered = entered.where(
        col(AccessGrant.request_id) == found.request.id,
        col(AccessGrant.classic_at).is_not(None),
        col(ClassicEntry.device_id) == work.actor.device_id,
        col(ClassicEntry.expires_at) > work.now,
    )
    for entry, grant in work.session.execute(entered):
        if classic_standing(work, found, grant) is Standing.UNCLAIMED:
            held.append((entry.entered_at, _by_grant(work, found, grant, is_classic=True)))
    return held


def _by_grant(work: Work, found: Sight, grant: AccessGrant, *, is_classic: bool = False) -> Sight:
    person = work.session.get(Contact, grant.contact_id)
    received = work.session.get(Recipient, grant.recipient_id)
    return replace(found, contact=person, recipient=received, grant=grant, is_classic=is_classic)


def _signed_in(work: Work, found: Sight) -> Sight | None:
    """The request for a signed-in contact, or None where their account does not reach it."""
    contact_id = work.actor.contact_id
    if contact_id is None or found.request.sent_at is None:
        return None
    person = work.session.get(Contact, contact_id)
    given = access_to(work, found.client.id, contact_id)
    received = _recipient(work, found.request.id, contact_id)
    if person is None or not reaches(found, person, given, received):
        return None
    if received is None and (given is None or given.level is not AccessLevel.FULL):
        return None
    if found.request.withdrawn_at is not None:
        raise link_ended(Standing.WITHDRAWN)
    is_closed = found.work_item.completed_at is not None
    return seen_by(found, person, received, None, is_read_only=is_closed)


def reaches(found: Sight, person: Contact, given: PortalAccess | None, received: Recipient | None) -> bool:
    """Whether the account reaches the client: by access accepted, or as limited by what it was sent where no access
    was ever given or taken (3.7)."""
    is_given = given is not None and given.status is AccessStatus.ACCEPTED
    is_free = given is None or given.status is AccessStatus.NONE
    is_sent = is_free and received is not None and received.last_sent_at is not None
    is_there = found.work_item.archived_at is None and is_open(found.client, person, found.firm)
    return (is_given or is_sent) and is_there


def access_to(work: Work, client_id: UUID, contact_id: UUID) -> PortalAccess | None:
    query = select(PortalAccess).where(
        PortalAccess.client_id == client_id, PortalAccess.contact_id == contact_id
    )
    return work.session.exec(query).first()


def _recipient(work: Work, request_id: UUID, contact_id: UUID) -> Recipient | None:
    return work.session.exec(
        select(Recipient).where(
            Recipient.request_id == request_id,
            Recipient.contact_id == contact_id,
            col(Recipient.removed_at).is_(None),
        )
    ).first()
