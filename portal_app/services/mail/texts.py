"""Text messages: a row first, in the transaction of what caused them, then one provider (15.2).

They have the phases of an e-mail, and the same care: `transmitting` is committed before the provider is asked,
so a crash leaves an unknown outcome, and a code of unknown outcome goes once more.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.outbox import GIVEN_UP_AFTER, LEASE, retry_in
from portal_app.domain.sign_in import CODE_TRIES
from portal_app.models import MailPhase, OutboxText, SignInCode, new_id
from portal_app.ports import Ports, Texter, TextRefused, TextUnknown
from portal_app.work import OUTBOX, Work, begin, reading

BATCH = 50
IN_HAND = (MailPhase.LEASED, MailPhase.TRANSMITTING)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """What is sent, and to which number (E.164)."""

    event: str
    number: str
    body: str


def queue(work: Work, text: Text, *, firm_id: UUID, dedupe_key: str, **about: UUID | None) -> OutboxText:
    """Seal `text` and put it into the outbox in this transaction. `about`: code_id, staff_id, contact_id."""
    row_id = new_id()
    columns: dict[str, Any] = dict(about)
    row = OutboxText(
        id=row_id,
        firm_id=firm_id,
        dedupe_key=dedupe_key,
        event=text.event,
        recipient=text.number,
        sealed=work.ports.sealer.seal(text.body.encode(), _about(row_id)),
        next_try_at=work.now,
        queued_at=work.now,
        **columns,
    )
    work.add(row)
    work.ring(OUTBOX)
    return row


def deliver_texts(ports: Ports) -> int:
    """Send all that is due; gives how many the provider accepted. May run twice at once, and anywhere."""
    if ports.texter is None:
        return 0
    _recover(ports)
    owner, accepted = secrets.token_hex(8), 0
    while batch := _lease(ports, owner):
        for text_id in batch:
            try:
                accepted += _send(ports, ports.texter, owner, text_id)
            except Exception:
                log.exception("text_not_sent", text=str(text_id))  # found again by `_recover`
    return accepted


def _recover(ports: Ports) -> None:
    """What a worker left behind: not begun goes back, begun is of unknown outcome."""
    with begin(ports, Actor.timetable()) as work:
        left = select(OutboxText).where(
            col(OutboxText.phase).in_(IN_HAND), col(OutboxText.leased_until) < work.now
        )
        for row in work.session.exec(left.with_for_update(skip_locked=True)):
            if row.phase is MailPhase.LEASED:
                _release(work, row)
            else:
                _unknown(work, row, "the portal stopped while it was sent")


def _lease(ports: Ports, owner: str) -> list[UUID]:
    with begin(ports, Actor.timetable()) as work:
        due = (
            select(OutboxText)
            .where(OutboxText.phase == MailPhase.QUEUED, OutboxText.next_try_at <= work.now)
            .order_by(col(OutboxText.next_try_at), col(OutboxText.id))
            .limit(BATCH)
        )
        rows = list(work.session.exec(due.with_for_update(skip_locked=True)))
        for row in rows:
            row.phase, row.lease_owner, row.leased_until = MailPhase.LEASED, owner, work.now + LEASE
            work.add(row)
        return [row.id for row in rows]


def _send(ports: Ports, texter: Texter, owner: str, text_id: UUID) -> bool:
    """Send one; whether the provider accepted it."""
    if not _begin_transmitting(ports, owner, text_id):
        return False
    try:
        with reading(ports, Actor.timetable()) as work:
            row = work.session.get_one(OutboxText, text_id)
            number, body = row.recipient, ports.sealer.unseal(row.sealed or b"", _about(row.id)).decode()
        provider_id = texter.send(number, body)
    except TextRefused as refusal:
        _refused(ports, owner, text_id, refusal)
        return False
    except TextUnknown as doubt:
        with begin(ports, Actor.timetable()) as work:
            if found := _in_hand(work, owner, text_id):
                _unknown(work, found, str(doubt))
        return False
    except ValueError as fault:  # what was sealed does not open: trying again changes nothing
        _refused(ports, owner, text_id, TextRefused(str(fault), is_final=True))
        return False
    with begin(ports, Actor.timetable()) as work:
        if found := _in_hand(work, owner, text_id):
            found.provider_id = provider_id[:80]
            _settle(work, found, MailPhase.SENT, "")
    return True


def _begin_transmitting(ports: Ports, owner: str, text_id: UUID) -> bool:
    """Look once more whether its code still works, and commit that it is going."""
    with begin(ports, Actor.timetable()) as work:
        row = _in_hand(work, owner, text_id)
        if row is None or row.phase is not MailPhase.LEASED:
            return False
        if reason := _why_no_more(work, row):
            _settle(work, row, MailPhase.CANCELLED, reason)
            return False
        row.phase, row.leased_until = MailPhase.TRANSMITTING, work.now + LEASE
        work.add(row)
        return True


def _why_no_more(work: Work, row: OutboxText) -> str:
    code = work.session.get(SignInCode, row.code_id) if row.code_id else None
    if code is None:
        return ""
    is_over = code.used_at or code.ended_at or work.now >= code.expires_at or code.tries >= CODE_TRIES
    return "its code works no more" if is_over else ""


def _in_hand(work: Work, owner: str, text_id: UUID) -> OutboxText | None:
    query = select(OutboxText).where(
        OutboxText.id == text_id, OutboxText.lease_owner == owner, col(OutboxText.phase).in_(IN_HAND)
    )
    return work.session.exec(query.with_for_update()).first()


def _refused(ports: Ports, owner: str, text_id: UUID, refusal: TextRefused) -> None:
    with begin(ports, Actor.timetable()) as work:
        row = _in_hand(work, owner, text_id)
        if row is None:
            return
        row.tries += 1
        if refusal.is_final or work.now - row.queued_at >= GIVEN_UP_AFTER:
            _settle(work, row, MailPhase.FAILED, refusal.text)
            log.warning("text_refused", text=str(text_id), code=refusal.code)
            return
        row.answer = refusal.text[:500]
        row.next_try_at = work.now + retry_in(row.tries, refusal.code, secrets.randbelow(1000) / 1000)
        _release(work, row)


def _unknown(work: Work, row: OutboxText, doubt: str) -> None:
    """Once more, then never (15.2)."""
    if row.resent_after_unknown_at is not None:
        _settle(work, row, MailPhase.UNKNOWN, doubt)
        return
    row.resent_after_unknown_at, row.answer, row.tries = work.now, doubt[:500], row.tries + 1
    row.next_try_at = work.now
    _release(work, row)


def _settle(work: Work, row: OutboxText, phase: MailPhase, answer: str) -> None:
    """The end of a text message: what it said is forgotten, what became of it is kept."""
    row.phase, row.answer, row.settled_at, row.sealed = phase, answer[:500], work.now, None
    row.sent_at = work.now if phase is MailPhase.SENT else None
    row.lease_owner = row.leased_until = None
    work.add(row)


def _release(work: Work, row: OutboxText) -> None:
    row.phase, row.lease_owner, row.leased_until = MailPhase.QUEUED, None, None
    work.add(row)


def _about(row_id: UUID) -> bytes:
    return b"text:" + row_id.bytes
