"""E-mails (figure 11)

Reminders that wait in the outbox, handed over to a server that forgets them (Postfix's `smtp-sink`), against Postfix's
`smtp-source` with e-mails as long; as orientation, Python's `smtplib` with the same bytes and nothing kept.
Interleaved, medians. Then whether a limit of 600 a minute is kept: one minute, the outbox looked at every five seconds as
the timetable does.

The rate lies below the goal since each e-mail is committed as *on its way* before its first byte and as *sent* after the
answer, by one worker and one connection, with all that depends on it looked at again each time (15.2): `smtp-source` keeps
nothing.
"""

from __future__ import annotations

import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from bench import Row, ratio
from bench._firm import send_out
from bench._postfix import sink, source, tools
from bench.sweep import DUE_ON, plan, when_due
from portal_app.adapters.database import make_engine
from portal_app.adapters.smtp import SmtpMailer
from portal_app.models import OutboxMail
from portal_app.ports import Envelope, Ports
from portal_app.services.mail import post
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.reminders.reminding import send_due_reminders
from tests.migrate import upgrade
from tests.world import World

ROUNDS, A_ROUND, OF_THE_SOURCE = 5, 200, 3_000
A_MINUTE, EVERY, LOOKS = 600, 5.0, 12
NO_LIMIT = 6_000_000


def measure() -> list[Row]:
    """All on one outbox."""
    folder = tools()
    if folder is None:
        return [
            Row("handed over", "not measured: no `apt-get` to get Postfix's tools with", "", "≥ 0.2×", None)
        ]
    with tempfile.TemporaryDirectory(prefix="bench-mail-") as name, sink(folder) as port:
        world = _with_reminders(Path(name), ROUNDS * A_ROUND + 2 * A_MINUTE)
        letter = _an_envelope(world)
        runs = [_round(world, port, folder, letter) for _time in range(ROUNDS)]
        rows = _rows(runs, len(letter.message))
        rows.append(_kept_rate(world, port))
        world.engine.dispose()
    return rows


def _with_reminders(folder: Path, count: int) -> World:
    """A firm with so many reminders in its outbox, none of which is to leave yet."""
    engine = make_engine(f"sqlite:///{folder}/portal.db")
    upgrade(engine)
    world = World(engine, folder)
    first = send_out(world, count, tasks=2, due_on=DUE_ON, with_standings=False)[0]
    plan(world, first.request_id)
    world.clock.moment = when_due(world)
    if send_due_reminders(world.ports) != count:
        raise RuntimeError("not every request was reminded of")
    with Session(engine) as session:
        session.execute(update(OutboxMail).values(next_try_at=world.clock.now() + timedelta(days=1)))
        session.commit()
    return world


def _due(world: World, count: int) -> None:
    """Let so many more leave now."""
    waits = col(OutboxMail.next_try_at) > world.clock.now()
    with Session(world.engine) as session:
        ids = list(session.exec(select(OutboxMail.id).where(waits).limit(count)))
        session.execute(
            update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(next_try_at=world.clock.now())
        )
        session.commit()


def _sending(world: World, port: int, a_minute: int) -> Ports:
    """The firm's ports with a mail server that takes so many a minute."""
    about = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_per_minute": a_minute,
    }
    settings = world.settings.model_copy(update=about)
    return replace(world.ports, settings=settings, mailer=SmtpMailer(settings))


def _an_envelope(world: World) -> Envelope:
    with Session(world.engine) as session:
        return post.envelope(world.ports, session.exec(select(OutboxMail).limit(1)).one())


def _round(world: World, port: int, folder: Path, letter: Envelope) -> tuple[float, float, float]:
    """E-mails a second: smtp-source, smtplib, the outbox."""
    ports = _sending(world, port, NO_LIMIT)
    _due(world, A_ROUND)
    return (
        OF_THE_SOURCE / _seconds(lambda: source(folder, port, OF_THE_SOURCE, len(letter.message))),
        A_ROUND / _seconds(lambda: _by_smtplib(port, letter)),
        A_ROUND / _seconds(lambda: _all_gone(ports)),
    )


def _by_smtplib(port: int, letter: Envelope) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for _mail in range(A_ROUND):
            line.sendmail(letter.sender, letter.recipient, letter.message)


def _all_gone(ports: Ports) -> None:
    if (gone := deliver_outbox(ports)) != A_ROUND:
        raise RuntimeError(f"{gone} of {A_ROUND} e-mails left")


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _rows(runs: list[tuple[float, float, float]], length: int) -> list[Row]:
    most, plain, ours = (statistics.median(run[which] for run in runs) for which in range(3))
    return [
        Row(
            f"handed over, {length / 1000:.1f} KB each",
            f"{ours:,.0f}/s, {ratio(ours, most)}",
            f"smtp-source: {most:,.0f}/s",
            "≥ 0.2×",
            ours >= 0.2 * most,
        ),
        Row(
            "the same, of smtplib's rate",
            f"{ours:,.0f}/s, {ratio(ours, plain)}",
            f"smtplib: {plain:,.0f}/s",
            "",
            None,
        ),
    ]


def _kept_rate(world: World, port: int) -> Row:
    """What leaves in a minute of so many waiting that the limit is what holds them."""
    ports = _sending(world, port, A_MINUTE)
    _due(world, 2 * A_MINUTE)
    gone, started, begun_at = 0, time.monotonic(), world.clock.now().replace(second=0, microsecond=0)
    for look in range(LOOKS):
        time.sleep(max(0.0, started + look * EVERY - time.monotonic()))
        world.clock.moment = begun_at + timedelta(minutes=1, seconds=time.monotonic() - started)
        gone += deliver_outbox(ports)
    return Row(
        f"a limit of {A_MINUTE} a minute",
        f"{gone}, {ratio(gone, A_MINUTE)}",
        str(A_MINUTE),
        "within 2 %",
        abs(gone - A_MINUTE) <= 0.02 * A_MINUTE,
    )
