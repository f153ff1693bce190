"""The file routes behind the real gate, or another app, served by Granian in a process that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.types import ASGIApp

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.http import downloads, health, uploads
from portal_app.http.draining import listening
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.settings import settings

GRANIAN = Path(sys.executable).with_name("granian")


LOOKS_EVERY = 0.05
"""Seconds between two looks; a look without a pause would take the core on which the server starts."""


def app() -> ASGIApp:
    """What is served; `PORTAL_*` in the environment says on which data."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with listening():
            yield

    plain = Starlette(routes=[*health.routes, *uploads.routes, *downloads.routes], lifespan=lifespan)
    return Gate(plain, sessions=SessionBook(bootstrap.ports()), settings=settings())


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One Granian process; `kill` is kill -9 of everything it started."""

    environment: dict[str, str]
    factory: str = "tests.files.served:app"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def browser(self, cookie: str) -> dict[str, str]:
        """The headers of a bound device's browser on this portal's own page."""
        return {"Cookie": f"device={cookie}", "Origin": self.url}

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [
            GRANIAN,
            "--interface",
            "asgi",
            "--factory",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--workers-kill-timeout", "30", "--log-level", "warning", self.factory]
        self.process = subprocess.Popen(
            command,
            env=os.environ | self.environment | {"PORT": str(self.port)},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """Ask it to stop, and wait; its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def peak_memory(self) -> int:
        """The most that any process of it held, ever or since `idle_memory`, in bytes."""
        return max(_memory(pid, "VmHWM") for pid in self._pids())

    def idle_memory(self) -> int:
        """What the process that holds most holds now, in bytes; its peak begins anew."""
        for pid in self._pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        return max(_memory(pid, "VmRSS") for pid in self._pids())

    def _pids(self) -> list[str]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [str(self.process.pid), *children]

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        while self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
                    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if b"200 OK" in line.recv(100):
                        return
            except OSError:
                pass
            time.sleep(LOOKS_EVERY)
        raise AssertionError("the server ended by itself")


def _memory(pid: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
