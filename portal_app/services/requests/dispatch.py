"""One send under way: who sends what to whom, by which press. A send, a resend and an added recipient share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import links
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.models import Contact, OutboxMail, Recipient, Staff, Task
from portal_app.services.access import Sight
from portal_app.services.automations import automations
from portal_app.services.automations.automations import Trigger
from portal_app.services.links import grants
from portal_app.services.mail import post
from portal_app.services.notices import telling
from portal_app.services.reminders import replanning
from portal_app.services.requests import request_mail, sendable
from portal_app.text import _
from portal_app.work import Work

SENT = "request:sent"
"""The action of a first send, by hand or by itself."""


@dataclass(frozen=True)
class Sending:
    """One send under way: who sends what, and by which press."""

    work: Work
    sight: Sight
    sender: Staff
    tasks: Sequence[Task]
    key: str


def begin_sending(work: Work, sight: Sight, key: str) -> Sending:
    """A send by the staff member who asks, from them (6.1). Raises `RuleBroken` saying why the request cannot go (6.25)."""
    tasks = sendable.open_tasks(work, sight)
    refusal = sendable.why_not(work, sight, tasks, sendable.contacts(work, sight.client))
    if refusal:
        raise RuleBroken(refusal)
    return Sending(work, sight, work.session.get_one(Staff, work.actor.staff_id), tasks, key[:80])


def mark_sent(sending: Sending) -> None:
    """The request is out from now on, from this sender; whatever was planned or held for it is over."""
    request = sending.sight.request
    request.sent_at, request.sent_by_staff_id = sending.work.now, sending.sender.id
    request.sending_key = sending.key
    request.withdrawn_at = request.withdrawn_by_staff_id = request.needs_resend_at = None
    request.send_at = request.held_at = None
    request.held_because = ""
    if request.reminders_go_on_at is not None:
        request.reminders_go_on_at = sending.work.now  # said before the send: it holds for this one (7.6)
    sending.work.add(request)


def chosen(sending: Sending, contact_ids: Iterable[UUID]) -> list[Contact]:
    """The contacts of the client that were chosen, each once. Raises `BadInput`."""
    wanted = set(contact_ids)
    people = [one for one in sendable.contacts(sending.work, sending.sight.client) if one.id in wanted]
    if not wanted:
        raise BadInput(_("Choose at least one recipient."), field="recipients")
    if len(people) != len(wanted):
        raise BadInput(
            _("A recipient is not a contact of {client}. Choose again.").format(
                client=sending.sight.client.name
            ),
            field="recipients",
        )
    return [_checked(person) for person in people]


def writable(work: Work, contact_id: UUID) -> Contact:
    """A recipient's contact. Raises `BadInput` where nothing can be sent to them any more (5.24)."""
    return _checked(work.session.get_one(Contact, contact_id))


def _checked(person: Contact) -> Contact:
    reason = _("was archived") if person.archived_at is not None else sendable.why_not_to(person)
    if reason:
        raise BadInput(_("{name}: {reason}.").format(name=person.name, reason=reason), field="recipients")
    return person


def recipients(work: Work, sight: Sight) -> list[Recipient]:
    """Who it is, or will be, sent to."""
    query = select(Recipient).where(
        Recipient.request_id == sight.request.id, col(Recipient.removed_at).is_(None)
    )
    return list(work.session.exec(query.order_by(col(Recipient.id))))


def recipient_for(sending: Sending, person: Contact) -> Recipient:
    """The person's row, as before any send: there already where they were proposed, or chosen again (6.13)."""
    request, work = sending.sight.request, sending.work
    query = select(Recipient).where(Recipient.request_id == request.id, Recipient.contact_id == person.id)
    row = work.session.exec(query).first() or Recipient(
        firm_id=request.firm_id, request_id=request.id, contact_id=person.id, created_at=work.now
    )
    row.removed_at = row.first_sent_at = row.opened_at = None
    work.add(row)
    work.session.flush()
    return row


def leave_out(sending: Sending, chosen: set[UUID]) -> None:
    """Who was proposed and not chosen is no recipient."""
    for row in recipients(sending.work, sending.sight):
        if row.contact_id not in chosen:
            row.removed_at = sending.work.now
            sending.work.add(row)


def send_to(sending: Sending, person: Contact, recipient: Recipient, kind: str) -> None:
    """Queue the e-mail with a link of its own; the grant lasts thirty days from now, reminders start again (6.6, 7.4).

    `kind` is what the timeline says. The recipient counts as sent to only once the server took it (5.6).
    """
    work, sight = sending.work, sending.sight
    grant = grants.open_grant(
        work, recipient, links.SEND_LASTS_FOR
    )  # grant, then recipient: as a claim locks
    recipient.reminders_used, recipient.last_sent_at = 0, work.now
    if recipient.bounced_at is not None:  # what came back was no send: this is the first (6.24)
        recipient.first_sent_at = recipient.bounced_at = None
    work.add(recipient)
    grants.choose_way(work, grant, has_portal=grants.is_portal_on(sight.firm, sight.client))
    way = grants.new_way(work, grant)
    facts = request_mail.facts(
        work,
        sight,
        person,
        sending.sender,
        sending.tasks,
        link=way.url,
        pin=way.pin,
        expires_at=grant.expires_at,
    )
    mail = post.queue(
        work,
        request_mail.request_sent(work, sight, person, facts),
        firm=sight.firm,
        to=(person.name, person.email),
        dedupe_key=_dedupe_key(recipient, grant.id, sending.key),
        sender=post.sender_of(work.ports.settings, sight.firm, sending.sender),
        contact_id=person.id,
        request_id=sight.request.id,
        recipient_id=recipient.id,
    )
    replanning.replan(work, [sight.request.id])
    note(sending, kind, contact_id=person.id, mail_id=mail.id, to=person.name)
    if kind == "request_sent":
        _tell_person(sending, person)


def _tell_person(sending: Sending, person: Contact) -> None:
    """A new request, in the portal and by push as well (9.6); what was sent again was told before."""
    sight = sending.sight
    telling.tell_contacts(
        sending.work,
        [person.id],
        "request_sent",
        once_key=f"request_sent:{sight.request.id.hex}:{sending.key}"[:120],
        facts={"title": sight.section.name, "by": sending.sender.name},
        client_id=sight.client.id,
        request_id=sight.request.id,
    )


def _dedupe_key(recipient: Recipient, grant_id: UUID, key: str) -> str:
    return f"request_sent:{recipient.id.hex}:{grant_id.hex}:{key}"


def was_pressed(sending: Sending, recipient: Recipient) -> bool:
    """Whether this very press has queued an e-mail to this recipient already."""
    grant = grants.open_grant_of(sending.work, recipient.id)
    if grant is None:
        return False
    query = select(OutboxMail.id).where(
        OutboxMail.dedupe_key == _dedupe_key(recipient, grant.id, sending.key)
    )
    return sending.work.session.exec(query).first() is not None


def note(sending: Sending, kind: str, *, contact_id: UUID, mail_id: UUID, to: str) -> None:
    """Tell the timelines of the work and of that contact, in the sender's name (6.1)."""
    facts = {"title": sending.sight.section.name, "to": to}
    if not sending.work.actor.is_staff:
        facts["is_automatic"] = "yes"
    about = {"contact_id": contact_id, "mail_id": mail_id, "staff_id": sending.sender.id}
    tell(sending.work, sending.sight, kind, facts, **about)


def tell(work: Work, sight: Sight, kind: str, facts: dict[str, str], **about: UUID) -> None:
    """One entry in the timelines of the request's work and client."""
    work.note(
        kind,
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        facts={"title": sight.section.name, **facts},
        **about,
    )


def record(sending: Sending, action: str, people: Sequence[Contact]) -> None:
    """Audit a send, tell whoever looks at it, and set off what follows a first send (8.4)."""
    sending.work.audit(
        action,
        firm_id=sending.sight.firm.id,
        subject_kind="request",
        subject_id=sending.sight.request.id,
        contacts=", ".join(str(person.id) for person in people),
    )
    ring(sending.work, sending.sight, [person.id for person in people])
    if action == SENT:
        sight, now = sending.sight, sending.work.now.isoformat()
        cause = f"sent:{sight.request.id.hex}:{now}"
        automations.react(
            sending.work, Trigger.REQUEST_SENT, sight.work_item, cause, request_id=sight.request.id
        )


def ring(work: Work, sight: Sight, contact_ids: Iterable[UUID]) -> None:
    """Staff at the work and its lists, and clients at the request."""
    work.ring(
        f"request:{sight.request.id}",
        f"work:{sight.work_item.id}",
        f"firm:{sight.firm.id}",
        *(f"contact:{contact_id}" for contact_id in contact_ids),
    )
