"""Follows what clients' standing with the portal depends on, and keeps it beside them (2.5, 8.9).

Whatever a transaction changed, its commit works out anew where the clients concerned stand, the words that find
them, who is pending, and the firm's figures; so that no service has to think of it, and none can forget it. Statements that
change many rows without loading them are not seen, and are refused where nobody says that they are kept by hand;
`fill_standings` finds clients that have no row yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, col, select

from portal_app.models import Client, ClientAssignment, ClientContact, Contact, PortalAccess, PortalAccount
from portal_app.standing_rows import keep_clients, keep_pending, locked_counts
from portal_app.standing_words import keep_staff_words

TOUCHED = "portal_touched"
FOLLOWED = frozenset({Client, ClientAssignment, ClientContact, Contact, PortalAccess, PortalAccount})
"""What standings are worked out from."""
KEPT_BY_HAND = {"standings_kept_by_hand": True}
"""Execution options of a statement on many of these rows: whoever runs it calls `keep`, or changes nothing that standings
depend on."""


@dataclass
class Touched:
    """Clients and contacts that a transaction changed something about."""

    clients: set[UUID] = field(default_factory=set)
    contacts: set[UUID] = field(default_factory=set)
    assigned: dict[UUID, UUID] = field(default_factory=dict)
    """Clients whom somebody else looks after now, with their firms."""


class FollowedSession(Session):
    """A writing session whose commit keeps standings."""


@event.listens_for(FollowedSession, "after_flush")
def _note(session: Session, _context: object) -> None:
    touched = session.info.setdefault(TOUCHED, Touched())
    for row in chain(session.new, session.dirty, session.deleted):
        match row:
            case Client():
                touched.clients.add(row.id)
            case Contact():
                touched.contacts.add(row.id)
            case PortalAccount():
                touched.contacts.update(_now_and_before(row, "contact_id"))
            case ClientAssignment():
                touched.assigned.update(dict.fromkeys(_now_and_before(row, "client_id"), row.firm_id))
            case ClientContact() | PortalAccess():
                touched.clients.update(_now_and_before(row, "client_id"))
                touched.contacts.update(_now_and_before(row, "contact_id"))


@event.listens_for(FollowedSession, "do_orm_execute")
def _refuse_unseen(asked: ORMExecuteState) -> None:
    """A statement that changes rows without loading them is seen by nobody: what is kept would go stale silently."""
    if (
        not (asked.is_update or asked.is_delete or asked.is_insert)
        or KEPT_BY_HAND.items() <= asked.execution_options.items()
    ):
        return
    kind = asked.bind_mapper.class_ if asked.bind_mapper else None
    if kind in FOLLOWED:
        raise RuntimeError(f"{kind.__name__} changes in bulk, and its standings are not kept by hand")


def _now_and_before(row: Any, name: str) -> Iterable[UUID]:
    history = inspect(row).attrs[name].history
    return [getattr(row, name), *(before for before in history.deleted if before is not None)]


@event.listens_for(FollowedSession, "before_commit")
def _keep(session: Session) -> None:
    session.flush()
    touched: Touched | None = session.info.pop(TOUCHED, None)
    if touched and (touched.clients or touched.contacts):
        keep(session, touched.clients, touched.contacts)
    if touched and touched.assigned.keys() - touched.clients:
        for firm_id in sorted(set(touched.assigned.values())):
            locked_counts(session, firm_id)
        keep_staff_words(session, touched.assigned.keys() - touched.clients)


def keep(session: Session, clients: Iterable[UUID], contacts: Iterable[UUID] = ()) -> None:
    """Work out anew where these clients and contacts stand, and everybody whom that concerns."""
    client_ids, contact_ids = set(clients), set(contacts)
    for link in (ClientContact, PortalAccess):
        of_contacts = select(col(link.client_id)).where(col(link.contact_id).in_(contact_ids))
        client_ids.update(session.exec(of_contacts) if contact_ids else ())
    for link in (ClientContact, PortalAccess):
        of_clients = select(col(link.contact_id)).where(col(link.client_id).in_(client_ids))
        contact_ids.update(session.exec(of_clients) if client_ids else ())
    firms = set(session.exec(select(Client.firm_id).where(col(Client.id).in_(client_ids))))
    firms |= set(session.exec(select(Contact.firm_id).where(col(Contact.id).in_(contact_ids))))
    counts = {firm_id: locked_counts(session, firm_id) for firm_id in sorted(firms)}
    keep_clients(session, sorted(client_ids), counts)
    keep_pending(session, sorted(contact_ids), counts)
    for row in counts.values():
        row.save(session)
