"""E-mails on their way out: taken in order of urgency, each by one worker, each once (15.2, 15.5).

queued → leased → transmitting → sent | failed | unknown | cancelled. `transmitting` is committed before the
first byte of DATA, so a crash after it leaves an unknown outcome, never a blind second e-mail.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy import or_
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.outbox import GIVEN_UP_AFTER, LEASE, Urgency, retry_in, share
from portal_app.models import Firm, MailPhase, OutboxMail
from portal_app.ports import Envelope, MailConversation, MailRefused, MailUnknown, Ports
from portal_app.services.links import grants
from portal_app.services.mail import delivery, outgoing_mail, post
from portal_app.services.reminders import outcomes
from portal_app.work import Work, begin, reading

BATCH = 50
"""E-mails by one connection: more, and a server hangs up; fewer, and greeting costs more than sending."""
BROKEN_LINES = 3
"""After so many e-mails in a row for which no server answered, the rest waits for the next round."""

log = structlog.get_logger(__name__)

IN_HAND = (MailPhase.LEASED, MailPhase.TRANSMITTING)


@dataclass(frozen=True)
class _Run:
    """One worker's run: only what it leased is its to send; firms that are `full` have used up their limit."""

    ports: Ports
    owner: str
    full: set[UUID] = field(default_factory=set)


def deliver_outbox(ports: Ports) -> int:
    """Send all that is due, most urgent first; gives how many the server accepted. Never waits for a limit.

    May run twice at once, and anywhere. Where no server answers, what was taken waits as `retry_in` says, and
    the rest for the next run.
    """
    run = _Run(ports, secrets.token_hex(8))
    _recover(ports)
    accepted = 0
    while batch := _lease(run):
        sent, is_line_up = _hand_over(run, batch)
        accepted += sent
        if not is_line_up:
            break
    return accepted


def _recover(ports: Ports) -> None:
    """What a worker left behind: not begun goes back, begun is of unknown outcome (fault 8)."""
    with reading(ports, Actor.timetable()) as work:
        query = select(OutboxMail.id).where(
            col(OutboxMail.phase).in_(IN_HAND), col(OutboxMail.leased_until) < work.now
        )
        left = list(work.session.exec(query))
    for mail_id in left:
        with begin(ports, Actor.timetable()) as work:
            outcomes.lock(work, mail_id)
            mail = work.session.get(OutboxMail, mail_id, with_for_update=True)
            if mail is None or mail.leased_until is None or mail.leased_until >= work.now:
                continue
            if mail.phase is MailPhase.LEASED:
                _release(work, mail)
            elif mail.phase is MailPhase.TRANSMITTING:
                _unknown(work, mail, "the portal stopped while it was sent")


def _lease(run: _Run) -> list[UUID]:
    """Take what is due, within the firm's limit; codes and access links first and without limit (15.5).

    What a full firm has waiting is left as it lies, in its order: ten thousand of its e-mails cost one look.
    """
    with begin(run.ports, Actor.timetable()) as work:
        urgent, firm_id = col(OutboxMail.urgency) == Urgency.NOW, col(OutboxMail.firm_id)
        query = (
            select(OutboxMail)
            .where(OutboxMail.phase == MailPhase.QUEUED, OutboxMail.next_try_at <= work.now)
            .where(or_(urgent, firm_id.not_in(run.full)))
            .order_by(col(OutboxMail.urgency), col(OutboxMail.next_try_at), col(OutboxMail.id))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        due = list(work.session.exec(query))
        limits = _limits(work, {mail.firm_id for mail in due})
        taken = []
        for mail in due:
            if mail.urgency > Urgency.NOW and not _has_room(work, run, mail, limits[mail.firm_id]):
                continue
            mail.phase, mail.lease_owner = MailPhase.LEASED, run.owner
            mail.leased_until = work.now + LEASE
            taken.append(mail.id)
            work.add(mail)
    # A whole batch beyond the limit says nothing about other firms: look on.
    return taken or (_lease(run) if due else [])


def _limits(work: Work, firm_ids: set[UUID]) -> dict[UUID, int]:
    """E-mails a minute: what the firm chose, and never more than the installation's."""
    most = work.ports.settings.mail_per_minute
    query = select(Firm.id, Firm.mail_per_minute).where(col(Firm.id).in_(firm_ids))
    return {firm_id: min(chosen or most, most) for firm_id, chosen in work.session.exec(query)}


def _has_room(work: Work, run: _Run, mail: OutboxMail, limit: int) -> bool:
    """Spread evenly, ten seconds' share at a time, and never more in any minute. Captured mail needs no limit."""
    chosen, windows = run.ports.settings, run.ports.limiter
    if chosen.demo and not chosen.smtp_host:
        return True
    if mail.firm_id in run.full:
        return False
    number, most = share(limit, work.now)
    whole, part = f"mail:{mail.firm_id}", f"mail:{mail.firm_id}:{number}"
    if (
        most
        and windows.has_room(whole, f"{limit}/minute")
        and windows.hit(part, f"{most}/minute")
        and windows.hit(whole, f"{limit}/minute")
    ):
        return True
    run.full.add(mail.firm_id)
    return False


def _hand_over(run: _Run, batch: Sequence[UUID]) -> tuple[int, bool]:
    """Send a batch by one connection; how many were accepted, and whether a server answered."""
    accepted = broken = 0
    try:
        with run.ports.mailer.conversation() as talk:
            outgoing_mail.works(run.ports)
            for number, mail_id in enumerate(batch):
                code = _sent_or_logged(run, talk, mail_id)
                accepted += code is None
                broken = broken + 1 if code == 0 else 0
                if broken == BROKEN_LINES:
                    _give_back(run, batch[number + 1 :])
                    return accepted, False
    except MailRefused as refusal:
        outgoing_mail.fails(run.ports, refusal.text)
        for mail_id in batch:
            _refused(run, mail_id, refusal)
        return accepted, False
    return accepted, True


def _sent_or_logged(run: _Run, talk: MailConversation, mail_id: UUID) -> int | None:
    """One bad e-mail never holds up the others; what is in hand after a fault is found by `_recover`."""
    try:
        return _send(run, talk, mail_id)
    except Exception:
        log.exception("mail_not_sent", mail=str(mail_id))
        return 1


def _send(run: _Run, talk: MailConversation, mail_id: UUID) -> int | None:
    """Send one e-mail. None: accepted; else the server's code, 0 where none answered, 1 where it was not tried."""
    try:
        letter = _letter(run, mail_id)
        talk.offer(letter)
        if not _begin_transmitting(run, mail_id):
            return 1
        answer = talk.transmit(letter)
    except MailRefused as refusal:
        _refused(run, mail_id, refusal)
        return refusal.code
    except MailUnknown as doubt:
        with begin(run.ports, Actor.timetable()) as work:
            if mail := _in_hand(work, run, mail_id):
                _unknown(work, mail, str(doubt))
        return 1
    except (
        ValueError
    ) as fault:  # what was sealed does not open, or is no e-mail: trying again changes nothing
        _refused(run, mail_id, MailRefused(str(fault), code=1, is_final=True))
        return 1
    with begin(run.ports, Actor.timetable()) as work:
        if mail := _in_hand(work, run, mail_id):
            _settle(work, mail, MailPhase.SENT, answer)
            delivery.accepted(work, mail)
    return None


def _letter(run: _Run, mail_id: UUID) -> Envelope:
    with reading(run.ports, Actor.timetable()) as work:
        return post.envelope(run.ports, work.session.get_one(OutboxMail, mail_id))


def _begin_transmitting(run: _Run, mail_id: UUID) -> bool:
    """Look once more whether it shall still go, and commit that it is going (fault 30)."""
    with begin(run.ports, Actor.timetable()) as work:
        mail = _in_hand(work, run, mail_id)
        if mail is None or mail.phase is not MailPhase.LEASED:
            return False
        if reason := delivery.why_no_more(work, mail):
            grants.cancel(work, mail, reason)
            delivery.settled(work, mail)
            return False
        mail.phase, mail.leased_until = MailPhase.TRANSMITTING, work.now + LEASE
        work.add(mail)
        return True


def _in_hand(work: Work, run: _Run, mail_id: UUID) -> OutboxMail | None:
    """The e-mail, locked behind its requests, where it is still this run's."""
    outcomes.lock(work, mail_id)
    query = select(OutboxMail).where(
        OutboxMail.id == mail_id,
        OutboxMail.lease_owner == run.owner,
        col(OutboxMail.phase).in_(IN_HAND),
    )
    return work.session.exec(query.with_for_update()).first()


def _refused(run: _Run, mail_id: UUID, refusal: MailRefused) -> None:
    """Final, or a day old: failed. Else it waits (faults 6, 9 and 10)."""
    with begin(run.ports, Actor.timetable()) as work:
        mail = _in_hand(work, run, mail_id)
        if mail is None:
            return
        mail.tries += 1
        if refusal.is_final or work.now - mail.queued_at >= GIVEN_UP_AFTER:
            _settle(work, mail, MailPhase.FAILED, refusal.text)
            delivery.failed(work, mail, refusal)
            return
        mail.answer = refusal.text[:500]
        mail.next_try_at = work.now + retry_in(mail.tries, refusal.code, secrets.randbelow(1000) / 1000)
        _release(work, mail)


def _unknown(work: Work, mail: OutboxMail, doubt: str) -> None:
    """Once more with the same bytes, or never (15.2, fault 7)."""
    if delivery.goes_again(mail):
        mail.resent_after_unknown_at, mail.answer = work.now, doubt[:500]
        mail.tries += 1
        mail.next_try_at = work.now + retry_in(mail.tries, 421, secrets.randbelow(1000) / 1000)
        _release(work, mail)
        return
    _settle(work, mail, MailPhase.UNKNOWN, doubt)
    delivery.stays_unknown(work, mail)


def _settle(work: Work, mail: OutboxMail, phase: MailPhase, answer: str) -> None:
    """The end of an e-mail: what it said is forgotten, what became of it is kept."""
    mail.phase, mail.answer, mail.settled_at, mail.sealed = phase, answer[:500], work.now, None
    mail.sent_at = work.now if phase is MailPhase.SENT else None
    mail.lease_owner = mail.leased_until = None
    work.add(mail)


def _release(work: Work, mail: OutboxMail) -> None:
    mail.phase, mail.lease_owner, mail.leased_until = MailPhase.QUEUED, None, None
    work.add(mail)


def _give_back(run: _Run, mail_ids: Sequence[UUID]) -> None:
    with begin(run.ports, Actor.timetable()) as work:
        query = select(OutboxMail).where(
            col(OutboxMail.id).in_(mail_ids), OutboxMail.lease_owner == run.owner
        )
        for mail in work.session.exec(query.with_for_update()):
            _release(work, mail)
