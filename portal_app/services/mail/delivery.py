"""What an e-mail's fate means for its request, its recipient and the staff (6.24, 7.4, 7.5, 8.6), and what stops
one that still waits (fault 30). Everything here runs in the outbox's transaction."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Role
from portal_app.domain.outbox import NEVER_AGAIN
from portal_app.models import (
    AccessGrant,
    ClientContact,
    Contact,
    Firm,
    OutboxMail,
    Recipient,
    Staff,
)
from portal_app.ports import MailRefused
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.invitations import invitation_rows
from portal_app.services.links import handed
from portal_app.services.mail import post
from portal_app.services.notices import notice_mail as notice_mail_of_contacts
from portal_app.services.reminders import outcomes
from portal_app.services.reminders.outcomes import REMINDERS
from portal_app.services.requests import sendable
from portal_app.services.triage import notice_mail, triage
from portal_app.work import Work

FIRST = "request_sent"
TO_DO = frozenset({FIRST, "reminder", "task_added", "task_changed", "task_reopened"})
"""They ask for something: pointless once nothing is open, or the request is."""
TO_ADDRESS = (
    TO_DO
    | REMINDERS
    | {"access_link", "classic_pin", "invitation", "sign_in_code", "password_reset"}
    | {notice_mail_of_contacts.EVENT}
)
"""They hold a way in: to nobody but the person's address of now (2.17)."""
USELESS_AFTER = {"sign_in_code": timedelta(minutes=10), "password_reset": timedelta(hours=1)}

_BAD_ADDRESS = re.compile(r"\b5\.1\.[0-9]|\b5\.2\.1\b")
_OF_ADDRESS = frozenset({550, 551, 553, 556})


def why_no_more(work: Work, mail: OutboxMail) -> str:
    """Why an e-mail shall not leave any more, as a word for its row; empty where it shall."""
    if mail.event in USELESS_AFTER and work.now - mail.queued_at >= USELESS_AFTER[mail.event]:
        return "too late"
    if mail.staff_id is not None:
        person = work.session.get(Staff, mail.staff_id)
        if person is None or person.deactivated_at is not None:
            return "deactivated"
        return notice_mail.why_no_more(work, mail) if mail.event == notice_mail.EVENT else ""
    contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
    if contact is not None and contact.archived_at is not None:
        return "archived"
    if contact is not None and mail.event in TO_ADDRESS and not post.is_same(contact.email, mail.recipient):
        return "address changed"
    if mail.event == notice_mail_of_contacts.EVENT:
        return notice_mail_of_contacts.why_no_more(work, mail)
    if mail.event == "task_handed_over":
        return handed.why_no_more(work, mail)
    reason = _request_is_over(work, mail) if mail.event in TO_DO | {"access_link", "classic_pin"} else ""
    return reason or outcomes.why_no_more(work, mail)


def _request_is_over(work: Work, mail: OutboxMail) -> str:
    sight = access.sight_of(work, mail.request_id) if mail.request_id else None
    recipient = work.session.get(Recipient, mail.recipient_id) if mail.recipient_id else None
    if sight is None or recipient is None:
        return "deleted"
    if recipient.removed_at is not None:
        return "removed"
    if sight.request.withdrawn_at is not None:
        return "withdrawn"
    if sight.client.archived_at or sight.work_item.archived_at or sight.section.archived_at:
        return "archived"
    if sight.work_item.completed_at is not None:
        return "work completed"
    if _grant(work, mail) is None:
        return "access ended"
    is_asking = mail.event in TO_DO and mail.event not in REMINDERS  # of those `outcomes` looks at the tasks
    return "nothing open" if is_asking and not sendable.open_tasks(work, sight) else ""


def _grant(work: Work, mail: OutboxMail) -> AccessGrant | None:
    query = select(AccessGrant).where(
        AccessGrant.recipient_id == mail.recipient_id, col(AccessGrant.ended_at).is_(None)
    )
    return work.session.exec(query).first()


def accepted(work: Work, mail: OutboxMail) -> None:
    """The server took it: a first e-mail makes the request *sent*, a reminder counts (5.6, 7.4)."""
    recipient = _recipient(work, mail)
    if recipient is not None and mail.event == FIRST:
        recipient.first_sent_at = recipient.first_sent_at or work.now
        recipient.bounced_at = recipient.deferred_at = None
    outcomes.count(work, mail)
    _note(work, mail, "mail_accepted")
    settled(work, mail)


def failed(work: Work, mail: OutboxMail, refusal: MailRefused) -> None:
    """It will not leave: the recipient shows *delivery failed*, a bad address is marked, staff are told (8.6)."""
    came_back(work, mail, refusal.text, is_about_address=is_bad_address(refusal))


def came_back(work: Work, mail: OutboxMail, text: str, *, is_about_address: bool) -> None:
    """Refused at once or returned later. What went to an address that the person no longer has marks nothing."""
    contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
    is_of_now = contact is not None and post.is_same(contact.email, mail.recipient)
    recipient = _recipient(work, mail)
    if recipient is not None and is_of_now and (mail.event in TO_DO or is_about_address):
        recipient.bounced_at, recipient.deferred_at = work.now, None
        work.add(recipient)
    if is_of_now:
        outcomes.bounce(work, mail)
    if contact is not None and is_of_now and is_about_address:
        contact.bounced_at, contact.bounce_text = work.now, text[:500]
        work.add(contact)
    if contact is not None and is_of_now and mail.event == "invitation":
        invitation_rows.came_back(work, contact.id)
    _note(work, mail, "mail_failed")
    _tell(work, mail, contact, text)
    settled(work, mail)


def set_late(work: Work, mail: OutboxMail, is_late: bool) -> None:
    """A server on the way tries again, or has succeeded since: said at the e-mail and, for a first one, its recipient."""
    mail.deferred_at = work.now if is_late else None
    recipient = _recipient(work, mail) if mail.event == FIRST else None
    if recipient is not None and recipient.bounced_at is None:
        recipient.deferred_at = mail.deferred_at
        work.add(recipient)
    work.add(mail)
    ring(work, mail)


def goes_again(mail: OutboxMail) -> bool:
    """Whether an e-mail of unknown outcome is sent once more: not a reminder, and not a third time (15.2)."""
    return mail.event not in NEVER_AGAIN and mail.resent_after_unknown_at is None


def stays_unknown(work: Work, mail: OutboxMail) -> None:
    """Nobody will know: a reminder counts, for anything else staff are told (7.4)."""
    outcomes.count(work, mail)
    if mail.event not in REMINDERS:
        contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
        _tell(work, mail, contact, mail.answer)
    settled(work, mail)


def is_bad_address(refusal: MailRefused) -> bool:
    """Whether the refusal is about the recipient's address, and not about us or our e-mail."""
    if not refusal.is_final:
        return False
    says_more = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", refusal.text)
    return bool(_BAD_ADDRESS.search(refusal.text)) if says_more else refusal.code in _OF_ADDRESS


def settled(work: Work, mail: OutboxMail) -> None:
    """It came to its end: reminders follow from that, and another e-mail of what still stands in a cancelled one."""
    if mail.event == notice_mail.EVENT:
        notice_mail.compose_again(work, mail)
    outcomes.settle(work, mail)
    ring(work, mail)


def ring(work: Work, mail: OutboxMail) -> None:
    """Whoever looks at its requests sees what became of an e-mail."""
    if mail.event == "introduction":
        work.ring(f"introduction:{mail.firm_id}")
    for request_id in outcomes.requests_of(work, mail):
        sight = access.sight_of(work, request_id)
        if sight is not None:
            work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")


def _recipient(work: Work, mail: OutboxMail) -> Recipient | None:
    if mail.recipient_id is None:
        return None
    return work.session.get(Recipient, mail.recipient_id, with_for_update=True)


def _note(work: Work, mail: OutboxMail, kind: str) -> None:
    sight = access.sight_of(work, mail.request_id) if mail.request_id else None
    if sight is None:
        return
    work.note(
        kind,
        firm_id=mail.firm_id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=mail.contact_id,
        mail_id=mail.id,
        facts={"title": mail.subject, "to": mail.recipient},
    )


def _tell(work: Work, mail: OutboxMail, contact: Contact | None, answer: str) -> None:
    """A triage notification, once an e-mail, for who stands for the request or looks after the client."""
    sight: Sight | None = access.sight_of(work, mail.request_id) if mail.request_id else None
    facts: dict[str, Any] = {"to": mail.recipient, "subject": mail.subject, "answer": answer[:300]}
    once_key = f"mail_failed:{mail.id}"
    if sight is not None:
        triage.notify(work, replace(sight, contact=contact), "mail_failed", once_key=once_key, **facts)
    elif contact is not None:
        _tell_assigned(work, contact, once_key, facts)
    elif mail.staff_id is not None:
        _tell_admins(work, mail, mail.staff_id, facts)


def _tell_assigned(work: Work, contact: Contact, once_key: str, facts: dict[str, Any]) -> None:
    """Once for each person, whichever of the contact's clients they look after."""
    query = select(ClientContact.client_id).where(ClientContact.contact_id == contact.id)
    told: set[UUID] = set()
    for client_id in work.session.exec(query.order_by(col(ClientContact.client_id))):
        people = [person for person in triage.assigned(work, client_id) if person not in told]
        told.update(people)
        triage.tell(
            work,
            people,
            "mail_failed",
            firm_id=contact.firm_id,
            once_key=once_key,
            facts=facts,
            client_id=client_id,
            contact_id=contact.id,
        )


def _tell_admins(work: Work, mail: OutboxMail, staff_id: UUID, facts: dict[str, Any]) -> None:
    """A colleague's address does not work: owners and admins are told once a day, and not at that address (8.6)."""
    person = work.session.get_one(Staff, staff_id)
    if person.deactivated_at is not None:
        return
    admins = select(Staff.id).where(
        Staff.firm_id == mail.firm_id,
        col(Staff.role).in_([Role.OWNER, Role.ADMIN]),
        col(Staff.deactivated_at).is_(None),
    )
    day = firm_days.today(work.session.get_one(Firm, mail.firm_id), work.now)
    triage.tell(
        work,
        work.session.exec(admins.order_by(col(Staff.created_at), col(Staff.id))).all(),
        "staff_mail_failed",
        firm_id=mail.firm_id,
        once_key=f"staff_mail_failed:{staff_id}:{day}",
        facts=facts | {"name": person.name},
        not_by_mail={staff_id},
    )
