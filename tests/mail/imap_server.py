"""A mailbox on this machine that speaks IMAP4rev1, as much of it as reading notices takes: where the world ends."""

from __future__ import annotations

import re
import shlex
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

USER, PASSWORD = "bounces@portal.example.com", "open sesame"


@dataclass
class Kept:
    """One message of a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Mailbox:
    """What the server holds, and the commands it heard; `hang_up_at` ends the line at a command."""

    folders: dict[str, list[Kept]] = field(default_factory=lambda: {"INBOX": []})
    heard: list[str] = field(default_factory=list)
    hang_up_at: str = ""
    tls: ssl.SSLContext | None = None

    def put(self, raw: bytes, folder: str = "INBOX") -> Kept:
        kept = Kept(uid=100 + sum(len(rows) for rows in self.folders.values()), raw=raw)
        self.folders[folder].append(kept)
        return kept


class _Talk(socketserver.StreamRequestHandler):
    server: Any

    def setup(self) -> None:
        if self.server.box.tls is not None:
            self.request = self.server.box.tls.wrap_socket(self.request, server_side=True)
        super().setup()
        self.folder: str | None = None
        self.is_in = False

    def handle(self) -> None:
        box: Mailbox = self.server.box
        self._say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            verb = re.match(r"(UID )?\w+", command.upper())
            name = verb[0] if verb else ""
            box.heard.append(name)
            if box.hang_up_at == name:
                return
            answer = getattr(self, "_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                self._say(f"{tag} BAD unknown")
            elif not self.is_in and name not in {"CAPABILITY", "LOGIN", "LOGOUT"}:
                self._say(f"{tag} NO sign in first")
            else:
                self._say(f"{tag} {answer(command[len(name) :].strip())}")
            if name == "LOGOUT":
                return

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def _rows(self) -> list[Kept]:
        rows: list[Kept] = self.server.box.folders[self.folder]
        return rows

    def _capability(self, _rest: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, rest: str) -> str:
        self.is_in = shlex.split(rest) == [USER, PASSWORD]
        return "OK in" if self.is_in else "NO [AUTHENTICATIONFAILED] wrong"

    def _select(self, rest: str) -> str:
        (name,) = shlex.split(rest)
        if name not in self.server.box.folders:
            return "NO no such folder"
        self.folder = name
        self._say(f"* {len(self._rows())} EXISTS")
        return "OK [READ-WRITE] selected"

    def _uid_search(self, rest: str) -> str:
        assert rest == "UNSEEN UNDELETED"
        found = [str(row.uid) for row in self._rows() if not row.flags & {"\\Seen", "\\Deleted"}]
        self._say(f"* SEARCH {' '.join(reversed(found))}".strip())
        return "OK found"

    def _uid_fetch(self, rest: str) -> str:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert asked
        for number, row in enumerate(self._rows(), 1):
            if row.uid == int(asked[1]):
                raw = row.raw[: int(asked[2])]
                self._say(f"* {number} FETCH (UID {row.uid} BODY[]<0> {{{len(raw)}}}".encode())
                self._say(raw + b")")
        return "OK fetched"

    def _uid_store(self, rest: str) -> str:
        asked = re.fullmatch(r"(\d+) \+FLAGS\.SILENT \(([^)]*)\)", rest)
        assert asked
        for row in self._rows():
            if row.uid == int(asked[1]):
                row.flags |= set(asked[2].split())
        return "OK stored"

    def _uid_copy(self, rest: str) -> str:
        uid, folder = shlex.split(rest)
        if folder not in self.server.box.folders:
            return "NO [TRYCREATE] no such folder"
        for row in [row for row in self._rows() if row.uid == int(uid)]:
            self.server.box.put(row.raw, folder)
        return "OK copied"

    def _expunge(self, _rest: str) -> str:
        self.server.box.folders[self.folder] = [row for row in self._rows() if "\\Deleted" not in row.flags]
        return "OK expunged"

    def _logout(self, _rest: str) -> str:
        self._say("* BYE")
        return "OK bye"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True
    box: Mailbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves in the middle is none of ours."""


@contextmanager
def served(box: Mailbox) -> Iterator[int]:
    """The port of a running server."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = box
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
