"""Contacts at clients as bulk work sees them, a thousand clients at a time (2.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain.bulk_access import PersonFacts, WhyNot
from portal_app.domain.invitations import LASTS_FOR
from portal_app.models import AccessLevel, AccessStatus, Client, ClientContact, Contact, PortalAccess
from portal_app.services.mail import post
from portal_app.work import Work

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Pair:
    """One contact at one client, and the facts that the rule needs."""

    client_id: UUID
    client_name: str
    contact_id: UUID
    name: str
    email: str
    facts: PersonFacts


def pairs(work: Work, client_ids: Sequence[UUID], *, is_firm_on: bool) -> Iterator[Pair]:
    """Every contact of these clients, client by client in the order given."""
    for start in range(0, len(client_ids), AT_ONCE):
        some = client_ids[start : start + AT_ONCE]
        found: dict[UUID, list[Pair]] = {one: [] for one in some}
        for row in work.session.execute(_query(some)):
            found[row.client_id].append(_pair(row, work.now, is_firm_on=is_firm_on))
        for one in some:
            yield from found[one]


def facts(
    contact: Contact, client: Client, access: PortalAccess | None, now: datetime, *, is_firm_on: bool
) -> PersonFacts:
    """What the rule needs of rows that are locked."""
    return PersonFacts(
        status=access.status.value if access else AccessStatus.NONE.value,
        is_full=access is not None and access.level is AccessLevel.FULL,
        has_notices=access is None or access.notices_off_at is None,
        is_open=_is_open(access.invited_at if access else None, now),
        is_on=is_firm_on and client.portal_on_at is not None,
        is_archived=contact.archived_at is not None or client.archived_at is not None,
        mail=why_no_mail(contact.email, contact.bounced_at),
    )


def why_no_mail(email: str, bounced_at: datetime | None) -> WhyNot | None:
    """Why nothing can be sent to an address."""
    if not email:
        return WhyNot.NO_ADDRESS
    if bounced_at is not None:
        return WhyNot.BOUNCED
    return None if post.is_usable(email) else WhyNot.BAD_ADDRESS


def _is_open(invited_at: datetime | None, now: datetime) -> bool:
    return invited_at is not None and now < invited_at + LASTS_FOR


def _query(client_ids: Sequence[UUID]) -> Any:
    return (
        select_rows(
            col(ClientContact.client_id),
            col(Client.name).label("client_name"),
            col(Client.portal_on_at),
            col(Client.archived_at).label("client_archived_at"),
            col(Contact.id),
            col(Contact.name),
            col(Contact.email),
            col(Contact.bounced_at),
            col(Contact.archived_at),
            col(PortalAccess.status),
            col(PortalAccess.level),
            col(PortalAccess.invited_at),
            col(PortalAccess.notices_off_at),
        )
        .join(Client, col(Client.id) == ClientContact.client_id)
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .outerjoin(
            PortalAccess,
            and_(
                col(PortalAccess.client_id) == ClientContact.client_id,
                col(PortalAccess.contact_id) == ClientContact.contact_id,
            ),
        )
        .where(col(ClientContact.client_id).in_(client_ids))
        .order_by(col(ClientContact.created_at), col(ClientContact.id))
    )


def _pair(row: Any, now: datetime, *, is_firm_on: bool) -> Pair:
    known = PersonFacts(
        status=row.status.value if row.status else AccessStatus.NONE.value,
        is_full=row.level is AccessLevel.FULL,
        has_notices=row.notices_off_at is None,
        is_open=_is_open(row.invited_at, now),
        is_on=is_firm_on and row.portal_on_at is not None,
        is_archived=row.archived_at is not None or row.client_archived_at is not None,
        mail=why_no_mail(row.email, row.bounced_at),
    )
    return Pair(row.client_id, row.client_name, row.id, row.name, row.email, known)
