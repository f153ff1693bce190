"""Where files lie does not answer for a while: uploads wait and go on, nothing counts as lost, and staff are told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.s3_objects import S3Objects
from portal_app.domain.uploads import MB
from portal_app.jobs import timetable
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files import uploads
from portal_app.services.files.upload_sweep import sweep_orphans
from portal_app.services.firm import frame_views
from portal_app.services.health import readiness
from tests.files.buckets import Line, bucket_settings, new_bucket
from tests.files.served import Server
from tests.files.test_served import BODY, brought, fetched, offset_of
from tests.files.test_tus import patch, post
from tests.files.tools import Asked, asked, begin, bring, pdf, uploaded
from tests.world import World


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """A store is away on every database alike."""
    return sqlite_engine


def test_fault_40_an_upload_waits_and_then_goes_on(world: World, http: TestClient, who: Asked) -> None:
    body = pdf(2 * MB + 9)
    token = begin(world, who, body)
    bring(world, token, body[:MB])

    world.objects.is_away = True
    answer = patch(http, f"/files/{token}", body[MB:], MB)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "try again in a moment" in answer.text
    started = post(http, who, content=pdf(9), content_type="application/offset+octet-stream")
    assert (started.status_code, started.headers["upload-offset"]) == (201, "0")

    world.objects.is_away = False
    standing = http.head(f"/files/{token}", headers={"tus-resumable": "1.0.0"})
    assert standing.headers["upload-offset"] == str(MB)
    assert patch(http, f"/files/{token}", body[MB:], MB).status_code == 204
    file = world.all(StoredFile)[0]
    assert http.get(f"/files/{file.id}/download", headers=who.headers).content == body


def test_fault_40_a_file_is_then_neither_gone_nor_damaged(world: World, http: TestClient, who: Asked) -> None:
    receipt = uploaded(world, who, pdf(100))
    world.objects.is_away = True
    answer = http.get(f"/files/{receipt.file_id}/download", headers=who.headers)
    assert (answer.status_code, "try again in a moment" in answer.text) == (503, True)
    assert world.all(StoredFile)[0].damaged_at is None


def test_fault_40_cancelling_leaves_nothing_once_the_store_is_back(world: World, who: Asked) -> None:
    token = begin(world, who, pdf(2 * MB))
    bring(world, token, pdf(2 * MB)[:MB])
    world.objects.is_away = True
    uploads.cancel_upload(world.ports, token)
    assert (world.all(Upload), world.all(FilePart), len(world.objects.parts)) == ([], [], 1)

    world.objects.is_away = False
    sweep_orphans(world.ports)
    assert world.objects.parts == {}


def test_15_1_staff_pages_and_readiness_say_so_until_it_is_back(world: World) -> None:
    def said() -> tuple[str, bool]:
        timetable.run(world.ports, "watch_storage")
        trouble = " ".join(frame_views.frame_view(world.ports, world.staff).troubles)
        return trouble, readiness(world.ports, {})["storage"]

    assert said() == ("", True)
    world.objects.is_away = True
    trouble, is_ready = said()
    assert ("their storage cannot be reached" in trouble, is_ready) == (True, False)
    world.objects.is_away = False
    assert said() == ("", True)


@pytest.mark.served
class TestReplicas:
    """Two machines, one bucket, and a network between that is cut."""

    @pytest.fixture
    def line(self, s3: str) -> Iterator[Line]:
        url = urlsplit(s3)
        line = Line((url.hostname or "", url.port or 0))
        line.mend()
        yield line
        line.cut()

    @pytest.fixture
    def bucket(self, s3: str) -> str:
        return new_bucket(s3)

    @pytest.fixture
    def world(self, sqlite_engine: Engine, tmp_path: Path, s3: str, bucket: str) -> World:
        world = World(sqlite_engine, tmp_path / "data")
        object.__setattr__(world.ports, "objects", S3Objects(bucket_settings(s3, bucket)))
        world.clock.move_to(SystemClock().now())
        return world

    @pytest.fixture
    def replicas(self, world: World, line: Line, bucket: str) -> Iterator[tuple[Server, Server]]:
        """Both reach the bucket by the line."""
        environment = {
            "PORTAL_DEMO": "true",
            "PORTAL_DATA_DIR": str(world.settings.data_dir),
            "PORTAL_DATABASE_URL": world.settings.database_url,
            "PORTAL_S3_BUCKET": bucket,
            "PORTAL_S3_ENDPOINT": line.url,
            "PORTAL_S3_PREFIX": "portal/files",
            "PORTAL_S3_KEY": "test",
            "PORTAL_S3_SECRET": "test",
        }
        one, other = Server(environment), Server(environment)
        one.start()
        other.start()
        yield one, other
        one.kill()
        other.kill()

    def test_15_1_an_upload_outlives_the_bucket_s_network_and_the_machine_that_began_it(
        self, replicas: tuple[Server, Server], line: Line, world: World
    ) -> None:
        one, other = replicas
        who = asked(world)
        path = f"/files/{begin(world, who, BODY)}"
        line.cut()
        assert brought(one, who, path) == 503
        assert offset_of(one, who, path) == 0

        line.mend()
        one.kill()
        assert brought(other, who, path) == 204
        assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()
        assert fetched(other, who, world) == BODY

        sweep_orphans(world.ports)
        kept = {part.object_key for part in world.all(FilePart)}
        assert set(world.ports.objects.keys("parts/")) == kept
        assert not (world.settings.data_dir / "files").exists()
