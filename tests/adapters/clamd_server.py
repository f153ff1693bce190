"""A small server that speaks clamd's protocol, as its manual has it; it knows one virus, the harmless EICAR."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """`limit` is its StreamMaxLength; `says` takes the place of a verdict, and None hangs up instead."""

    port: int = 0
    limit: int = 25 << 20
    says: list[bytes | None] = field(default_factory=list)
    scanned: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def talk(self, line: socket.socket) -> None:
        """One conversation."""
        command = b""
        while not command.endswith(b"\0"):
            command += line.recv(1)
        if command == b"zPING\0":
            line.sendall(b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", _exactly(line, 4))[0]:
            if len(body) + size > self.limit:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            body += _exactly(line, size)
        self.scanned.append(body)
        said = self.says.pop(0) if self.says else b"stream: OK\0"
        if said == b"stream: OK\0" and EICAR in body:
            said = b"stream: Eicar-Signature FOUND\0"
        if said is not None:
            line.sendall(said)


@contextmanager
def clamd() -> Iterator[Clamd]:
    """It, listening."""
    server = Clamd()
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]
    threading.Thread(target=_serve, args=(server, listening), daemon=True).start()
    yield server
    with suppress(OSError):
        listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def _serve(server: Clamd, listening: socket.socket) -> None:
    with suppress(OSError):
        while True:
            line, _address = listening.accept()
            with line, suppress(OSError, EOFError):
                server.talk(line)


def _exactly(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        some = line.recv(size - len(got))
        if not some:
            raise EOFError
        got += some
    return got
