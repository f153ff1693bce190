"""Contacts put away and taken back (2.10).

`archived_at` alone shuts every door: whoever looks for an account, a link or a recipient looks at it. What cannot
come back is ended beside it; what restoring gives back stays as it is.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import RuleBroken
from portal_app.domain.links import Because
from portal_app.domain.permissions import Permission
from portal_app.models import AccessStatus, ClientContact, Contact, ContactNotice, OutboxMail
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import contact_ends
from portal_app.services.invitations import invitation_rows
from portal_app.services.links import ways_in
from portal_app.services.notices import stopping
from portal_app.services.reminders import replanning
from portal_app.text import _
from portal_app.work import Work, begin


def archive_contact(ports: Ports, actor: Actor, contact_id: UUID) -> None:
    """Put a contact away, for all their clients at once (2.10).

    Sessions with their open pages, links, devices, invitations, tasks handed over and e-mails not yet sent end.
    """
    with begin(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        if contact.archived_at is not None:
            return
        contact.archived_at = work.now
        work.add(contact)
        end_what_is_open(work, contact, Because.ARCHIVED)
        stopping.stop_mail(work, Because.ARCHIVED, col(ContactNotice.contact_id) == contact.id)
        replanning.replan_contact(work, contact.id)
        record(work, contact, "contact_archived")


def restore_contact(ports: Ports, actor: Actor, contact_id: UUID) -> None:
    """Give back account, access, and the grants that have not expired, with their devices; sends nothing (2.10)."""
    with begin(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT, lock=True)
        if contact.archived_at is None:
            return
        if contact.merged_into_id is not None or contact.erased_at is not None:
            raise RuleBroken(_("There is nothing left here to restore."))
        contact.archived_at = None
        work.add(contact)
        replanning.replan_contact(work, contact.id)
        contact_ends.ring_requests(work, contact)
        record(work, contact, "contact_restored")


def end_what_is_open(work: Work, contact: Contact, because: Because) -> None:
    """End what does not come back: sign-ins, invitations, hand-overs, e-mails that wait. Grants are the caller's."""
    contact_ends.end_sign_in(work, contact)
    invitation_rows.end(work, contact.id, because, AccessStatus.GIVEN)
    contact_ends.end_hand_overs(work, contact)
    ways_in.cancel_mail(work, because, OutboxMail.contact_id == contact.id)
    contact_ends.ring_requests(work, contact)


def clients_of(work: Work, contact: Contact) -> list[UUID]:
    """The clients that a contact is linked to."""
    query = select(ClientContact.client_id).where(ClientContact.contact_id == contact.id)
    return list(work.session.exec(query.order_by(col(ClientContact.created_at), col(ClientContact.id))))


def record(work: Work, contact: Contact, kind: str, **facts: str) -> None:
    """Tell it in the timeline of the contact and of each of their clients, and write it down."""
    everywhere: list[UUID | None] = [*clients_of(work, contact)]
    for client_id in everywhere or [None]:
        work.note(
            kind,
            firm_id=contact.firm_id,
            client_id=client_id,
            contact_id=contact.id,
            facts={"name": contact.name},
        )
    work.audit(
        kind.replace("_", ":", 1),
        firm_id=contact.firm_id,
        subject_kind="contact",
        subject_id=contact.id,
        **facts,
    )
    work.ring(f"firm:{contact.firm_id}")
