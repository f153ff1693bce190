"""Plain HTTP over one line that stays open, so that what is timed is the server's."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Mapping
from pathlib import Path


class Line:
    """A browser's connection to a portal on this machine; closed with its block."""

    def __init__(self, port: int, cookie: str = "", timeout: float | None = 60) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._line.makefile("rb")
        self._fields = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
        if cookie:
            self._fields["Cookie"] = f"device={cookie}"

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._line.close()

    def ask(self, method: str, path: str, headers: Mapping[str, object], body: bytes = b"") -> None:
        """Send a request; its answer is read by `answer`."""
        fields = self._fields | {name: str(value) for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._line.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)

    def send_file(self, path: Path, start: int, count: int) -> None:
        """Send a part of a file from the kernel's memory: the sender needs no processor that the server could use."""
        with path.open("rb") as file:
            self._line.sendfile(file, start, count)

    def answer(self) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of the next answer that has a length."""
        status = int(self._answers.readline().split()[1])
        headers = http.client.parse_headers(self._answers)
        return status, headers, self._answers.read(int(headers.get("Content-Length", 0)))

    def tick(self, path: str, cookie: str) -> float:
        """Tick a task as the live page does; seconds until it is committed and answered. Raises `RuntimeError`."""
        kind = "application/x-www-form-urlencoded"
        fields = {"Accept": "application/json", "Content-Type": kind, "Content-Length": 0}
        started = time.perf_counter()
        self.ask("POST", path, fields | {"Cookie": f"device={cookie}"})
        status, _headers, body = self.answer()
        took = time.perf_counter() - started
        if status != 200:
            raise RuntimeError(f"a tick was answered with {status}: {body[:300]!r}")
        return took
