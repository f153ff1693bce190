"""Fixtures: a world on SQLite and on PostgreSQL, with the schema the migrations make."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, create_engine

from portal_app.adapters.database import make_engine
from tests.migrate import upgrade
from tests.world import World

POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432")
_REDIS = os.environ.get("PORTAL_TEST_REDIS", "redis://127.0.0.1:6379/15")


def redis_database(number: int) -> str:
    """The URL of a database of the tests' Redis."""
    return f"{_REDIS.rpartition('/')[0]}/{number}"


# By itself structlog draws every traceback in colours, with the values of all variables: seconds each.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_finish() -> None:
    """What was imported and collected stays; the collector need not look through it once a test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def absent(what: str, why: object) -> None:
    """A missing service fails in CI and is skipped elsewhere, with its reason."""
    message = f"{what} is not reachable: {why}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "portal.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@contextmanager
def postgres_database(purpose: str) -> Iterator[str]:
    """The URL of an empty database of this process's own on PostgreSQL, until the block ends."""
    name = f"comptoir_{purpose}_{os.getpid()}"
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
            # No test pulls the plug on PostgreSQL, so no commit here need wait for the disk.
            connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    except OperationalError as fault:
        absent("PostgreSQL", fault)
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[Engine]:
    """A migrated database of this test worker's own on PostgreSQL."""
    with postgres_database("test") as url:
        engine = make_engine(url)
        upgrade(engine)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> str:
    """A database of this test worker's own, which tests may empty, on a Redis that answers."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    url = redis_database(10 - number) if number else _REDIS
    try:
        with Redis.from_url(url) as redis:
            redis.ping()
    except RedisError as fault:
        absent("Redis", fault)
    return url


@pytest.fixture(scope="session")
def _sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all tests of this worker: SQLAlchemy compiles each statement once an engine."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/portal.db")

    @event.listens_for(engine, "connect")
    def _hurry(dbapi: sqlite3.Connection, _record: object) -> None:
        # No test pulls the plug on this machine, so no commit here need wait for the disk.
        dbapi.execute("PRAGMA synchronous=OFF")

    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(_sqlite_engine: Engine, sqlite_template: Path) -> Iterator[Engine]:
    """A fresh SQLite database."""
    path = Path(str(_sqlite_engine.url.database))
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    shutil.copy(sqlite_template, path)
    yield _sqlite_engine
    _sqlite_engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_engine")
    engine = request.getfixturevalue("postgres_engine")
    empty(engine)
    return engine


def empty(engine: Engine) -> None:
    """Deleting what few rows a test left is thirty times quicker than TRUNCATE, which makes every table anew."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in SQLModel.metadata.tables:
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 (our own tables)


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    """A firm and its owner, on each kind of database."""
    return World(engine, tmp_path / "data")
