"""The audit log checked and exported: every entry's hash, and that it hangs on the one before (14.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import audit
from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry
from portal_app.ports import Ports
from portal_app.work import Work, hashed_fields, reading

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that is not what was written, and what is wrong with it."""

    chain_id: UUID
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class End:
    """The last entry of a chain: kept elsewhere, it shows later whether the end was cut off."""

    chain_id: UUID
    seq: int
    hash: bytes


def verify(ports: Ports) -> list[Broken]:
    """The first broken entry of each chain; an empty list when all is as written.

    A changed entry fails its own hash; a deleted or moved one breaks the numbering. What is cut off the end of a
    chain cannot be seen from inside: `missing_since` compares with an export that was kept elsewhere.
    """
    broken: dict[UUID, Broken] = {}
    last: dict[UUID, tuple[int, bytes]] = {}
    with reading(ports, Actor.timetable()) as work:
        for entry in _entries(work):
            seq, previous = last.get(entry.chain_id, (0, audit.FIRST))
            if what := _fault(entry, seq, previous):
                broken.setdefault(entry.chain_id, Broken(entry.chain_id, seq + 1, what))
            last[entry.chain_id] = (entry.seq, entry.hash)
    return list(broken.values())


def ends(ports: Ports) -> list[End]:
    """The last entry of each chain."""
    with reading(ports, Actor.timetable()) as work:
        chains = work.session.exec(select(AuditEntry.chain_id).distinct()).all()
        query = select(AuditEntry.seq, AuditEntry.hash).order_by(col(AuditEntry.seq).desc()).limit(1)
        found = {
            chain: work.session.exec(query.where(AuditEntry.chain_id == chain)).one() for chain in chains
        }
    return [End(chain, seq, digest) for chain, (seq, digest) in sorted(found.items())]


def export(ports: Ports, *, firm_id: UUID | None = None) -> Iterator[str]:
    """Every entry as a line of JSON, chain by chain in order; of one firm, or of the whole installation.

    `hash` is SHA-256 over the bytes of `previous_hash` and the line without `hash` and `previous_hash`, its keys sorted,
    without spaces, in UTF-8. The first entry of a chain has 32 zero bytes before it.
    """
    after = (UUID(int=0), -1)
    while some := _batch(ports, firm_id, after):
        yield from (_line(entry) for entry in some)
        after = (some[-1].chain_id, some[-1].seq)


def missing_since(ports: Ports, lines: Iterable[str]) -> list[Broken]:
    """The first entry of each chain of an earlier export that is not in the log any more as it was."""
    broken: dict[UUID, Broken] = {}
    with reading(ports, Actor.timetable()) as work:
        for line in lines:
            kept = json.loads(line)
            chain_id, seq = UUID(kept["chain"]), int(kept["seq"])
            query = select(AuditEntry.hash).where(AuditEntry.chain_id == chain_id, AuditEntry.seq == seq)
            now = work.session.exec(query).first()
            if now is None or now.hex() != kept["hash"]:
                what = "is gone since the export" if now is None else "is another one than in the export"
                broken.setdefault(chain_id, Broken(chain_id, seq, what))
    return list(broken.values())


def _line(entry: AuditEntry) -> str:
    hashes = {"previous_hash": entry.previous_hash.hex(), "hash": entry.hash.hex()}
    line: dict[str, Any] = {**hashed_fields(entry), **hashes}
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str) + "\n"


def _batch(ports: Ports, firm_id: UUID | None, after: tuple[UUID, int]) -> list[AuditEntry]:
    """The entries that come next, in a transaction of their own: a stream is read by one thread after another."""
    chain_id, seq = after
    query = select(AuditEntry).order_by(col(AuditEntry.chain_id), col(AuditEntry.seq)).limit(BATCH)
    further = (col(AuditEntry.chain_id) == chain_id) & (col(AuditEntry.seq) > seq)
    query = query.where(further | (col(AuditEntry.chain_id) > chain_id))
    if firm_id is not None:
        query = query.where(AuditEntry.chain_id == firm_id)
    with reading(ports, Actor.timetable()) as work:
        return list(work.session.exec(query))


def _entries(work: Work) -> Iterator[AuditEntry]:
    query = select(AuditEntry).order_by(col(AuditEntry.chain_id), col(AuditEntry.seq))
    for entry in work.session.exec(query.execution_options(yield_per=BATCH)):
        yield entry
        work.session.expunge(entry)


def _fault(entry: AuditEntry, seq: int, previous: bytes) -> str:
    """What is wrong with the entry that comes after `seq`; empty when nothing is."""
    if entry.seq != seq + 1:
        return f"is missing; entry {entry.seq} comes next"
    if entry.previous_hash != previous:
        return "does not hang on the entry before it, which was replaced"
    if entry.hash != audit.chained(previous, hashed_fields(entry)):
        return f"was changed since it was written ({entry.at:%Y-%m-%d %H:%M} UTC, {entry.action})"
    return ""
