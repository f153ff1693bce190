"""The doors of a firm's staff to its rows, and of signed-in contacts to their clients."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy import select as select_rows
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, SignInNeeded
from portal_app.domain.permissions import Permission, may
from portal_app.models import (
    AccessStatus,
    Client,
    Contact,
    Firm,
    FirmRow,
    PortalAccess,
    PortalAccount,
    Section,
    WorkItem,
)
from portal_app.text import _
from portal_app.work import Work

R = TypeVar("R", bound=FirmRow)


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


def own_client(
    work: Work, client_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Client, Contact, PortalAccess]:
    """A client that the signed-in contact reaches now, with themselves and their access to it. Raises `NotFound`."""
    allow(work, permission)
    query = (
        select_rows(Client, Contact, PortalAccess, Firm)
        .join(PortalAccess, col(PortalAccess.client_id) == Client.id)
        .join(Contact, col(Contact.id) == PortalAccess.contact_id)
        .join(Firm, col(Firm.id) == Client.firm_id)
        .where(col(Client.id) == client_id, col(Contact.id) == work.actor.contact_id)
    )
    row = work.session.execute(query.with_for_update(of=Client) if lock else query).first()
    if row is None or not is_reached(*row):
        raise NotFound(_("There is nothing here."))
    whose, person, given, _firm = row
    return whose, person, given


def is_reached(whose: Client, person: Contact, given: PortalAccess, firm: Firm) -> bool:
    """Whether the contact's account opens this client now (2.10, 2.14, 2.15, 3.5)."""
    return given.status is AccessStatus.ACCEPTED and is_open(whose, person, firm)


def is_open(whose: Client, person: Contact, firm: Firm) -> bool:
    return (
        person.firm_id == firm.id
        and person.archived_at is None
        and firm.portal_on_at is not None
        and whose.portal_on_at is not None
        and whose.archived_at is None
    )


def account_of(work: Work, actor: Actor) -> PortalAccount:
    """The signed-in contact's account. Raises `SignInNeeded`."""
    row = work.session.exec(select(PortalAccount).where(PortalAccount.contact_id == actor.contact_id)).first()
    if actor.contact_id is None or row is None or row.disabled_at is not None:
        raise SignInNeeded(_("Please sign in."))
    return row


def signed_in(work: Work, permission: Permission) -> tuple[Contact, PortalAccount]:
    """The contact who is signed in and may do this, and their account. Raises `SignInNeeded` and `NotFound`."""
    allow(work, permission)
    account = account_of(work, work.actor)
    return work.session.get_one(Contact, account.contact_id), account
