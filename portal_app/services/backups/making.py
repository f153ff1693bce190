"""Making a backup while the portal serves (15.3).

The rows are those of one moment, and the objects that they name are copied after it. Objects are written once and never
changed, so a copy made later is the same; one that was removed meanwhile, with its row, is missed, and then the rows are taken
again: what is written in the end names nothing that is not there, unless it was missing in the portal already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import structlog
from sqlalchemy import Connection

import portal_app
from portal_app.domain.actors import Actor
from portal_app.domain.uploads import StorageAway
from portal_app.models import Heartbeat
from portal_app.ports import Ports
from portal_app.services.backups import rows, schema, sealed
from portal_app.services.backups.ledger import Ledger
from portal_app.services.backups.shelf import (
    MANIFEST,
    ROWS,
    About,
    BackupRefused,
    Shelf,
    is_full,
    sum_of,
    write_about,
)
from portal_app.work import begin

HEARTBEAT = "backup"
"""The heartbeat's name: when the last backup was made, and whether the last try went well."""
TRIES = 5
COPIERS = 8
AT_ONCE = 64

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup as it was made; `missing` are objects that rows name and the store has not."""

    name: str
    rows: int
    objects: int
    bytes: int
    copied: int
    copied_bytes: int
    missing: tuple[str, ...]
    forgotten: tuple[str, ...]


@dataclass(slots=True)
class _Copied:
    count: int = 0
    size: int = 0


def make_backup(ports: Ports, folder: Path, *, keep: int = 0) -> Made:
    """Back up everything into `folder`; of what is there already only `keep` backups stay, when that is not 0.

    Objects that an earlier backup there has are not copied again. Raises `BackupRefused`; then no backup is added.
    """
    try:
        shelf = Shelf(folder)
        with shelf.locked(), Ledger() as ledger:
            made = _make(ports, shelf, ledger, keep)
    except BackupRefused as refusal:
        _note(ports, str(refusal))
        raise
    except StorageAway as fault:
        text = "The store of the files does not answer, so there is no new backup. Try again when it does."
        _note(ports, text)
        raise BackupRefused(text) from fault
    except OSError as fault:
        text = (
            f"There is no room left in {folder}."
            if is_full(fault)
            else f"{folder} cannot be written: {fault}."
        )
        _note(ports, text)
        raise BackupRefused(text) from fault
    _note(ports, "", made)
    return made


def _make(ports: Ports, shelf: Shelf, ledger: Ledger, keep: int) -> Made:
    name = _free_name(ports, shelf)
    _know_newest(ports, shelf, ledger)
    copied = _Copied()
    with shelf.draft(name) as draft:
        for _try in range(TRIES):
            revision, count = _write_rows(ports, draft, name, ledger)
            missing = _copy(ports, shelf, ledger, copied)
            if not missing or _are_named_still(ports, missing):
                break
        else:
            raise BackupRefused("Files were removed faster than they could be copied. Try again later.")
        objects, size = ledger.totals()
        facts = {"name": name, "revision": revision, "rows": count, "database": _kind_of(ports)}
        _write_manifest(ports, draft, facts, ledger)
        manifest_size, manifest_sum = sum_of(draft / MANIFEST)
        total = size + manifest_size + (draft / ROWS).stat().st_size
        moment = ports.clock.now().isoformat(timespec="seconds")
        write_about(
            draft, About(name, moment, portal_app.__version__, revision, manifest_sum, objects, total)
        )
    forgotten = _forget(ports, shelf, keep) if keep else ()
    return Made(name, count, objects, total, copied.count, copied.size, tuple(missing), forgotten)


def _kind_of(ports: Ports) -> str:
    """sqlite or postgresql."""
    with ports.sessions.reading() as session:
        return session.get_bind().dialect.name


def _free_name(ports: Ports, shelf: Shelf) -> str:
    name = f"{ports.clock.now():%Y-%m-%dT%H-%M-%SZ}"
    taken, number, found = set(shelf.names()), 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _write_rows(ports: Ports, draft: Path, name: str, ledger: Ledger) -> tuple[str, int]:
    """The rows of one moment; their objects become what is wanted. Gives the revision, and how many rows."""
    (draft / ROWS).unlink(missing_ok=True)
    with snapshot(ports) as connection:
        revision = schema.revision_of(connection)
        if revision != schema.newest():
            raise BackupRefused(
                f"The database is at revision {revision or '(none)'}, this program at {schema.newest()}. "
                "Back it up with the version that it belongs to, or run `scripts/portal migrate` first."
            )
        with sealed.writing(ports, draft / ROWS, name) as sink:
            count = rows.write_rows(connection, sink)
        ledger.want(rows.object_keys(connection))
    return revision, count


@contextmanager
def snapshot(ports: Ports) -> Iterator[Connection]:
    """A look at one moment, for as long as it takes; nobody waits for it, and it waits for nobody."""
    with ports.sessions.reading() as session:
        if session.get_bind().dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            yield session.connection(execution_options=options)
        else:
            yield session.connection()  # WAL: from the first SELECT on, the same moment


def _copy(ports: Ports, shelf: Shelf, ledger: Ledger, copied: _Copied) -> list[str]:
    """Copy what is wanted and not here yet; gives the keys that the store has not."""
    missing: list[str] = []

    def copy(key: str) -> tuple[str, int, str] | None:
        try:
            content = ports.objects.get(key)
        except KeyError:
            return None
        shelf.put(key, content)
        return key, len(content), hashlib.sha256(content).hexdigest()

    wanted = (key for key, size, _sum in ledger.wanted() if size is None or not shelf.holds(key, size))
    with ThreadPoolExecutor(COPIERS) as pool:
        while batch := list(islice(wanted, AT_ONCE)):
            for key, done in zip(batch, pool.map(copy, batch), strict=True):
                if done is None:
                    missing.append(key)
                    continue
                ledger.know(*done)
                copied.count += 1
                copied.size += done[1]
    return missing


def _are_named_still(ports: Ports, keys: list[str]) -> bool:
    """Whether what the store has not is still named: then it is damage, and taking the rows again mends nothing."""
    with ports.sessions.reading() as session:
        return rows.named_still(session.connection(), keys)


def _write_manifest(ports: Ports, draft: Path, facts: dict[str, object], ledger: Ledger) -> None:
    size, digest = sum_of(draft / ROWS)
    with sealed.writing(ports, draft / MANIFEST, str(facts["name"])) as sink:
        sink.write(_line({**facts, "rows_size": size, "rows_sha256": digest}))
        count = 0
        for entry in ledger.wanted():
            sink.write(_line(list(entry)))
            count += 1
        sink.write(_line({"end": count}))


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def entries(ports: Ports, shelf: Shelf, name: str) -> Iterator[tuple[str, int | None, str | None]]:
    """The objects that a backup names: key, size, SHA-256 in hex; without these two it was missing then."""
    with sealed.reading(ports, shelf.folder / name / MANIFEST, shelf.about(name).name) as lines:
        next(lines)
        for line in lines:
            found = json.loads(line)
            if isinstance(found, dict):
                return
            yield found[0], found[1], found[2]


def _know_newest(ports: Ports, shelf: Shelf, ledger: Ledger) -> None:
    """What the newest backup has need not be copied again; one that cannot be opened is no help."""
    for name in shelf.names()[-1:]:
        try:
            for key, size, digest in entries(ports, shelf, name):
                if size is not None and digest is not None:
                    ledger.know(key, size, digest)
        except (BackupRefused, OSError):
            log.warning("backup_not_readable", backup=name)


def _forget(ports: Ports, shelf: Shelf, keep: int) -> tuple[str, ...]:
    """Remove all but the newest `keep`, and then the objects that none of those names."""
    names = shelf.names()
    gone = names[:-keep]
    for name in gone:
        shelf.forget(name)
    if not gone:
        return ()
    with Ledger() as kept:
        for name in names[-keep:]:
            try:
                for key, _size, _sum in entries(ports, shelf, name):
                    kept.want_too(key)
            except BackupRefused:
                log.warning("backup_not_readable", backup=name)
                return tuple(gone)  # what it names is not known: nothing goes
        for key in shelf.copies():
            if not kept.is_wanted(key):
                shelf.drop(key)
    return tuple(gone)


def _note(ports: Ports, error: str, made: Made | None = None) -> None:
    """Write down when the last backup was made, for doctor, the metrics and the timetable."""
    with begin(ports, Actor.timetable()) as work:
        row = work.session.get(Heartbeat, HEARTBEAT)
        row = row or Heartbeat(name=HEARTBEAT, at=work.now)
        if made is not None:
            row.at = work.now
            work.audit("backup:made", firm_id=None, name=made.name, objects=made.objects, rows=made.rows)
        row.failed_at, row.error = (work.now, error[:300]) if error else (row.failed_at, "")
        work.add(row)
