"""Checking the audit log: every entry's hash, and that it hangs on the one before (14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import audit
from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry
from portal_app.ports import Ports
from portal_app.work import hashed_fields, reading


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that is not what was written."""

    chain_id: UUID
    seq: int


def verify(ports: Ports) -> list[Broken]:
    """The first broken entry of each chain; an empty list when all is as written.

    A changed entry fails its own hash; a deleted or moved one breaks the numbering. What is cut off the end of a
    chain cannot be seen from inside: compare the last hash with one kept elsewhere.
    """
    with reading(ports, Actor.timetable()) as work:
        entries = work.session.exec(
            select(AuditEntry).order_by(col(AuditEntry.chain_id), col(AuditEntry.seq))
        )
        broken: dict[UUID, Broken] = {}
        last: dict[UUID, tuple[int, bytes]] = {}
        for entry in entries:
            seq, previous = last.get(entry.chain_id, (0, audit.FIRST))
            fits = (
                entry.seq == seq + 1
                and entry.previous_hash == previous
                and entry.hash == audit.chained(previous, hashed_fields(entry))
            )
            if not fits:
                broken.setdefault(entry.chain_id, Broken(entry.chain_id, seq + 1))
            last[entry.chain_id] = (entry.seq, entry.hash)
        return list(broken.values())
