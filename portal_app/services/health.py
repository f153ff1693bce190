"""Whether what the portal stands on can serve: its database, its storage, its timetable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog
from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.services.heartbeats import BEGAN
from portal_app.text import _
from portal_app.work import reading

SILENCE_ALLOWED_FOR = timedelta(minutes=5)
"""How much later than three of its rounds a job may be before it counts as stopped (fault 27)."""
BEGINS_WITHIN = timedelta(minutes=1)
"""How much longer than a round a job may take to run for the first time after a start."""

ADVISORY: Final = frozenset({"scanner"})
"""What is said to be not ready without the portal being so: files wait, and everything else serves (10.13)."""

log = structlog.get_logger(__name__)


def readiness(ports: Ports, jobs: Mapping[str, timedelta]) -> dict[str, bool]:
    """What can serve now and what cannot; `jobs` are the timetable's, with how often each runs.

    Never raises: what fails is logged and said to be not ready.
    """
    checks: dict[str, Callable[[Ports], bool]] = {
        "database": _database_answers,
        "storage": _storage_takes_files,
        **({"scanner": _scanner_answers} if ports.scanner else {}),
        "timetable": lambda ports: _timetable_runs(ports, jobs),
    }
    return {name: _held(name, check, ports) for name, check in checks.items()}


def _held(name: str, check: Callable[[Ports], bool], ports: Ports) -> bool:
    try:
        return check(ports)
    except Exception as fault:  # noqa: BLE001  whatever it is, it is not ready
        log.warning("not_ready", part=name, fault=type(fault).__name__)
        return False


def _database_answers(ports: Ports) -> bool:
    """Whether it can be read, and took the last thing that there was to save."""
    with reading(ports, Actor.nobody()) as work:
        work.session.exec(select(Heartbeat).limit(1)).first()
    return not ports.sessions.is_full


def saving_trouble(ports: Ports) -> str:
    """A sentence for staff while nothing can be saved; else empty."""
    if not ports.sessions.is_full:
        return ""
    return _(
        "Nothing can be saved at the moment: the portal's disk is full. What was saved before is safe and can be read."
    )


def _storage_takes_files(ports: Ports) -> bool:
    return ports.objects.answers() and ports.objects.has_room(0)


def _timetable_runs(ports: Ports, jobs: Mapping[str, timedelta]) -> bool:
    if late := silent_jobs(ports, jobs):
        log.warning("jobs_silent", jobs=late)
    return not late


def _scanner_answers(ports: Ports) -> bool:
    return ports.scanner is None or ports.scanner.answers()


def silent_jobs(ports: Ports, jobs: Mapping[str, timedelta]) -> list[str]:
    """Jobs that should have run and did not; all of them where none ever ran. One that failed has run.

    After a rest every job is late and none has stopped: each has a round, and a little, from when the timetable began.
    """
    with reading(ports, Actor.nobody()) as work:
        beats = dict(work.session.exec(select(Heartbeat.name, Heartbeat.at)).all())
    ran = {name: beats[name] for name in jobs if name in beats}
    # One that never ran is new here: its first round is counted from the others' last.
    first = max(ran.values(), default=None)
    began = beats.get(BEGAN)
    return [
        name
        for name, every in jobs.items()
        if (first is None or work.now - ran.get(name, first) > 3 * every + SILENCE_ALLOWED_FOR)
        and (began is None or work.now - began > every + BEGINS_WITHIN)
    ]
