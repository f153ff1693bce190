"""Backups by the timetable: one a night, where the operator said where and when (15.3)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from threading import Lock, Thread
from typing import Final

import structlog

from portal_app import faults
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission, may
from portal_app.models import Firm, Heartbeat
from portal_app.ports import Ports
from portal_app.services.backups.making import HEARTBEAT, make_backup
from portal_app.services.backups.shelf import BackupRefused
from portal_app.text import _, format_moment
from portal_app.work import Work, reading

AGAIN_AFTER: Final = timedelta(hours=1)
"""So long after a try that failed comes the next."""
TOO_OLD: Final = timedelta(hours=36)

log = structlog.get_logger(__name__)
_running = Lock()


def start_due_backup(ports: Ports) -> Thread | None:
    """Begin the night's backup in a thread of its own where it is due: it may take hours, and no job waits for it.

    On several machines the folder itself lets one in; a process that is stopped leaves none by half.
    """
    if not is_due(ports) or not _running.acquire(blocking=False):
        return None
    thread = Thread(target=_make, args=(ports,), name="backup", daemon=True)
    thread.start()
    return thread


def is_due(ports: Ports) -> bool:
    """Whether the last moment for one has passed without one."""
    chosen = ports.settings
    if chosen.backup_dir is None:
        return False
    with reading(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, HEARTBEAT)
    now = ports.clock.now()
    if row is None:
        return True
    if row.error and row.failed_at is not None:
        return now - row.failed_at >= AGAIN_AFTER
    return row.at < _last_moment(now, chosen.backup_at)


def trouble(work: Work) -> str:
    """A sentence for whoever runs the firm while the newest backup is too old; empty where none is to be made by itself."""
    if work.ports.settings.backup_dir is None or not may(work.actor, Permission.SETTINGS_EDIT):
        return ""
    row = work.session.get(Heartbeat, HEARTBEAT)
    if row is not None and row.at > work.now - TOO_OLD:
        return ""
    if row is None or row.at == row.failed_at:
        return _("No backup was made yet. Tell whoever runs the server.")
    zone = work.session.get_one(Firm, work.actor.firm_id).time_zone
    text = _("The newest backup was made on {moment}. Tell whoever runs the server.")
    return text.format(moment=format_moment(row.at, zone))


def _make(ports: Ports) -> None:
    try:
        folder, keep = ports.settings.backup_dir, ports.settings.backup_keep
        if folder is not None:
            made = make_backup(ports, folder, keep=keep)
            log.info("backup_made", backup=made.name, objects=made.objects, copied=made.copied)
    except BackupRefused as refusal:
        log.error("backup_failed", why=str(refusal))
    except Exception as fault:  # noqa: BLE001 (nobody else would hear of it)
        log.error("backup_failed", **faults.facts(fault))
    finally:
        _running.release()


def _last_moment(now: datetime, at: time) -> datetime:
    today = datetime.combine(now.astimezone(UTC).date(), at, UTC)
    return today if today <= now else today - timedelta(days=1)
