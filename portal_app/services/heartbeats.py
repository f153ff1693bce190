"""When each job last ran: what `/readyz` looks at, since a dead timetable is otherwise invisible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy.exc import IntegrityError

from portal_app.domain.actors import Actor
from portal_app.domain.errors import DatabaseAway
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.work import Work, begin

log = structlog.get_logger(__name__)


BEGAN: Final = "timetable"
"""The row that says since when the timetable runs: again after every start, and every time the database was away."""


@contextmanager
def beating(ports: Ports, job: str) -> Iterator[None]:
    """Write down that `job` ran; when it raised, that too, and swallow it: the next run is the retry.

    While the database is away nothing is written, and nothing raised: whoever runs jobs goes on when it is back.
    """
    error = ""
    try:
        yield
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"[:300]
        log.exception("job_failed", job=job)
    try:
        with begin(ports, Actor.timetable()) as work:
            _beat(work, job, error)
            if ports.sessions.missed_beats:
                _beat(work, BEGAN)
    except DatabaseAway:
        ports.sessions.missed_beats = True
    except IntegrityError:
        log.info("heartbeat_of_two", job=job)  # another machine's first one came in the same moment
    else:
        ports.sessions.missed_beats = False


def note_beginning(ports: Ports) -> None:
    """The timetable starts: each job has a round from now on before it counts as late."""
    with beating(ports, BEGAN):
        pass


def _beat(work: Work, name: str, error: str = "") -> None:
    row = work.session.get(Heartbeat, name) or Heartbeat(name=name, at=work.now)
    row.at = work.now
    row.failed_at, row.error = (work.now, error) if error else (row.failed_at, "")
    work.add(row)
