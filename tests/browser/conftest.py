"""A served demo firm on each kind of database, and a Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from redis import Redis

from tests.browser.demo import PATIENCE_MS, demo
from tests.browser.season import Season, season
from tests.browser.stage import Stage, staged
from tests.conftest import absent, postgres_database
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


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One served portal with one firm for a module; each test sends requests of its own."""
    with staged(tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo firm, served on each kind of database."""
    folder = tmp_path_factory.mktemp("demo")
    if request.param == "sqlite":
        with demo(folder) as running:
            yield running
        return
    with postgres_database("e2e") as url, demo(folder, PORTAL_DATABASE_URL=url) as running:
        yield running


@pytest.fixture(scope="session")
def replicas(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo firm on PostgreSQL, served by two workers that know of each other through Redis."""
    Redis.from_url(redis_url).flushdb()
    settings = {"PORTAL_REDIS_URL": redis_url, "PORTAL_WORKERS": "2"}
    folder = tmp_path_factory.mktemp("replicas")
    with postgres_database("replicas") as url, demo(folder, PORTAL_DATABASE_URL=url, **settings) as running:
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
