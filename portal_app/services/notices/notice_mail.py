"""Notices to contacts by e-mail: one e-mail for what came within ten minutes, about one request (9.6).

Composed when it leaves, from whoever wrote. What was read meanwhile is left out, and so is what its contact
may no longer see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app import faults, routes
from portal_app.domain.actors import Actor
from portal_app.models import (
    Client,
    Contact,
    ContactNotice,
    Firm,
    OutboxMail,
    PortalAccount,
    Recipient,
    Staff,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.documents import document_notices
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import grants
from portal_app.services.links.grants import WayIn
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import ClientNews, NoticeLine
from portal_app.services.notices import notice_words, receipts
from portal_app.services.requests import sendable
from portal_app.text import use_dates, use_locale
from portal_app.work import Work, begin, reading

EVENT: Final = "client_news"
OF_UPLOADERS: Final = frozenset({receipts.KIND, "file_infected", "file_infected_open"})
"""What goes to whoever put a file on a task, recipient or not (10.7, 10.13)."""

log = structlog.get_logger(__name__)

_About = tuple[UUID, UUID | None, UUID | None]
"""A contact, a client and a request: what one e-mail is about."""


def queue_contact_notices(ports: Ports) -> int:
    """Queue what is due, each e-mail in a transaction of its own; gives how many were queued.

    May run twice, late and on two machines: a notice is put into one e-mail.
    """
    return sum(_queued_or_logged(ports, about) for about in _waiting(ports))


def why_no_more(work: Work, mail: OutboxMail) -> str:
    """Why such an e-mail shall not leave any more: its request is no longer theirs to see."""
    if mail.request_id is None:
        return ""
    sight = access.sight_of(work, mail.request_id)
    recipient = work.session.get(Recipient, mail.recipient_id) if mail.recipient_id else None
    return "" if sight and recipient and _is_seen(sight, recipient) else "access ended"


def _waiting(ports: Ports) -> list[_About]:
    with reading(ports, Actor.timetable()) as work:
        query = select(ContactNotice.contact_id, ContactNotice.client_id, ContactNotice.request_id).where(
            col(ContactNotice.mail_due_at) <= work.now
        )
        return list(work.session.exec(query.distinct()))


def _queued_or_logged(ports: Ports, about: _About) -> bool:
    try:
        return _queue(ports, about)
    except Exception as fault:  # noqa: BLE001 (one bad row never holds up the others)
        log.error("contact_notices_not_queued", contact=str(about[0]), **faults.facts(fault))
        return False


def _queue(ports: Ports, about: _About) -> bool:
    contact_id, client_id, request_id = about
    with begin(ports, Actor.timetable()) as work:
        query = (
            select(ContactNotice)
            .where(
                ContactNotice.contact_id == contact_id,
                ContactNotice.client_id == client_id,
                ContactNotice.request_id == request_id,
                col(ContactNotice.mail_due_at).is_not(None),
            )
            .order_by(col(ContactNotice.id))  # two machines wait for one another, and share nothing out
        )
        rows = list(work.session.exec(query.with_for_update()))
        if not any(row.mail_due_at and row.mail_due_at <= work.now for row in rows):
            return False  # another machine was quicker
        for row in rows:
            row.mail_due_at = None
            work.add(row)
        told = [row for row in rows if row.read_at is None]
        told = receipts.still_there(work, document_notices.still_told(work, contact_id, told))
        person = work.session.get_one(Contact, contact_id)
        if not told or person.archived_at is not None or sendable.why_not_to(person):
            return False
        mail = _about_request(work, person, told) if request_id else _apart(work, person, told)
        for row in told:
            row.mail_id = mail.id if mail else None
        return mail is not None


def _about_request(work: Work, person: Contact, told: Sequence[ContactNotice]) -> OutboxMail | None:
    """About one request: with a link of the recipient's own, unless the work is closed (6.3, 6.10)."""
    request_id = told[0].request_id
    sight = access.sight_of(work, request_id) if request_id else None
    query = select(Recipient).where(Recipient.request_id == request_id, Recipient.contact_id == person.id)
    recipient = work.session.exec(query).first()
    if sight is not None and recipient is None and _has_account(work, person):
        own = [row for row in told if row.kind in OF_UPLOADERS]  # by full access: they read it signed in
        return _apart(work, person, own, title=sight.section.name) if own else None
    if sight is None or recipient is None or not _is_seen(sight, recipient):
        return None
    way = WayIn("") if sight.work_item.completed_at else _way(work, recipient)
    return _mail(work, person, told, sight.client, way, title=sight.section.name, recipient=recipient)


def _apart(
    work: Work, person: Contact, told: Sequence[ContactNotice], *, title: str = ""
) -> OutboxMail | None:
    """About what its contact reads signed in, documents outside requests mostly: it leads into the portal."""
    client = work.session.get(Client, told[0].client_id) if told[0].client_id else None
    if client is None or client.archived_at is not None:
        return None
    url = work.ports.settings.public_url + notice_words.place(told[-1])
    return _mail(work, person, told, client, WayIn(url), title=title)


def _is_seen(sight: Sight, recipient: Recipient) -> bool:
    away = sight.client.archived_at or sight.work_item.archived_at or sight.section.archived_at
    return recipient.removed_at is None and sight.request.withdrawn_at is None and not away


def _way(work: Work, recipient: Recipient) -> WayIn:
    return grants.new_way(work, grants.open_grant(work, recipient, timedelta(0)))


def _mail(
    work: Work,
    person: Contact,
    told: Sequence[ContactNotice],
    client: Client,
    way: WayIn,
    *,
    title: str = "",
    recipient: Recipient | None = None,
) -> OutboxMail:
    firm = work.session.get_one(Firm, person.firm_id)
    sender = _writer(work, told)
    url = work.ports.settings.public_url
    with use_locale(person.locale), use_dates(firm.date_format):
        said = [notice_words.words(row) for row in told]
        news = ClientNews(
            recipient_name=person.name,
            client_name=client.name,
            title=title,
            sender_name=sender.name if sender else firm.name,
            lines=tuple(NoticeLine(one.text, one.quote) for one in said),
            link=way.url,
            pin=way.pin,
            is_receipt=all(row.kind == receipts.KIND for row in told),
            choices_link=f"{url}{routes.ACCOUNT}#notifications" if _has_account(work, person) else "",
        )
        mail = emails.client_news(letterhead(work.ports.settings, firm, client), news, locale=person.locale)
    return post.queue(
        work,
        mail,
        firm=firm,
        to=(person.name, person.email),
        dedupe_key=f"{EVENT}:{told[0].id.hex}:{work.now.isoformat()}",
        sender=post.sender_of(work.ports.settings, firm, sender),
        contact_id=person.id,
        request_id=told[0].request_id if recipient else None,
        recipient_id=recipient.id if recipient else None,
    )


def _has_account(work: Work, person: Contact) -> bool:
    query = select(PortalAccount).where(
        PortalAccount.contact_id == person.id, col(PortalAccount.disabled_at).is_(None)
    )
    return work.session.exec(query).first() is not None


def _writer(work: Work, told: Sequence[ContactNotice]) -> Staff | None:
    """Who wrote all of it and is still there; else it comes from the firm."""
    writers = {row.staff_id for row in told}
    staff_id = writers.pop() if len(writers) == 1 else None
    writer = work.session.get(Staff, staff_id) if staff_id else None
    return writer if writer and writer.deactivated_at is None else None
