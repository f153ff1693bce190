"""A bucket that does not answer, answers late, or is full: nothing is lost, and nothing is said that is not so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from portal_app.adapters import s3_objects
from portal_app.adapters.s3_objects import S3Objects
from portal_app.domain.uploads import StorageAway
from portal_app.ports import NoRoom
from scripts.certificates import issued_context
from tests.files.buckets import bucket_settings, free_port, new_bucket

KEY = "parts/ab/0192ab/77"


@dataclass
class Scripted:
    """A store that answers what it is told, one item a call; it remembers what was asked."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def says(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers.append((status, headers, body))


def served(scripted: Scripted) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            scripted.asked.append((self.command, self.path, dict(self.headers)))
            status, headers, body = scripted.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_HEAD = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            return

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A scripted store, listening."""
    scripted = Scripted()
    server = served(scripted)
    scripted.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield scripted
    server.shutdown()
    server.server_close()


def error(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()


def test_fault_40_a_part_counts_once_the_store_has_confirmed_its_size_and_sum(scripted: Scripted) -> None:
    store = S3Objects(bucket_settings(scripted.url, "files"))
    scripted.says(200, ETag='"one"')
    scripted.says(200, ETag='"one"', Content_Length="6", Last_Modified="Mon, 02 Mar 2026 14:00:00 GMT")
    store.put(KEY, b"sealed")
    (verb, path, headers), looked = scripted.asked
    assert (verb, path) == ("PUT", f"/files/portal/files/{KEY}")
    assert (headers["if-none-match"], looked[0]) == ("*", "HEAD")
    assert {"x-amz-checksum-sha256", "x-amz-content-sha256"} <= set(headers)

    scripted.says(200, ETag='"one"')
    scripted.says(200, ETag='"one"', Content_Length="5", Last_Modified="Mon, 02 Mar 2026 14:00:00 GMT")
    with pytest.raises(StorageAway):
        store.put(KEY, b"sealed")


def test_fault_40_a_busy_store_is_asked_again_under_the_same_key(scripted: Scripted) -> None:
    scripted.says(503, error("SlowDown"))
    scripted.says(500, error("InternalError"))
    scripted.says(200, ETag='"one"')
    scripted.says(200, ETag='"one"', Content_Length="6", Last_Modified="Mon, 02 Mar 2026 14:00:00 GMT")

    S3Objects(bucket_settings(scripted.url, "files")).put(KEY, b"sealed")

    assert [verb for verb, _path, _headers in scripted.asked] == ["PUT", "PUT", "PUT", "HEAD"]
    assert len({path for _verb, path, _headers in scripted.asked}) == 1


@pytest.mark.parametrize(("there", "fault"), [(b"sealed", None), (b"others", FileExistsError)])
def test_fault_40_where_an_answer_was_lost_the_object_is_known_again(
    scripted: Scripted, there: bytes, fault: type[Exception] | None
) -> None:
    store = S3Objects(bucket_settings(scripted.url, "files"))
    scripted.says(412, error("PreconditionFailed"))
    scripted.says(200, there, Last_Modified="Mon, 02 Mar 2026 14:00:00 GMT", ETag='"one"')
    if fault is None:
        store.put(KEY, b"sealed")
    else:
        with pytest.raises(fault):
            store.put(KEY, b"sealed")


@pytest.mark.parametrize(
    ("status", "code"), [(507, "XMinioStorageFull"), (403, "QuotaExceeded"), (403, "StorageFull")]
)
def test_fault_40_a_full_bucket_is_no_room_and_is_not_asked_twice(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setattr(s3_objects, "RETRIES", 0)
    scripted.says(status, error(code))
    with pytest.raises(NoRoom):
        S3Objects(bucket_settings(scripted.url, "files")).put(KEY, b"sealed")
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("status", [403, 401])
def test_a_key_that_is_not_let_in_is_no_missing_file(scripted: Scripted, status: int) -> None:
    store = S3Objects(bucket_settings(scripted.url, "files"))
    for act in (store.get, store.delete, lambda key: store.put(key, b""), lambda key: list(store.keys(key))):
        scripted.answers = [(status, {}, error("AccessDenied"))] * 4
        with capture_logs() as logs, pytest.raises(StorageAway):
            act(KEY)
        assert [line["event"] for line in logs] == ["storage_away"]
        assert "AccessDenied" in logs[0]["answer"] or str(status) in logs[0]["answer"]


def test_a_bucket_that_is_not_there_is_no_missing_file(s3: str) -> None:
    store = S3Objects(bucket_settings(s3, "nobody-made-this-one"))
    for act in (store.get, store.delete, lambda key: store.put(key, b""), lambda key: list(store.keys(key))):
        with pytest.raises(StorageAway):
            act(KEY)
    assert not store.answers()


def test_a_store_that_nobody_serves_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_objects, "RETRIES", 0)
    store = S3Objects(bucket_settings(f"http://127.0.0.1:{free_port()}", "files"))
    for act in (store.get, store.delete, lambda key: store.put(key, b""), lambda key: list(store.keys(key))):
        with pytest.raises(StorageAway):
            act(KEY)
    assert not store.answers()


def test_15_4_a_store_is_believed_by_the_authority_that_is_set_and_no_other(
    scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_objects, "RETRIES", 0)
    context, certificate = issued_context(tmp_path)
    server = served(scripted)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"https://127.0.0.1:{server.server_port}"
    scripted.says(200, b"sealed", ETag='"one"', Last_Modified="Mon, 02 Mar 2026 14:00:00 GMT")
    try:
        assert S3Objects(bucket_settings(url, "files", s3_ca_file=certificate)).get(KEY) == b"sealed"
        with pytest.raises(StorageAway):
            S3Objects(bucket_settings(url, "files")).get(KEY)
    finally:
        server.shutdown()
        server.server_close()


def test_15_1_the_secret_comes_from_a_file_or_from_the_environment(
    scripted: Scripted, tmp_path: Path
) -> None:
    secret = tmp_path / "s3.secret"
    secret.write_text("from-the-file\n")
    signed = []
    for more in ({"s3_secret_file": secret}, {"s3_secret": SecretStr("from-the-file")}, {}):
        scripted.says(204)
        S3Objects(bucket_settings(scripted.url, "files", **more)).delete(KEY)
        signed.append(scripted.asked[-1][2]["authorization"].split("Credential=")[1].split("/")[0])
    assert signed == ["test"] * 3
    assert bucket_settings(scripted.url, "files", s3_secret_file=secret).s3_secret_read == "from-the-file"


def test_the_bucket_may_hold_other_things_than_the_portals(s3: str) -> None:
    bucket = new_bucket(s3)
    ours, others = (S3Objects(bucket_settings(s3, bucket, s3_prefix=prefix)) for prefix in ("ours", ""))
    others.put("parts/theirs", b"x")
    ours.put("parts/mine", b"x")
    assert (list(ours.keys()), sorted(others.keys())) == (
        ["parts/mine"],
        ["ours/parts/mine", "parts/theirs"],
    )
