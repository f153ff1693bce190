"""What a fault of the database means to who asked: it is away, or full, which is nobody's mistake; else one of ours.

Away is a server that refuses, hangs up, starts up or shuts down, a line that breaks, a pool without a free line, and an
SQLite file that stays locked past the time-out.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeLine

_SQLITE_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
_SQLITE_AWAY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
_POSTGRES_FULL: Final = frozenset({"53100", "25006"})
"""disk_full, and read_only_sql_transaction, into which a server is put whose disk fills."""
_POSTGRES_AWAY: Final = ("08", "57P", "53300")
"""connection_exception, operator_intervention (shutdown, crash, cannot_connect_now), too_many_connections."""
_LINE_LOST_BEFORE: Final = "8s2b"
"""SQLAlchemy's name for a transaction that goes on after its line broke."""


def is_full(fault: SQLAlchemyError) -> bool:
    """Whether it has no room for what there was to save."""
    code, state = codes(fault)
    return (code is not None and code & 0xFF in _SQLITE_FULL) or state in _POSTGRES_FULL


def is_away(fault: SQLAlchemyError) -> bool:
    """Whether it cannot be asked now, and can be again in a moment without anybody changing anything."""
    if isinstance(fault, NoFreeLine):
        return True
    if isinstance(fault, PendingRollbackError):
        return fault.code == _LINE_LOST_BEFORE
    if not isinstance(fault, DBAPIError):
        return False
    code, state = codes(fault)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    # What fails without a statement failed to connect, and psycopg then tells no state.
    is_no_line = isinstance(fault, OperationalError) and fault.statement is None and state is None
    return fault.connection_invalidated or is_no_line or (state or "").startswith(_POSTGRES_AWAY)


def codes(fault: SQLAlchemyError) -> tuple[int | None, str | None]:
    """SQLite's number and PostgreSQL's SQLSTATE, where there are any."""
    orig = getattr(fault, "orig", None)
    return getattr(orig, "sqlite_errorcode", None), getattr(orig, "sqlstate", None)
