"""A backup of the first release is restored as it was, and then migrated (15.3)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, MetaData, Text, cast, select, text
from sqlalchemy import types as sql

from portal_app.adapters.database import make_engine
from portal_app.ports import Ports
from portal_app.services.backups import schema, sealed
from portal_app.services.backups.restoring import restore
from portal_app.services.backups.shelf import MANIFEST, ROWS, About, sum_of, write_about
from tests.backups.conftest import Place
from tests.migrate import upgrade
from tests.migrations.test_upgrade import FIRST, KNOWN, fill

NAME = "2026-01-01T02-30-00Z"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Where the key comes from; the databases of this story are its own."""
    return sqlite_engine


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Engine]:
    """A database of the first release, with a row in every table."""
    engine = make_engine(f"sqlite:///{tmp_path / 'first.db'}")
    upgrade(engine, FIRST)
    with engine.begin() as connection:
        fill(connection)
    yield engine
    engine.dispose()


def lines(connection: Connection) -> Iterator[dict[str, Any] | list[Any]]:
    """Its rows in the documented form, written here without the product's own writer."""
    kept = MetaData()
    kept.reflect(connection)
    count = 0
    for table in kept.sorted_tables:
        if table.name != "alembic_version":
            kinds = [kind_of(column) for column in table.columns]
            yield {
                "table": table.name,
                "columns": [[c.name, k] for c, k in zip(table.columns, kinds, strict=True)],
            }
            query = select(
                *(cast(c, Text) if k == "json" else c for c, k in zip(table.columns, kinds, strict=True))
            )
            for row in connection.execute(query):
                yield [plain(value, kind) for value, kind in zip(row, kinds, strict=True)]
                count += 1
    yield {"end": count}


def kind_of(column: Column[Any]) -> str:
    kinds = {
        sql.JSON: "json",
        sql.CHAR: "uuid",
        sql.DateTime: "moment",
        sql.Date: "day",
        sql.LargeBinary: "bytes",
    }
    return next((kind for of, kind in kinds.items() if isinstance(column.type, of)), "plain")


def plain(value: Any, kind: str) -> Any:
    match kind:
        case "moment":
            return value and value.replace(tzinfo=UTC).isoformat()
        case "day":
            return value and value.isoformat()
        case "bytes":
            return value and b64encode(value).decode()
    return value


def backed_up(ports: Ports, engine: Engine, shelf: Path) -> int:
    """A backup of that time; gives how many rows it has."""
    folder = shelf / NAME
    folder.mkdir(parents=True)
    with engine.connect() as connection:
        written = list(lines(connection))
    with sealed.writing(ports, folder / ROWS, NAME) as sink:
        sink.writelines(json.dumps(line).encode() + b"\n" for line in written)
    size, digest = sum_of(folder / ROWS)
    count = written[-1]["end"]  # type: ignore[call-overload]
    facts = {"name": NAME, "revision": FIRST, "rows": count, "rows_size": size, "rows_sha256": digest}
    with sealed.writing(ports, folder / MANIFEST, NAME) as sink:
        sink.write(json.dumps(facts).encode() + b"\n" + b'{"end": 0}\n')
    write_about(
        folder, About(NAME, "2026-01-01T02:30:00+00:00", "0.1.0", FIRST, sum_of(folder / MANIFEST)[1], 0, 0)
    )
    return int(count)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_15_3_a_backup_of_the_first_release_comes_through(
    first: Engine, shelf: Path, place: Place, kind: str
) -> None:
    restored = place(kind)
    without_check(first)
    count = backed_up(restored, first, shelf)

    done = restore(restored, shelf)

    assert (done.rows, done.revision) == (count, FIRST)
    with restored.sessions.reading() as session:
        engine = session.get_bind()
        assert schema.revision_of(session.connection()) == FIRST
    assert isinstance(engine, Engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM firm")).scalar() == KNOWN["name"]
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1


def without_check(engine: Engine) -> None:
    """The row that tells the key holds invented bytes here: a portal that never sealed anything has none."""
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM key_check"))
