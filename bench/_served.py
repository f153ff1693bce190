"""The portal, and what Granian does by itself, served over a firm written in bulk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench._firm import Out, send_out
from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.adapters.objects import LocalObjects
from tests.files.served import Server
from tests.migrate import upgrade
from tests.world import World

BUILT = {"__REFLEX_SKIP_COMPILE": "true", "REFLEX_ENV_MODE": "prod"}


def a_firm(folder: Path) -> World:
    """An empty firm on SQLite, its files in a folder, at the machine's time."""
    engine = make_engine(f"sqlite:///{folder}/portal.db")
    upgrade(engine)
    world = World(engine, folder)
    object.__setattr__(world.ports, "objects", LocalObjects(folder / "files"))
    world.clock.move_to(SystemClock().now())
    return world


def requests_out(world: World, count: int, *, tasks: int) -> list[Out]:
    """Requests that are due in a month."""
    return send_out(world, count, tasks=tasks, due_on=world.clock.now().date() + timedelta(days=30))


@contextmanager
def portal(world: World, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The whole portal on the firm's data, its timetable apart, with `more` settings; ready to answer."""
    about = {
        "PORTAL_DEMO": "true",
        "PORTAL_ROLE": "web",
        "PORTAL_DATA_DIR": str(world.settings.data_dir),
        "PORTAL_DATABASE_URL": world.settings.database_url,
    }
    with running(Server(BUILT | about | dict(more or {}), "portal_app.asgi:app")) as server:
        yield server


@contextmanager
def raw() -> Iterator[Server]:
    """Granian with an app that writes what comes into a file, plainly, and echoes words."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-raw-") as folder,
        running(Server({"RAW_FOLDER": folder}, "bench._raw:app")) as server,
    ):
        yield server


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Started, and gone afterwards."""
    try:
        server.start()
        yield server
    finally:
        server.kill()
