"""Every row of every table as lines of JSON, the same from SQLite and PostgreSQL, and back into either.

A table begins with `{"table": …, "columns": [[name, kind], …]}`, its rows follow as lists, and the last line is
`{"end": <rows>}`. Kinds: *plain* is JSON's own, *uuid* 32 hex digits, *bytes* base64, *moment* and *day* ISO 8601, *json* the
text of a JSON value.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy import types as sql
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlmodel import SQLModel

from portal_app.models import UtcDateTime
from portal_app.services.backups.shelf import BackupRefused

BATCH = 500

_WRITERS: dict[str, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "uuid": lambda value: value.hex,
    "bytes": lambda value: b64encode(value).decode(),
    "moment": lambda value: value.isoformat(),
    "day": lambda value: value.isoformat(),
    "json": lambda value: value,
}


def write_rows(connection: Connection, sink: BinaryIO) -> int:
    """Write every row that this transaction sees; gives how many. Memory does not grow with the tables."""
    count = 0
    for table in SQLModel.metadata.sorted_tables:
        kinds = [_kind(column) for column in table.columns]
        head = {
            "table": table.name,
            "columns": [[c.name, k] for c, k in zip(table.columns, kinds, strict=True)],
        }
        sink.write(_line(head))
        writers = [_WRITERS[kind] for kind in kinds]
        query = select(*(_written(column) for column in table.columns)).order_by(*table.primary_key)
        for row in connection.execution_options(yield_per=BATCH).execute(query):
            values = [None if value is None else put(value) for put, value in zip(writers, row, strict=True)]
            sink.write(_line(values))
            count += 1
    sink.write(_line({"end": count}))
    return count


def object_keys(connection: Connection) -> Iterator[str]:
    """The key of every object that a row names."""
    for table in SQLModel.metadata.sorted_tables:
        if "object_key" in table.columns:
            yield from (
                connection.execution_options(yield_per=BATCH).execute(select(table.c.object_key)).scalars()
            )


def named_still(connection: Connection, keys: Iterable[str]) -> bool:
    """Whether rows name all of these now."""
    found: set[str] = set()
    wanted = list(keys)
    for table in SQLModel.metadata.sorted_tables:
        if "object_key" in table.columns:
            for start in range(0, len(wanted), BATCH):
                some = table.c.object_key.in_(wanted[start : start + BATCH])
                found.update(connection.execute(select(table.c.object_key).where(some)).scalars())
    return found == set(wanted)


def read_rows(connection: Connection, source: Iterable[bytes]) -> int:
    """Fill empty tables; gives how many rows. They must be of the revision that the rows were written at.

    Rows come in the order of the tables, and some name rows of their own table that come later: on PostgreSQL foreign
    keys are taken off and put back, which checks them all; SQLite checks them at commit.
    """
    kept = MetaData()
    kept.reflect(connection)
    constraints = _without_foreign_keys(connection, kept)
    count = 0
    for table, columns, rows in _tables(source, kept):
        while some := list(islice(rows, BATCH)):
            connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in some])
            count += len(some)
        _go_on_counting(connection, table)
    for constraint in constraints:
        connection.execute(AddConstraint(constraint))
    return count


def empty(connection: Connection) -> None:
    """Take away every table of ours, with whatever is in it."""
    kept = MetaData()
    kept.reflect(connection)
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    if not cascade:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in reversed(kept.sorted_tables):
        connection.execute(text(f'DROP TABLE "{table.name}"{cascade}'))
    if cascade:
        connection.execute(text("DROP FUNCTION IF EXISTS audit_entry_is_append_only()"))


def _kind(column: Column[Any]) -> str:
    match column.type:
        case Uuid():
            return "uuid"
        case UtcDateTime():
            return "moment"
        case sql.Date():
            return "day"
        case sql.LargeBinary():
            return "bytes"
        case JSON():
            return "json"
    return "plain"


def _written(column: Column[Any]) -> Any:
    """JSON is taken as its text: an empty column and one that says `null` are two things."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _tables(
    source: Iterable[bytes], kept: MetaData
) -> Iterator[tuple[Table, list[str], Iterator[list[Any]]]]:
    lines = iter(source)
    head = json.loads(next(lines, b"null"))
    count = 0
    while head and "table" in head:
        table = kept.tables[head["table"]]
        names = [name for name, _kind in head["columns"]]
        readers = [_reader(kind, table.columns[name]) for name, kind in head["columns"]]
        after: list[Any] = []

        def rows(
            readers: list[Callable[[Any], Any]] = readers, after: list[Any] = after
        ) -> Iterator[list[Any]]:
            for line in lines:
                values = json.loads(line)
                if isinstance(values, dict):
                    after.append(values)
                    return
                yield [None if v is None else read(v) for read, v in zip(readers, values, strict=True)]

        def counted(found: Iterator[list[Any]]) -> Iterator[list[Any]]:
            nonlocal count
            for row in found:
                count += 1
                yield row

        yield table, names, counted(rows())
        head = after[0] if after else None
    if not head or head.get("end") != count:
        raise BackupRefused("The backup's rows break off before their end.")


def _reader(kind: str, column: Column[Any]) -> Callable[[Any], Any]:
    match kind:
        case "uuid":
            return UUID if isinstance(column.type, Uuid) else str
        case "moment":
            return datetime.fromisoformat
        case "day":
            return date.fromisoformat
        case "bytes":
            return b64decode
        case "json":
            column.type = JSON(none_as_null=True)
            return _json
    return lambda value: value


def _json(written: str) -> Any:
    value = json.loads(written)
    return JSON.NULL if value is None else value


def _without_foreign_keys(connection: Connection, kept: MetaData) -> list[Any]:
    if connection.dialect.name != "postgresql":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        return []
    constraints = [key for table in kept.tables.values() for key in table.foreign_key_constraints]
    for constraint in constraints:
        connection.execute(DropConstraint(constraint))
    return constraints


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Numbers that PostgreSQL gives go on after the highest that was restored."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        name = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
        highest = connection.scalar(select(func.max(column))) if name else None
        if name and highest is not None:
            connection.execute(select(func.setval(name, highest)))


def has_firm(connection: Connection) -> bool:
    """Whether a firm lives in this database."""
    if "firm" not in inspect(connection).get_table_names():
        return False
    return connection.execute(text("SELECT 1 FROM firm LIMIT 1")).first() is not None
