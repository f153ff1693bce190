"""What waited to leave when a backup was made: after its restore it waits until an operator says what becomes of it.

It may have left between the backup and the loss, so sending it by itself could tell people twice (fault 39).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import MailPhase, OutboxMail, OutboxPush, OutboxText
from portal_app.ports import Ports
from portal_app.services.backups.restoring import HELD
from portal_app.work import OUTBOX, begin, reading

_KINDS: dict[str, Any] = {"e-mail": OutboxMail, "text message": OutboxText, "push": OutboxPush}


@dataclass(frozen=True, slots=True)
class Held:
    """So many of one kind and event, the oldest queued then."""

    kind: str
    event: str
    count: int
    oldest: datetime


def held(ports: Ports) -> list[Held]:
    """What is held, by kind and event."""
    found: list[Held] = []
    with reading(ports, Actor.timetable()) as work:
        for kind, table in _KINDS.items():
            query = (
                select(col(table.event), func.count(), func.min(col(table.queued_at)))
                .where(col(table.phase) == MailPhase.QUEUED, col(table.lease_owner) == HELD)
                .group_by(col(table.event))
                .order_by(col(table.event))
            )
            found += [
                Held(kind, event, count, oldest) for event, count, oldest in work.session.execute(query)
            ]
    return found


def release(ports: Ports) -> int:
    """Let all of it leave; what no longer holds is cancelled on its way, as ever. Gives how much."""
    return _settle(ports, "mail:released", lambda now: {"next_try_at": now, "lease_owner": None})


def drop(ports: Ports) -> int:
    """Let none of it leave: it shows as cancelled. Gives how much."""
    return _settle(
        ports,
        "mail:dropped",
        lambda now: {
            "phase": MailPhase.CANCELLED,
            "answer": "waited when the backup was made",
            "settled_at": now,
            "lease_owner": None,
            "sealed": None,
        },
    )


def _settle(ports: Ports, action: str, values: Callable[[datetime], dict[str, Any]]) -> int:
    with begin(ports, Actor.timetable()) as work:
        count = 0
        for table in _KINDS.values():
            result = work.session.execute(
                update(table)
                .where(col(table.phase) == MailPhase.QUEUED, col(table.lease_owner) == HELD)
                .values(values(work.now))
            )
            count += int(getattr(result, "rowcount", 0))
        if count:
            work.audit(action, firm_id=None, count=count)
            work.ring(OUTBOX)
        return count
