"""Demo only: moves the portal's time from one due moment to the next, as if it had been up all along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.jobs.timetable import run_all
from portal_app.models import (
    AccessGrant,
    AutomationRun,
    ClientRequest,
    ClockShift,
    ContactNotice,
    MailPhase,
    Notification,
    OutboxMail,
    Upload,
)
from portal_app.ports import MovableClock, Ports
from portal_app.work import Work, begin, reading

FURTHEST = timedelta(days=800)


def travel(ports: Ports, by: timedelta) -> datetime:
    """Move ahead by `by`, stopping at every moment at which something is due; returns the new moment.

    Each stop's jobs run before the next. Raises `ValueError` for a step back or beyond 800 days, and
    `TypeError` outside demo, where time cannot be moved.
    """
    clock = ports.clock
    if not isinstance(clock, MovableClock):
        raise TypeError("only the demo's clock can be moved")
    if not timedelta() <= by <= FURTHEST:
        raise ValueError("between nothing and 800 days ahead")
    goal = clock.now() + by
    run_all(ports)
    for stop in _stops(ports, goal):
        _move(ports, clock, stop)
        run_all(ports)
    _move(ports, clock, goal)
    run_all(ports)
    return clock.now()


def _stops(ports: Ports, goal: datetime) -> Iterator[datetime]:
    """The due moments up to `goal`, each read after the one before was run; a moment is given once."""
    last: datetime | None = None
    while True:
        with reading(ports, Actor.timetable()) as work:
            moments = [moment for moment in _due(work, last or work.now) if moment <= goal]
        if not moments:
            return
        last = min(moments)
        yield last


def _due(work: Work, after: datetime) -> Iterator[datetime]:
    columns = (
        select(func.min(OutboxMail.next_try_at)).where(
            OutboxMail.phase == MailPhase.QUEUED, OutboxMail.next_try_at > after
        ),
        select(func.min(OutboxMail.leased_until)).where(
            col(OutboxMail.phase).in_([MailPhase.LEASED, MailPhase.TRANSMITTING]),
            col(OutboxMail.leased_until) > after,
        ),
        select(func.min(ClientRequest.send_at)).where(col(ClientRequest.send_at) > after),
        select(func.min(AccessGrant.expires_at)).where(
            col(AccessGrant.ended_at).is_(None), AccessGrant.expires_at > after
        ),
        select(func.min(ClientRequest.next_reminder_at)).where(col(ClientRequest.next_reminder_at) > after),
        select(func.min(AutomationRun.due_at)).where(
            col(AutomationRun.ended_at).is_(None), AutomationRun.due_at > after
        ),
        select(func.min(Notification.mail_due_at)).where(col(Notification.mail_due_at) > after),
        select(func.min(ContactNotice.mail_due_at)).where(col(ContactNotice.mail_due_at) > after),
        select(func.min(Upload.expires_at)).where(Upload.expires_at > after),
    )
    for query in columns:
        moment = work.session.exec(query).one()
        if moment is not None:
            yield moment


def _move(ports: Ports, clock: MovableClock, moment: datetime) -> None:
    """Jump, and keep the shift, so that a restart does not fall back."""
    clock.move_to(moment)
    with begin(ports, Actor.timetable()) as work:
        kept = work.session.get(ClockShift, 1) or ClockShift(id=1)
        kept.seconds = int(clock.shift.total_seconds()) + 1
        work.add(kept)
