"""A trial portal served once for the module, and its people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from tests.trial.served import Served, served
from tests.world import World


@pytest.fixture(scope="module")
def portal_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    shutil.copy(sqlite_template, folder / "portal.db")
    return folder


@pytest.fixture(scope="module")
def house(portal_folder: Path) -> Iterator[World]:
    """The rows of the served portal; its clock is the machine's."""
    engine = make_engine(f"sqlite:///{portal_folder / 'portal.db'}")
    world = World(engine, portal_folder)
    world.clock.moment = SystemClock().now()
    yield world
    engine.dispose()


@pytest.fixture(scope="module")
def portal(house: World, portal_folder: Path) -> Iterator[Served]:
    with served("tests.trial.app:app", portal_folder) as running:
        yield running


@pytest.fixture(scope="module")
def shared_portal(
    house: World, portal_folder: Path, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The same, with its state and its bell in Redis."""
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    folder, database = tmp_path_factory.mktemp("shared"), f"sqlite:///{portal_folder / 'portal.db'}"
    with served(
        "tests.trial.app:app", folder, PORTAL_DATABASE_URL=database, PORTAL_REDIS_URL=redis_url
    ) as running:
        yield running


@pytest.fixture(params=["portal", pytest.param("shared_portal", marks=pytest.mark.redis)])
def either(request: pytest.FixtureRequest) -> Served:
    """State in memory, and in Redis."""
    running: Served = request.getfixturevalue(request.param)
    return running
