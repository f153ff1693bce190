"""ClamAV's daemon, by its own protocol (10.13): INSTREAM over TCP or a local socket; nothing is written to disk."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from portal_app.ports import ScannerAway, ScanTooLarge

T = TypeVar("T")

CONNECTS_WITHIN: Final = 5.0
TAKES_WITHIN: Final = 30.0
"""Seconds for a chunk to be taken."""
ANSWERS_WITHIN: Final = 150.0
"""Seconds for the verdict; the daemon's own `MaxScanTime` is 120 where nobody sets another."""
CHUNK: Final = 256 << 10
LONGEST_ANSWER: Final = 1024
_FOUND: Final = re.compile(r"stream: (.{1,300}) FOUND", re.DOTALL)
_LIMITS: Final = "Heuristics.Limits.Exceeded"


class ClamAv:
    """The daemon at `url`: `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl`."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def scan(self, pieces: Iterable[bytes]) -> str:
        """What was found in these bytes, by the scanner's name for it; empty where nothing was.

        Raises `ScanTooLarge` where the daemon did not look at all of it, `ScannerAway` for anything but a verdict,
        and whatever `pieces` raises.
        """
        line = self._connected(TAKES_WITHIN)
        with line:
            is_taken = _told(line, b"zINSTREAM\0") and all(
                _told(line, struct.pack("!I", len(chunk)), chunk) for chunk in _chunks(pieces)
            )
            # Where the daemon has had enough it says why and hangs up, while we are still sending.
            if is_taken:
                _told(line, struct.pack("!I", 0))
            line.settimeout(ANSWERS_WITHIN)
            answer = _asked(lambda: _answer(line))
        return _verdict(answer, is_whole=is_taken)

    def answers(self) -> bool:
        """Whether the daemon answers now; five seconds at most."""
        try:
            with self._connected(CONNECTS_WITHIN) as line:
                line.sendall(b"zPING\0")
                return _answer(line) == "PONG"
        except (OSError, ScannerAway):
            return False

    def _connected(self, timeout: float) -> socket.socket:
        return _asked(lambda: self._connect(timeout))

    def _connect(self, timeout: float) -> socket.socket:
        if self._url.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(CONNECTS_WITHIN)
            try:
                line.connect(self._url.path)
            except OSError:
                line.close()
                raise
        else:
            line = socket.create_connection((self._url.hostname, self._url.port or 3310), CONNECTS_WITHIN)
        line.settimeout(timeout)
        return line


def _chunks(pieces: Iterable[bytes]) -> Iterable[memoryview]:
    """Never an empty one: that is the end."""
    for piece in pieces:
        whole = memoryview(piece)
        for start in range(0, len(whole), CHUNK):
            yield whole[start : start + CHUNK]


def _told(line: socket.socket, *said: bytes | memoryview) -> bool:
    """Send; False where the other side has hung up. A chunk that is not taken in time is no verdict."""
    try:
        for some in said:
            line.sendall(some)
    except TimeoutError as fault:
        raise ScannerAway("it takes nothing") from fault
    except OSError:
        return False
    return True


def _answer(line: socket.socket) -> str:
    """One answer, up to its NUL; what breaks off before is none."""
    said = b""
    while b"\0" not in said:
        some = line.recv(LONGEST_ANSWER)
        if not some or len(said) > LONGEST_ANSWER:
            raise ScannerAway("it hung up without a verdict")
        said += some
    return said.partition(b"\0")[0].decode("utf-8", "replace")


def _verdict(answer: str, *, is_whole: bool) -> str:
    found = _FOUND.fullmatch(answer)
    if answer.startswith("INSTREAM size limit exceeded") or (found and found[1].startswith(_LIMITS)):
        raise ScanTooLarge(answer)
    if found:
        return found[1]
    if answer != "stream: OK" or not is_whole:
        raise ScannerAway(answer[:200])
    return ""


def _asked(act: Callable[[], T]) -> T:
    try:
        return act()
    except OSError as fault:
        raise ScannerAway(str(fault) or type(fault).__name__) from fault
