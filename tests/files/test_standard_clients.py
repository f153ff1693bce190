"""Clients that others wrote, over a line that breaks: tuspy and tus-js-client (10.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.objects import LocalObjects
from portal_app.domain.uploads import MB
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files.upload_sweep import sweep_orphans
from tests.files.buckets import Line
from tests.files.served import Server
from tests.files.standard_clients import by_tus_js, by_tuspy
from tests.files.tools import Asked, asked, pdf
from tests.world import World

pytestmark = pytest.mark.served

BODY = pdf(12 * MB + 345)
CUTS = [MB // 2, 3 * MB, 2 * MB + 1, 4 * MB]


@pytest.fixture
def world(sqlite_engine: Engine, tmp_path: Path) -> World:
    """A world whose files lie in a real folder, as the server's do."""
    world = World(sqlite_engine, tmp_path / "data")
    object.__setattr__(world.ports, "objects", LocalObjects(tmp_path / "data" / "files"))
    world.clock.move_to(SystemClock().now())
    return world


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    environment = {
        "PORTAL_DEMO": "true",
        "PORTAL_DATA_DIR": str(world.settings.data_dir),
        "PORTAL_DATABASE_URL": world.settings.database_url,
    }
    server = Server(environment)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    """The way to the server."""
    line = Line(("127.0.0.1", server.port))
    line.mend()
    yield line
    line.cut()


@pytest.fixture
def who(world: World) -> Asked:
    return asked(world)


def headers(server: Server, who: Asked) -> dict[str, str]:
    """A browser's, that takes the line for the portal itself."""
    return server.browser(who.cookie) | {"Host": f"localhost:{server.port}"}


def arrived_whole(world: World) -> None:
    """One file, its bytes as they were sent, nothing beside it."""
    (file,) = world.all(StoredFile)
    assert (file.size, file.sha256) == (len(BODY), hashlib.sha256(BODY).digest())
    sweep_orphans(world.ports)
    assert set(world.ports.objects.keys()) == {part.object_key for part in world.all(FilePart)}


@pytest.mark.parametrize("checks", [False, True])
def test_10_1_tuspy_goes_on_after_every_cut(
    server: Server, line: Line, world: World, who: Asked, checks: bool
) -> None:
    line.cuts = [1 << 10, *CUTS]
    by_tuspy(line.url, headers(server, who), who.task.id, BODY, upload_checksum=checks)
    assert line.cuts == []
    arrived_whole(world)


def node(server: Server, line: Line, who: Asked, folder: Path, *more: str) -> dict[str, Any]:
    file = folder / "body.pdf"
    file.write_bytes(BODY)
    return by_tus_js(line.url, headers(server, who), who.task.id, file, *more)


def test_10_1_tus_js_client_pauses_and_goes_on_after_every_cut(
    server: Server, line: Line, world: World, who: Asked, tmp_path: Path
) -> None:
    line.cuts = list(CUTS)
    said = node(server, line, who, tmp_path, str(5 * MB))
    assert (said["pauses"], line.cuts, said.get("error")) == (1, [], None)
    assert said["requests"].count("HEAD 200") >= len(CUTS)
    assert hashlib.sha256(BODY).hexdigest()[:8] in unquote(said["receipt"])
    arrived_whole(world)


def test_10_1_tus_js_client_cancels_and_nothing_stays(
    server: Server, line: Line, world: World, who: Asked, tmp_path: Path
) -> None:
    said = node(server, line, who, tmp_path, str(5 * MB), "cancel")
    assert (said["cancelled"], said["requests"][-1]) == (True, "DELETE 204")
    assert (world.all(Upload), world.all(FilePart), world.all(StoredFile)) == ([], [], [])
    sweep_orphans(world.ports)
    assert list(world.ports.objects.keys()) == []
