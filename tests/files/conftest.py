"""The file routes in a bare Starlette, asked as the gate asks them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap
from portal_app.http import downloads, uploads
from portal_app.services.files import running_sums
from tests.files.buckets import s3_server
from tests.files.tools import Asked, asked
from tests.world import World


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server of buckets; its address."""
    with s3_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _forget_sums() -> None:
    """Every test is a process that has seen no upload yet."""
    running_sums.sums.kept.clear()


@pytest.fixture
def who(world: World) -> Asked:
    """A recipient on a bound device."""
    return asked(world)


@pytest.fixture
def http(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The routes, with the world's ports."""
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    with TestClient(Starlette(routes=[*uploads.routes, *downloads.routes])) as client:
        yield client
