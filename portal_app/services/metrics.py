"""What a monitor watches of the whole installation, read from the database: the same whichever process answers (15.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry, Heartbeat, MailPhase, OutboxMail, OutboxPush, OutboxText, Upload
from portal_app.ports import Ports
from portal_app.services.backups.making import HEARTBEAT
from portal_app.services.backups.restoring import HELD
from portal_app.services.heartbeats import BEGAN
from portal_app.work import reading

LATELY = timedelta(hours=1)
URGENCIES = {0: "now", 1: "soon", 2: "later"}
_WAITING = (MailPhase.QUEUED, MailPhase.LEASED, MailPhase.TRANSMITTING)
_ENDED = (MailPhase.FAILED, MailPhase.UNKNOWN, MailPhase.CANCELLED)
_REFUSALS = {
    "sign_in:refused": "first step",
    "sign_in:code_refused": "code",
    "sign_in:not_confirmed": "confirmation",
}
_KINDS: dict[str, Any] = {"mail": OutboxMail, "text": OutboxText, "push": OutboxPush}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to leave, of one kind and urgency, and for how many seconds the oldest has."""

    kind: str
    urgency: str
    count: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Job:
    """When a job last ran (seconds since 1970), and whether that went wrong."""

    name: str
    at: float
    is_failing: bool


@dataclass(slots=True)
class Figures:
    """One reading."""

    waiting: list[Waiting] = field(default_factory=list)
    held: int = 0
    lately: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, sent | failed | unknown | cancelled) -> how many in the last hour."""
    uploads_open: int = 0
    uploads_bytes: int = 0
    uploads_reserved: int = 0
    sign_ins_refused: dict[str, int] = field(default_factory=dict)
    """What was refused in the last hour: a first step, a code, a confirmation."""
    jobs: list[Job] = field(default_factory=list)
    backup: Job | None = None
    pool_size: int = 0
    pool_in_use: int = 0


def figures(ports: Ports) -> Figures:
    """Read all of it; a few indexed counts, so a scrape every fifteen seconds costs nothing."""
    found = Figures()
    with reading(ports, Actor.nobody()) as work:
        for kind, table in _KINDS.items():
            found.waiting += _waiting(work.session, kind, table, work.now)
            found.lately |= _lately(work.session, kind, table, work.now - LATELY)
            is_held = (col(table.phase) == MailPhase.QUEUED, col(table.lease_owner) == HELD)
            found.held += work.session.exec(select(func.count()).select_from(table).where(*is_held)).one()
        sums = select(
            func.count(),
            func.coalesce(func.sum(Upload.received), 0),
            func.coalesce(func.sum(Upload.length), 0),
        )
        uploads = work.session.execute(sums.where(col(Upload.finished_at).is_(None))).one()
        found.uploads_open, found.uploads_bytes, found.uploads_reserved = map(int, uploads)
        found.sign_ins_refused = _refused(work.session, work.now - LATELY)
        for row in work.session.exec(
            select(Heartbeat).where(Heartbeat.name != BEGAN).order_by(col(Heartbeat.name))
        ):
            job = Job(row.name, row.at.timestamp(), bool(row.error))
            if row.name == HEARTBEAT:
                found.backup = job
            else:
                found.jobs.append(job)
        pool = work.session.get_bind().engine.pool
        found.pool_size, found.pool_in_use = int(pool.size()), int(pool.checkedout())  # type: ignore[attr-defined]
    return found


def _waiting(session: Session, kind: str, table: Any, now: datetime) -> list[Waiting]:
    has_urgency = hasattr(table, "urgency")
    urgency = col(table.urgency) if has_urgency else None
    columns = [func.count(), func.min(col(table.queued_at))]
    query = select(*([urgency] if urgency is not None else []), *columns).where(
        col(table.phase).in_(_WAITING), func.coalesce(col(table.lease_owner), "") != HELD
    )
    if urgency is not None:
        query = query.group_by(urgency)
    seen = {}
    for *which, count, oldest in session.execute(query):
        name = URGENCIES.get(which[0], "later") if which else "now"
        if count:
            seen[name] = Waiting(kind, name, count, max(0.0, (now - oldest).total_seconds()))
    names = URGENCIES.values() if has_urgency else ["now"]
    return [seen.get(name, Waiting(kind, name, 0, 0.0)) for name in names]


def _lately(session: Session, kind: str, table: Any, since: datetime) -> dict[tuple[str, str], int]:
    sent = select(func.count()).select_from(table).where(col(table.sent_at) >= since)
    found = {(kind, MailPhase.SENT.value): int(session.exec(sent).one())}
    found |= {(kind, phase.value): 0 for phase in _ENDED}
    ended = (
        select(col(table.phase), func.count())
        .where(col(table.phase).in_(_ENDED), col(table.settled_at) >= since)
        .group_by(col(table.phase))
    )
    for phase, count in session.execute(ended):
        found[kind, MailPhase(phase).value] = int(count)
    return found


def _refused(session: Session, since: datetime) -> dict[str, int]:
    """Entries have numbers that grow with time (UUIDv7), so the last hour's lie at the end of the index."""
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    query = (
        select(col(AuditEntry.action), func.count())
        .where(col(AuditEntry.id) >= first, col(AuditEntry.action).in_(_REFUSALS))
        .group_by(col(AuditEntry.action))
    )
    counted = dict.fromkeys(_REFUSALS.values(), 0)
    for action, count in session.execute(query):
        counted[_REFUSALS[action]] = int(count)
    return counted
