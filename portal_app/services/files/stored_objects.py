"""Where sealed parts lie, seen from outside: removing them, and telling staff that the store is away (15.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog

from portal_app.domain.uploads import StorageAway
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.text import _
from portal_app.work import Work

WATCH: Final = "watch_storage"

log = structlog.get_logger(__name__)


def remove_objects(ports: Ports, keys: Iterable[str]) -> None:
    """Remove objects whose rows are gone. Where the store is away they stay: the sweep of orphans finds them."""
    for key in keys:
        try:
            ports.objects.delete(key)
        except StorageAway:
            log.warning("object_left_behind", key=key)
            return


def watch_storage(ports: Ports) -> None:
    """Ask the store whether it answers; the timetable writes down what came of it. Raises `StorageAway`."""
    if not ports.objects.answers():
        raise StorageAway


def trouble(work: Work) -> str:
    """A sentence for staff while the store does not answer, as the last look found it; else empty."""
    row = work.session.get(Heartbeat, WATCH)
    if row is None or not row.error:
        return ""
    return _(
        "Files can be neither opened nor received at the moment: their storage cannot be reached. "
        "Uploads wait, and go on by themselves."
    )
