"""A served demo firm on each kind of database, and a Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import create_engine

from tests.browser.demo import PATIENCE_MS, demo
from tests.browser.season import Season, season
from tests.conftest import POSTGRES, REDIS, absent
from tests.trial.served import Served

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Beside a failure stands what the portal said last, how it answers now, and where its threads are."""
    report = yield
    if report.failed:
        for portal in _portals_of(getattr(item, "funcargs", {}).values()):
            report.sections.append((f"The portal at {portal.url}", portal.told()))
    return report


def _portals_of(given: Iterable[object]) -> list[Served]:
    found = [getattr(one, "portal", one) for one in given]
    return list({one.port: one for one in found if isinstance(one, Served)}.values())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("PORTAL_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        absent("Chromium", "run scripts/chromium")
    expect.set_options(timeout=PATIENCE_MS)  # a slow machine is no fault of the portal's
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo firm, served on each kind of database."""
    folder = tmp_path_factory.mktemp("demo")
    if request.param == "sqlite":
        with demo(folder) as running:
            yield running
        return
    with Database(f"comptoir_e2e_{os.getpid()}") as url, demo(folder, PORTAL_DATABASE_URL=url) as running:
        yield running


class Database:
    """A database of PostgreSQL for one run."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")

    def __enter__(self) -> str:
        try:
            with self.admin.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{self.name}"'))
        except OperationalError as fault:
            absent("PostgreSQL", fault)
        return f"{POSTGRES}/{self.name}"

    def __exit__(self, *_: object) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{self.name}" WITH (FORCE)'))
        self.admin.dispose()


@pytest.fixture(scope="session")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo firm on PostgreSQL, served by two workers that know of each other through Redis."""
    try:
        redis.Redis.from_url(REDIS).flushdb()
    except redis.ConnectionError as fault:
        absent("Redis", fault)
    settings = {"PORTAL_REDIS_URL": REDIS, "PORTAL_WORKERS": "2"}
    folder = tmp_path_factory.mktemp("replicas")
    name = f"comptoir_replicas_{os.getpid()}"
    with Database(name) as url, demo(folder, PORTAL_DATABASE_URL=url, **settings) as running:
        yield running


@pytest.fixture(scope="session")
def seasons(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """One served firm whose clock travels, for every journey."""
    with season(tmp_path_factory.mktemp("season"), browser) as running:
        yield running


@pytest.fixture(params=["fr", "en"])
def journey(seasons: Season, request: pytest.FixtureRequest) -> Iterator[Season]:
    """A journey in each language."""
    with seasons.speaking(request.param) as speaking:
        yield speaking


@pytest.fixture
def screenshots(request: pytest.FixtureRequest) -> Path:
    """Where a test may leave pictures."""
    folder = Path("test-results") / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
