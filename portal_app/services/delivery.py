"""What an e-mail's fate means for its request, its recipient and the staff (6.24, 7.4, 7.5, 8.6), and what stops
one that still waits (fault 30). Everything here runs in the outbox's transaction."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from portal_app.domain.outbox import NEVER_AGAIN
from portal_app.models import (
    AccessGrant,
    ClientAssignment,
    ClientContact,
    Contact,
    Notification,
    OutboxMail,
    Recipient,
    Staff,
)
from portal_app.ports import MailRefused
from portal_app.services import access, invitation_rows, post, sendable, triage
from portal_app.services.access import Sight
from portal_app.work import Work

FIRST = "request_sent"
REMINDER = "reminder"
TO_DO = frozenset({FIRST, REMINDER, "task_added", "task_reopened"})
"""They ask for something: pointless once nothing is open, or the request is."""
TO_ADDRESS = TO_DO | {"access_link", "invitation", "sign_in_code", "password_reset"}
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
        return "deactivated" if person is None or person.deactivated_at is not None else ""
    contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
    if contact is not None and contact.archived_at is not None:
        return "archived"
    if contact is not None and mail.event in TO_ADDRESS and not post.is_same(contact.email, mail.recipient):
        return "address changed"
    return _request_is_over(work, mail) if mail.event in TO_DO | {"access_link"} else ""


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
    if mail.event in TO_DO and not sendable.open_tasks(work, sight):
        return "nothing open"
    return "reminders off" if mail.event == REMINDER and recipient.reminders_off_at is not None else ""


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
        recipient.bounced_at = None
    if recipient is not None and mail.event == REMINDER:
        _count_reminder(work, recipient)
    _note(work, mail, "mail_accepted")
    ring(work, mail)


def failed(work: Work, mail: OutboxMail, refusal: MailRefused) -> None:
    """It will not leave: the recipient shows *delivery failed*, a bad address is marked, staff are told (8.6)."""
    recipient = _recipient(work, mail)
    if recipient is not None and (mail.event in TO_DO or is_bad_address(refusal)):
        recipient.bounced_at = work.now
        work.add(recipient)
    contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
    if contact is not None and is_bad_address(refusal) and post.is_same(contact.email, mail.recipient):
        contact.bounced_at, contact.bounce_text = work.now, refusal.text[:500]
        work.add(contact)
    if contact is not None and mail.event == "invitation":
        invitation_rows.came_back(work, contact.id)
    _note(work, mail, "mail_failed")
    _tell(work, mail, contact, refusal.text)
    ring(work, mail)


def goes_again(mail: OutboxMail) -> bool:
    """Whether an e-mail of unknown outcome is sent once more: not a reminder, and not a third time (15.2)."""
    return mail.event not in NEVER_AGAIN and mail.resent_after_unknown_at is None


def stays_unknown(work: Work, mail: OutboxMail) -> None:
    """Nobody will know: a reminder counts, for anything else staff are told (7.4)."""
    recipient = _recipient(work, mail)
    if mail.event == REMINDER and recipient is not None:
        _count_reminder(work, recipient)
    else:
        contact = work.session.get(Contact, mail.contact_id) if mail.contact_id else None
        _tell(work, mail, contact, mail.answer)
    ring(work, mail)


def is_bad_address(refusal: MailRefused) -> bool:
    """Whether the refusal is about the recipient's address, and not about us or our e-mail."""
    if not refusal.is_final:
        return False
    says_more = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", refusal.text)
    return bool(_BAD_ADDRESS.search(refusal.text)) if says_more else refusal.code in _OF_ADDRESS


def ring(work: Work, mail: OutboxMail) -> None:
    """Whoever looks at the request sees what became of its e-mail."""
    if mail.request_id is None:
        return
    sight = access.sight_of(work, mail.request_id)
    if sight is not None:
        work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")


def _recipient(work: Work, mail: OutboxMail) -> Recipient | None:
    if mail.recipient_id is None:
        return None
    return work.session.get(Recipient, mail.recipient_id, with_for_update=True)


def _count_reminder(work: Work, recipient: Recipient) -> None:
    recipient.reminders_used += 1
    recipient.last_reminded_at = work.now
    work.add(recipient)


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


def _tell_assigned(work: Work, contact: Contact, once_key: str, facts: dict[str, Any]) -> None:
    query = (
        select(ClientAssignment)
        .join(ClientContact, col(ClientContact.client_id) == ClientAssignment.client_id)
        .where(ClientContact.contact_id == contact.id)
        .order_by(col(ClientAssignment.position))
    )
    told = set()
    for assigned in work.session.exec(query):
        if assigned.staff_id in told:
            continue
        told.add(assigned.staff_id)
        work.add(
            Notification(
                firm_id=contact.firm_id,
                staff_id=assigned.staff_id,
                kind="mail_failed",
                client_id=assigned.client_id,
                contact_id=contact.id,
                facts=facts,
                once_key=once_key,
                at=work.now,
            )
        )
        work.ring(f"staff:{assigned.staff_id}")
