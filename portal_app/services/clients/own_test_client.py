"""A staff member's own test client, to try the portal with: left out of every figure and list (2.12)."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.domain.sign_in import email_key
from portal_app.models import Client, ClientAssignment, ClientContact, ClientKind, Contact, Firm, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.text import _
from portal_app.work import Work, begin


def open_test_client(ports: Ports, actor: Actor) -> UUID:
    """The asker's test client, made at the first time with themselves as its contact; the portal is on where it is on
    for the firm. Pressed twice, there is one."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.CLIENT_EDIT)
        staff = work.session.get(Staff, actor.staff_id, with_for_update=True) if actor.staff_id else None
        if staff is None:
            raise NotFound(_("There is nothing here."))
        query = select(Client).where(Client.test_of_staff_id == staff.id, col(Client.archived_at).is_(None))
        there = work.session.exec(query).first()
        return there.id if there else _made(work, staff)


def _made(work: Work, staff: Staff) -> UUID:
    firm = work.session.get_one(Firm, staff.firm_id)
    name = _("Test client of {name}").format(name=staff.name)
    client = Client(
        firm_id=firm.id,
        name=name,
        name_key=name_key(name)[:200],
        kind=ClientKind.PERSON,
        test_of_staff_id=staff.id,
        portal_on_at=work.now if firm.portal_on_at else None,
        created_at=work.now,
    )
    work.add(client)
    work.session.flush()
    contact = _themselves(work, staff)
    work.add(
        ClientAssignment(firm_id=firm.id, client_id=client.id, staff_id=staff.id, position=0),
        ClientContact(firm_id=firm.id, client_id=client.id, contact_id=contact.id, created_at=work.now),
    )
    work.note("client_added", firm_id=firm.id, client_id=client.id, facts={"title": client.name})
    work.audit("client:added", firm_id=firm.id, subject_kind="client", subject_id=client.id)
    work.ring(f"firm:{firm.id}")
    return client.id


def _themselves(work: Work, staff: Staff) -> Contact:
    """The contact with the staff member's own address: an account of theirs, apart from the one they work with (4.8)."""
    query = select(Contact).where(
        Contact.firm_id == staff.firm_id, Contact.email_key == email_key(staff.email)
    )
    there = work.session.exec(query).first()
    if there is not None:
        return there
    contact = Contact(
        firm_id=staff.firm_id,
        name=staff.name[:120],
        email=staff.email,
        email_key=email_key(staff.email),
        locale=staff.locale,
        created_at=work.now,
    )
    work.add(contact)
    work.session.flush()
    return contact
