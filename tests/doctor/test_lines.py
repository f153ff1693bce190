"""`portal doctor` asks PostgreSQL's own line whether it goes by TLS (15.4)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import create_engine

from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.services.doctor import examining, lines
from portal_app.services.doctor.findings import Level
from scripts.certificates import server_context
from scripts.with_services import OwnPostgres, own_postgres
from tests.conftest import absent
from tests.migrate import upgrade
from tests.world import World


@pytest.mark.parametrize(
    ("host", "is_elsewhere"),
    [
        ("/var/run/postgresql", False),
        ("@abstract", False),
        ("localhost", False),
        ("127.0.0.1", False),
        ("127.0.1.1", False),
        ("::1", False),
        ("", False),
        ("10.0.0.5", True),
        ("fd00::5", True),
        ("db.example.com", True),
    ],
)
def test_15_4_which_host_is_another_machine(host: str, is_elsewhere: bool) -> None:
    assert lines.is_elsewhere(host) is is_elsewhere


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgres]:
    """A PostgreSQL that takes lines with and without TLS."""
    with own_postgres() as server:
        if server is None:
            absent("PostgreSQL's initdb", "not installed")
        server.stop()
        folder = Path(server.folder, "db")
        owner = folder.stat()
        _context, certificate = server_context(tmp_path_factory.mktemp("tls"))
        for name, made in (("server.crt", certificate), ("server.key", certificate.parent / "key.pem")):
            kept = folder / name
            kept.write_bytes(made.read_bytes())
            kept.chmod(0o600)
            os.chown(kept, owner.st_uid, owner.st_gid)
        Path(folder, "postgresql.auto.conf").write_text("ssl = on\n")
        server.start()
        engine = make_engine(f"{server.url}/postgres")
        upgrade(engine)
        engine.dispose()
        yield server


@pytest.mark.postgres
@pytest.mark.served
@pytest.mark.parametrize("is_elsewhere", [True, False])
@pytest.mark.parametrize("mode", ["disable", "require"])
def test_15_4_a_line_that_leaves_the_machine_in_the_clear_is_warned_of(
    server: OwnPostgres,
    mode: str,
    is_elsewhere: bool,
    sqlite_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "is_elsewhere", lambda host: is_elsewhere and host == "127.0.0.1")
    engine = create_engine(f"{server.url}/postgres?sslmode={mode}")
    world = World(sqlite_engine, tmp_path / "data")
    object.__setattr__(world.ports, "sessions", EngineSessions(engine))

    (finding,) = [one for one in examining.examine(world.ports, {}) if one.check == "database"]
    engine.dispose()

    if mode == "require":
        assert (finding.level, "by TLSv1." in finding.text) == (Level.OK, True)
    elif is_elsewhere:
        assert (finding.level, "in the clear" in finding.text) == (Level.WARNING, True)
        assert "sslmode=verify-full" in finding.remedy
    else:
        assert (finding.level, "on this machine" in finding.text) == (Level.OK, True)
