"""A database that is away is nobody's mistake: 503 in the reader's language, once for pages and once for events (fault 32)."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError, PendingRollbackError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap, database_away
from portal_app.adapters import database
from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.domain.actors import Actor
from portal_app.domain.errors import DatabaseAway, NothingSaved
from portal_app.gate import Gate
from portal_app.http import health, routes
from portal_app.http.broken import broken
from portal_app.services.heartbeats import beating
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.state import telling
from portal_app.work import begin, reading
from scripts.with_services import free_port
from tests.world import World

AWAY = {
    "en": "The portal's database is away for a moment. Please try again.",
    "fr": "La base de données du portail ne répond pas en ce moment. Veuillez réessayer dans un instant.",
}
UNSAVED = "Nothing was saved: the portal's database was away for a moment. Please try again."
TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is away is no database in particular."""
    return sqlite_engine


def on(world: World, engine: Engine) -> World:
    """The world with another database behind it."""
    object.__setattr__(world.ports, "sessions", EngineSessions(engine))
    return world


def nowhere() -> Engine:
    """A PostgreSQL at a port where nobody listens."""
    return make_engine(f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/portal")


@pytest.fixture
def portal(world: World, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Every plain page, behind the gate, on a database that refuses connections."""
    on(world, nowhere())
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    pages = Starlette(routes=routes(), exception_handlers={Exception: broken, DatabaseAway: broken})
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings, broken=broken)
    url = world.settings.public_url
    return TestClient(gate, base_url=url, headers={"Origin": url}, raise_server_exceptions=False)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("method", "path", "cookie"),
    [
        ("GET", "/staff/account", "staff=somebody"),
        ("GET", "/files/0195f000-0000-7000-8000-000000000001/download", "device=somebody"),
        *[
            (method, path, cookie)
            for cookie in ("", "device=somebody")
            for method, path in (
                ("GET", "/f/tremblay/login"),
                ("POST", "/f/tremblay/login"),
                ("GET", "/r/some-link"),
                ("HEAD", "/files/some-upload"),
                ("PATCH", "/files/some-upload"),
            )
        ],
    ],
)
def test_fault_32_a_page_a_form_and_an_upload_answer_503_in_the_readers_language(
    portal: TestClient, method: str, path: str, language: str, cookie: str
) -> None:
    headers = TUS | {"cookie": f"lang={language}; {cookie}", "accept": "text/html"}
    if method == "PATCH":
        headers |= {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    answer = portal.request(method, path, headers=headers, follow_redirects=False)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    if method != "HEAD":
        assert AWAY[language] in answer.text.replace("&#39;", "'")
    assert answer.headers["cache-control"] == "no-store"


def test_fault_32_a_script_is_told_in_json(portal: TestClient) -> None:
    headers = {"accept": "application/json", "cookie": "lang=fr; staff=somebody"}
    answer = portal.post("/staff/account", headers=headers)
    assert (answer.status_code, answer.json()) == (503, {"error": "away", "text": AWAY["fr"]})


def test_fault_32_an_event_is_answered_by_the_sentence_and_no_reference() -> None:
    (said,) = telling._events(DatabaseAway(), "/staff")
    assert said.payload == {"text": AWAY["en"], "tone": "refused"}


def test_what_breaks_otherwise_stays_a_fault_with_its_reference(
    world: World, portal: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(world, create_engine("sqlite://"))  # it answers, and has no tables: somebody made a mistake
    answer = portal.get("/staff/account", headers={"accept": "text/html", "cookie": "staff=somebody"})
    assert answer.status_code == 500
    assert "reference" in answer.text


@contextmanager
def listener(*, hangs_up: bool) -> Iterator[int]:
    """The port of somebody who takes connections and says nothing, or hangs up at once."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def hang_up() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        if hangs_up:
            Thread(target=hang_up, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize("hangs_up", [True, False])
def test_fault_32_a_server_that_hangs_up_or_says_nothing_is_away(world: World, hangs_up: bool) -> None:
    with listener(hangs_up=hangs_up) as port:
        on(world, make_engine(f"postgresql+psycopg://postgres@127.0.0.1:{port}/portal?connect_timeout=2"))
        with pytest.raises(DatabaseAway), reading(world.ports, world.staff) as work:
            work.session.execute(text("SELECT 1"))


def test_a_machine_that_vanished_is_not_waited_for_without_end() -> None:
    asked: dict[str, Any] = {}
    engine = nowhere()
    event.listen(engine, "do_connect", lambda _d, _r, _a, given: asked.update(given))
    with pytest.raises(OperationalError):
        engine.connect()
    assert (asked["connect_timeout"], asked["tcp_user_timeout"]) == (10, 30_000)


def test_fault_32_a_pool_without_a_free_line_is_away(world: World, tmp_path: Path) -> None:
    small = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.01}
    engine = create_engine(f"sqlite:///{tmp_path / 'portal.db'}", **small)
    on(world, engine)
    with engine.connect():
        with pytest.raises(DatabaseAway), reading(world.ports, world.staff) as work:
            work.session.execute(text("SELECT 1"))
        with pytest.raises(NothingSaved, match=UNSAVED), begin(world.ports, world.staff):
            pass


def test_fault_31_an_sqlite_file_that_stays_locked_saves_nothing_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 1)
    path = world.engine.url.database
    on(world, make_engine(f"sqlite:///{path}"))
    with closing(sqlite3.connect(str(path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NothingSaved, match=UNSAVED), begin(world.ports, world.staff):
            pass


def test_fault_32_a_job_whose_heartbeat_cannot_be_kept_ends_nobody_who_runs_jobs(world: World) -> None:
    on(world, nowhere())
    with beating(world.ports, "job"), begin(world.ports, Actor.timetable()):
        pass


def test_fault_5_who_can_save_nothing_more_can_still_read(world: World) -> None:
    """Noting that somebody is there is no reason to show them nothing."""

    class Book(SessionBook):
        def touch(self, visitor: Any) -> None:
            raise NothingSaved(is_full=True)

    _session, cookie = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    gate = Gate(Starlette(routes=health.routes), sessions=Book(world.ports), settings=world.settings)
    page = TestClient(gate, base_url=world.settings.public_url)
    assert page.get("/healthz", headers={"cookie": f"staff={cookie}"}).status_code == 200


def coded(state: str) -> OperationalError:
    """What psycopg raises for an SQLSTATE, in a statement of ours."""
    return OperationalError("SELECT 1", {}, psycopg.errors.lookup(state)())


@pytest.mark.parametrize("state", ["57P01", "57P02", "57P03", "53300", "08006", "08003"])
def test_fault_32_postgresql_says_that_it_is_away(state: str) -> None:
    assert database_away.is_away(coded(state))
    assert not database_away.is_full(coded(state))


@pytest.mark.parametrize("state", ["57014", "42P01", "23505", "40001", "53100", "25006"])
def test_what_else_postgresql_says_is_not_that(state: str) -> None:
    assert not database_away.is_away(coded(state))


def test_fault_32_a_unit_that_goes_on_after_its_line_broke_is_told_the_same() -> None:
    assert database_away.is_away(PendingRollbackError("Can't reconnect", code="8s2b"))
    assert not database_away.is_away(PendingRollbackError("rolled back due to a flush", code="7s2a"))
