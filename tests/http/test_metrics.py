"""What a monitor reads: behind a token, without an id in any label, and right (15.3)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal_app import routes as paths
from portal_app.domain.errors import BadInput
from portal_app.domain.outbox import Urgency
from portal_app.http import health, metrics, resets
from portal_app.models import Heartbeat, MailPhase, OutboxMail
from portal_app.services.backups.making import HEARTBEAT
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Visit
from portal_app.services.sign_in.sign_in import give_password
from portal_app.settings import Settings, faults
from tests.files.tools import Asked, asked, begin, bring, pdf
from tests.world import World

TOKEN = "a token of an operator, thirty-two long"
_LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


@pytest.fixture
def who(world: World) -> Asked:
    return asked(world)


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    object.__setattr__(world.settings, "metrics_token", SecretStr(TOKEN))
    routes = [*metrics.routes, *health.routes, *resets.routes]
    app = Starlette(routes=routes)
    app.state.ports = world.ports
    with TestClient(metrics.Counted(app, world.clock, routes)) as client:
        yield client


def read(http: TestClient) -> dict[str, float]:
    """Every line, by name and labels."""
    got = http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert got.status_code == 200
    assert got.headers["cache-control"] == "no-store"
    return {f"{name}{{{labels}}}": float(value) for name, labels, value in _LINE.findall(got.text)}


def queued(world: World, urgency: Urgency, number: int, **more: object) -> None:
    now = world.clock.now()
    world.put(
        OutboxMail(
            firm_id=world.firm.id,
            dedupe_key=f"{urgency}{number}",
            event="invitation",
            urgency=urgency,
            sender="a@firm.example",
            recipient="b@client.example",
            subject="Invitation",
            message_id=f"<{urgency}{number}@firm.example>",
            next_try_at=now,
            queued_at=now,
            **more,
        )
    )


def test_15_3_without_a_token_of_the_operator_there_is_nothing(world: World, http: TestClient) -> None:
    wrong = {"Authorization": f"Bearer {TOKEN[:-1]}"}
    assert (http.get("/metrics").status_code, http.get("/metrics", headers=wrong).status_code) == (401, 401)
    for _ in range(18):
        http.get("/metrics", headers=wrong)
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert http.get("/metrics", headers=right).status_code == 429

    object.__setattr__(world.settings, "metrics_token", SecretStr(""))
    assert http.get("/metrics", headers=right).status_code == 404


def test_15_3_a_short_token_stops_the_start() -> None:
    said = " ".join(faults(Settings(_env_file=None, metrics_token=SecretStr("short"))))
    assert "PORTAL_METRICS_TOKEN is too short" in said


def test_15_3_the_figures_are_those_of_the_installation(world: World, who: Asked, http: TestClient) -> None:
    queued(world, Urgency.NOW, 1)
    world.clock.advance(seconds=90)
    queued(world, Urgency.LATER, 1)
    queued(
        world, Urgency.LATER, 2, phase=MailPhase.SENT, sent_at=world.clock.now(), settled_at=world.clock.now()
    )
    queued(world, Urgency.LATER, 3, phase=MailPhase.FAILED, settled_at=world.clock.now())
    queued(world, Urgency.LATER, 4, lease_owner="restored")
    body = pdf(3 << 20)
    bring(world, begin(world, who, body), body[: 1 << 20])
    world.put(Heartbeat(name="deliver_outbox", at=world.clock.now(), error="OSError: x"))
    world.put(Heartbeat(name=HEARTBEAT, at=world.clock.now()))
    for _ in range(2):
        with pytest.raises(BadInput):
            give_password(world.ports, STAFF_ENTRANCE, world.owner.email, "wrong", Visit(address="10.0.0.1"))

    found = read(http)

    expected = {
        'comptoir_outbox_waiting{kind="mail",urgency="now"}': 1,
        'comptoir_outbox_oldest_seconds{kind="mail",urgency="now"}': 90,
        'comptoir_outbox_waiting{kind="mail",urgency="later"}': 1,
        'comptoir_outbox_waiting{kind="push",urgency="now"}': 0,
        "comptoir_outbox_held{}": 1,
        'comptoir_outbox_last_hour{kind="mail",outcome="sent"}': 1,
        'comptoir_outbox_last_hour{kind="mail",outcome="failed"}': 1,
        'comptoir_outbox_last_hour{kind="text",outcome="failed"}': 0,
        "comptoir_uploads_open{}": 1,
        'comptoir_uploads_bytes{state="received"}': 1 << 20,
        'comptoir_uploads_bytes{state="reserved"}': 3 << 20,
        'comptoir_sign_ins_refused_last_hour{step="first step"}': 2,
        'comptoir_job_last_run_timestamp_seconds{job="deliver_outbox"}': world.clock.now().timestamp(),
        'comptoir_job_failing{job="deliver_outbox"}': 1,
        "comptoir_backup_timestamp_seconds{}": world.clock.now().timestamp(),
        "comptoir_backup_failing{}": 0,
    }
    assert {name: found.get(name) for name in expected} == expected
    assert found['comptoir_database_connections{state="kept"}'] >= 1


def test_15_3_and_asvs_23_requests_are_counted_by_the_pattern_of_their_route(http: TestClient) -> None:
    secret = "s3cr3t-t0k3n-of-a-link"
    path = paths.to(paths.STAFF_RESET, token=secret)
    for asked_for in (path, path, "/healthz", f"/nowhere/{secret}"):
        http.get(asked_for)

    text = http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert secret not in text
    assert re.search(r'comptoir_requests_total\{method="GET",route="/healthz",status="200"\} [1-9]', text)
    assert f'route="{paths.STAFF_RESET}"' in text
    assert re.search(r'comptoir_requests_total\{method="GET",route="page",status="404"\} [1-9]', text)


COUNTING = """
import os, sys
from portal_app.http import metrics
metrics.REQUESTS.labels("/healthz", "GET", "200").inc(int(sys.argv[1]))
metrics.TABS.set(int(sys.argv[1]))
if len(sys.argv) > 2:
    from prometheus_client import generate_latest
    print(generate_latest(metrics._counts()).decode())
"""


def test_15_3_workers_of_one_port_put_their_counts_together(tmp_path: Path) -> None:
    env = os.environ | {metrics.TOGETHER: str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}

    def count(*argv: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", COUNTING, *argv], env=env, capture_output=True, text=True, check=True
        )
        return done.stdout

    count("2")
    said = count("3", "and say")

    assert 'comptoir_requests_total{method="GET",route="/healthz",status="200"} 5.0' in said
    assert "comptoir_live_tabs 3.0" in said  # the other one is gone, with its tabs
