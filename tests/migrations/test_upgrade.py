"""A portal of the first release comes through every migration with its rows, and back by one (15.3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, MetaData, Table, inspect, text
from sqlalchemy import types as sql

from alembic import command
from portal_app.adapters.database import make_engine
from portal_app.services.backups import schema
from tests.fakes import START
from tests.migrate import config_for, upgrade

FIRST = "32c05038eb2a"
"""The revision of the first release."""
BEFORE_SCANNED_AT = "3f6e1c84d2a7"
KNOWN: dict[str, Any] = {
    "role": "owner",
    "kind": "client",
    "side": "client",
    "phase": "queued",
    "level": "full",
    "time_zone": "America/Toronto",
    "locale": "fr",
    "name": "Côté « CPA » 🧾",
}
"""What a column of this name holds, where any value would not do."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def first(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Engine]:
    """A database at the first release, with a row in every table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'first.db'}")
    else:
        engine = request.getfixturevalue("spare_postgres")
    upgrade(engine, FIRST)
    with engine.begin() as connection:
        fill(connection)
    yield engine
    engine.dispose()


def fill(connection: Connection) -> None:
    """One row in each table, whole: nothing that may be empty is, but for one of two people where one alone may stand."""
    kept = MetaData()
    kept.reflect(connection)
    ids: dict[str, Any] = {}
    for table in kept.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: value_of(column, ids, connection) for column in table.columns}
            if {"staff_id", "contact_id"} <= row.keys() and table.name not in {"upload", "stored_file"}:
                row["contact_id"] = None
            connection.execute(table.insert(), row)
            ids[table.name] = row.get("id")


def value_of(column: Column[Any], ids: dict[str, Any], connection: Connection) -> Any:
    for key in column.foreign_keys:
        parent, _dot, name = key.target_fullname.rpartition(".")
        return ids.get(parent) if name == "id" else None
    if column.name in KNOWN and isinstance(column.type, sql.String):
        return KNOWN[column.name][: column.type.length or 100]
    match column.type:
        case sql.Uuid() | sql.CHAR():
            made = uuid.uuid4()
            return made.hex if isinstance(column.type, sql.CHAR) else made
        case sql.DateTime():
            return START if connection.dialect.name == "postgresql" else START.replace(tzinfo=None)
        case sql.Date():
            return date(2026, 4, 30)
        case sql.Boolean():
            return True
        case sql.Integer():
            return 1
        case sql.LargeBinary():
            return b"\x00sealed"
        case sql.JSON():
            return {}
    return "x"


def rows(connection: Connection, table: Table | str) -> int:
    name = table if isinstance(table, str) else table.name
    return int(connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())  # noqa: S608


def test_15_3_every_row_of_the_first_release_comes_through_to_now(first: Engine) -> None:
    with first.connect() as connection:
        before = {name: rows(connection, name) for name in inspect(connection).get_table_names()}
    assert before.pop("alembic_version") == 1
    assert set(before.values()) == {1}

    upgrade(first)

    with first.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        after = {name: rows(connection, name) for name in before.keys() & tables}
        name = connection.execute(text("SELECT name FROM firm")).scalar_one()
        assert schema.revision_of(connection) == schema.newest()
        if first.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).fetchall() == []
    assert {table: count for table, count in after.items() if count != 1} == {}
    assert name == KNOWN["name"]


def test_15_3_a_portal_with_rows_goes_back_by_one_and_on_again(first: Engine) -> None:
    upgrade(first)
    with first.begin() as connection:
        command.downgrade(config_for(connection), "-1")
        assert schema.revision_of(connection) != schema.newest()
        assert (
            rows(connection, "firm"),
            rows(connection, "stored_file"),
            rows(connection, "audit_entry"),
        ) == (1, 1, 1)

    upgrade(first)

    with first.connect() as connection:
        assert schema.revision_of(connection) == schema.newest()
        assert (rows(connection, "firm"), rows(connection, "task"), rows(connection, "audit_entry")) == (
            1,
            1,
            1,
        )


@pytest.mark.parametrize(("tries", "is_scanned"), [(0, False), (1, True)])
def test_10_13_after_an_upgrade_only_what_the_scanner_never_saw_waits_for_it(
    first: Engine, tries: int, is_scanned: bool
) -> None:
    upgrade(first, BEFORE_SCANNED_AT)
    with first.begin() as connection:
        connection.execute(text("UPDATE stored_file SET scan_tries = :tries"), {"tries": tries})

    upgrade(first)

    with first.connect() as connection:
        scanned_at = connection.execute(text("SELECT scanned_at FROM stored_file")).scalar_one()
    assert (scanned_at is not None) is is_scanned
