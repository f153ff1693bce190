"""The e-mail of one request to one recipient: composed alike for the dialog's preview and for the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal_app.domain.letterhead import Letterhead
from portal_app.models import Contact, Firm, Staff, Task
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.mail import emails
from portal_app.services.mail.email_facts import RequestMail, TaskLine
from portal_app.services.mail.emails import ComposedMail
from portal_app.work import Work


def facts(
    work: Work,
    sight: Sight,
    person: Contact,
    sender: Staff | Firm,
    tasks: Sequence[Task],
    *,
    link: str,
    expires_at: datetime,
    pin: str = "",
) -> RequestMail:
    """What every e-mail about the request says, in somebody's name or the firm's; a task is late from the day after its date (1.15)."""
    today = firm_days.today(sight.firm, work.now)
    lines = tuple(
        TaskLine(task.title, task.due_on, is_late=task.due_on is not None and task.due_on < today)
        for task in tasks
    )
    return RequestMail(
        recipient_name=person.name,
        client_name=sight.client.name,
        title=sight.section.name,
        sender_name=sender.name,
        tasks=lines,
        link=link,
        expires_at=expires_at,
        pin=pin,
    )


def request_sent(work: Work, sight: Sight, person: Contact, mail: RequestMail) -> ComposedMail:
    """The e-mail of a send, in the recipient's language (6.1, 6.2)."""
    return emails.request_sent(_head(work, sight), mail, locale=person.locale)


def request_withdrawn(work: Work, sight: Sight, person: Contact, mail: RequestMail) -> ComposedMail:
    """Word that the request was taken back (9.6)."""
    return emails.request_withdrawn(_head(work, sight), mail, locale=person.locale)


def _head(work: Work, sight: Sight) -> Letterhead:
    return letterhead(work.ports.settings, sight.firm, sight.client)
