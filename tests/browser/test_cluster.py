"""Two replicas and two workers behind HAProxy with TLS: any of them may go, and nobody notices more than a reconnect (15.1)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlmodel import Session, create_engine, select
from tusclient.client import TusClient

from portal_app.domain.uploads import MB
from portal_app.models import StoredFile
from scripts.cluster import Cluster, Replica, cluster
from tests.browser.demo import NAMES, Mailbox, browse, claim, link_in, live, tick_box
from tests.conftest import absent, postgres_database
from tests.files.tools import pdf
from tests.trial.served import PATIENCE, Served

pytestmark = [pytest.mark.browser, pytest.mark.served, pytest.mark.postgres, pytest.mark.redis]


@dataclass
class Balanced(Served):
    """What answers through the balancer, and directly at one worker."""

    cluster: Cluster
    database: str

    @property
    def url(self) -> str:
        return self.cluster.url

    @property
    def inside(self) -> str:
        return f"http://{self.cluster.role('worker')[0].address}"

    def said(self) -> str:
        return "\n".join(
            replica.log.read_text(errors="replace")[-2_000:] for replica in self.cluster.replicas
        )


@pytest.fixture(scope="module")
def many(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balanced]:
    """The demo firm on four processes."""
    Redis.from_url(redis_url).flushdb()
    folder = tmp_path_factory.mktemp("cluster")
    with postgres_database("many") as url:
        try:
            with cluster(folder, url, redis_url) as running:
                yield Balanced(0, folder / "haproxy.log", running, url)
        except FileNotFoundError as fault:
            absent("HAProxy", fault)


def phone(many: Balanced, browser: Browser, email: str, language: str = "en") -> Page:
    """A client's phone on the checklist that the newest e-mail leads to; it remembers not having loaded again."""
    page = browse(browser, "phone", language, ignore_https_errors=True).new_page()
    claim(page, link_in(Mailbox(many).newest(email, page)), language)
    live(page)
    page.evaluate("window.neverLoadedAgain = true")
    return page


def open_tasks(page: Page) -> list[str]:
    """The names of the tasks that are not ticked."""
    boxes = page.locator("input[type=checkbox]:not(:checked):not([aria-disabled=true])")
    expect(boxes.first).to_be_visible()
    before = NAMES["en"]["done"].format("")
    labels = boxes.evaluate_all(
        "all => all.map(it => it.ariaLabel)"
    )  # at once: what is ticked falls out of them
    return [str(label).removeprefix(before) for label in labels]


def shows_to_others(page: Page, title: str) -> None:
    """Whoever opens the page anew is shown the tick, at the latest once it has come."""
    other = page.context.new_page()
    other.goto(page.url)
    live(other)
    expect(tick_box(other, title, "en")).to_be_checked()
    other.close()


def test_15_1_either_replica_may_be_killed_in_a_journey(many: Balanced, browser: Browser) -> None:
    page = phone(many, browser, "client10@mail.example")
    for web in many.cluster.role("web"):
        title = open_tasks(page)[0]
        web.kill()
        tick_box(page, title, "en").click()
        expect(tick_box(page, title, "en")).to_be_checked()
        shows_to_others(page, title)
        web.start()
        web.wait()
    assert page.evaluate("window.neverLoadedAgain")
    page.context.close()


def test_15_1_a_rolling_restart_loses_no_tick_and_no_page(many: Balanced, browser: Browser) -> None:
    page = phone(many, browser, "client9@mail.example")
    titles = open_tasks(page)
    assert len(titles) > 1
    restarting = threading.Thread(target=many.cluster.restart)
    restarting.start()
    while restarting.is_alive():
        answer = httpx.get(f"{many.url}/f/demo/login", verify=many.cluster.trust, timeout=PATIENCE)
        assert answer.status_code == httpx.codes.OK
        if titles:
            title = titles.pop()
            tick_box(page, title, "en").click()
            expect(tick_box(page, title, "en")).to_be_checked()
            shows_to_others(page, title)
    restarting.join()
    assert page.evaluate("window.neverLoadedAgain")
    page.context.close()


class Cutting(BytesIO):
    """A file that pulls one plug after the other while it is read."""

    def __init__(self, body: bytes, plugs: dict[int, Replica]) -> None:
        super().__init__(body)
        self.plugs, self.sent = plugs, 0

    def read(self, size: int | None = -1) -> bytes:
        """Some of it, and the replica that stands at this place of the file goes."""
        for at in [at for at in self.plugs if self.tell() >= at]:
            replica = self.plugs.pop(at)
            replica.kill()
            replica.start()
            replica.wait()
        found = super().read(size)
        self.sent += len(found)
        return found


def test_10_1_an_upload_outlives_the_death_of_either_replica(
    many: Balanced, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(many.cluster.certificate))
    page = phone(many, browser, "client11@mail.example", "fr")
    task_id = str(page.locator("input[type=checkbox][aria-disabled=true]").first.get_attribute("id"))[1:]
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    client = TusClient(f"{many.url}/files/", headers={"Cookie": cookie, "Origin": many.url})
    web1, web2 = many.cluster.role("web")
    body = Cutting(pdf(24 * MB), {5 * MB: web1, 14 * MB: web2})

    client.uploader(
        file_stream=body,
        chunk_size=MB,
        retries=60,
        retry_delay=1,
        metadata={"task": task_id, "filename": "Relevé.pdf"},
    ).upload()

    assert not body.plugs
    engine = create_engine(many.database)
    with Session(engine) as session:
        sums = session.exec(select(StoredFile.sha256).where(StoredFile.task_id == UUID(task_id))).all()
    engine.dispose()
    assert sums == [hashlib.sha256(body.getvalue()).digest()]
    assert body.sent - len(body.getvalue()) <= 2 * MB  # a part of each death (10.1)
    page.context.close()
