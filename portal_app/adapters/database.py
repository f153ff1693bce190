"""Engines and sessions for SQLite and PostgreSQL.

SQLite: write units begin with BEGIN IMMEDIATE, since a transaction that reads first and writes later
fails at once with "database is locked", whatever the timeout.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, create_engine

from portal_app.adapters.write_queue import WriteQueue
from portal_app.standings import FollowedSession

BUSY_MS = 5_000
PATIENCE: Final = {"connect_timeout": 10, "tcp_user_timeout": 30_000}
"""Of PostgreSQL's lines, in seconds and milliseconds, where the address says nothing of its own: a machine that has vanished
refuses nothing, and TCP alone waits for it a quarter of an hour."""
_IN_LINE = "portal_in_line"


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `url`; it connects on first use."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    patience = {name: value for name, value in PATIENCE.items() if name not in parsed.query}
    return create_engine(
        parsed, connect_args=patience, pool_size=pool_size, max_overflow=10, pool_pre_ping=True
    )


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        pool_size=20,
        max_overflow=20,
    )

    @event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves
        cursor = dbapi.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",  # what was said to be saved outlives a power cut
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    _stand_in_line(engine)
    return engine


def _stand_in_line(engine: Engine) -> None:
    """Begin transactions; writers of this process one after the other, in the order in which they came."""
    line = WriteQueue()

    def leave(info: dict[Any, Any]) -> None:
        if info.pop(_IN_LINE, False):
            line.leave()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("portal_writes", False):
            connection.exec_driver_sql("BEGIN")
            return
        # Whose turn does not come tries all the same: SQLite has the last word, and another process may write.
        connection.info[_IN_LINE] = line.enter(BUSY_MS / 1000)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            leave(connection.info)
            raise

    @event.listens_for(engine, "commit")
    @event.listens_for(engine, "rollback")
    def _end(connection: Connection) -> None:
        leave(connection.info)

    @event.listens_for(engine, "checkin")
    def _checkin(_dbapi: object, record: Any) -> None:
        leave(record.info)


class EngineSessions:
    """Sessions over one engine: writing ones take SQLite's write lock when they begin."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_full = self.missed_beats = False
        self._writing = engine.execution_options(portal_writes=True)

    def writing(self) -> Session:
        """A session for one unit of work; its commit keeps where clients stand with the portal."""
        return FollowedSession(self._writing, expire_on_commit=False)

    def reading(self) -> Session:
        """A session that only reads; it takes no lock."""
        return Session(self.engine, expire_on_commit=False)
