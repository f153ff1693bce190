"""When each job last ran: what `/readyz` looks at, since a dead timetable is otherwise invisible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from portal_app.domain.actors import Actor
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.work import begin

log = structlog.get_logger(__name__)


@contextmanager
def beating(ports: Ports, job: str) -> Iterator[None]:
    """Write down that `job` ran; when it raised, that too, and swallow it: the next run is the retry."""
    error = ""
    try:
        yield
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"[:300]
        log.exception("job_failed", job=job)
    with begin(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, job) or Heartbeat(name=job, at=work.now)
        row.at = work.now
        row.failed_at, row.error = (work.now, error) if error else (row.failed_at, "")
        work.add(row)
