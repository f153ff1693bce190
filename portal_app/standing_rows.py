"""The rows of `standings`, worked out from clients, contacts and access, and written where they differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, update
from sqlalchemy import select as select_rows
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from portal_app.domain.standings import WAITING, AccessFacts, ClientStatus, client_status
from portal_app.models import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientContact,
    ClientStanding,
    Contact,
    PendingContact,
    PortalAccess,
    PortalAccount,
    PortalCount,
)
from portal_app.models.standings import NEVER
from portal_app.standing_words import Found, keep_words

Kept = dict[str, Any]
"""A row of `standings` as a dictionary."""
FIGURES = ("clients", "portal_on", "activated", "pending", "pending_contacts")
WITH_ACCESS = WAITING | {"accepted"}


@dataclass
class Counts:
    """A firm's figures, locked until commit, and what this transaction adds to them."""

    firm_id: UUID
    more: Counter[str] = field(default_factory=Counter)

    def save(self, session: Session) -> None:
        """Add what was counted."""
        changed = {name: getattr(PortalCount, name) + n for name, n in self.more.items() if n}
        if changed:
            session.execute(update(PortalCount).where(col(PortalCount.id) == self.firm_id).values(**changed))


def locked_counts(session: Session, firm_id: UUID) -> Counts:
    """The firm's figures: whoever holds them is the only one that keeps this firm's standings."""
    made = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    zero = {"id": firm_id, "firm_id": firm_id, **dict.fromkeys(FIGURES, 0)}
    session.execute(made.insert(PortalCount).values(**zero).on_conflict_do_nothing())
    session.execute(
        select_rows(col(PortalCount.id)).where(col(PortalCount.id) == firm_id).with_for_update()
    ).one()
    return Counts(firm_id)


def keep_clients(session: Session, client_ids: Sequence[UUID], counts: Mapping[UUID, Counts]) -> None:
    """Write where these clients stand and what finds them; `counts` are of all their firms, locked."""
    clients = {
        row.id: row for row in session.execute(select_rows(*_CLIENT).where(col(Client.id).in_(client_ids)))
    }
    people = _people(session, client_ids)
    there = _rows(session, ClientStanding, client_ids)
    now = {client_id: _standing(client, people[client_id]) for client_id, client in clients.items()}
    for standing, sign in _write(session, ClientStanding, there, now):
        counts[standing["firm_id"]].more.update({name: sign * n for name, n in _counted(standing).items()})
    keep_words(
        session, client_ids, [Found(clients[row_id], people[row_id], row) for row_id, row in now.items()]
    )


def keep_pending(session: Session, contact_ids: Sequence[UUID], counts: Mapping[UUID, Counts]) -> None:
    """Write which of these contacts have access that they cannot use yet, and since when they are invited."""
    query: Any = (
        select_rows(
            col(Contact.id),
            col(Contact.firm_id),
            func.coalesce(func.max(PortalAccess.invited_at), NEVER).label("invited_at"),
        )
        .join(PortalAccess, col(PortalAccess.contact_id) == col(Contact.id))
        .join(Client, col(Client.id) == PortalAccess.client_id)
        .where(
            col(Contact.id).in_(contact_ids),
            col(Contact.archived_at).is_(None),
            col(PortalAccess.status).in_([AccessStatus(one) for one in sorted(WAITING)]),
            col(Client.archived_at).is_(None),
            col(Client.test_of_staff_id).is_(None),
            col(Client.portal_on_at).is_not(None),
        )
        .group_by(col(Contact.id), col(Contact.firm_id))
    )
    waiting = {
        row.id: {"id": row.id, "firm_id": row.firm_id, "invited_at": row.invited_at}
        for row in session.execute(query)
    }
    there = _rows(session, PendingContact, contact_ids)
    for row, sign in _write(session, PendingContact, there, waiting):
        counts[row["firm_id"]].more["pending_contacts"] += sign


_CLIENT = [
    col(column)
    for column in (
        Client.id,
        Client.firm_id,
        Client.name,
        Client.name_key,
        Client.number,
        Client.portal_on_at,
        Client.archived_at,
        Client.test_of_staff_id,
    )
]


def _people(session: Session, client_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The contacts of each client who are not archived, with access and account where there are any."""
    query: Any = (
        select_rows(
            col(ClientContact.client_id),
            col(Contact.id),
            col(Contact.name),
            col(Contact.email_key),
            col(PortalAccess.status),
            col(PortalAccess.level),
            col(PortalAccount.id).label("account_id"),
            col(PortalAccount.disabled_at),
            col(PortalAccount.last_sign_in_at),
        )
        .join(Contact, col(Contact.id) == ClientContact.contact_id)
        .outerjoin(
            PortalAccess,
            and_(
                col(PortalAccess.client_id) == ClientContact.client_id,
                col(PortalAccess.contact_id) == ClientContact.contact_id,
            ),
        )
        .outerjoin(PortalAccount, col(PortalAccount.contact_id) == ClientContact.contact_id)
        .where(col(ClientContact.client_id).in_(client_ids), col(Contact.archived_at).is_(None))
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.client_id].append(row)
    return found


def _standing(client: Any, people: Sequence[Any]) -> Kept:
    is_on = client.portal_on_at is not None
    able = [one for one in people if one.account_id is not None and one.disabled_at is None]
    facts = [AccessFacts(one.status.value, one in able) for one in people if one.status is not None]
    levels = {one.level for one in people if one.status is not None and one.status.value in WITH_ACCESS}
    seen: list[datetime] = [one.last_sign_in_at for one in people if one.last_sign_in_at is not None]
    return {
        "id": client.id,
        "firm_id": client.firm_id,
        "name_key": client.name_key,
        "is_listed": client.archived_at is None and client.test_of_staff_id is None,
        "is_on": is_on,
        "status": client_status(is_on, facts),
        "has_limited": AccessLevel.LIMITED in levels,
        "has_full": AccessLevel.FULL in levels,
        "last_sign_in_at": max(seen, default=NEVER),
    }


def _counted(standing: Mapping[str, Any]) -> dict[str, int]:
    if not standing["is_listed"]:
        return {}
    return {
        "clients": 1,
        "portal_on": int(standing["is_on"]),
        "activated": int(standing["status"] is ClientStatus.ACTIVATED),
        "pending": int(standing["status"] is ClientStatus.PENDING),
    }


def _rows(session: Session, kind: Any, ids: Sequence[UUID]) -> dict[UUID, Kept]:
    query = select_rows(*kind.__table__.columns).where(kind.id.in_(ids))
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}


def _write(
    session: Session, kind: Any, there: Mapping[UUID, Kept], now: Mapping[UUID, Kept]
) -> list[tuple[Kept, int]]:
    """Bring the rows that are `there` to what they are `now`; gives what went (-1) and what came (1)."""
    differ = [row_id for row_id in {**there, **now} if there.get(row_id) != now.get(row_id)]
    gone = [row_id for row_id in differ if row_id not in now]
    new = [now[row_id] for row_id in differ if row_id not in there]
    if gone:
        session.execute(delete(kind).where(kind.id.in_(gone)))
    if new:
        session.execute(insert(kind), new)
    for row_id in differ:
        if row_id in there and row_id in now:
            session.execute(update(kind).where(kind.id == row_id).values(**now[row_id]))
    before = [(there[row_id], -1) for row_id in differ if row_id in there]
    return before + [(now[row_id], 1) for row_id in differ if row_id in now]
