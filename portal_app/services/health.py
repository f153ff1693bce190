"""Whether what the portal stands on can serve (16): its database, its storage, its timetable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlmodel import func, select

from portal_app.domain.actors import Actor
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.work import reading

SILENCE_ALLOWED_FOR = timedelta(minutes=5)
"""A job runs every minute at least; five without one is a timetable that stopped (fault 27)."""

log = structlog.get_logger(__name__)


def readiness(ports: Ports) -> dict[str, bool]:
    """What can serve now and what cannot. Never raises: what fails is logged and said to be not ready."""
    checks: dict[str, Callable[[Ports], bool]] = {
        "database": _database_answers,
        "storage": _storage_has_room,
        "timetable": _timetable_beats,
    }
    return {name: _held(name, check, ports) for name, check in checks.items()}


def _held(name: str, check: Callable[[Ports], bool], ports: Ports) -> bool:
    try:
        return check(ports)
    except Exception as fault:  # noqa: BLE001  whatever it is, it is not ready
        log.warning("not_ready", part=name, fault=type(fault).__name__)
        return False


def _database_answers(ports: Ports) -> bool:
    with reading(ports, Actor.nobody()) as work:
        work.session.exec(select(Heartbeat).limit(1)).first()
    return True


def _storage_has_room(ports: Ports) -> bool:
    return ports.objects.has_room(0)


def _timetable_beats(ports: Ports) -> bool:
    with reading(ports, Actor.nobody()) as work:
        last = work.session.exec(select(func.max(Heartbeat.at))).one()
    return last is not None and work.now - last <= SILENCE_ALLOWED_FOR
