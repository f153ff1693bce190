"""Portals to back up, and empty places to restore into, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.ports import Ports
from tests.conftest import postgres_database
from tests.fakes import MemoryObjects
from tests.files.tools import Asked, asked
from tests.world import World


@pytest.fixture(scope="session")
def second_postgres() -> Iterator[Engine]:
    """One more database on PostgreSQL, for what is restored."""
    with postgres_database("restored") as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def who(world: World) -> Asked:
    return asked(world)


Place = Callable[[str], Ports]


@pytest.fixture
def place(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """`place("sqlite")` is an empty portal with the same key: a database without a table, a store without an object."""

    def make(kind: str) -> Ports:
        if kind == "sqlite":
            engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
            request.addfinalizer(engine.dispose)
        else:
            engine = request.getfixturevalue("second_postgres")
            with engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        return replace(world.ports, sessions=EngineSessions(engine), objects=MemoryObjects())

    return make


@pytest.fixture
def portal(sqlite_engine: Engine, tmp_path: Path) -> World:
    """A portal on SQLite alone, for what the database has no part in."""
    return World(sqlite_engine, tmp_path / "data")


@pytest.fixture
def empty(portal: World, tmp_path: Path) -> Iterator[Ports]:
    """An empty place beside it, with the same key."""
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    yield replace(portal.ports, sessions=EngineSessions(engine), objects=MemoryObjects())
    engine.dispose()
