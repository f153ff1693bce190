"""ClamAV's protocol: every byte goes, and only a verdict is one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_app.adapters import clamav
from portal_app.adapters.clamav import CHUNK, ClamAv
from portal_app.domain.uploads import MB
from portal_app.ports import ScannerAway, ScanTooLarge
from tests.adapters.clamd_server import EICAR, Clamd, clamd
from tests.files.tools import pdf


@pytest.fixture
def daemon() -> Iterator[Clamd]:
    with clamd() as server:
        yield server


def test_10_13_every_byte_is_looked_at_whatever_the_pieces(daemon: Clamd) -> None:
    pieces = [pdf(MB), b"", pdf(CHUNK), b"x"]
    assert ClamAv(daemon.url).scan(pieces) == ""
    assert daemon.scanned == [b"".join(pieces)]


def test_10_13_what_is_found_is_named_also_across_two_pieces(daemon: Clamd) -> None:
    assert ClamAv(daemon.url).scan([b"a" * CHUNK + EICAR[:20], EICAR[20:]]) == "Eicar-Signature"


@pytest.mark.parametrize(
    "said",
    [
        None,
        b"stream: OK",
        b"",
        b"\0",
        b"stream: OKAY\0",
        b"OK\0",
        b"stream: FOUND\0",
        b"UNKNOWN COMMAND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"Can't open file or directory ERROR\0",
        b"x" * 5000 + b"\0",
    ],
)
def test_asvs_47_what_is_no_verdict_is_none(daemon: Clamd, said: bytes | None) -> None:
    daemon.says = [said]
    with pytest.raises(ScannerAway):
        ClamAv(daemon.url).scan([b"abc"])


def test_fault_24_a_file_beyond_the_daemon_s_limit_is_said_to_be_so(daemon: Clamd) -> None:
    daemon.limit = MB
    with pytest.raises(ScanTooLarge, match="INSTREAM size limit exceeded"):
        ClamAv(daemon.url).scan(pdf(MB) for _ in range(200))


def test_asvs_47_what_was_looked_at_in_part_is_not_clean_nor_infected(daemon: Clamd) -> None:
    daemon.says = [b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"]
    with pytest.raises(ScanTooLarge):
        ClamAv(daemon.url).scan([b"abc"])


def test_fault_24_a_daemon_that_says_nothing_is_not_waited_for_without_end(
    daemon: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamav, "ANSWERS_WITHIN", 0.05)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(ScannerAway, match="timed out"):
        ClamAv(f"tcp://127.0.0.1:{silent.getsockname()[1]}").scan([b"abc"])


def test_fault_24_a_daemon_that_takes_nothing_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clamav, "TAKES_WITHIN", 0.05)
    full = socket.create_server(("127.0.0.1", 0))
    with full, pytest.raises(ScannerAway, match="takes nothing"):
        ClamAv(f"tcp://127.0.0.1:{full.getsockname()[1]}").scan(pdf(MB) for _ in range(40))


def test_fault_24_a_daemon_that_is_not_there_is_away() -> None:
    for url in ("unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:1"):
        assert not ClamAv(url).answers()
        with pytest.raises(ScannerAway):
            ClamAv(url).scan([b"abc"])


def test_whether_it_answers_is_asked(daemon: Clamd) -> None:
    assert ClamAv(daemon.url).answers()


def test_what_breaks_the_reading_off_is_passed_on(daemon: Clamd) -> None:
    def torn() -> Iterator[bytes]:
        yield b"abc"
        raise KeyError("the part")

    with pytest.raises(KeyError, match="the part"):
        ClamAv(daemon.url).scan(torn())
    assert ClamAv(daemon.url).scan([b"abc"]) == ""
    assert daemon.scanned == [b"abc"]


@pytest.mark.served
def test_10_13_the_real_daemon_finds_eicar_and_passes_what_is_clean(tmp_path: Path) -> None:
    """ClamAV's own clamd, with one signature of ours, so that nothing is downloaded."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(program).exists():
        pytest.skip("clamd is not installed (apt-get install clamav-daemon)")
    signatures, path = tmp_path / "signatures", tmp_path / "clamd.ctl"
    signatures.mkdir()
    (signatures / "eicar.ndb").write_text(f"Eicar-Signature:0:*:{EICAR.hex()}\n")
    settings = tmp_path / "clamd.conf"
    settings.write_text(
        f"LocalSocket {path}\nDatabaseDirectory {signatures}\nForeground yes\nStreamMaxLength 1M\n"
        f"MaxFileSize 1M\nAlertExceedsMax yes\nTemporaryDirectory {tmp_path}\n"
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen([program, "--config-file", str(settings)], **quiet)
    try:
        scanner = ClamAv(f"unix://{path}")
        while not scanner.answers():
            assert running.poll() is None, "clamd ended by itself"
            time.sleep(0.05)
        assert scanner.scan([pdf(MB // 2)]) == ""
        assert scanner.scan([EICAR[:9], EICAR[9:]]) == "Eicar-Signature.UNOFFICIAL"
        with pytest.raises(ScanTooLarge):
            scanner.scan(pdf(MB) for _ in range(40))
        assert scanner.scan([b"clean again"]) == ""
    finally:
        running.terminate()
        running.wait()
