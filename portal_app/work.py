"""One unit of work: a transaction with its audit, its mail and, after commit, its bell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlmodel import Session, col, select

from portal_app.database_away import codes, is_away, is_full
from portal_app.domain import audit
from portal_app.domain.actors import Actor
from portal_app.domain.errors import DatabaseAway, MaybeSaved, NothingSaved
from portal_app.models import Activity, AuditEntry, OutboxMail, new_id
from portal_app.ports import Ports
from portal_app.text import use_dates

OUTBOX = "outbox"
"""The channel that wakes whoever delivers mail."""
AUTOMATIONS = "automations"
"""The channel that wakes whoever does what automations were set off to do."""
SCANS = "scans"
"""The channel that wakes whoever has files looked at for viruses."""
BULK = "bulk"
"""The channel that wakes whoever works off bulk work."""
log = structlog.get_logger(__name__)


@dataclass
class Work:
    """An open transaction, whose it is, and what follows its commit."""

    ports: Ports
    actor: Actor
    session: Session
    now: datetime
    locked: set[UUID] = field(default_factory=set)
    """Requests whose rows this transaction holds already (`replanning.lock`)."""
    sights: dict[UUID, Any] = field(default_factory=dict)
    """The rows around requests that this transaction has read already (`access.sight_of`)."""
    _audits: list[AuditEntry] = field(default_factory=list)
    _channels: set[str] = field(default_factory=set)
    _last: dict[Hashable, Callable[[], None]] = field(default_factory=dict)

    def add(self, *rows: Any) -> None:
        """Put new rows into the transaction."""
        self.session.add_all(rows)

    def queue(self, mail: OutboxMail) -> None:
        """Put a finished e-mail into the outbox; it leaves after commit, or not at all (15.2)."""
        self.session.add(mail)
        self._channels.add(OUTBOX)

    def at_end(self, key: Hashable, act: Callable[[], None]) -> None:
        """Before commit, once for each `key`, when all changes of this transaction are there: what follows from them."""
        self._last.setdefault(key, act)

    def ring(self, *channels: str) -> None:
        """After commit, tell the tabs that listen to these channels to look again."""
        self._channels.update(channels)

    def note(self, kind: str, *, firm_id: UUID, **about: Any) -> Activity:
        """Write what happened for timelines and the activity feed; `about` names columns of `Activity`."""
        activity = Activity(
            firm_id=firm_id,
            kind=kind,
            at=self.now,
            staff_id=about.pop("staff_id", self.actor.staff_id),
            contact_id=about.pop("contact_id", self.actor.contact_id),
            **about,
        )
        self.session.add(activity)
        return activity

    def audit(
        self,
        action: str,
        *,
        firm_id: UUID | None,
        subject_kind: str = "",
        subject_id: UUID | None = None,
        **facts: Any,
    ) -> None:
        """Record who did what (`noun:past_verb`); it is chained and written just before commit."""
        actor = self.actor
        self._audits.append(
            AuditEntry(
                id=new_id(),
                chain_id=firm_id or audit.INSTALLATION,
                seq=0,
                firm_id=firm_id,
                at=self.now,
                action=action,
                actor_kind=actor.kind.value,
                actor_id=actor.staff_id or actor.contact_id or actor.device_id,
                address=actor.address,
                subject_kind=subject_kind,
                subject_id=subject_id,
                facts={key: str(value) for key, value in facts.items()},
                previous_hash=b"",
                hash=b"",
            )
        )

    def _finish(self) -> None:
        self.session.flush()
        while self._last:
            self._last.pop(next(iter(self._last)))()
        self.session.flush()
        for chain_id in sorted({entry.chain_id for entry in self._audits}):
            _append(self.session, chain_id, [e for e in self._audits if e.chain_id == chain_id])
        try:
            self.session.commit()
        except DBAPIError as fault:
            if fault.connection_invalidated:
                raise MaybeSaved from fault
            raise


def hashed_fields(entry: AuditEntry) -> dict[str, Any]:
    """What an entry's hash covers; `portal audit verify` reads the same."""
    return {
        "chain": str(entry.chain_id),
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "actor": [entry.actor_kind, str(entry.actor_id)],
        "address": entry.address,
        "subject": [entry.subject_kind, str(entry.subject_id)],
        "facts": entry.facts,
    }


def _append(session: Session, chain_id: UUID, entries: list[AuditEntry]) -> None:
    """Chain `entries` behind the last one. The lock keeps two writers from hanging on the same link."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": chain_id.int % 2**62})
    last = session.exec(
        select(AuditEntry)
        .where(AuditEntry.chain_id == chain_id)
        .order_by(col(AuditEntry.seq).desc())
        .limit(1)
    ).first()
    seq, previous = (last.seq, last.hash) if last else (0, audit.FIRST)
    for entry in entries:
        seq += 1
        entry.seq, entry.previous_hash = seq, previous
        entry.hash = previous = audit.chained(previous, hashed_fields(entry))
        session.add(entry)


@contextmanager
def begin(ports: Ports, actor: Actor) -> Iterator[Work]:
    """One transaction: commits when the block ends, rolls back when it raises, then rings.

    Raises `NothingSaved` where the database has no room, or went away; `MaybeSaved` where that was while it committed.
    """
    with _told(ports, NothingSaved), ports.sessions.writing() as session, use_dates(actor.dates):
        _take_lock(session)
        work = Work(ports=ports, actor=actor, session=session, now=ports.clock.now())
        try:
            yield work
            work._finish()
        except BaseException:
            session.rollback()
            raise
    ports.sessions.is_full = False
    if work._channels:
        ports.bell.ring(work._channels)


@contextmanager
def reading(ports: Ports, actor: Actor) -> Iterator[Work]:
    """A look at the data: no lock, no change; what is added is never committed. Raises `DatabaseAway`."""
    with _told(ports, DatabaseAway), ports.sessions.reading() as session, use_dates(actor.dates):
        yield Work(ports=ports, actor=actor, session=session, now=ports.clock.now())


def _take_lock(session: Session) -> None:
    """Begin now. A writer that waited five seconds for SQLite's lock tries once more."""
    try:
        session.connection()
    except OperationalError:
        session.rollback()
        session.connection()


@contextmanager
def _told(ports: Ports, away: type[DatabaseAway]) -> Iterator[None]:
    """Raise what a person is told where the database did not answer and it was nobody's mistake; else the fault itself."""
    try:
        yield
    except SQLAlchemyError as fault:
        if away is NothingSaved and is_full(fault):
            ports.sessions.is_full = True
            log.error("database_full", codes=codes(fault))
            raise NothingSaved(is_full=True) from fault
        if is_away(fault):
            log.warning("database_away", kind=type(fault).__name__, codes=codes(fault))
            raise away from fault
        raise
