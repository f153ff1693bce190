"""Notifications by e-mail: composed when they leave, one e-mail for all that is due to one person (8.2).

What was taken back, read or snoozed meanwhile is left out, also while the e-mail waits in the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app import faults, routes
from portal_app.domain.actors import Actor
from portal_app.models import Firm, MailPhase, Notification, OutboxMail, Staff
from portal_app.ports import Ports
from portal_app.services import spoken
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import NoticeGroup, NoticeLine, NoticePart, StaffNotices
from portal_app.services.triage import triage_rows, triage_views
from portal_app.services.triage.triage_rows import Found
from portal_app.text import _, use_dates, use_locale
from portal_app.work import Work, begin, reading

EVENT = "notices"
ABOUT_CLIENT = frozenset(
    {"signed_up", "mail_failed", "address_moved", "colleague_asked", "colleague_invited"}
)
"""They lead to the client's profile, where an address is put right; all others to the work."""
MOST = 100
"""In one e-mail; what is beyond waits in triage, and the e-mail leads there."""

log = structlog.get_logger(__name__)


def queue_notices(ports: Ports) -> int:
    """Queue what is due, one e-mail a person in a transaction of its own; gives how many were queued.

    May run twice, late and on two machines: a notification is put into one e-mail.
    """
    return sum(_queued_or_logged(ports, staff_id) for staff_id in _waiting(ports))


def why_no_more(work: Work, mail: OutboxMail) -> str:
    """Why this e-mail shall not leave as it was composed: something in it is read, snoozed or taken back by now."""
    rows = _within(work, mail)
    return "" if rows and all(_is_told(work, row) for row in rows) else "read meanwhile"


def compose_again(work: Work, mail: OutboxMail) -> None:
    """What still stands in an e-mail that was cancelled is due again, in another one."""
    if mail.phase is not MailPhase.CANCELLED:
        return
    for row in _within(work, mail):
        row.mail_id = None
        row.mail_due_at = work.now if _is_told(work, row) else None
        work.add(row)


def _waiting(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(Notification.staff_id).where(col(Notification.mail_due_at) <= work.now)
        return list(work.session.exec(query.distinct()))


def _queued_or_logged(ports: Ports, staff_id: UUID) -> bool:
    try:
        return _queue(ports, staff_id)
    except Exception as fault:  # noqa: BLE001 (one bad row never holds up the others)
        log.error("notices_not_queued", staff=str(staff_id), **faults.facts(fault))
        return False


def _queue(ports: Ports, staff_id: UUID) -> bool:
    with begin(ports, Actor.timetable()) as work:
        query = (
            select(Notification)
            .where(Notification.staff_id == staff_id, col(Notification.mail_due_at) <= work.now)
            .order_by(col(Notification.id))  # two machines wait for one another, and share nothing out
        )
        rows = list(work.session.exec(query.with_for_update()))
        person = work.session.get_one(Staff, staff_id)
        for row in rows:
            row.mail_due_at = None
            work.add(row)
        told = [row for row in rows if _is_told(work, row)]
        if not told or person.deactivated_at is not None or not post.is_usable(person.email):
            return False
        mail = _mail(work, person, told)
        for row in told:
            row.mail_id = mail.id
        return True


def _is_told(work: Work, row: Notification) -> bool:
    is_away = row.snoozed_until is not None and row.snoozed_until > work.now
    return row.read_at is None and row.taken_back_at is None and not is_away


def _within(work: Work, mail: OutboxMail) -> list[Notification]:
    return list(work.session.exec(select(Notification).where(Notification.mail_id == mail.id)))


def _mail(work: Work, person: Staff, told: Sequence[Notification]) -> OutboxMail:
    firm = work.session.get_one(Firm, person.firm_id)
    work.session.flush()
    newest = triage_rows.found_where(work, MOST, col(Notification.id).in_([row.id for row in told]))
    head = letterhead(work.ports.settings, firm)
    with use_locale(person.locale), use_dates(firm.date_format):
        facts = _facts(work, firm, person, list(reversed(newest)), len(told))
        mail = emails.notices(head, facts, locale=person.locale)
    first = min(row.id for row in told)
    return post.queue(
        work,
        mail,
        firm=firm,
        to=(person.name, person.email),
        dedupe_key=f"{EVENT}:{first.hex}:{work.now.isoformat()}",
        staff_id=person.id,
    )


def _facts(work: Work, firm: Firm, person: Staff, found: Sequence[Found], count: int) -> StaffNotices:
    """By client, in each by work, the oldest first."""
    said = triage_views.said_of(work, firm, found)
    by_client: dict[UUID | None, list[Found]] = {}
    for one in found:
        by_client.setdefault(one.row.client_id, []).append(one)
    url = work.ports.settings.public_url
    groups = []
    for rows in by_client.values():
        by_place: dict[tuple[str, str], list[NoticeLine]] = {}
        for one in rows:
            words = said[one.row.id]
            when = spoken.moment(one.row.at, work.now, firm.time_zone)
            by_place.setdefault(_place(one), []).append(
                NoticeLine(words.plain, words.quote, words.where, when)
            )
        parts = tuple(
            NoticePart(word, url + path if path else "", tuple(lines))
            for (word, path), lines in by_place.items()
        )
        groups.append(NoticeGroup(rows[0].client or _("The portal"), parts))
    return StaffNotices(person.name, count, tuple(groups), url + routes.TRIAGE, url + routes.NOTICES)


def _place(one: Found) -> tuple[str, str]:
    """Where the notification leads, in words and as a path."""
    row = one.row
    if row.work_item_id is not None and row.kind not in ABOUT_CLIENT:
        return _("Open {work}").format(work=one.work), routes.to(routes.WORK, id=row.work_item_id)
    if row.client_id is not None:
        return _("Open the client’s profile"), routes.to(routes.CLIENT, id=row.client_id)
    return "", ""
