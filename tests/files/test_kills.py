"""`make faults`: a server that receives files is killed again and again; no file is lost, doubled or torn (faults 1, 2)."""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.objects import LocalObjects
from portal_app.adapters.s3_objects import S3Objects
from portal_app.domain.uploads import MB
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files.upload_sweep import sweep_orphans
from tests.files.buckets import bucket_settings, new_bucket
from tests.files.served import Server
from tests.files.test_served import Line
from tests.files.tools import Asked, asked, begin, pdf
from tests.world import World

pytestmark = pytest.mark.served

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "3"))
SEED = int(os.environ.get("PORTAL_TEST_SEED", "2026"))


@dataclass
class Drill:
    """One client, who knows nothing but what the server said, and the hand that kills the server meanwhile."""

    server: Server
    world: World
    who: Asked
    chance: random.Random
    tally: Counter[str]

    def send_file(self, body: bytes) -> None:
        """Bring one file whole, however often the server dies meanwhile."""
        path, said = f"/files/{begin(self.world, self.who, body)}", 0
        while True:
            offset, has_receipt = self._standing(path)
            self.tally["acknowledged and lost"] += max(0, said - offset)
            said = offset
            if has_receipt:
                return
            if self.tally["kills"] < KILLS:
                self._send_and_kill(path, offset, body)
            else:
                said = self._send(path, offset, body)

    def _standing(self, path: str) -> tuple[int, bool]:
        with Line(self.server, self.who) as line:
            line.ask("HEAD", path)
            answer = line.answer("HEAD")
            assert answer.status == 200
            return int(answer.headers["Upload-Offset"]), "Portal-Receipt" in answer.headers

    def _send(self, path: str, offset: int, body: bytes) -> int:
        with Line(self.server, self.who) as line:
            line.patch(path, offset, len(body) - offset)
            line.send(body[offset:])
            answer = line.answer()
            assert answer.status == 204
            return int(answer.headers["Upload-Offset"])

    def _send_and_kill(self, path: str, offset: int, body: bytes) -> None:
        """Kill while bytes come, when some are stored, or when all of it is there and the answer has not been read."""
        how = self.chance.choice(["coming", "stored", "landed"])
        count = len(body) - offset
        if how != "landed":
            count = self.chance.randint(0, count)
        with Line(self.server, self.who) as line:
            line.patch(path, offset, len(body) - offset)
            line.send(body[offset : offset + count])
            if how == "stored":
                self._wait(path, offset + self.chance.randint(0, max(0, count - MB)))
            if how == "landed":
                self._wait(path, len(body))
            self.server.kill()
        self.tally["kills"] += 1
        self.tally[how] += 1
        self.server.start()

    def _wait(self, path: str, offset: int) -> None:
        """Until so much is stored; the test's time limit ends the wait."""
        while self._standing(path)[0] < offset:
            continue


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, dict[str, str]]:
    """Where the files lie, and what tells the server so."""
    if request.param == "folder":
        return LocalObjects(tmp_path / "data" / "files"), {}
    url = request.getfixturevalue("s3")
    chosen = bucket_settings(url, new_bucket(url))
    return S3Objects(chosen), {
        "PORTAL_S3_BUCKET": chosen.s3_bucket,
        "PORTAL_S3_ENDPOINT": url,
        "PORTAL_S3_PREFIX": chosen.s3_prefix,
        "PORTAL_S3_KEY": "test",
        "PORTAL_S3_SECRET": "test",
    }


@pytest.fixture
def drill(sqlite_engine: Engine, tmp_path: Path, store: tuple[Any, dict[str, str]]) -> Iterator[Drill]:
    world = World(sqlite_engine, tmp_path / "data")
    object.__setattr__(world.ports, "objects", store[0])
    world.clock.move_to(SystemClock().now())
    world.change(world.firm, task_total_mb=4000)
    server = Server(
        {
            "PORTAL_DEMO": "true",
            "PORTAL_DATA_DIR": str(world.settings.data_dir),
            "PORTAL_DATABASE_URL": world.settings.database_url,
            **store[1],
        }
    )
    server.start()
    yield Drill(server, world, asked(world), random.Random(SEED), Counter())
    server.kill()


@pytest.mark.timeout(3600)
def test_fault_1_and_fault_2_no_kill_loses_doubles_or_tears_a_file(
    drill: Drill, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    sent: dict[str, int] = {}
    while drill.tally["kills"] < KILLS:
        body = pdf(drill.chance.randint(1, 3 * MB))
        sent[hashlib.sha256(body).hexdigest()] = len(body)
        drill.send_file(body)

    world = drill.world
    found = Counter(file.sha256.hex() for file in world.all(StoredFile))
    parts = {part.object_key for part in world.all(FilePart)}
    drill.tally["losses"] = len(sent.keys() - found.keys()) + drill.tally["acknowledged and lost"]
    drill.tally["duplicates"] = found.total() - len(found)
    drill.tally["torn"] = len(found.keys() - sent.keys()) + len(parts - set(world.ports.objects.keys()))
    sweep_orphans(world.ports)
    drill.tally["left behind"] = len(set(world.ports.objects.keys()) - parts)
    with capsys.disabled():
        print(f"\n{request.node.callspec.id}: {_said(drill.tally, len(sent))}")  # noqa: T201
    assert all(upload.finished_at for upload in world.all(Upload))
    assert {
        name: drill.tally[name] for name in ("losses", "duplicates", "torn", "left behind")
    } == dict.fromkeys(("losses", "duplicates", "torn", "left behind"), 0)


def _said(tally: Counter[str], files: int) -> str:
    kinds = ", ".join(f"{tally[how]} {how}" for how in ("coming", "stored", "landed"))
    rest = ", ".join(f"{tally[name]} {name}" for name in ("losses", "duplicates", "torn", "left behind"))
    return f"{tally['kills']} kills ({kinds}) over {files} files: {rest}"
