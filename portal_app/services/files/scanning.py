"""Files that wait for the scanner: looked at one by one, by whichever worker is free (10.13).

A file waits from the moment it lands, in its own row. Whoever scans it holds a lease, renewed while bytes go; after
a kill the next one begins anew once the lease is over. What is no verdict leaves the file waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from portal_app import faults
from portal_app.domain.actors import Actor
from portal_app.domain.uploads import MB, StorageAway
from portal_app.models import ScanFault, StoredFile
from portal_app.ports import Ports, Scanner, ScannerAway, ScanTooLarge
from portal_app.services.files import downloads, verdicts
from portal_app.services.files.downloads import Damaged
from portal_app.work import Work, begin

LEASE: Final = timedelta(minutes=4)
"""Longer than the scanner may take for its verdict; a worker that was killed is followed after it."""
RENEWED_EVERY: Final = timedelta(seconds=30)
FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(minutes=5)
SELDOM: Final = timedelta(hours=6)
"""For what another try alone does not change: too large for the scanner, or damaged."""
OLDER_AT_ONCE: Final = 25
OLDER_SIZE_AT_ONCE: Final = 100 * MB
"""How many older files, and about how many of their bytes, are looked at each half minute: 12 GB an hour at most."""
_NEVER_SCANNED: Final = (
    col(StoredFile.scanned_at).is_(None),
    col(StoredFile.checking_since).is_(None),
    col(StoredFile.damaged_at).is_(None),
)

log = structlog.get_logger(__name__)


def scan_files(ports: Ports) -> None:
    """Have every file looked at whose turn it is. Ends where scanner or store is away; the files wait.

    May run twice and on several machines: a file is with one of them at a time, and a verdict counts once.
    """
    scanner = ports.scanner
    if scanner is None:
        return
    while (file_id := _leased(ports)) is not None:
        if not _look(ports, scanner, file_id):
            return


def scan_older_files(ports: Ports) -> None:
    """Files that were there before a scanner was: a few each time, and none while a new one waits.

    They stay open meanwhile; what is found in one does to it what it does to a new one.
    """
    scanner, size = ports.scanner, 0
    if scanner is None:
        return
    for _number in range(OLDER_AT_ONCE):
        older = _older(ports)
        if older is None or not _look(ports, scanner, older.id):
            return
        size += older.size
        if size >= OLDER_SIZE_AT_ONCE:
            return


def never_scanned(work: Work) -> int:
    """How many files wait for that."""
    return work.session.exec(select(func.count()).select_from(StoredFile).where(*_NEVER_SCANNED)).one()


def _look(ports: Ports, scanner: Scanner, file_id: UUID) -> bool:
    """Have one file looked at, which is ours; False where scanner or store is away."""
    try:
        found = scanner.scan(_pieces(ports, file_id))
    except (ScannerAway, StorageAway) as away:
        log.warning("scanner_away", file=str(file_id), answer=str(away)[:200])
        _put_off(ports, file_id, ScanFault.AWAY)
        return False
    except ScanTooLarge as limit:
        log.warning("scan_too_large", file=str(file_id), answer=str(limit)[:200])
        _put_off(ports, file_id, ScanFault.TOO_LARGE, SELDOM)
    except Damaged:
        downloads.mark_damaged(ports, Actor.timetable(), file_id)
        _put_off(ports, file_id, ScanFault.NONE, SELDOM)
    except Exception as fault:  # noqa: BLE001 (one bad row never holds up the others)
        log.error("file_not_scanned", file=str(file_id), **faults.facts(fault))
        _put_off(ports, file_id, ScanFault.AWAY)
    else:
        verdicts.settle(ports, file_id, found)
    return True


def _leased(ports: Ports) -> UUID | None:
    """The file that waited longest, ours for a while."""
    with begin(ports, Actor.timetable()) as work:
        query = select(StoredFile).where(*_new(work)).order_by(col(StoredFile.scan_at))
        file = work.session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
        if file is not None:
            _lease(work, file)
        return file.id if file is not None else None


def _older(ports: Ports) -> StoredFile | None:
    """The oldest that was never looked at, ours for a while; none while a new one waits."""
    with begin(ports, Actor.timetable()) as work:
        if work.session.exec(select(StoredFile.id).where(*_new(work)).limit(1)).first() is not None:
            return None
        is_due = or_(col(StoredFile.scan_at).is_(None), col(StoredFile.scan_at) <= work.now)
        query = select(StoredFile).where(*_NEVER_SCANNED, is_due).order_by(col(StoredFile.id))
        file = work.session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
        if file is not None:
            _lease(work, file)
        return file


def _new(work: Work) -> tuple[ColumnElement[bool], ...]:
    """Files that nobody opens before their verdict, whose turn it is."""
    return col(StoredFile.checking_since).is_not(None), col(StoredFile.scan_at) <= work.now


def _lease(work: Work, file: StoredFile) -> None:
    file.scan_at, file.scan_tries = work.now + LEASE, file.scan_tries + 1
    work.add(file)


def _pieces(ports: Ports, file_id: UUID) -> Iterator[bytes]:
    """The file part by part, in the clear and checked; the lease goes on while they leave."""
    renewed = ports.clock.now()
    file = downloads.open_waiting(ports, file_id)
    for number in range(len(file.parts)):
        yield downloads.read_part(ports, file, number)
        if ports.clock.now() - renewed >= RENEWED_EVERY:
            renewed = ports.clock.now()
            _put_off(ports, file_id, None, LEASE)


def _put_off(ports: Ports, file_id: UUID, fault: ScanFault | None, wait: timedelta | None = None) -> None:
    """Its turn comes again after `wait`, or ever later with each try."""
    with begin(ports, Actor.timetable()) as work:
        file = work.session.get(StoredFile, file_id, with_for_update=True)
        if file is None or file.is_scanned:
            return
        if wait is None:
            wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(file.scan_tries - 1, 10))
        file.scan_at = work.now + wait
        file.scan_fault = file.scan_fault if fault is None else fault
        work.add(file)
