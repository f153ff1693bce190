"""Postfix's `smtp-sink` and `smtp-source`, out of Debian's package: unpacked beside the benchmarks, never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._cache import cache
from scripts.with_services import answers, free_port


def tools() -> Path | None:
    """The folder of what the package holds, None where it cannot be had."""
    folder = cache("postfix")
    if not (folder / "usr/sbin/smtp-sink").exists() and shutil.which("apt-get"):
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "download", "postfix"], **quiet)
        for package in folder.glob("postfix_*.deb"):
            subprocess.run(["dpkg", "-x", package, folder], **quiet)
            package.unlink()
    return folder if (folder / "usr/sbin/smtp-sink").exists() else None


def _command(folder: Path, name: str) -> tuple[str, dict[str, str]]:
    return str(folder / "usr/sbin" / name), os.environ | {"LD_LIBRARY_PATH": str(folder / "usr/lib/postfix")}


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """A server that takes every e-mail and forgets it; its port."""
    port = free_port()
    command, environment = _command(folder, "smtp-sink")
    user = [] if os.geteuid() else ["-u", "nobody"]
    running = subprocess.Popen([command, *user, f"127.0.0.1:{port}", "100"], env=environment)
    try:
        while not answers("127.0.0.1", port):
            if running.poll() is not None:
                raise RuntimeError("smtp-sink ended by itself")
        yield port
    finally:
        running.terminate()
        running.wait()


def source(folder: Path, port: int, count: int, length: int) -> None:
    """Hand so many e-mails of so many bytes over by one connection, as fast as it goes."""
    command, environment = _command(folder, "smtp-source")
    about = ["-d", "-s", "1", "-m", str(count), "-l", str(length)]
    subprocess.run([command, *about, f"127.0.0.1:{port}"], env=environment, check=True)
