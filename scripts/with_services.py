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
    deadline = time.monotonic() + 10
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


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of this run's own, trusting this machine."""
    initdb, pg_ctl = program("initdb", "postgresql"), program("pg_ctl", "postgresql")
    if not initdb or not pg_ctl:
        yield POSTGRES
        return
    with tempfile.TemporaryDirectory(prefix="comptoir-pg-", dir="/tmp") as folder:
        as_user, port = as_nobody(folder), free_port()
        quiet = {"stdout": subprocess.DEVNULL, "check": True, "cwd": folder}
        subprocess.run(
            [*as_user, initdb, "-D", f"{folder}/db", "-U", "postgres", "-A", "trust", "-N"], **quiet
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        control = [*as_user, pg_ctl, "-D", f"{folder}/db", "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], **quiet)
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "fast", "stop"], **quiet)


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
