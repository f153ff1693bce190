"""`make faults`: PostgreSQL and Redis go and come back under load, and what was acknowledged is there (faults 32, 33)."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.models import Comment, StoredFile, Task
from scripts.cluster import Cluster, cluster
from scripts.with_services import OwnPostgres, free_port, own_postgres, program, start_redis
from tests.conftest import absent
from tests.drills.load import Person, people
from tests.trial.served import browser
from tests.world import World

pytestmark = [
    # SQLAlchemy lets go of a line that the server closed without closing it itself, and psycopg remarks on that.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.served,
    pytest.mark.postgres,
    pytest.mark.redis,
]

RESTARTS = int(os.environ.get("PORTAL_TEST_RESTARTS", "3"))
PEOPLE = 6
SEED = int(os.environ.get("PORTAL_TEST_SEED", "2026"))


class Redis:
    """A Redis of the drill's own."""

    def __init__(self, server: str) -> None:
        self._server, self.port = server, free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Empty: what it held before is gone."""
        self._process = start_redis(self._server, self.port)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass
class Drill:
    """Four processes of the portal, a PostgreSQL and a Redis of their own, and people at work."""

    cluster: Cluster
    world: World
    postgres: OwnPostgres
    redis: Redis
    people: list[Person]
    over: threading.Event
    done: Counter[str]
    refused_without_redis: int = 0

    def disturb(self, how: str) -> None:
        """One fault; then wait until the portal says that it is ready, by itself."""
        {"lines cut": self._cut, "postgres": self._restart_postgres, "redis": self._lose_redis}[how]()
        self.done[how] += 1
        for web in self.cluster.role("web"):
            self._until_ready(web.address)
            asyncio.run(self._open_socket(web.address))

    def everybody_goes_on(self) -> None:
        """Until each of them had something acknowledged, without doing more for it than trying again."""
        before = {id(one): one.acknowledged for one in self.people}
        while any(one.acknowledged == before[id(one)] and not one.wrong for one in self.people):
            self.over.wait(0.05)

    def _lose_redis(self) -> None:
        """It is gone for as long as it takes everybody to go on without it."""
        refused = self._refused()
        self.redis.kill()
        self.everybody_goes_on()
        self.redis.start()
        self.refused_without_redis += self._refused() - refused

    def _refused(self) -> int:
        return sum(
            count for one in self.people for name, count in one.said.items() if not name.startswith("2")
        )

    def _cut(self) -> None:
        """Every line to the database, as by a fail-over."""
        with self.world.engine.connect() as line:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            line.execute(text(f"{cut} WHERE datname = current_database() AND pid <> pg_backend_pid()"))

    def _restart_postgres(self) -> None:
        self.postgres.stop()
        self.postgres.start()

    def _until_ready(self, address: str) -> None:
        """The test's time limit ends the wait."""
        while True:
            try:
                if httpx.get(f"http://{address}/readyz", timeout=30).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)

    async def _open_socket(self, address: str) -> None:
        """A page opens its socket and is given its state."""
        one = self.people[0]
        cookies = {"__Host-device": one.who.cookie}
        async with browser(
            f"http://{address}",
            cookies=cookies,
            origin=self.cluster.url,
            path=f"/requests/{one.who.request.id}",
            X_Forwarded_For="127.0.0.1",
            X_Forwarded_Proto="https",
        ) as tab:
            assert tab.is_open
            assert tab.state


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    server = program("redis-server", "redis-server")
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres())
        if not server or postgres is None:
            absent("redis-server or PostgreSQL's initdb", "not installed")
        url = f"{postgres.url}/postgres"
        redis = Redis(str(server))
        stack.callback(redis.kill)
        running = stack.enter_context(cluster(tmp_path, url, redis.url))
        engine: Engine = make_engine(url)
        stack.callback(engine.dispose)
        world, over = World(engine, tmp_path), threading.Event()
        world.clock.move_to(SystemClock().now())
        world.change(world.firm, task_total_mb=4000)
        working = people(world, running.url, running.trust, PEOPLE, SEED, over)
        for one in working:
            stack.callback(one.line.close)
        yield Drill(running, world, postgres, redis, working, over, Counter())


@pytest.mark.timeout(1800)
def test_fault_32_and_fault_33_what_was_acknowledged_outlives_restarts_of_postgresql_and_redis(
    drill: Drill, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    threads = [threading.Thread(target=one.work) for one in drill.people]
    for thread in threads:
        thread.start()
    hows = [("lines cut", "postgres", "redis")[number % 3] for number in range(RESTARTS)]
    chance.shuffle(hows)
    for how in hows:
        drill.disturb(how)
        drill.everybody_goes_on()
    drill.over.set()
    for thread in threads:
        thread.join()

    losses, duplicates = _judged(drill)
    with capsys.disabled():
        print(f"\n{_said(drill)}: {losses} losses, {duplicates} duplicates")  # noqa: T201
    assert [wrong for one in drill.people for wrong in one.wrong] == []
    assert (losses, duplicates) == (0, 0)
    assert drill.refused_without_redis == 0, "what is done over HTTP does not need Redis"
    assert all(replica.is_running for replica in drill.cluster.replicas)


def _judged(drill: Drill) -> tuple[int, int]:
    """What the database lacks of what was acknowledged, and what it has twice."""
    done = {task.id for task in drill.world.all(Task) if task.completed_at is not None}
    written = Counter(comment.body for comment in drill.world.all(Comment))
    brought = Counter(file.sha256.hex() for file in drill.world.all(StoredFile))
    losses = duplicates = 0
    for one in drill.people:
        losses += (
            len(one.ticked - done) + len(one.written - written.keys()) + len(one.brought - brought.keys())
        )
        duplicates += sum(written[text] - 1 for text in one.written) + sum(
            brought[sha] - 1 for sha in one.brought
        )
    return losses, duplicates


def _said(drill: Drill) -> str:
    faults = ", ".join(f"{count} {how}" for how, count in drill.done.items())
    kinds = {
        name: sum(len(getattr(one, name)) for one in drill.people)
        for name in ("ticked", "written", "brought")
    }
    acknowledged = ", ".join(f"{count} {name}" for name, count in kinds.items())
    answers = sum((one.said for one in drill.people), Counter[str]())
    return f"{drill.done.total()} restarts ({faults}) over {acknowledged}; answers {dict(answers)}, refused without Redis: {drill.refused_without_redis}"
