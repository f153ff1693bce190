"""Every check of `portal doctor`, each on its own: one that breaks is a fault, and the others go on."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlmodel import col, func, select

from portal_app.domain.actors import Actor
from portal_app.models import Heartbeat, KeyCheck, MailPhase, OutboxMail
from portal_app.ports import MailRefused, Ports
from portal_app.services import audit_chain, clock_jumps, health
from portal_app.services.backups import schema
from portal_app.services.backups.making import HEARTBEAT
from portal_app.services.doctor.disks import is_encrypted
from portal_app.services.doctor.files import files
from portal_app.services.doctor.findings import Finding, fault, ok, warning
from portal_app.services.doctor.lines import leaves_the_machine, tls_of
from portal_app.services.files.keys import is_ours
from portal_app.services.files.scanning import never_scanned
from portal_app.services.mail.held import held
from portal_app.settings import faults
from portal_app.work import reading

BACKUP_LASTS = timedelta(hours=36)
CLOCKS_APART = timedelta(seconds=10)
MAIL_WAITS = timedelta(hours=1)
GIB = 1 << 30

Check = Callable[[Ports], Iterator[Finding]]


def examine(ports: Ports, jobs: Mapping[str, timedelta], *, deep: bool = False) -> Iterator[Finding]:
    """Look at everything, in this order; `jobs` are the timetable's. With `deep` every file is read. Changes nothing."""
    checks: dict[str, Check] = {
        "settings": _settings,
        "permissions": _permissions,
        "encryption": _encryption,
        "database": lambda ports: _database(ports, deep=deep),
        "key": _key,
        "redis": _redis,
        "storage": _storage,
        "files": lambda ports: files(ports, deep=deep),
        "scanner": _scanner,
        "audit log": _audit,
        "mail": _mail,
        "timetable": lambda ports: _timetable(ports, jobs),
        "clock": _clock,
        "backups": _backups,
    }
    for name, check in checks.items():
        try:
            yield from check(ports)
        except Exception as broke:  # noqa: BLE001 (whatever it is, it is what was looked for)
            yield fault(
                name, f"This could not be looked at: {type(broke).__name__}.", "See the other findings first."
            )


def _settings(ports: Ports) -> Iterator[Finding]:
    found = faults(ports.settings)
    for sentence in found:
        yield fault("settings", sentence, "Change it in .env; the server does not start as it is.")
    if not found:
        says = "This is the demo." if ports.settings.demo else "They are safe to start with."
        yield ok("settings", says)


def _permissions(ports: Ports) -> Iterator[Finding]:
    open_to_others = [
        path for path in _our_paths(ports) if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007
    ]
    for path in open_to_others:
        yield warning(
            "permissions", f"Every user of this machine can read {path}.", f"Run `chmod -R o= {path}`."
        )
    if not open_to_others:
        yield ok("permissions", "Data folder and key file are closed to other users.")


def _our_paths(ports: Ports) -> list[Path]:
    key = ports.settings.secret_key_file
    return [ports.settings.data_dir, *([key] if key else [])]


def _encryption(ports: Ports) -> Iterator[Finding]:
    folder = ports.settings.data_dir
    if is_encrypted(folder):
        yield ok("encryption", f"{folder} lies on an encrypted disk.")
        return
    yield warning(
        "encryption",
        f"No encryption was found below {folder}. Files and secrets are sealed; names, tasks and messages are not.",
        "Put the data (and PostgreSQL’s) on an encrypted disk: docs/operating.md says how. A cloud’s disk may be "
        "encrypted without showing it here.",
    )


def _database(ports: Ports, *, deep: bool) -> Iterator[Finding]:
    with ports.sessions.reading() as session:
        connection = session.connection()
        at, newest = schema.revision_of(connection), schema.newest()
        if at != newest:
            older = not at or schema.is_known(at)
            yield fault(
                "database",
                f"It is at revision {at or '(none)'}, this program at {newest}.",
                "Run `scripts/portal migrate`." if older else "Install the version that it belongs to.",
            )
            return
        if connection.dialect.name == "sqlite":
            pragma = "integrity_check" if deep else "quick_check"
            if (said := connection.execute(text(f"PRAGMA {pragma}")).scalar()) != "ok":
                yield fault("database", f"SQLite says: {said}", "Stop, and restore the newest backup.")
                return
            yield ok("database", f"SQLite, whole, at revision {at}.")
            return
        yield _postgres(connection, at)


def _postgres(connection: Connection, at: str | None) -> Finding:
    """Whole, and by which line (15.4): the address alone does not tell, since `host` may stand behind the `?` or in PGHOST."""
    if tls := tls_of(connection):
        return ok("database", f"PostgreSQL, at revision {at}, by {tls}.")
    if leaves_the_machine(connection):
        return warning(
            "database",
            f"PostgreSQL, at revision {at}; what is asked of it crosses the network in the clear.",
            "Set `ssl = on` there, and end PORTAL_DATABASE_URL with ?sslmode=verify-full.",
        )
    return ok("database", f"PostgreSQL, at revision {at}, on this machine.")


def _key(ports: Ports) -> Iterator[Finding]:
    with reading(ports, Actor.nobody()) as work:
        row = work.session.get(KeyCheck, 1)
    if row is None:
        yield ok("key", "Nothing is sealed yet.")
    elif is_ours(ports, row.sealed):
        yield ok("key", "It is the one that this database was sealed with.")
    else:
        yield fault(
            "key",
            "It is not the one that this database was sealed with.",
            "Name the right file in PORTAL_SECRET_KEY_FILE; a new key goes on a line above the old ones.",
        )


def _redis(ports: Ports) -> Iterator[Finding]:
    if not ports.settings.redis_url:
        return
    if not ports.limiter.answers():
        yield fault("redis", "It does not answer.", "Start it, or correct PORTAL_REDIS_URL.")
        return
    yield ok("redis", "It answers.")


def _storage(ports: Ports) -> Iterator[Finding]:
    if not ports.objects.answers():
        yield fault("storage", "The store of the files does not answer.", "Start it, or correct PORTAL_S3_*.")
    elif not ports.objects.has_room(0):
        yield fault("storage", "The reserve is used up: uploads are refused.", "Make room, or a larger disk.")
    elif not ports.objects.has_room(10 * GIB):
        yield warning("storage", "Less than 10 GiB are left before uploads are refused.", "Make room soon.")
    else:
        yield ok("storage", "There is room.")


def _scanner(ports: Ports) -> Iterator[Finding]:
    if ports.scanner is None:
        return
    answers = ports.scanner.answers()
    if not answers:
        yield fault(
            "scanner", "It does not answer: new files wait.", "Start it, or correct PORTAL_SCANNER_URL."
        )
    with reading(ports, Actor.timetable()) as work:
        count = never_scanned(work)
    if count:
        yield warning(
            "scanner",
            f"{count:,} files from before it was set are not looked at yet; they can be opened meanwhile.",
            "Nothing: the timetable has some of them looked at every half minute.",
        )
    elif answers:
        yield ok("scanner", "It answers, and has looked at every file that was there before it.")


def _audit(ports: Ports) -> Iterator[Finding]:
    broken = audit_chain.verify(ports)
    for found in broken:
        yield fault(
            "audit log",
            f"Chain {found.chain_id}: entry {found.seq} {found.what}.",
            "Somebody changed the database past the portal. Keep it as it is, and compare it with a backup.",
        )
    if not broken:
        yield ok("audit log", "Every entry is as it was written.")


def _mail(ports: Ports) -> Iterator[Finding]:
    try:
        with ports.mailer.conversation():
            yield ok("mail", "The mail server answers and lets us in.")
    except MailRefused as refusal:
        yield fault(
            "mail",
            f"E-mails do not leave: {refusal.text[:200]}",
            "Correct PORTAL_SMTP_*, or ask whoever runs it.",
        )
    with reading(ports, Actor.timetable()) as work:
        oldest = work.session.exec(
            select(func.min(OutboxMail.queued_at)).where(
                OutboxMail.phase == MailPhase.QUEUED,
                col(OutboxMail.queued_at) < work.now - MAIL_WAITS,
                col(OutboxMail.lease_owner).is_(None),
            )
        ).one()
    if oldest:
        yield warning(
            "mail", f"E-mails wait since {oldest:%Y-%m-%d %H:%M} UTC.", "See the mail server’s answers."
        )
    if count := sum(one.count for one in held(ports)):
        yield warning(
            "mail",
            f"{count:,} messages are held since a backup was restored.",
            "Look with `portal mail held`; then `portal mail release` or `portal mail drop`.",
        )


def _timetable(ports: Ports, jobs: Mapping[str, timedelta]) -> Iterator[Finding]:
    with reading(ports, Actor.timetable()) as work:
        rows = {row.name: row for row in work.session.exec(select(Heartbeat)) if row.name in jobs}
    if not rows:
        yield warning("timetable", "It has not run yet.", "Start the portal with PORTAL_ROLE all or worker.")
        return
    silent = health.silent_jobs(ports, jobs)
    failed = [row for row in rows.values() if row.error]
    if silent:
        yield fault(
            "timetable",
            f"These jobs stand still: {', '.join(silent)}.",
            "Is the portal up, with PORTAL_ROLE all or worker? Start it, and look at its log.",
        )
    for row in failed:
        yield warning(
            "timetable",
            f"{row.name} failed: {row.error.partition(':')[0]}.",
            "Look for job_failed in the log.",
        )
    if not silent and not failed:
        yield ok("timetable", "Every job runs.")


def _clock(ports: Ports) -> Iterator[Finding]:
    now = ports.clock.now()
    with reading(ports, Actor.timetable()) as work:
        ahead = work.session.exec(select(func.max(Heartbeat.at))).one()
        theirs = None
        if work.session.get_bind().dialect.name == "postgresql" and not ports.settings.demo:
            theirs = work.session.execute(text("SELECT clock_timestamp()")).scalar()
    if theirs is not None and abs(theirs - now) > CLOCKS_APART:
        yield warning("clock", f"The database’s clock is {abs(theirs - now)} apart.", "Let NTP set both.")
    if ahead is not None and ahead - now > CLOCKS_APART:
        yield fault(
            "clock", f"Jobs ran at {ahead:%Y-%m-%d %H:%M} UTC, which is to come.", "Set this machine’s clock."
        )
    elif clock_jumps.is_waiting(ports):
        yield warning(
            "clock",
            "It was set far ahead while the portal ran; sends and expiries wait.",
            "Put it right, then confirm the time on any staff page.",
        )
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC.")


def _backups(ports: Ports) -> Iterator[Finding]:
    with reading(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, HEARTBEAT)
    if row is None:
        yield warning(
            "backups", "None was ever made of this portal.", "Run `scripts/portal backup FOLDER` every night."
        )
        return
    if row.error:
        yield fault("backups", f"The last try failed: {row.error}", "Put that right, and run it again.")
    age = ports.clock.now() - row.at
    if age > BACKUP_LASTS:
        yield warning(
            "backups", f"The newest was made {age.days} days ago.", "Run `scripts/portal backup FOLDER`."
        )
    elif not row.error:
        yield ok("backups", f"The newest was made {row.at:%Y-%m-%d %H:%M} UTC.")
