"""Runs a command with PostgreSQL, Redis, `oathtool` and `clamd` at hand: what answers here, else throwaway servers.

`python -m scripts.with_services command …`. Debian's packages are installed when their programs are
missing and this may install them; what still does not answer is for the tests to report.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432")
REDIS = os.environ.get("PORTAL_TEST_REDIS", "redis://127.0.0.1:6379/15")


def answers(host: str | None, port: int | None) -> bool:
    """Whether something listens there."""
    try:
        socket.create_connection((host or "127.0.0.1", port or 0), timeout=2).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, package: str, *, installs: bool = True) -> str | None:
    """Where a program is, after installing its package where that can be done and `installs`."""

    def found() -> str | None:
        beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return str(beside[-1]) if beside else shutil.which(name)

    if installs and not found() and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"stdout": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        waits = ["-o", "DPkg::Lock::Timeout=300"]  # another may be installing something
        subprocess.run(
            ["apt-get", *waits, "install", "-y", "-qq", "--no-install-recommends", package], **quiet
        )
    return found()


def start_redis(server: str, port: int) -> "subprocess.Popen[bytes]":
    """A Redis without a file, once it answers."""
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    running = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not answers("127.0.0.1", port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return running


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of this run's own, without a file."""
    server = program("redis-server", "redis-server")
    if not server:
        yield REDIS
        return
    port = free_port()
    running = start_redis(server, port)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        running.terminate()
        running.wait()


def as_nobody(folder: str) -> list[str]:
    """What to put before a program that refuses to run as root."""
    if os.geteuid():
        return []
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@dataclass(frozen=True)
class OwnPostgres:
    """A PostgreSQL that can be stopped and started, with its data below `folder`."""

    folder: str
    port: int
    control: list[str]

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"

    def start(self, *, waits: bool = True) -> None:
        """Start it; it has started once it takes connections, which `waits` waits for."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("-o", options, "-w" if waits else "-W", "start")

    def stop(self) -> None:
        """End it and all its connections, where it runs."""
        if Path(self.folder, "db", "postmaster.pid").exists():
            self._run("-w", "-m", "fast", "stop")

    def _run(self, *arguments: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": self.folder}
        subprocess.run([*self.control, "-l", f"{self.folder}/log", *arguments], **quiet)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres | None]:
    """A PostgreSQL that trusts this machine, while the block runs; None where its programs are missing."""
    initdb, pg_ctl = program("initdb", "postgresql"), program("pg_ctl", "postgresql")
    if not initdb or not pg_ctl:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="comptoir-pg-", dir="/tmp") as folder:
        as_user = as_nobody(folder)
        subprocess.run(
            [*as_user, initdb, "-D", f"{folder}/db", "-U", "postgres", "-A", "trust", "-N"],
            stdout=subprocess.DEVNULL,
            check=True,
            cwd=folder,
        )
        server = OwnPostgres(folder, free_port(), [*as_user, pg_ctl, "-D", f"{folder}/db"])
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of this run's own, else of the usual one."""
    with own_postgres() as server:
        yield server.url if server else POSTGRES


def main() -> int:
    """Run the command of the command line; its status is ours."""
    wanted = {
        "PORTAL_TEST_POSTGRES": (POSTGRES, postgres),
        "PORTAL_TEST_REDIS": (REDIS, redis),
    }
    for name, package in (("oathtool", "oathtool"), ("clamd", "clamav-daemon")):
        program(name, package)
    with ExitStack() as stack:
        for name, (usual, own) in wanted.items():
            url = make_url(usual)
            os.environ[name] = usual if answers(url.host, url.port) else stack.enter_context(own())
        return subprocess.run(sys.argv[1:], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
