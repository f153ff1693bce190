"""A bucket to test against: moto's server speaks S3, in memory, and a line to it that can be cut and mended."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from portal_app.settings import Settings
from tests.conftest import absent


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """moto's server, as a process; its address."""
    if find_spec("moto") is None:
        absent("An S3 server", "moto[server] is not installed (make install-dev)")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # Two keys a page, so that a handful makes a listing go on.
    running = subprocess.Popen(command, env=os.environ | {"MOTO_S3_DEFAULT_MAX_KEYS": "2"}, **quiet)
    try:
        while running.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            time.sleep(0.05)
        else:
            absent("An S3 server", "moto's server ended by itself")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def new_bucket(url: str) -> str:
    """An empty bucket there; its name."""
    name = f"comptoir-{uuid4().hex}"
    line = http.client.HTTPConnection(url.partition("//")[2], timeout=30)
    line.request("PUT", f"/{name}")
    assert line.getresponse().status == 200
    line.close()
    return name


def bucket_settings(url: str, bucket: str, **more: Any) -> Settings:
    """Settings of a portal whose files lie there."""
    chosen: dict[str, Any] = {
        "demo": True,
        "s3_bucket": bucket,
        "s3_endpoint": url,
        "s3_prefix": "portal/files",
        "s3_key": "test",
        "s3_secret": SecretStr("test"),
    }
    return Settings(_env_file=None, **chosen | more)


@dataclass
class Line:
    """A TCP line to `target` that can be cut, as a network is, and mended at the same address."""

    target: tuple[str, int]
    port: int = field(default_factory=free_port)
    _listening: socket.socket | None = None
    cuts: list[int] = field(default_factory=list)
    """After how many bytes towards the target every connection breaks, each counted from the one before."""
    _open: list[socket.socket] = field(default_factory=list)
    _passed: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Take connections, from now on."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """Refuse new connections, and end those that are open."""
        if self._listening is not None:
            _end(self._listening)
            self._listening = None
        while self._open:
            _end(self._open.pop())

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listening.accept()
                far = socket.create_connection(self.target)
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    counts = one is near
                    threading.Thread(
                        target=self._pass_on, args=(one, other), kwargs={"counts": counts}, daemon=True
                    ).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, *, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while some := one.recv(1 << 16):
                other.sendall(some)
                if counts:
                    self._count(len(some))
        _end(other)

    def _count(self, size: int) -> None:
        self._passed += size
        if self.cuts and self._passed >= self.cuts[0]:
            del self.cuts[0]
            self._passed = 0
            while self._open:
                _end(self._open.pop())


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
