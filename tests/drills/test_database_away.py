"""PostgreSQL is away for a while: every way in says so with 503 or a sentence, in the reader's language, and goes on by itself (fault 32)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from reflex_base.utils.format import format_event_handler

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.domain.uploads import MB
from portal_app.models import Client, StoredFile
from portal_app.state.staff_frame import FrameState
from scripts.with_services import OwnPostgres, own_postgres
from tests.conftest import absent
from tests.files.served import Server
from tests.files.tools import Asked, asked, begin, pdf
from tests.migrate import upgrade
from tests.trial.served import browser
from tests.world import World

pytestmark = [
    # SQLAlchemy lets go of a line that the server closed without closing it itself, and psycopg remarks on that.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.served,
    pytest.mark.postgres,
]

AWAY = {
    "en": "The portal's database is away for a moment. Please try again.",
    "fr": "La base de données du portail ne répond pas en ce moment. Veuillez réessayer dans un instant.",
}
LOAD = format_event_handler(FrameState.event_handlers["load"])
STREAM = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
BODY = pdf(2 * MB + 9)


@dataclass
class Portal:
    """The whole portal on a PostgreSQL that can be stopped, and who uses it."""

    postgres: OwnPostgres
    server: Server
    world: World
    who: Asked
    staff_cookie: str

    def ask(self, method: str, path: str, language: str = "en", **sent: object) -> httpx.Response:
        """As somebody of the firm, on a page of theirs."""
        headers = {"Cookie": f"staff={self.staff_cookie}; lang={language}", "Origin": self.server.url}
        headers |= {"Accept": "text/html"} | sent.pop("headers", {})  # type: ignore[operator]
        url = f"http://127.0.0.1:{self.server.port}{path}"
        headers["Host"] = f"localhost:{self.server.port}"
        return httpx.request(method, url, headers=headers, timeout=60, **sent)  # type: ignore[arg-type]

    def refuse_everybody(self) -> None:
        """It runs, and says to everybody that it takes no connections: as while it starts up."""
        folder = Path(self.postgres.folder, "db")
        Path(folder, "standby.signal").touch()
        Path(folder, "postgresql.auto.conf").write_text("hot_standby = off\n")
        self.postgres.start(waits=False)

    def let_in_again(self) -> None:
        self.postgres.stop()
        Path(self.postgres.folder, "db", "standby.signal").unlink()
        self.postgres.start()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with own_postgres() as postgres:
        if postgres is None:
            absent("PostgreSQL's initdb", "not installed")
        url = f"{postgres.url}/postgres"
        engine = make_engine(url)
        upgrade(engine)
        world = World(engine, tmp_path)
        world.clock.move_to(SystemClock().now())
        who = asked(world)
        _session, staff_cookie = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
        environment = {
            "__REFLEX_SKIP_COMPILE": "true",
            "REFLEX_ENV_MODE": "prod",
            "PORTAL_DEMO": "true",
            "PORTAL_ROLE": "web",
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_DATABASE_URL": url,
        }
        server = Server(environment, "portal_app.asgi:app")
        server.start()
        try:
            yield Portal(postgres, server, world, who, staff_cookie)
        finally:
            server.kill()
            engine.dispose()


def says_so(answer: httpx.Response, language: str = "en") -> None:
    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), answer.text
    assert AWAY[language] in answer.text.replace("&#39;", "'")


def on_every_way(portal: Portal, upload: str) -> None:
    """Pages of both kinds, a form, what scripts fetch, an upload's three verbs."""
    says_so(portal.ask("GET", "/staff/account"))
    says_so(portal.ask("GET", "/staff/account", "fr"), "fr")
    says_so(portal.ask("GET", "/staff/clients", "fr"), "fr")
    says_so(portal.ask("POST", "/staff/account", data={"name": "X"}))
    says_so(portal.ask("GET", "/f/tremblay/login", headers={"Cookie": ""}))
    says_so(portal.ask("GET", f"/files/{portal.who.task.id}/download", headers={"Accept": "*/*"}))
    says_so(portal.ask("POST", "/mail/bounces", headers={"Accept": "application/json"}))
    for cookie in ("", f"device={portal.who.cookie}"):
        headers = STREAM | {"Cookie": cookie, "Upload-Offset": str(MB)}
        says_so(portal.ask("PATCH", upload, headers=headers, content=BODY[MB:]))
        assert portal.ask("HEAD", upload, headers=headers).status_code == 503
    nobody = {"Cookie": ""}
    assert portal.ask("GET", "/healthz", headers=nobody).status_code == 200
    assert portal.ask("GET", "/readyz", headers=nobody).json()["parts"]["database"] == "not ready"


async def events(portal: Portal, upload: str) -> None:
    cookies = {"staff": portal.staff_cookie}
    async with browser(portal.server.url, cookies=cookies) as tab:
        await asyncio.to_thread(portal.postgres.stop)
        await asyncio.to_thread(on_every_way, portal, upload)
        await tab.send(LOAD, "/staff")
        await tab.until(lambda now: any(AWAY["en"] in text for text in now.heard))
        assert tab.is_open

        await asyncio.to_thread(portal.refuse_everybody)
        await asyncio.to_thread(on_every_way, portal, upload)
        tab.heard.clear()
        await tab.send(LOAD, "/staff")
        await tab.until(lambda now: any(AWAY["en"] in text for text in now.heard))

        await asyncio.to_thread(portal.let_in_again)
        tab.heard.clear()
        await tab.send(LOAD, "/staff")
        await tab.until(lambda now: any(portal.world.owner.name in text for text in now.heard))
        assert not any(AWAY["en"] in text for text in tab.heard)


@pytest.mark.timeout(300)
def test_fault_32_while_postgresql_is_away_every_way_in_says_so_and_goes_on_when_it_is_back(
    portal: Portal,
) -> None:
    upload = f"/files/{begin(portal.world, portal.who, BODY)}"
    first = STREAM | {"Cookie": "", "Upload-Offset": "0"}
    assert portal.ask("PATCH", upload, headers=first, content=BODY[:MB]).status_code == 204

    asyncio.run(events(portal, upload))

    assert portal.ask("GET", "/staff/account").status_code == 200
    rest = STREAM | {"Cookie": "", "Upload-Offset": str(MB)}
    assert portal.ask("PATCH", upload, headers=rest, content=BODY[MB:]).status_code == 204
    assert [file.size for file in portal.world.all(StoredFile)] == [len(BODY)]
    assert portal.world.all(Client)
