"""Pushes on their way out: each by one worker, tried again as the push service says, dropped once nobody needs them (15.2).

A push service that says 404 or 410 ends the subscription. A second delivery after a crash takes the first one's place
on the phone, by topic and tag: an unknown outcome is tried again.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.actors import Actor
from portal_app.domain.outbox import LEASE, retry_in
from portal_app.domain.pushing import KEPT_FOR, topic
from portal_app.models import ContactNotice, MailPhase, Notification, OutboxPush, PushSubscription
from portal_app.ports import Ports, Push, PushGone, PushRefused, VapidIdentity
from portal_app.services.push import queueing, subscriptions
from portal_app.services.push.identity import identity
from portal_app.work import Work, begin, reading

BATCH = 50

log = structlog.get_logger(__name__)


def deliver_pushes(ports: Ports) -> int:
    """Send all that is due; gives how many push services took. May run twice at once, and anywhere."""
    owner, taken = secrets.token_hex(8), 0
    while batch := _lease(ports, owner):
        ours = identity(ports)
        for push_id in batch:
            try:
                taken += _send(ports, owner, push_id, ours)
            except Exception:
                log.exception("push_not_sent", push=str(push_id))  # leased: taken up again later
    return taken


def _lease(ports: Ports, owner: str) -> list[UUID]:
    """Take what is due, and what a worker that died had taken."""
    with reading(ports, Actor.timetable()) as work:
        if work.session.exec(_due(work).limit(1)).first() is None:
            return []
    with begin(ports, Actor.timetable()) as work:
        query = _due(work).order_by(col(OutboxPush.next_try_at), col(OutboxPush.id)).limit(BATCH)
        rows = list(work.session.exec(query.with_for_update(skip_locked=True)))
        for row in rows:
            row.phase, row.lease_owner, row.leased_until = MailPhase.LEASED, owner, work.now + LEASE
            work.add(row)
        return [row.id for row in rows]


def _due(work: Work) -> SelectOfScalar[OutboxPush]:
    waits = (col(OutboxPush.phase) == MailPhase.QUEUED) & (col(OutboxPush.next_try_at) <= work.now)
    left = (col(OutboxPush.phase) == MailPhase.LEASED) & (col(OutboxPush.leased_until) < work.now)
    return select(OutboxPush).where(waits | left)


def _send(ports: Ports, owner: str, push_id: UUID, ours: VapidIdentity) -> bool:
    push = _push(ports, owner, push_id)
    if push is None or ports.pusher is None:
        return False
    try:
        ports.pusher.push(push, ours)
    except PushGone:
        _settle(ports, owner, push_id, MailPhase.FAILED, "gone", ends=True)
        return False
    except PushRefused as refusal:
        _refused(ports, owner, push_id, refusal)
        return False
    _settle(ports, owner, push_id, MailPhase.SENT, "")
    return True


def _push(ports: Ports, owner: str, push_id: UUID) -> Push | None:
    """What goes, once it was looked at again; None where it is not to go any more."""
    with begin(ports, Actor.timetable()) as work:
        row = _in_hand(work, owner, push_id)
        if row is None:
            return None
        to = work.session.get_one(PushSubscription, row.subscription_id)
        if reason := _why_no_more(work, row, to):
            _close(work, row, MailPhase.CANCELLED, reason)
            return None
        try:
            payload = ports.sealer.unseal(row.sealed or b"", queueing.about(row.id))
            target = subscriptions.target_of(ports, to)
        except ValueError as fault:
            _close(work, row, MailPhase.FAILED, str(fault))
            return None
        return Push(
            target=target,
            payload=payload,
            lasts_for=KEPT_FOR - (work.now - row.queued_at),
            topic=topic(str(to.id), queueing.about_of(payload)),
        )


def _why_no_more(work: Work, row: OutboxPush, to: PushSubscription) -> str:
    if work.now - row.queued_at >= KEPT_FOR:
        return "too late"
    if reason := subscriptions.why_over(work, to):
        return reason
    kind = Notification if to.staff_id is not None else ContactNotice
    notice: Any = work.session.get(kind, row.notice_id) if row.notice_id else None
    if notice is None or notice.read_at is not None or getattr(notice, "taken_back_at", None) is not None:
        return "read meanwhile"
    return ""


def _refused(ports: Ports, owner: str, push_id: UUID, refusal: PushRefused) -> None:
    with begin(ports, Actor.timetable()) as work:
        row = _in_hand(work, owner, push_id)
        if row is None:
            return
        row.tries += 1
        if refusal.is_final:
            _close(work, row, MailPhase.FAILED, refusal.text)
            log.warning("push_refused", push=str(push_id), code=refusal.code)
            return
        wait = max(
            retry_in(row.tries, 0, secrets.randbelow(1000) / 1000), timedelta(seconds=refusal.retry_after)
        )
        row.phase, row.lease_owner, row.leased_until = MailPhase.QUEUED, None, None
        row.answer, row.next_try_at = refusal.text[:500], work.now + wait
        work.add(row)


def _settle(
    ports: Ports, owner: str, push_id: UUID, phase: MailPhase, answer: str, *, ends: bool = False
) -> None:
    with begin(ports, Actor.timetable()) as work:
        row = _in_hand(work, owner, push_id)
        if row is None:
            return
        _close(work, row, phase, answer)
        if ends:
            subscriptions.end(work, work.session.get_one(PushSubscription, row.subscription_id), answer)


def _in_hand(work: Work, owner: str, push_id: UUID) -> OutboxPush | None:
    query = select(OutboxPush).where(
        OutboxPush.id == push_id, OutboxPush.lease_owner == owner, OutboxPush.phase == MailPhase.LEASED
    )
    return work.session.exec(query.with_for_update()).first()


def _close(work: Work, row: OutboxPush, phase: MailPhase, answer: str) -> None:
    """The end of a push: what it said is forgotten, what became of it is kept (8.6)."""
    row.phase, row.answer, row.settled_at, row.sealed = phase, answer[:500], work.now, None
    row.sent_at = work.now if phase is MailPhase.SENT else None
    row.lease_owner = row.leased_until = None
    work.add(row)
