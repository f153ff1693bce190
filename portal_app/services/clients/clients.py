"""Clients: added, edited, archived and restored, and who looks after them (2.1, 2.13, 2.15)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.links import Because
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import (
    Client,
    ClientAssignment,
    ClientKind,
    ClientRequest,
    ContactNotice,
    OutboxMail,
    PortalAccess,
    Staff,
)
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.invitations import invitation_rows
from portal_app.services.links import ways_in
from portal_app.services.notices import stopping
from portal_app.services.reminders import replanning
from portal_app.text import _
from portal_app.work import Work, begin

LONGEST_NAME, LONGEST_NUMBER, LONGEST_NOTES = 200, 40, 5_000


@dataclass(frozen=True, slots=True)
class ClientFields:
    """What a client's form holds; `number` is the firm's own file number."""

    name: str
    kind: ClientKind = ClientKind.ORGANIZATION
    number: str = ""
    notes: str = ""


def add_client(ports: Ports, actor: Actor, fields: ClientFields) -> UUID:
    """Add a client; who adds it is its first assigned staff member (2.13). Raises `BadInput`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.CLIENT_EDIT)
        if actor.firm_id is None or actor.staff_id is None:
            raise RuleBroken(_("Only staff add clients."))
        client = Client(firm_id=actor.firm_id, name="", name_key="", created_at=work.now)
        _fill(client, fields)
        work.add(client)
        work.session.flush()
        work.add(
            ClientAssignment(firm_id=client.firm_id, client_id=client.id, staff_id=actor.staff_id, position=0)
        )
        _record(work, client, "client_added", "client:added")
        return client.id


def edit_client(ports: Ports, actor: Actor, client_id: UUID, fields: ClientFields) -> None:
    """Change a client's name, kind, number and notes. Raises `BadInput`."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        _fill(client, fields)
        work.add(client)
        work.audit("client:edited", firm_id=client.firm_id, subject_kind="client", subject_id=client.id)
        ring(work, client)


def archive_client(ports: Ports, actor: Actor, client_id: UUID) -> None:
    """Put a client away: its links and access end, its coming e-mails do not leave; files and history stay (2.15).

    Doors and e-mails look at `archived_at`, so that restoring gives back what has not expired by then.
    """
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        if client.archived_at is not None:
            return
        client.archived_at = work.now
        work.add(client)
        replanning.replan_client(work, client.id)
        requests = _requests(work, client)
        ways_in.cancel_mail(work, Because.ARCHIVED, col(OutboxMail.request_id).in_(requests))
        invitation_rows.stop_mail_of_client(work, client.id, Because.ARCHIVED)
        stopping.stop_mail(work, Because.ARCHIVED, col(ContactNotice.client_id) == client.id)
        work.ring(*(f"request:{request_id}" for request_id in requests), *_homes(work, client))
        _record(work, client, "client_archived", "client:archived")


def restore_client(ports: Ports, actor: Actor, client_id: UUID) -> None:
    """Take an archived client back; sends nothing (2.15)."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        if client.archived_at is None:
            return
        client.archived_at = None
        work.add(client)
        replanning.replan_client(work, client.id)
        work.ring(*(f"request:{request_id}" for request_id in _requests(work, client)), *_homes(work, client))
        _record(work, client, "client_restored", "client:restored")


def assign(ports: Ports, actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """Have one more staff member look after a client; they come last (2.13)."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        person = access.of_firm(work, Staff, staff_id, Permission.CLIENT_EDIT)
        if person.deactivated_at is not None:
            raise BadInput(_("{name} no longer works here.").format(name=person.name), field="staff_id")
        there = _assignments(work, client)
        if any(row.staff_id == staff_id for row in there):
            return
        work.add(
            ClientAssignment(
                firm_id=client.firm_id,
                client_id=client.id,
                staff_id=staff_id,
                position=max((row.position for row in there), default=-1) + 1,
            )
        )
        _record_assignment(work, client, staff_id, "client:assigned")


def unassign(ports: Ports, actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """Have a staff member look after a client no longer; one always remains (2.13). Raises `RuleBroken`."""
    with begin(ports, actor) as work:
        client = access.client(work, client_id, Permission.CLIENT_EDIT, lock=True)
        there = _assignments(work, client)
        leaving = [row for row in there if row.staff_id == staff_id]
        if not leaving:
            return
        if len(there) == 1:
            raise RuleBroken(
                _("A client has at least one assigned staff member. Assign someone else first."),
                field="staff_id",
            )
        work.session.delete(leaving[0])
        _record_assignment(work, client, staff_id, "client:unassigned")


def ring(work: Work, client: Client) -> None:
    """Tell the pages that show clients."""
    work.ring(f"firm:{client.firm_id}")


def _fill(client: Client, fields: ClientFields) -> None:
    client.name = typed.line(fields.name, "name", longest=LONGEST_NAME, missing=_("Write the client’s name."))
    client.name_key = name_key(client.name)[:LONGEST_NAME]
    client.kind = fields.kind
    client.number = typed.line(fields.number, "number", longest=LONGEST_NUMBER)
    client.notes = typed.prose(fields.notes, "notes", longest=LONGEST_NOTES)


def _requests(work: Work, client: Client) -> list[UUID]:
    return list(work.session.exec(select(ClientRequest.id).where(ClientRequest.client_id == client.id)))


def _homes(work: Work, client: Client) -> list[str]:
    """The channels of those who may have the client's home open."""
    people = select(PortalAccess.contact_id).where(PortalAccess.client_id == client.id)
    return [f"contact:{contact_id}" for contact_id in work.session.exec(people)]


def _assignments(work: Work, client: Client) -> list[ClientAssignment]:
    query = select(ClientAssignment).where(ClientAssignment.client_id == client.id)
    return list(work.session.exec(query.order_by(col(ClientAssignment.position))))


def _record(work: Work, client: Client, kind: str, action: str) -> None:
    work.note(kind, firm_id=client.firm_id, client_id=client.id, facts={"title": client.name})
    work.audit(action, firm_id=client.firm_id, subject_kind="client", subject_id=client.id)
    ring(work, client)


def _record_assignment(work: Work, client: Client, staff_id: UUID, action: str) -> None:
    work.audit(action, firm_id=client.firm_id, subject_kind="client", subject_id=client.id, staff_id=staff_id)
    ring(work, client)
