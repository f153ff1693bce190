"""Over real sockets: a standard client, killed servers, broken lines, lying lengths."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from portal_app.adapters.clock import SystemClock
from portal_app.adapters.objects import LocalObjects
from portal_app.domain.uploads import MB
from portal_app.models import FilePart, StoredFile, Upload
from portal_app.services.files.upload_sweep import sweep_orphans
from tests.files.served import LOOKS_EVERY, Server
from tests.files.tools import Asked, asked, begin, pdf
from tests.world import World

pytestmark = pytest.mark.served

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "5"))
BODY = pdf(12 * MB + 345)


@pytest.fixture
def world(sqlite_engine: Engine, tmp_path: Path) -> World:
    """A world whose files lie in a real folder, as the server's do."""
    world = World(sqlite_engine, tmp_path / "data")
    object.__setattr__(world.ports, "objects", LocalObjects(tmp_path / "data" / "files"))
    world.clock.move_to(SystemClock().now())
    return world


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    """A server on the world's data; it reads the machine's clock."""
    server = Server(
        {
            "PORTAL_DEMO": "true",
            "PORTAL_DATA_DIR": str(world.settings.data_dir),
            "PORTAL_DATABASE_URL": world.settings.database_url,
        }
    )
    server.start()
    yield server
    server.kill()


@pytest.fixture
def who(world: World) -> Asked:
    return asked(world)


class Line:
    """A connection that sends what it likes, when it likes; closed with its block."""

    def __init__(self, server: Server, who: Asked) -> None:
        self._line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self._fields = {"Host": f"localhost:{server.port}", "Tus-Resumable": "1.0.0"}
        self._fields |= server.browser(who.cookie)
        self._answers: list[http.client.HTTPResponse] = []

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        for answer in self._answers:
            answer.close()
        self._line.close()

    def ask(self, method: str, path: str, **headers: object) -> None:
        """Send a request's head."""
        fields = self._fields | {name.replace("_", "-"): str(value) for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())

    def patch(self, path: str, offset: int, length: int) -> None:
        """Announce bytes."""
        kind = "application/offset+octet-stream"
        self.ask("PATCH", path, Upload_Offset=offset, Content_Length=length, Content_Type=kind)

    def send(self, body: bytes) -> None:
        self._line.sendall(body)

    def answer(self, method: str = "PATCH") -> http.client.HTTPResponse:
        """The answer's head; its body is read by whoever wants it."""
        answer = http.client.HTTPResponse(self._line, method=method)
        self._answers.append(answer)
        answer.begin()
        return answer


def offset_of(server: Server, who: Asked, path: str) -> int:
    with Line(server, who) as line:
        line.ask("HEAD", path)
        return int(line.answer("HEAD").headers["Upload-Offset"])


def settled(server: Server, who: Asked, path: str, at_least: int) -> int:
    """The offset once what a broken connection brought is sealed; the test's time limit ends the wait."""
    while (offset := offset_of(server, who, path)) < at_least:
        time.sleep(LOOKS_EVERY)
    return offset


def brought(server: Server, who: Asked, path: str, offset: int = 0) -> int:
    """Bring all that is missing in one request; its status."""
    with Line(server, who) as line:
        line.patch(path, offset, len(BODY) - offset)
        line.send(BODY[offset:])
        return line.answer().status


def fetched(server: Server, who: Asked, world: World) -> bytes:
    with Line(server, who) as line:
        line.ask("GET", f"/files/{world.all(StoredFile)[0].id}/download")
        return line.answer("GET").read()


def test_a_standard_client_uploads_and_the_file_comes_back(server: Server, world: World, who: Asked) -> None:
    client = TusClient(f"{server.url}/files/", headers=server.browser(who.cookie))
    uploader = client.uploader(
        file_stream=BytesIO(BODY),
        chunk_size=5 * MB,
        metadata={"task": str(who.task.id), "filename": "Relevé.pdf"},
    )
    uploader.upload()

    assert world.all(StoredFile)[0].name == "Relevé.pdf"
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()
    assert fetched(server, who, world) == BODY


def test_asvs_51_nothing_on_disk_shows_what_was_uploaded(server: Server, world: World, who: Asked) -> None:
    assert brought(server, who, f"/files/{begin(world, who, BODY)}") == 204

    canaries = [BODY[at : at + 48] for at in (0, MB, 5 * MB + 9, len(BODY) - 48)]
    files = [path for path in world.settings.data_dir.parent.rglob("*") if path.is_file()]
    assert len(files) > 12
    assert [path for path in files for canary in canaries if canary in path.read_bytes()] == []


def test_memory_does_not_grow_with_the_file(server: Server, world: World, who: Asked) -> None:
    world.change(world.firm, task_total_mb=400)
    assert brought(server, who, f"/files/{begin(world, who, BODY)}") == 204
    before = server.peak_memory()

    big = pdf(8 * MB) * 20
    with Line(server, who) as line:
        line.patch(f"/files/{begin(world, who, big)}", 0, len(big))
        line.send(big)
        assert line.answer().status == 204

    assert server.peak_memory() - before < 20 * MB


def test_1_10_and_10_1_the_largest_file_fills_the_task_over_a_line_that_breaks_and_comes_back(
    server: Server, world: World, who: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 MB to the byte, cut seven times and gone on with; up and down, memory stays within 20 MB of idle."""
    world.change(world.firm, task_total_mb=200)
    warm = asked(world, "Luc Gagnon")
    assert brought(server, warm, f"/files/{begin(world, warm, BODY)}") == 204
    assert fetched(server, warm, world) == BODY
    big = pdf(8 * MB) * 25
    assert len(big) == 200 * 1_048_576
    path, chance = f"/files/{begin(world, who, big)}", random.Random(7)
    idle = server.idle_memory()

    for cut in sorted(chance.sample(range(1, len(big)), 7)):
        with Line(server, who) as line:
            offset = offset_of(server, who, path)
            line.patch(path, offset, len(big) - offset)
            line.send(big[offset:cut])
        assert settled(server, who, path, cut) == cut
    with Line(server, who) as line:
        line.patch(path, cut, len(big) - cut)
        line.send(big[cut:])
        assert line.answer().status == 204
    stored = next(file for file in world.all(StoredFile) if file.size == len(big))
    assert digest(server, who, f"/files/{stored.id}/download") == hashlib.sha256(big).digest()

    peak = server.peak_memory()
    with capsys.disabled():
        print(f"\n200 MB: {idle / MB:.1f} MB idle, {peak / MB:.1f} MB at most")  # noqa: T201
    assert peak - idle < 20 * MB


def digest(server: Server, who: Asked, path: str) -> bytes:
    """SHA-256 of what is downloaded, a little at a time."""
    found = hashlib.sha256()
    with Line(server, who) as line:
        line.ask("GET", path)
        answer = line.answer("GET")
        while piece := answer.read(MB):
            found.update(piece)
    return found.digest()


def test_a_standard_client_with_checksums_uploads(server: Server, world: World, who: Asked) -> None:
    client = TusClient(f"{server.url}/files/", headers=server.browser(who.cookie))
    client.uploader(
        file_stream=BytesIO(BODY),
        chunk_size=MB,
        upload_checksum=True,
        metadata={"task": str(who.task.id), "filename": "a.pdf"},
    ).upload()
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()


def test_fault_1_kill_9_loses_at_most_the_open_parts_and_never_shows_half_a_file(
    server: Server, world: World, who: Asked
) -> None:
    """The server dies at random moments; the client goes on with HEAD each time, with a wrong SHA never."""
    path, chance = f"/files/{begin(world, who, BODY)}", random.Random(1)
    least = 0
    for _ in range(KILLS):
        least = max(least, _send_until_killed(server, who, path, chance))
        assert world.all(StoredFile) == []
        server.start()
        offset = offset_of(server, who, path)
        assert least <= offset < len(BODY)
        _rows_have_objects(world)
        least = offset

    assert brought(server, who, path, least) == 204
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()
    assert fetched(server, who, world) == BODY

    sweep_orphans(world.ports)
    assert set(world.ports.objects.keys()) == {part.object_key for part in world.all(FilePart)}


def _send_until_killed(server: Server, who: Asked, path: str, chance: random.Random) -> int:
    """Bring bytes a little at a time, never the last one; kill after a random number of them.

    Every other time the bytes are given the time to arrive: then all but the open part must be kept.
    Returns what must be there afterwards.
    """
    offset = offset_of(server, who, path)
    room = max(1, (len(BODY) - 1 - offset) // 2)
    count = chance.randint(0, min(room, 3 * MB))
    with Line(server, who) as line:
        line.patch(path, offset, len(BODY) - offset)
        for start in range(offset, offset + count, 10_000):
            line.send(BODY[start : min(start + 10_000, offset + count)])
        if kept := chance.choice([0, max(0, offset + count - MB)]):
            settled(server, who, path, kept)
        server.kill()
    return kept


def _rows_have_objects(world: World) -> None:
    stored = set(world.ports.objects.keys())
    parts = sorted(world.all(FilePart), key=lambda part: part.number)
    assert {part.object_key for part in parts} <= stored
    assert [part.offset for part in parts] == [sum(p.size for p in parts[:n]) for n in range(len(parts))]
    assert world.all(Upload)[0].received == sum(part.size for part in parts)


@pytest.mark.parametrize("sent", [1, MB, 5 * MB + 77])
def test_fault_3_every_byte_before_a_cut_is_kept_and_the_upload_goes_on(
    server: Server, world: World, who: Asked, sent: int
) -> None:
    path = f"/files/{begin(world, who, BODY)}"
    with Line(server, who) as line:
        line.patch(path, 0, len(BODY))
        line.send(BODY[:sent])

    assert settled(server, who, path, sent) == sent
    assert brought(server, who, path, sent) == 204
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()


def test_fault_3_a_dead_request_cannot_write_over_the_one_that_went_on(
    server: Server, world: World, who: Asked
) -> None:
    path = f"/files/{begin(world, who, BODY)}"
    with Line(server, who) as stale:
        stale.patch(path, 0, len(BODY))
        stale.send(BODY[: MB // 2])
        assert offset_of(server, who, path) == 0  # HEAD waits for nobody

        assert brought(server, who, path) == 204

        stale.send(BODY[MB // 2 :])
        assert stale.answer().status == 409
    assert fetched(server, who, world) == BODY


def test_fault_19_a_length_that_lies_completes_nothing(server: Server, world: World, who: Asked) -> None:
    path = f"/files/{begin(world, who, BODY)}"
    with Line(server, who) as longer:
        longer.patch(path, 0, len(BODY) + 1)
        longer.send(BODY)
        longer.send(b"x")
        assert longer.answer().status == 413

    with Line(server, who) as shorter:
        shorter.patch(path, 0, MB)
        shorter.send(BODY[:MB])
        answer = shorter.answer()
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(MB))
    assert world.all(StoredFile) == []


def test_sigterm_seals_what_arrived_answers_503_and_ends(server: Server, world: World, who: Asked) -> None:
    path = f"/files/{begin(world, who, BODY)}"
    ended: list[int] = []
    stopping = threading.Thread(target=lambda: ended.append(server.stop()))
    with Line(server, who) as line:
        line.patch(path, 0, len(BODY))
        line.send(BODY[: 2 * MB + 99])
        settled(server, who, path, MB)
        stopping.start()
        answer = line.answer()
    stopping.join()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert ended == [0]
    server.start()
    assert offset_of(server, who, path) == 2 * MB + 99


def test_fault_22_over_a_real_line_a_bad_part_breaks_the_download_off(
    server: Server, world: World, who: Asked
) -> None:
    path = f"/files/{begin(world, who, BODY)}"
    assert brought(server, who, path) == 204
    part = next(part for part in world.all(FilePart) if part.number == 7)
    stored = world.settings.data_dir / "files" / part.object_key
    stored.write_bytes(stored.read_bytes()[:-1])

    with Line(server, who) as line:
        line.ask("GET", f"/files/{world.all(StoredFile)[0].id}/download")
        answer = line.answer("GET")
        with pytest.raises(http.client.IncompleteRead) as broken:
            answer.read()

    assert answer.headers["Content-Length"] == str(len(BODY))
    assert broken.value.partial == BODY[: 7 * MB]
    assert world.all(StoredFile)[0].damaged_at is not None


def test_a_refused_file_answers_while_the_client_still_sends(
    server: Server, world: World, who: Asked
) -> None:
    body = b"MZ" + bytes(8 * MB)
    path = f"/files/{begin(world, who, body)}"
    with Line(server, who) as line:
        line.patch(path, 0, len(body))
        line.send(body)
        answer = line.answer()
        assert answer.status == 415
        assert b"Programs are refused" in answer.read()

    assert list(world.ports.objects.keys()) == []


def test_a_client_whose_session_ended_goes_on_with_the_uploads_own_address(
    server: Server, world: World, who: Asked
) -> None:
    client = TusClient(f"{server.url}/files/")
    uploader = client.uploader(file_stream=BytesIO(BODY), url=f"{server.url}/files/{begin(world, who, BODY)}")
    uploader.upload()
    assert world.all(StoredFile)[0].sha256 == hashlib.sha256(BODY).digest()

    nobody = client.uploader(
        file_stream=BytesIO(BODY), metadata={"task": str(who.task.id), "filename": "a.pdf"}
    )
    with pytest.raises((TusCommunicationError, TusUploadFailed)):
        nobody.upload()
