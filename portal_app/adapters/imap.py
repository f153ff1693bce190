"""The bounce mailbox by IMAP over TLS: unread messages, oldest first, each put away when it was taken."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from portal_app import faults
from portal_app.domain.bounces import LARGEST
from portal_app.settings import Settings

TIMEOUT = 30.0  # seconds for each answer of the server
MOST = 500
"""Messages of one visit; the rest waits for the next."""

log = structlog.get_logger(__name__)


class ImapMailbox:
    """The mailbox of the settings; `trust` says whose certificates count."""

    def __init__(self, settings: Settings, trust: ssl.SSLContext | None = None) -> None:
        url = urlsplit(settings.bounce_imap_url)
        self._host, self._is_tls = url.hostname or "", url.scheme == "imaps"
        self._port = url.port or (993 if self._is_tls else 143)
        self._user = unquote(url.username or "")
        self._password = settings.bounce_imap_password
        self._folder = unquote(url.path.strip("/")) or "INBOX"
        self._done = settings.bounce_imap_done
        self._trust = trust or ssl.create_default_context()

    def each(self, take: Callable[[bytes], None]) -> int:
        """Give `take` each unread message; what it took is marked as read and, with a folder for it, moved there."""
        taken = 0
        try:
            with self._opened() as line:
                for uid in self._unread(line)[:MOST]:
                    taken += self._given(line, uid, take)
                if taken and self._done:
                    line.expunge()
        except imaplib.IMAP4.error as fault:
            raise OSError(f"the bounce mailbox: {str(fault)[:200]}") from fault
        return taken

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        line: imaplib.IMAP4
        if self._is_tls:
            line = imaplib.IMAP4_SSL(self._host, self._port, ssl_context=self._trust, timeout=TIMEOUT)
        else:
            line = imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT)
        try:
            line.login(self._user, self._password.get_secret_value())
            _well(line.select(_quoted(self._folder)))
            yield line
        finally:
            try:
                line.logout()
            except (imaplib.IMAP4.error, OSError):
                with suppress(OSError):  # the library leaves a line open that broke at goodbye
                    line.shutdown()

    def _unread(self, line: imaplib.IMAP4) -> list[str]:
        found = _well(line.uid("SEARCH", "UNSEEN", "UNDELETED"))
        return sorted((found[0] or b"").decode("ascii").split(), key=int)

    def _given(self, line: imaplib.IMAP4, uid: str, take: Callable[[bytes], None]) -> bool:
        """Whether one message was taken. It is looked at without being marked, so a crash loses nothing."""
        answer = _well(line.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
        raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
        if raw is None:  # somebody else took it away meanwhile
            return False
        try:
            take(raw)
        except Exception as fault:  # noqa: BLE001 (one bad notice never holds up the others)
            log.error("bounce_not_taken", **faults.facts(fault))
            return False
        if self._done:
            _well(line.uid("COPY", uid, _quoted(self._done)))
        _well(line.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)" if self._done else r"(\Seen)"))
        return True


def _well(answer: tuple[str, list[Any]]) -> list[Any]:
    """What the server gave, where it said OK. Raises `IMAP4.error`."""
    said, given = answer
    if said != "OK":
        raise imaplib.IMAP4.error(f"{said} {given!r}")
    return given


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
