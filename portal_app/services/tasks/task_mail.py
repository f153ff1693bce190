"""E-mails about one task of a request that is out: added with a word, or opened again (5.8, 5.13, 6.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain import links
from portal_app.domain.letterhead import Letterhead
from portal_app.models import Contact, Recipient, Staff, Task
from portal_app.services.access import Sight
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import grants
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import RequestMail
from portal_app.services.mail.emails import ComposedMail
from portal_app.services.notices import telling
from portal_app.services.requests import request_mail, sendable
from portal_app.work import Work

_Compose = Callable[[Letterhead, RequestMail, str], ComposedMail]


def tell_added(work: Work, sight: Sight, task: Task, *, by_mail: bool) -> int:
    """Tell every recipient in the portal that a task was added, by e-mail where staff said so; returns how many got one (5.13, 9.6)."""
    if is_out(sight):
        telling.tell_recipients(work, sight, "task_added", task=task, once_key=f"task_added:{task.id.hex}")
    if not by_mail:
        return 0

    def compose(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
        return emails.task_added(head, mail, locale=locale)

    return _tell(work, sight, task, compose, timedelta(0))


def tell_changed(work: Work, sight: Sight, task: Task) -> int:
    """Tell every recipient that a task reads differently now (5.13); returns how many."""

    def compose(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
        return emails.task_changed(head, mail, locale=locale)

    return _tell(work, sight, task, compose, timedelta(0))


def tell_removed(work: Work, sight: Sight, task: Task) -> int:
    """Tell every recipient that a task is no longer asked (5.13); returns how many."""

    def compose(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
        return emails.task_removed(head, mail, locale=locale)

    return _tell(work, sight, task, compose, timedelta(0))


def tell_reopened(work: Work, sight: Sight, task: Task, reason: str) -> int:
    """Tell every recipient that a task is open again and why; their links last 30 days more (5.8, 6.6)."""
    if is_out(sight):
        key = f"task_reopened:{task.id.hex}:{work.now.isoformat()}"
        telling.tell_recipients(work, sight, "task_reopened", task=task, once_key=key, text=reason[:300])

    def compose(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
        return emails.task_reopened(head, mail, reason=reason, locale=locale)

    return _tell(work, sight, task, compose, links.SEND_LASTS_FOR)


def is_out(sight: Sight) -> bool:
    """Whether recipients can be told of anything: sent, not withdrawn, not closed (6.10, 6.13)."""
    return (
        sight.request.sent_at is not None
        and sight.request.withdrawn_at is None
        and sight.request.needs_resend_at is None
        and sight.work_item.completed_at is None
        and sight.work_item.archived_at is None
    )


def _tell(work: Work, sight: Sight, task: Task, compose: _Compose, lasts_for: timedelta) -> int:
    if not is_out(sight):
        return 0
    people = (
        select_rows(Recipient, Contact)
        .join(Contact, col(Contact.id) == Recipient.contact_id)
        .where(
            col(Recipient.request_id) == sight.request.id,
            col(Recipient.removed_at).is_(None),
            col(Contact.archived_at).is_(None),
        )
        .order_by(col(Recipient.id))
    )
    told = [row for row in work.session.execute(people) if not sendable.why_not_to(row[1])]
    for recipient, person in told:
        _queue(work, sight, task, recipient, person, compose, lasts_for)
    return len(told)


def _queue(
    work: Work,
    sight: Sight,
    task: Task,
    recipient: Recipient,
    person: Contact,
    compose: _Compose,
    lasts_for: timedelta,
) -> None:
    has_one = grants.open_grant_of(work, recipient.id) is not None
    grant = grants.open_grant(work, recipient, lasts_for if has_one else links.SEND_LASTS_FOR)
    way = grants.new_way(work, grant)
    sender = work.session.get_one(Staff, work.actor.staff_id)
    facts = request_mail.facts(
        work, sight, person, sender, [task], link=way.url, pin=way.pin, expires_at=grant.expires_at
    )
    mail = compose(letterhead(work.ports.settings, sight.firm, sight.client), facts, person.locale)
    post.queue(
        work,
        mail,
        firm=sight.firm,
        to=(person.name, person.email),
        dedupe_key=f"{mail.event}:{task.id.hex}:{recipient.id.hex}:{work.now.isoformat()}",
        sender=post.sender_of(work.ports.settings, sight.firm, sender),
        contact_id=person.id,
        request_id=sight.request.id,
        recipient_id=recipient.id,
    )
