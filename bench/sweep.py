"""Reminder sweep (figure 10)

Reminders that are due, with 1,000 due and with 100,000: each looked at again under its lock, composed, sealed and queued
in a transaction of its own; a sample of both in turn, medians of batches of 50. Against what a database does at best: one
statement a table for all 100,000, with an e-mail that is there already (rolled back, on the same rows). Then a sweep with
nothing due over as many open requests. SQLite, in processor time: it works in this process, whoever else is at work.

The rate lies far below SQL's: a reminder takes 22 statements, since everything it depends on is read again under the
lock and its link, switch, timeline and next moment are written; a quarter of the time is composing, encoding and sealing
the e-mail. The goal of 0.5× compares with SQL that does none of this. The cost of one does not grow with what is due.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import bindparam, func, text, update
from sqlmodel import Session, select

from bench import Row, ratio
from bench._firm import send_out, settle
from portal_app.adapters.database import make_engine
from portal_app.domain.actors import Actor
from portal_app.models import ClientRequest, OutboxMail, Recipient
from portal_app.models.base import UtcDateTime
from portal_app.services.reminders import reminding, series
from portal_app.work import reading
from tests.migrate import upgrade
from tests.world import World

SIZES = FEW, MANY = 1_000, 100_000
BATCH, ROUNDS, LOOKS = 50, 10, 25
DUE_ON = date(2026, 3, 18)
"""Gentle reminders begin a week before."""

ALL_AT_ONCE = (
    """INSERT INTO outbox_mail (id, firm_id, dedupe_key, event, urgency, phase, sender, recipient, subject, message_id, sealed,
        contact_id, request_id, recipient_id, tries, next_try_at, answer, queued_at)
    SELECT r.id, r.firm_id, 'reminder:' || r.id, 'reminder', 1, 'queued', 'firm@example.test', c.email, 'Rappel',
        r.id || '@example.test', zeroblob(6000), c.id, r.request_id, r.id, 0, :now, '', :now
    FROM recipient r JOIN contact c ON c.id = r.contact_id WHERE r.next_reminder_at <= :now""",
    """INSERT INTO reminder (id, firm_id, request_id, recipient_id, reminded_on, slot_on, mail_id, off_hash, at)
    SELECT r.id, r.firm_id, r.request_id, r.id, r.next_reminder_for, r.next_reminder_for, r.id, randomblob(32), :now
    FROM recipient r WHERE r.next_reminder_at <= :now""",
    "UPDATE client_request SET next_reminder_at = NULL WHERE next_reminder_at <= :now",
    """UPDATE recipient SET last_reminded_at = :now, last_reminded_on = next_reminder_for, next_reminder_at = NULL,
        next_reminder_for = NULL WHERE next_reminder_at <= :now""",
)


def a_world(folder: Path, requests: int) -> World:
    """A firm with so many requests out, whose first reminder is due at the same moment of another day."""
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder}/portal.db")
    upgrade(engine)
    world = World(engine, folder)
    first = send_out(world, requests, tasks=2, due_on=DUE_ON, with_standings=False)[0]
    plan(world, first.request_id)
    settle(world, "ANALYZE")
    settle(world, "PRAGMA wal_checkpoint(TRUNCATE)")
    return world


def plan(world: World, request_id: UUID) -> None:
    """What the portal works out for one of them holds for all: they are alike."""
    with reading(world.ports, Actor.timetable()) as work:
        asked = series.read(work, [request_id])[request_id]
        ahead = asked.next_to(asked.people[0], work.now)
    if ahead is None:
        raise RuntimeError("no reminder comes of these requests")
    with Session(world.engine) as session:
        session.execute(update(Recipient).values(next_reminder_at=ahead.at, next_reminder_for=ahead.slot_on))
        session.execute(update(ClientRequest).values(next_reminder_at=ahead.at))
        session.commit()


def measure() -> list[Row]:
    """Both firms in one run."""
    with tempfile.TemporaryDirectory(prefix="bench-sweep-") as folder:
        few, many = (a_world(Path(folder) / str(size), size) for size in SIZES)
        rows = _nothing_due(few, many)
        for world in (few, many):
            world.clock.moment = when_due(world)
        at_once = MANY / _seconds(lambda: _all_at_once(many))
        rows = [*_due(few, many, at_once), *rows]
        for world in (few, many):
            world.engine.dispose()
    return rows


def when_due(world: World) -> datetime:
    with Session(world.engine) as session:
        at = session.exec(select(ClientRequest.next_reminder_at).limit(1)).one()
    if at is None:
        raise RuntimeError("no reminder is planned")
    return at


def _nothing_due(few: World, many: World) -> list[Row]:
    runs = [
        [_seconds(lambda world=world: reminding.send_due_reminders(world.ports)) for world in (few, many)]
        for _look in range(LOOKS)
    ]
    least, ours = (1000 * statistics.median(run[which] for run in runs) for which in (0, 1))
    return [
        Row(
            f"nothing due, {MANY:,} open",
            f"{ours:.2f} ms, {ratio(ours, least)}",
            f"{FEW:,} open: {least:.2f} ms",
            "≤ 1 ms",
            ours <= 1,
        )
    ]


def _due(few: World, many: World, at_once: float) -> list[Row]:
    waiting = [reminding._due(world.ports) for world in (few, many)]
    done: list[list[UUID]] = [[], []]
    runs = []
    for _round in range(ROUNDS):
        took = []
        for which, world in enumerate((few, many)):
            started = time.process_time()
            batch = list(islice(waiting[which], BATCH))
            for request_id in batch:
                reminding.remind(world.ports, request_id)
            took.append(time.process_time() - started)
            done[which] += batch
        runs.append(took)
    least, ours = (statistics.median(run[which] for run in runs) / BATCH for which in (0, 1))
    doubles = sum(_doubles(world, ids) for world, ids in zip((few, many), done, strict=True))
    rate = 1 / ours
    return [
        Row(
            "due reminders queued",
            f"{rate:,.0f}/s, {ratio(rate, at_once)}",
            f"set-based SQL: {at_once:,.0f}/s",
            "≥ 0.5×",
            rate >= 0.5 * at_once,
        ),
        Row(
            f"one due of {MANY:,}",
            f"{1000 * ours:.2f} ms, {ratio(ours, least)}",
            f"of {FEW:,}: {1000 * least:.2f} ms",
            "≤ 1.5×",
            ours <= 1.5 * least,
        ),
        Row("doubles when the same are swept again", str(doubles), "", "0", doubles == 0),
    ]


def _doubles(world: World, ids: list[UUID]) -> int:
    """E-mails beyond one for each request, once all of these are swept a second time."""
    for request_id in ids:
        reminding.remind(world.ports, request_id)
    with Session(world.engine) as session:
        return session.exec(select(func.count()).select_from(OutboxMail)).one() - len(ids)


def _all_at_once(world: World) -> None:
    now = bindparam("now", world.clock.now(), UtcDateTime())
    with Session(world.engine) as session:
        for statement in ALL_AT_ONCE:
            session.execute(text(statement).bindparams(now))
        session.rollback()


def _seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started
