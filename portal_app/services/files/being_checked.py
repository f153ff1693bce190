"""Files that wait for the scanner, as everybody else sees them (10.13). Who has them looked at: `scanning`."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from portal_app.models import ScanFault, StoredFile
from portal_app.text import _
from portal_app.work import SCANS, Work


def waiting(work: Work) -> dict[str, Any]:
    """What a file that lands now has in its row: it waits, where a scanner is set. Wakes whoever scans."""
    if work.ports.scanner is None:
        return {}
    work.ring(SCANS)
    return {"checking_since": work.now, "scan_at": work.now}


def trouble(work: Work) -> str:
    """A sentence for the firm's staff while files wait that the scanner does not look at; else empty."""
    query = select(StoredFile.scan_fault).where(
        StoredFile.firm_id == work.actor.firm_id, col(StoredFile.checking_since).is_not(None)
    )
    faults_ = set(work.session.exec(query.distinct()))
    if not faults_:
        return ""
    if work.ports.scanner is None:
        return _("Files wait to be checked for viruses, and no scanner is set any more. They stay closed.")
    if ScanFault.AWAY in faults_:
        return _(
            "Files wait to be checked for viruses: the scanner cannot be reached. "
            "They can be opened once it has answered."
        )
    if ScanFault.TOO_LARGE in faults_:
        return _(
            "Some files are larger than the virus scanner takes, so they stay closed. "
            "Whoever runs the portal can raise its limit."
        )
    return ""
