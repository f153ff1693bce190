"""Clients that others wrote, through HAProxy with TLS: tuspy and tus-js-client, whose line breaks or whose replica dies (10.1, 15.1)."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import httpx
import pytest
from redis import Redis

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.database import make_engine
from portal_app.adapters.objects import LocalObjects
from portal_app.domain.uploads import MB
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files.upload_sweep import sweep_orphans
from scripts.cluster import Cluster, cluster
from tests.conftest import absent, postgres_database
from tests.files.buckets import Line
from tests.files.standard_clients import by_tus_js, by_tuspy
from tests.files.tools import Asked, asked, pdf
from tests.world import World

pytestmark = [pytest.mark.served, pytest.mark.postgres, pytest.mark.redis, pytest.mark.timeout(300)]

BODY = pdf(12 * MB + 345)
CUTS = [MB // 2, 3 * MB, 2 * MB + 1, 4 * MB]
IN_THE_MIDDLE = 6 * MB + MB // 2  # of a chunk, too


@dataclass
class Way(Line):
    """The line to the balancer; in the middle of what passes, `pulls` is called while everything waits, until it did."""

    pulls: Callable[[], bool] | None = None
    pulls_at: int = 0
    _sent: int = 0
    _turn: Lock = field(default_factory=Lock)

    def _count(self, size: int) -> None:
        with self._turn:
            self._sent += size
            if self.pulls is not None and self._sent >= self.pulls_at and self.pulls():
                self.pulls = None
        super()._count(size)


@dataclass
class Firm:
    """Two replicas behind a balancer, and somebody who is asked for a file."""

    cluster: Cluster
    world: World
    folder: Path
    people: int = 0
    killed: list[str] = field(default_factory=list)

    def asked(self) -> tuple[Asked, dict[str, str]]:
        """Somebody new, and the headers of their browser on the portal's own page."""
        self.people += 1
        who = asked(self.world, f"Person {self.people}")
        host = urlsplit(self.cluster.url).netloc
        return who, {"Cookie": f"__Host-device={who.cookie}", "Origin": self.cluster.url, "Host": host}

    def kill_the_holder(self) -> bool:
        """The replica that an upload is going to right now, and no other; between two requests there is none."""
        busy = self.cluster.busy()
        for holder in busy:
            self.killed.append(holder.name)
            holder.kill()
        return bool(busy)


@pytest.fixture(scope="module")
def firm(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    folder = tmp_path_factory.mktemp("balanced")
    Redis.from_url(redis_url).flushdb()
    with postgres_database("balanced") as url:
        engine = make_engine(url)
        try:
            with cluster(folder, url, redis_url) as running:
                world = World(engine, folder)
                object.__setattr__(world.ports, "objects", LocalObjects(folder / "files"))
                world.clock.move_to(SystemClock().now())
                yield Firm(running, world, folder)
        except FileNotFoundError as fault:
            absent("HAProxy", fault)
        finally:
            engine.dispose()


@pytest.fixture
def way(firm: Firm) -> Iterator[Way]:
    where = urlsplit(firm.cluster.url)
    line = Way((where.hostname or "", where.port or 0))
    line.mend()
    yield line
    line.cut()
    for web in firm.cluster.role("web"):
        if not web.is_running:
            web.start()
            web.wait()


Upload_ = Callable[[str, dict[str, str], Asked], None]


@pytest.fixture(params=["tuspy", "tus-js-client"])
def upload(
    request: pytest.FixtureRequest, firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Upload_:
    """Upload BODY by one of the clients, which trusts the balancer's certificate."""
    certificate = str(firm.cluster.certificate)

    def tuspy(url: str, headers: dict[str, str], who: Asked) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
        by_tuspy(url, headers, who.task.id, BODY, retry_delay=0.2)

    def tus_js(url: str, headers: dict[str, str], who: Asked) -> None:
        file = tmp_path / "body.pdf"
        file.write_bytes(BODY)
        trust = {"NODE_EXTRA_CA_CERTS": certificate}
        said = by_tus_js(url, headers, who.task.id, file, str(5 * MB), environment=trust)
        assert (said["pauses"], said.get("error")) == (1, None)

    return tuspy if request.param == "tuspy" else tus_js


def arrived_whole(firm: Firm, who: Asked) -> None:
    """One file on the task, nothing unfinished, and its bytes are given back, through the balancer as well."""
    (file,) = firm.world.all(StoredFile, task_id=who.task.id)
    assert (file.size, file.sha256) == (len(BODY), hashlib.sha256(BODY).digest())
    assert [one.finished_at is None for one in firm.world.all(Upload, task_id=who.task.id)] == [False]
    answer = httpx.get(
        f"{firm.cluster.url}/files/{file.id}/download",
        headers={"Cookie": f"__Host-device={who.cookie}"},
        verify=ssl.create_default_context(cafile=firm.cluster.certificate),
        timeout=60,
    )
    assert answer.content == BODY
    sweep_orphans(firm.world.ports)
    assert set(firm.world.ports.objects.keys("parts/")) == {
        part.object_key for part in firm.world.all(FilePart)
    }


def test_10_1_and_15_1_a_standard_client_goes_on_after_every_cut_before_the_balancer(
    firm: Firm, way: Way, upload: Upload_
) -> None:
    who, headers = firm.asked()
    way.cuts = list(CUTS)
    upload(way.url.replace("http:", "https:"), headers, who)
    assert way.cuts == []
    arrived_whole(firm, who)


def test_10_1_and_15_1_a_standard_client_outlives_the_replica_that_held_its_upload(
    firm: Firm, way: Way, upload: Upload_
) -> None:
    who, headers = firm.asked()
    way.pulls, way.pulls_at = firm.kill_the_holder, IN_THE_MIDDLE
    before = len(firm.killed)
    upload(way.url.replace("http:", "https:"), headers, who)
    assert len(firm.killed) == before + 1
    arrived_whole(firm, who)
