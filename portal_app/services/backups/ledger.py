"""Which objects a backup names, with sizes and sums: on the disk, so that a million of them cost no memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Self

_TABLES = """
CREATE TABLE known (key TEXT PRIMARY KEY, size INTEGER NOT NULL, sum TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE wanted (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Ledger:
    """Sums that are `known`, and keys that are `wanted`; a file of its own that goes with the process."""

    def __init__(self) -> None:
        # "" is a private file that SQLite removes by itself; it holds random keys and sums, nothing of a firm.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def know(self, key: str, size: int, digest: str) -> None:
        """Keep size and sum of an object."""
        self._db.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", (key, size, digest))

    def want(self, keys: Iterable[str]) -> None:
        """Forget what was wanted before, and want these."""
        self._db.execute("DELETE FROM wanted")
        self._db.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((key,) for key in keys))

    def want_too(self, key: str) -> None:
        """One more."""
        self._db.execute("INSERT OR IGNORE INTO wanted VALUES (?)", (key,))

    def is_wanted(self, key: str) -> bool:
        """Whether somebody wants it."""
        return self._db.execute("SELECT 1 FROM wanted WHERE key = ?", (key,)).fetchone() is not None

    def wanted(self) -> Iterator[tuple[str, int | None, str | None]]:
        """What is wanted, in the order of its keys, with size and sum where they are known."""
        query = "SELECT wanted.key, size, sum FROM wanted LEFT JOIN known USING (key) ORDER BY wanted.key"
        yield from self._db.execute(query)

    def totals(self) -> tuple[int, int]:
        """How many wanted objects are known, and how large they are together."""
        query = "SELECT count(size), coalesce(sum(size), 0) FROM wanted LEFT JOIN known USING (key)"
        count, size = self._db.execute(query).fetchone()
        return int(count), int(size)
