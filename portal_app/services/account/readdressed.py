"""What a person's own change of address ends and whom it tells: staff are told, sessions stay (2.18)."""

from __future__ import annotations

from sqlmodel import col, select

from portal_app.domain.links import Because
from portal_app.domain.sign_in import email_key
from portal_app.models import (
    AccessStatus,
    AddressChange,
    Contact,
    OutboxMail,
    SignInSession,
    SignUpLink,
)
from portal_app.services.account.own import clients_of, holder_row
from portal_app.services.invitations import invitation_rows
from portal_app.services.links import ways_in
from portal_app.services.reminders import replanning
from portal_app.services.sign_in import resets
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.sessions import end_session
from portal_app.services.triage import triage
from portal_app.work import Work


def move(work: Work, person: Person, change: AddressChange) -> None:
    """Give the person the address, and end what was sent to the old one; the notice to that one is queued already."""
    row = holder_row(work, person, lock=True)
    row.email, row.email_key = change.email, email_key(change.email)
    work.add(row)
    resets.end_open(work, person)
    _end_unfinished(work, person)
    if isinstance(row, Contact):
        _end_sent(work, row)
        _tell_staff(work, row, change)
    work.audit(
        "address:changed", firm_id=person.firm.id, subject_kind=person.kind.value, subject_id=person.id
    )
    work.ring(f"firm:{person.firm.id}")


def _end_unfinished(work: Work, person: Person) -> None:
    """Sign-ins that wait for a code: it went to the old address."""
    query = select(SignInSession.id).where(
        SignInSession.staff_id == person.staff_id,
        SignInSession.contact_id == person.contact_id,
        col(SignInSession.mfa_at).is_(None),
        col(SignInSession.ended_at).is_(None),
    )
    for session_id in work.session.exec(query.order_by(col(SignInSession.id))).all():
        end_session(work, session_id)


def _end_sent(work: Work, contact: Contact) -> None:
    """Links with their codes and devices, invitations, links to make an account, and e-mails that wait."""
    contact.bounced_at, contact.bounce_text = None, ""
    work.add(contact)
    ways_in.end_grants_of(work, contact.id, Because.ADDRESS_CHANGED)
    invitation_rows.end(work, contact.id, Because.ADDRESS_CHANGED, AccessStatus.GIVEN)
    ways_in.cancel_mail(
        work,
        Because.ADDRESS_CHANGED,
        OutboxMail.contact_id == contact.id,
        OutboxMail.event != "security_notice",
    )
    links = select(SignUpLink).where(
        SignUpLink.contact_id == contact.id,
        col(SignUpLink.used_at).is_(None),
        col(SignUpLink.ended_at).is_(None),
    )
    for link in work.session.exec(links):
        link.ended_at = work.now
        work.add(link)
    replanning.replan_contact(work, contact.id)


def _tell_staff(work: Work, contact: Contact, change: AddressChange) -> None:
    """The assigned staff of each of their clients, once each; it shows in each client's timeline."""
    for client in clients_of(work, contact.id):
        work.note(
            "address_moved",
            firm_id=contact.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            facts={"name": contact.name},
        )
        triage.notify_assigned(
            work,
            client,
            "address_moved",
            contact=contact,
            once_key=f"address:{change.id.hex}",
            email=contact.email,
        )
    work.ring(f"contact:{contact.id}")
