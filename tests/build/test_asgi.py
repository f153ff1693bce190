"""What is served: no setter, one name in the demo, each path to whom it belongs."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from portal_app.asgi import Loaded, Opening, for_good
from portal_app.portal_app import app as reflex_app
from portal_app.whole import OneName, Portal, forget_setters

PAGE = {"accept": "text/html"}


def says(word: str) -> Any:
    """An app that answers one word."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse(word)(scope, receive, send)

    return answer


class Site:
    """A site of one page."""

    def serves(self, path: str) -> bool:
        return path == "/home"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await says("site")(scope, receive, send)


@pytest.fixture
def portal() -> TestClient:
    """The way to Reflex, site and plain routes."""
    return TestClient(Portal(says("reflex"), Site()))  # type: ignore[arg-type]


def test_asvs_28_no_setter_is_left() -> None:
    assert reflex_app._state is not None

    forget_setters(reflex_app)

    names = reflex_app._registration_context.event_handlers
    assert names
    assert not [name for name in names if "setvar" in name]


@pytest.mark.parametrize(
    ("path", "who"),
    [("/_event/?token=1", "reflex"), ("/home", "site"), ("/nowhere", "site"), ("/_health", "site")],
)
def test_a_path_reaches_whom_it_belongs_to(portal: TestClient, path: str, who: str) -> None:
    assert portal.get(path).text == who


def test_a_plain_route_answers_beside_the_site(portal: TestClient) -> None:
    assert portal.get("/healthz").json() == {"status": "ok"}


def test_what_was_loaded_is_never_looked_through_again() -> None:
    before, kept = gc.get_freeze_count(), [[number] for number in range(10_000)]
    try:
        assert for_good(lambda: (says("loaded"), nothing_else))
        assert gc.get_freeze_count() >= before + len(kept)
        assert gc.isenabled()
        with pytest.raises(RuntimeError, match="no site"):
            for_good(broken)
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def broken() -> Loaded:
    """A portal that cannot be loaded."""
    raise RuntimeError("no site")


@asynccontextmanager
async def nothing_else() -> AsyncIterator[None]:
    """A life without tasks."""
    yield


def test_what_comes_while_the_portal_loads_waits_and_is_answered() -> None:
    may_load, asked = Event(), Event()

    def load() -> Any:
        may_load.wait(timeout=30)
        return says("whole"), nothing_else

    def ask(client: TestClient) -> str:
        asked.set()
        return client.get("/home").text

    with TestClient(Opening(load, give_up=pytest.fail)) as client, ThreadPoolExecutor() as pool:
        waiting = pool.submit(ask, client)
        asked.wait(timeout=30)

        health = client.get("/healthz")

        assert health.json() == {"status": "ok"}
        assert not waiting.done()
        may_load.set()
        assert waiting.result(timeout=30) == "whole"
        assert client.get("/healthz").text == "whole"


def test_a_portal_that_cannot_be_loaded_ends_the_process(caplog: pytest.LogCaptureFixture) -> None:
    ended = Event()

    def load() -> Any:
        raise RuntimeError("no database")

    with TestClient(Opening(load, give_up=ended.set)):
        assert ended.wait(timeout=30)

    assert "no database" in caplog.text


def test_what_lives_with_the_server_ends_with_it() -> None:
    moments: list[str] = []

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        moments.append("begun")
        yield
        moments.append("ended")

    with TestClient(Opening(lambda: (says("whole"), life), give_up=pytest.fail)) as client:
        client.get("/home")
        assert moments == ["begun"]

    assert moments == ["begun", "ended"]


@pytest.fixture
def demo() -> TestClient:
    """The demo's outer layer."""
    return TestClient(OneName(says("here"), "http://localhost:8000"), follow_redirects=False)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "127.0.0.1"])
def test_another_name_of_this_machine_leads_to_the_public_one(demo: TestClient, host: str) -> None:
    answer = demo.get("/staff?tab=2", headers=PAGE | {"host": host})

    assert answer.status_code == 307
    assert answer.headers["location"] == "http://localhost:8000/staff?tab=2"


@pytest.mark.parametrize(
    "headers", [PAGE | {"host": "localhost:8000"}, PAGE | {"host": "phone.local"}, {"host": "127.0.0.1:8000"}]
)
def test_the_public_name_other_machines_and_programs_are_answered(
    demo: TestClient, headers: dict[str, str]
) -> None:
    assert demo.get("/staff", headers=headers).text == "here"
