"""Restoring a backup: everything is checked before the first byte is written (15.3, fault 39)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, text, update
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.uploads import StorageAway
from portal_app.models import Heartbeat, MailPhase
from portal_app.ports import NoRoom, Objects, Ports
from portal_app.services.backups import rows, schema, sealed
from portal_app.services.backups.ledger import Ledger
from portal_app.services.backups.making import AT_ONCE, COPIERS
from portal_app.services.backups.shelf import MANIFEST, ROWS, About, BackupRefused, Shelf, sum_of
from portal_app.services.files.keys import is_ours
from portal_app.work import begin

HELD = "restored"
"""The lease's owner of what waited when the backup was made: it leaves when an operator says so."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
ALIVE_FOR = timedelta(minutes=1)
OUTBOXES = ("outbox_mail", "outbox_text", "outbox_push")
WAITING = (MailPhase.QUEUED, MailPhase.LEASED, MailPhase.TRANSMITTING)
Entry = tuple[str, int | None, str | None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `missing` objects were missing when the backup was made."""

    name: str
    made_at: str
    revision: str
    rows: int
    objects: int
    missing: int
    held: int


def restore(ports: Ports, folder: Path, *, name: str = "", over: bool = False) -> Restored:
    """Restore the newest backup in `folder`, or `name`, into an empty portal, or `over` what is there.

    The portal must not run. Raises `BackupRefused` with nothing written where backup, key, version or place is wrong. Cut off
    later it can be done again: the rows come last, in one transaction. The rows are of the backup's revision then, so
    `migrate` comes next.
    """
    shelf, name = _chosen(folder, name)
    about = shelf.about(name)
    if not schema.is_known(about.revision):
        raise BackupRefused(
            f"The backup {name} is of a newer version of Comptoir (revision {about.revision}). "
            "Install that version, or a later one, and restore with it."
        )
    with Ledger() as ledger:
        facts = _checked(ports, shelf, about, ledger)
        _check_place(ports, over=over)
        missing = _put_objects_or_say(ports.objects, shelf, ledger)
        held = _put_rows(ports, shelf, about, facts)
        objects, _size = ledger.totals()
    return Restored(name, about.made_at, about.revision, int(facts["rows"]), objects, missing, held)


def note(ports: Ports, done: Restored) -> None:
    """Write into the audit log that this is a restored portal; after `migrate`."""
    with begin(ports, Actor.timetable()) as work:
        work.audit("backup:restored", firm_id=None, name=done.name, made_at=done.made_at, held=done.held)


def check(ports: Ports, folder: Path, *, name: str = "") -> About:
    """Check a whole backup as a restore does, and write nothing. Raises `BackupRefused`."""
    shelf, name = _chosen(folder, name)
    about = shelf.about(name)
    with Ledger() as ledger:
        _checked(ports, shelf, about, ledger)
        with sealed.reading(ports, folder / name / ROWS, about.name) as lines:
            for _line in lines:
                pass
    return about


def _chosen(folder: Path, name: str) -> tuple[Shelf, str]:
    shelf = Shelf(folder)
    names = shelf.names()
    if name and name not in names:
        raise BackupRefused(
            f"There is no whole backup {name} in {folder}. There are: {', '.join(names) or 'none'}."
        )
    if not names:
        raise BackupRefused(
            f"There is no whole backup in {folder}. Name the folder that was given to `portal backup`."
        )
    return shelf, name or names[-1]


def _checked(ports: Ports, shelf: Shelf, about: About, ledger: Ledger) -> dict[str, Any]:
    """Hold everything against the manifest; the ledger then wants all that it names."""
    folder = shelf.folder / about.name
    try:
        if sum_of(folder / MANIFEST)[1] != about.manifest_sha256:
            raise BackupRefused(f"The backup {about.name} is damaged: {MANIFEST} is not what was written.")
        with sealed.reading(ports, folder / MANIFEST, about.name) as lines:
            facts: dict[str, Any] = json.loads(next(lines))
            _read_entries(lines, ledger, about)
        if sum_of(folder / ROWS) != (facts["rows_size"], facts["rows_sha256"]):
            raise BackupRefused(f"The backup {about.name} is damaged: {ROWS} is not what was written.")
    except FileNotFoundError as fault:
        raise BackupRefused(f"The backup {about.name} is damaged: {fault.filename} is missing.") from None
    if bad := _bad_copies(shelf, ledger):
        some = ", ".join(bad[:5])
        raise BackupRefused(
            f"The backup {about.name} is damaged: {len(bad)} of its objects are missing or changed ({some}). "
            "Restore another one, or make this folder whole again from a copy of it."
        )
    return facts


def _read_entries(lines: Iterator[bytes], ledger: Ledger, about: About) -> None:
    for count, line in enumerate(lines):
        found = json.loads(line)
        if isinstance(found, dict):
            if found.get("end") == count:
                return
            break
        key, size, digest = found
        ledger.want_too(key)
        if size is not None:
            ledger.know(key, size, digest)
    raise BackupRefused(f"The backup {about.name} is damaged: {MANIFEST} breaks off.")


def _bad_copies(shelf: Shelf, ledger: Ledger) -> list[str]:
    def is_bad(entry: Entry) -> bool:
        key, size, digest = entry
        if size is None:
            return False
        try:
            content = shelf.get(key)
        except FileNotFoundError:
            return True
        return len(content) != size or hashlib.sha256(content).hexdigest() != digest

    return [entry[0] for entry, bad in _in_threads(is_bad, ledger) if bad]


def _in_threads(act: Callable[[Entry], bool], ledger: Ledger) -> Iterator[tuple[Entry, bool]]:
    wanted = ledger.wanted()
    with ThreadPoolExecutor(COPIERS) as pool:
        while batch := list(islice(wanted, AT_ONCE)):
            yield from zip(batch, pool.map(act, batch), strict=True)


def _check_place(ports: Ports, *, over: bool) -> None:
    with ports.sessions.reading() as session:
        connection = session.connection()
        if rows.has_firm(connection) and not over:
            raise BackupRefused(
                "A firm lives in this database already. Restore into an empty one, or say --over to replace everything "
                "that is there."
            )
        if "heartbeat" not in inspect(connection).get_table_names():
            return
        last = session.exec(select(Heartbeat.at).order_by(col(Heartbeat.at).desc()).limit(1)).first()
        if last is not None and ports.clock.now() - last < ALIVE_FOR:
            raise BackupRefused(
                "The portal runs, or ran less than a minute ago. Stop it everywhere, wait a minute, and restore then."
            )


def _put_objects_or_say(store: Objects, shelf: Shelf, ledger: Ledger) -> int:
    try:
        return _put_objects(store, shelf, ledger)
    except NoRoom:
        raise BackupRefused(
            "There is no room for the files where they are to lie. Make room, and restore again."
        ) from None
    except StorageAway:
        raise BackupRefused("The store of the files does not answer. Restore again when it does.") from None


def _put_objects(store: Objects, shelf: Shelf, ledger: Ledger) -> int:
    """Put every object into the store; gives how many the backup has not. What lies there already stays if it is the same."""

    def put(entry: Entry) -> bool:
        key, size, _digest = entry
        if size is None:
            return False
        content = shelf.get(key)
        try:
            store.put(key, content)
        except FileExistsError:
            if store.get(key) != content:
                store.delete(key)
                store.put(key, content)
        return True

    return sum(not done for _entry, done in _in_threads(put, ledger))


def _put_rows(ports: Ports, shelf: Shelf, about: About, facts: dict[str, Any]) -> int:
    """All rows in one transaction, what waited to leave held; gives how much that is."""
    with ports.sessions.writing() as session:
        connection = session.connection()
        rows.empty(connection)
        schema.bring(connection, about.revision)
        with sealed.reading(ports, shelf.folder / about.name / ROWS, about.name) as lines:
            count = rows.read_rows(connection, lines)
        if count != facts["rows"]:
            raise BackupRefused(f"The backup {about.name} names {facts['rows']} rows and holds {count}.")
        kept = connection.execute(text("SELECT sealed FROM key_check")).scalar()
        if kept is not None and not is_ours(ports, kept):
            raise BackupRefused(
                "An older line of the key file is missing: what was sealed with it could not be opened. "
                "Put the whole key file of the portal that was backed up in PORTAL_SECRET_KEY_FILE."
            )
        held = sum(_hold(connection, name) for name in OUTBOXES)
        connection.execute(text("DELETE FROM heartbeat"))
        session.commit()
    return held


def _hold(connection: Connection, name: str) -> int:
    """What waited when the backup was made may have left since: it waits until an operator says what becomes of it."""
    if name not in inspect(connection).get_table_names():
        return 0  # a backup of before there was such an outbox
    table = Table(name, MetaData(), autoload_with=connection)
    result = connection.execute(
        update(table)
        .where(table.c.phase.in_([phase.value for phase in WAITING]))
        .values(phase=MailPhase.QUEUED.value, next_try_at=NEVER, lease_owner=HELD, leased_until=None)
    )
    return int(result.rowcount)
