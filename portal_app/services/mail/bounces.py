"""What mail servers report later about an e-mail that left (8.6, 6.24): matched to its row, and taken once.

A report is believed only where it names an e-mail of ours that has left. Taking it twice changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain import bounces as rules
from portal_app.domain.actors import Actor
from portal_app.domain.bounces import Fate, Report
from portal_app.models import MailPhase, OutboxMail
from portal_app.ports import Ports
from portal_app.services.mail import delivery
from portal_app.work import Work, begin

REMEMBERED_FOR = timedelta(days=6)
"""By its address alone an e-mail is found for as long as servers go on trying: five days, and one more."""
LEFT = (MailPhase.SENT, MailPhase.UNKNOWN, MailPhase.FAILED)

log = structlog.get_logger(__name__)


def read_bounces(ports: Ports) -> int:
    """Take what waits in the bounce mailbox; gives how many e-mails it was about. Nothing where none is set."""
    matched = 0

    def take(raw: bytes) -> None:
        nonlocal matched
        matched += take_notice(ports, raw)

    if ports.bounces is not None:
        ports.bounces.each(take)
    return matched


def take_notice(ports: Ports, raw: bytes) -> int:
    """Take a notice as a mail server wrote it; gives how many e-mails of ours it was about."""
    return take_reports(ports, rules.read(raw))


def take_reports(ports: Ports, reports: list[Report]) -> int:
    """Take each report in a transaction of its own; gives how many named an e-mail of ours."""
    return sum(_take(ports, report) for report in reports)


def _take(ports: Ports, report: Report) -> bool:
    with begin(ports, Actor.timetable()) as work:
        mail = _named(work, report)
        if mail is None:
            log.info("bounce_of_nothing", fate=report.fate.value)
            return False
        if report.fate is Fate.FAILED:
            _came_back(work, mail, report)
        elif mail.bounced_at is None:
            _moves_on(work, mail, report)
        return True


def _came_back(work: Work, mail: OutboxMail, report: Report) -> None:
    if mail.phase is MailPhase.FAILED:
        return
    text = report.text or report.status
    mail.phase, mail.answer, mail.bounced_at = MailPhase.FAILED, text[:500], work.now
    mail.deferred_at = mail.delivered_at = None
    work.add(mail)
    delivery.came_back(work, mail, text, is_about_address=rules.is_about_address(report.status))


def _moves_on(work: Work, mail: OutboxMail, report: Report) -> None:
    """A delay counts until something better is known; a delivery ends it."""
    if report.fate is Fate.DELIVERED:
        mail.delivered_at = mail.delivered_at or work.now
        delivery.set_late(work, mail, False)
    elif mail.delivered_at is None and mail.deferred_at is None:
        mail.answer = (report.text or mail.answer)[:500]
        delivery.set_late(work, mail, True)


def _named(work: Work, report: Report) -> OutboxMail | None:
    """The e-mail that a report is about, locked: by its Message-ID, by the address it came back to, or,
    where the notice brings neither, by the last e-mail to that recipient."""
    if report.message_id and (mail := _left(work, OutboxMail.message_id == report.message_id)):
        return mail
    if report.tag:
        return _left(work, OutboxMail.id == UUID(report.tag))
    if report.message_id or not report.recipients:
        return None
    is_theirs = func.lower(col(OutboxMail.recipient)).in_(report.recipients)
    return _left(work, is_theirs, col(OutboxMail.sent_at) > work.now - REMEMBERED_FOR)


def _left(work: Work, *where: object) -> OutboxMail | None:
    query = select(OutboxMail).where(*where, col(OutboxMail.phase).in_(LEFT))  # type: ignore[arg-type]
    newest = query.order_by(col(OutboxMail.sent_at).desc(), col(OutboxMail.id).desc()).limit(1)
    return work.session.exec(newest.with_for_update()).first()
