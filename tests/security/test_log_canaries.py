"""Whatever is done and whatever breaks, no log line and no audit entry holds a secret or what somebody typed (asvs 52, 15.3)."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import bootstrap, logs
from portal_app.gate import Gate
from portal_app.http import routes
from portal_app.http.broken import broken
from portal_app.jobs import timetable
from portal_app.models import AuditEntry, Heartbeat
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.settings import Settings
from tests.files.tools import pdf
from tests.http.test_links import hidden
from tests.services.posted import token_in
from tests.services.sends import sent
from tests.signing import latest_code, latest_reset, latest_text
from tests.world import PASSWORD, World

NAME = "Zéphirine Quatrelivres"
ADDRESS = "zephirine.canary@client.example"
FILE = "Paie de Zéphirine.pdf"
WRONG, NEW = "canary wrong password", "canary new password under snow"
SEARCHED = "canary what was searched"
STREAM = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream"}


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """What is logged is the same on every database."""
    return sqlite_engine


@pytest.fixture
def heard(world: World) -> Iterator[io.StringIO]:
    """All that is logged, of us and of every library, down to the last detail."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level, ours = root.handlers[:], root.level, structlog.get_config()
    logs.configure(world.settings.model_copy(update={"log_format": "json"}), stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:], root.level = before, level
    structlog.configure(**ours)


@pytest.fixture
def page(world: World, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser before every plain page there is, behind the gate."""
    monkeypatch.setattr(bootstrap, "ports", lambda: world.ports)
    pages = Starlette(routes=routes(), exception_handlers={Exception: broken})
    pages.state.ports = world.ports
    gate = Gate(pages, sessions=SessionBook(world.ports), settings=world.settings)
    headers = {"Origin": world.settings.public_url, "User-Agent": "Mozilla/5.0 Firefox/140.0"}
    return TestClient(
        gate,
        base_url=world.settings.public_url,
        follow_redirects=False,
        client=("10.0.0.1", 1),
        headers=headers,
    )


def lines(heard: io.StringIO) -> list[dict[str, Any]]:
    """Every line is JSON."""
    return [json.loads(line) for line in heard.getvalue().splitlines()]


def told(**values: str) -> str:
    from tests.files.test_tus import told as metadata

    return metadata(**values)


class Journey:
    """One client and one staff member, who do what leaves secrets about; `secrets` collects them."""

    def __init__(self, world: World, page: TestClient) -> None:
        self.world, self.page = world, page
        self.secrets: set[str] = {PASSWORD, WRONG, NEW}
        client = world.new_client(NAME)
        self.contact = world.new_contact(client, NAME, email=ADDRESS)
        self.request = world.draft_request(client, to=[self.contact])

    def link_and_upload(self) -> None:
        sent(self.world, self.request)
        deliver_outbox(self.world.ports)
        token = token_in(self.world.mail.sent[-1])
        first = self.page.get(f"/r/{token}")
        self.page.post(f"/r/{token}", data={"device": hidden(first, "device")})
        task = self.world.tasks(self.request)[0]
        body = pdf(2000)
        begun = self.page.post(
            "/files/",
            headers={
                "tus-resumable": "1.0.0",
                "upload-length": str(len(body)),
                "upload-metadata": told(task=str(task.id), filename=FILE),
            },
        )
        where = begun.headers["location"]
        assert (
            self.page.patch(where, headers=STREAM | {"upload-offset": "0"}, content=body).status_code == 204
        )
        self.secrets |= {token, where.rpartition("/")[2], self.page.cookies["device"]}

    def sign_in(self) -> None:
        owner = self.world.owner.email
        self.page.post("/staff/login", data={"email": owner, "password": WRONG})
        self.page.post("/staff/login", data={"email": ADDRESS, "password": WRONG})
        self.page.post("/staff/login", data={"email": owner, "password": PASSWORD})
        self.secrets.add(self.page.cookies["staff"])
        code = latest_code(self.world)
        self.page.post("/staff/login/code", data={"code": "000000"})
        self.page.post("/staff/login/code", data={"code": code})
        self.secrets |= {code, self.page.cookies["staff"]}
        self.page.get("/staff/activity/export", params={"q": SEARCHED})

    def reset(self) -> None:
        self.page.post("/staff/forgot", data={"email": self.world.owner.email})
        token = latest_reset(self.world)
        self.page.get(f"/staff/reset/{token}")
        self.page.post(f"/staff/reset/{token}", data={"password": NEW})
        self.secrets.add(token)

    def code_by_text(self) -> None:
        now = self.world.clock.now()
        self.world.change(self.world.firm, sms_codes_at=now)
        self.world.change(self.world.owner, sms_number="+14185550142", sms_confirmed_at=now)
        self.page.cookies.clear()
        self.page.post("/staff/login", data={"email": self.world.owner.email, "password": NEW})
        self.page.post("/staff/login/again", data={"factor": "sms"})
        code = latest_text(self.world)
        self.page.post("/staff/login/code", data={"factor": "sms", "code": code})
        self.secrets |= {code, self.page.cookies["staff"], "5550142"}


def test_asvs_52_and_15_3_nothing_secret_or_typed_is_logged_or_audited(
    world: World, page: TestClient, heard: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = Journey(world, page)
    journey.link_and_upload()
    journey.sign_in()
    journey.reset()
    journey.code_by_text()
    breakage(world, page, monkeypatch, journey.secrets)

    said = lines(heard)
    typed = {NAME, ADDRESS, FILE, SEARCHED, world.owner.email, "canary"}
    assert len(journey.secrets) >= 13
    assert [line for line in said if any(what in json.dumps(line) for what in journey.secrets | typed)] == []
    assert {line["event"] for line in said} >= {"request_failed", "job_failed", "a library's own words %s"}
    entries = " ".join(f"{row.action} {row.subject_kind} {row.facts}" for row in world.all(AuditEntry))
    assert [what for what in journey.secrets if what in entries] == []
    assert ADDRESS not in entries


def breakage(world: World, page: TestClient, monkeypatch: pytest.MonkeyPatch, secrets: set[str]) -> None:
    """Faults whose messages hold all of it: in a request, in a job, and in a library."""
    all_of_it = f"{NAME} {ADDRESS} {FILE} {WRONG} {' '.join(secrets)}"

    def breaks(*_: object, **__: object) -> None:
        try:
            raise ValueError(all_of_it)
        except ValueError as cause:
            raise RuntimeError(all_of_it) from cause

    monkeypatch.setattr("portal_app.http.visitors.ports_of", breaks)
    assert page.post("/staff/forgot", data={"email": ADDRESS}).status_code == 500
    monkeypatch.setitem(timetable.TIMETABLE, "deliver_outbox", (timetable.SOON, breaks))
    timetable.run(world.ports, "deliver_outbox")
    assert world.all(Heartbeat, name="deliver_outbox")[0].error
    try:
        breaks()
    except RuntimeError:
        logging.getLogger("some.library").exception("a library's own words %s", all_of_it)


def test_asvs_52_and_asvs_55_a_line_bears_the_reference_that_was_shown(
    world: World, page: TestClient, heard: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_app.http.visitors.ports_of", lambda *_: 1 / 0)

    answer = page.get("/staff/login", headers={"Accept": "text/html"})
    plain = page.get("/staff/login")

    line, other = (line for line in lines(heard) if line["event"] == "request_failed")
    assert (answer.status_code, plain.status_code) == (500, 500)
    assert "Something went wrong on our side" in answer.text
    assert line["request"] in answer.text  # the reference that was shown
    assert plain.json() == {"error": "fault", "reference": other["request"]}
    assert (line["level"], line["logger"], line["area"], line["method"]) == (
        "error",
        "portal_app.gate",
        "staff",
        "GET",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"])
    assert line["kinds"] == ["ZeroDivisionError"]
    assert line["at"][-1].endswith("<lambda>")


@pytest.mark.parametrize(("demo", "expected"), [(True, "text"), (False, "json")])
def test_15_3_logs_are_for_programs_in_production_and_for_people_in_the_demo(
    demo: bool, expected: str
) -> None:
    assert Settings(_env_file=None, demo=demo).log_format == expected
    assert Settings(_env_file=None, demo=demo, log_format="text").log_format == "text"


def test_logs_for_people_hold_no_traceback_either(world: World) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    before, level, ours = root.handlers[:], root.level, structlog.get_config()
    try:
        logs.configure(world.settings, stream)
        try:
            raise RuntimeError(ADDRESS)
        except RuntimeError:
            structlog.get_logger("portal_app.x").exception("it_broke", job="x")
    finally:
        root.handlers[:], root.level = before, level
        structlog.configure(**ours)
    assert "it_broke" in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
    assert ADDRESS not in stream.getvalue()
