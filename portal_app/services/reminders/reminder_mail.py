"""A reminder's e-mail: what is open, what waits on the firm, a new link of the same grant, a way to stop (7.3, 7.5).

Whoever composes one holds the locks of its requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal_app import routes
from portal_app.domain import links
from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import Contact, OutboxMail, Recipient, Reminder, Staff, new_id
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import grants
from portal_app.services.mail import email_facts, emails, post
from portal_app.services.mail.email_facts import ReminderPart, TaskLine
from portal_app.services.mail.emails import ComposedMail
from portal_app.services.requests import request_mail, sendable
from portal_app.services.triage import triage
from portal_app.text import _, use_locale
from portal_app.work import Work

ONE, SEVERAL = "reminder", "reminder_digest"


@dataclass(frozen=True, slots=True)
class Part:
    """One request's reminder to one person, of a day, called for on `slot_on`."""

    request_id: UUID
    recipient_id: UUID
    contact_id: UUID
    slot_on: date


@dataclass(frozen=True, slots=True)
class _Written:
    """A part with all it needs: its rows, its place in the e-mail, and the hash of its switch."""

    part: Part
    sight: Sight
    recipient: Recipient
    content: ReminderPart
    off_hash: bytes


def sender_of(work: Work, sight: Sight) -> Staff | None:
    """In whose name the request was last sent, or their successor; else who stands for it (7.15, 1.13)."""
    people = triage.told(work, sight)
    return work.session.get(Staff, people[0]) if people else None


def queue(work: Work, parts: Sequence[Part], on: date) -> OutboxMail:
    """Queue one e-mail with these parts, all to one person and in one name, as reminders of the day `on` (7.11)."""
    person = work.session.get_one(Contact, parts[0].contact_id)
    first = _sight(work, parts[0].request_id)
    sender = sender_of(work, first)
    written = [_written(work, part, person, sender) for part in parts]
    mail = _composed(work, [one.content for one in written], first, person)
    is_one = len(parts) == 1
    row = post.queue(
        work,
        mail,
        firm=first.firm,
        to=(person.name, person.email),
        dedupe_key=f"{mail.event}:{parts[0].recipient_id.hex}:{on}:{new_id().hex}",
        sender=post.sender_of(work.ports.settings, first.firm, sender),
        contact_id=person.id,
        request_id=first.request.id if is_one else None,
        recipient_id=parts[0].recipient_id if is_one else None,
    )
    for one in written:
        _keep(work, one, row, on)
    return row


def _sight(work: Work, request_id: UUID) -> Sight:
    sight = access.sight_of(work, request_id)
    if sight is None:
        raise LookupError(request_id)
    return sight


def _written(work: Work, part: Part, person: Contact, sender: Staff | None) -> _Written:
    sight = _sight(work, part.request_id)
    recipient = work.session.get_one(Recipient, part.recipient_id)
    grant = grants.open_grant(work, recipient, links.REMINDER_LASTS_FOR)
    way = grants.new_way(work, grant)
    off = new_token()
    with use_locale(person.locale):
        content = _content(work, sight, person, sender, way, grant.expires_at)
    off_url = work.ports.settings.public_url + routes.to(routes.REMINDERS_OFF, token=off)
    return _Written(part, sight, recipient, ReminderPart(content[0], content[1], off_url), token_hash(off))


def _content(
    work: Work,
    sight: Sight,
    person: Contact,
    sender: Staff | None,
    way: grants.WayIn,
    expires_at: datetime,
) -> tuple[email_facts.RequestMail, tuple[TaskLine, ...]]:
    tasks = sendable.open_tasks(work, sight)
    asked = [task for task in tasks if task.question_open_at is None]
    today = firm_days.today(sight.firm, work.now)
    waiting = tuple(
        TaskLine(
            task.title,
            task.due_on,
            is_late=task.due_on is not None and task.due_on < today,
            note=_("your question is with us"),
        )
        for task in tasks
        if task.question_open_at is not None
    )
    mail = request_mail.facts(
        work,
        sight,
        person,
        sender or sight.firm,
        asked,
        link=way.url,
        pin=way.pin,
        expires_at=expires_at,
    )
    return mail, waiting


def _composed(work: Work, contents: Sequence[ReminderPart], sight: Sight, person: Contact) -> ComposedMail:
    head = letterhead(work.ports.settings, sight.firm, sight.client)
    if len(contents) > 1:
        return emails.reminder_digest(head, tuple(contents), locale=person.locale)
    one = contents[0]
    return emails.reminder(head, one.mail, locale=person.locale, waiting=one.waiting, off_url=one.off_url)


def _keep(work: Work, one: _Written, mail: OutboxMail, on: date) -> None:
    recipient, sight = one.recipient, one.sight
    recipient.last_reminded_at, recipient.last_reminded_on = work.now, on
    work.add(
        recipient,
        Reminder(
            firm_id=recipient.firm_id,
            request_id=recipient.request_id,
            recipient_id=recipient.id,
            reminded_on=on,
            slot_on=one.part.slot_on,
            mail_id=mail.id,
            off_hash=one.off_hash,
            at=work.now,
        ),
    )
    work.session.flush()
    work.note(
        "reminder_sent",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        contact_id=recipient.contact_id,
        mail_id=mail.id,
        facts={"title": sight.section.name, "to": mail.recipient},
    )
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}", f"firm:{sight.firm.id}")
