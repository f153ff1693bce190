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
from sqlmodel import col, select

from portal_app import faults
from portal_app.domain.actors import Actor
from portal_app.domain.uploads import StorageAway
from portal_app.models import ScanFault, StoredFile
from portal_app.ports import Ports, ScannerAway, ScanTooLarge
from portal_app.services.files import downloads, verdicts
from portal_app.services.files.downloads import Damaged
from portal_app.work import begin

LEASE: Final = timedelta(minutes=4)
"""Longer than the scanner may take for its verdict; a worker that was killed is followed after it."""
RENEWED_EVERY: Final = timedelta(seconds=30)
FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(minutes=5)
SELDOM: Final = timedelta(hours=6)
"""For what another try alone does not change: too large for the scanner, or damaged."""

log = structlog.get_logger(__name__)


def scan_files(ports: Ports) -> None:
    """Have every file looked at whose turn it is. Ends where scanner or store is away; the files wait.

    May run twice and on several machines: a file is with one of them at a time, and a verdict counts once.
    """
    if ports.scanner is None:
        return
    while (file_id := _leased(ports)) is not None:
        try:
            found = ports.scanner.scan(_pieces(ports, file_id))
        except (ScannerAway, StorageAway) as away:
            log.warning("scanner_away", file=str(file_id), answer=str(away)[:200])
            _put_off(ports, file_id, ScanFault.AWAY)
            return
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


def _leased(ports: Ports) -> UUID | None:
    """The file that waited longest, ours for a while."""
    with begin(ports, Actor.timetable()) as work:
        query = select(StoredFile).where(col(StoredFile.scan_at) <= work.now)
        file = work.session.exec(
            query.order_by(col(StoredFile.scan_at)).limit(1).with_for_update(skip_locked=True)
        ).first()
        if file is None:
            return None
        file.scan_at, file.scan_tries = work.now + LEASE, file.scan_tries + 1
        work.add(file)
        return file.id


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
        if file is None or file.checking_since is None:
            return
        if wait is None:
            wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(file.scan_tries - 1, 10))
        file.scan_at = work.now + wait
        file.scan_fault = file.scan_fault if fault is None else fault
        work.add(file)
