"""Serves the demo as a large firm does: two replicas and two workers behind HAProxy with TLS, on PostgreSQL and Redis.

`make cluster`. A replica that dies is started anew; SIGHUP to this process starts all of them anew, one after the other,
while the others serve (a rolling restart); SIGINT or SIGTERM ends all.
"""

import csv
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from sqlalchemy import create_engine, text

from portal_app.assets import ROOT
from scripts.certificates import server_context
from scripts.with_services import POSTGRES, REDIS, free_port, program

CONFIG = ROOT / "deploy" / "haproxy.cfg"
PATIENCE = 180.0
"""Seconds after which what does not answer counts as broken."""
LOOKS_EVERY = 0.1
DATABASE = "comptoir_cluster"


@dataclass
class Replica:
    """One process of the portal, with a port of its own: `web` serves, `worker` runs the timetable."""

    name: str
    environment: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.environment['PORT']}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, with all that it starts in a process group of its own."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal_app.serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it has loaded. Raises `RuntimeError` with the end of its log."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.is_running:
            try:
                httpx.get(f"http://{self.address}/readyz", timeout=PATIENCE)
            except httpx.TransportError:
                time.sleep(LOOKS_EVERY)
            else:
                return
        raise RuntimeError(f"{self.name} did not come up:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> None:
        """End it as an operator does, and wait until it has ended."""
        self._signal(signal.SIGTERM, everything=False)
        if self._process is not None:
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """As if the plug were pulled."""
        self._signal(signal.SIGKILL, everything=True)
        if self._process is not None:
            self._process.wait()

    def _signal(self, number: int, *, everything: bool) -> None:
        if self._process is None:
            return
        try:
            (os.killpg if everything else os.kill)(self._process.pid, number)
        except ProcessLookupError:
            return


@dataclass
class Cluster:
    """What runs, and where people reach it; `certificate` is what they must trust."""

    url: str
    plain_url: str
    certificate: Path
    replicas: list[Replica]
    asks: Path
    """The socket at which the balancer answers questions about itself."""
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def trust(self) -> ssl.SSLContext:
        """What takes its certificate."""
        return ssl.create_default_context(cafile=self.certificate)

    def role(self, role: str) -> list[Replica]:
        """The replicas of a role."""
        return [one for one in self.replicas if one.environment["PORTAL_ROLE"] == role]

    def busy(self) -> list[Replica]:
        """The replicas that have a request right now, by the balancer's own count; its looks at their health are none."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.asks))
            line.sendall(b"show stat\n")
            answer = line.makefile().read()
        rows = csv.DictReader(answer.lstrip("# ").splitlines())
        named = {row["svname"] for row in rows if row["pxname"] == "replicas" and int(row["scur"])}
        return [one for one in self.replicas if one.name in named]

    def restart(self) -> None:
        """One after the other, each loaded before the next one goes."""
        for replica in self.replicas:
            with self._turn:
                replica.stop()
                replica.start()
                replica.wait()

    def revive(self) -> list[str]:
        """Start what died anew; its names."""
        with self._turn:
            dead = [replica for replica in self.replicas if not replica.is_running]
            for replica in dead:
                replica.start()
            return [replica.name for replica in dead]


@contextmanager
def cluster(folder: Path, database: str, redis: str, *, https: int = 0, http: int = 0) -> Iterator[Cluster]:
    """Fill the demo in `database`, its files in `folder`, and serve it until the block ends. Ports of 0 are chosen."""
    balancer = program("haproxy", "haproxy")
    if not balancer:
        raise FileNotFoundError("HAProxy is missing: apt-get install haproxy")
    https, http = https or free_port(), http or free_port()
    # Reflex's script drops the port of an https page whose host is called localhost.
    url, certificate = f"https://127.0.0.1:{https}", _certificate(folder)
    common = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")} | {
        "PORTAL_DEMO": "true",
        "PORTAL_PUBLIC_URL": url,
        "PORTAL_TRUSTED_PROXY_HOPS": "1",
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_REDIS_URL": redis,
    }
    subprocess.run([sys.executable, "-m", "portal_app.cli", "demo"], cwd=ROOT, env=common, check=True)
    replicas = [
        Replica(
            f"{role}{n}", common | {"PORTAL_ROLE": role, "PORT": str(free_port())}, folder / f"{role}{n}.log"
        )
        for role in ("web", "worker")
        for n in (1, 2)
    ]
    running = Cluster(url, f"http://127.0.0.1:{http}", certificate, replicas, folder / "haproxy.sock")
    try:
        for replica in replicas:
            replica.start()
        for replica in replicas:
            replica.wait()
        with _balanced(balancer, running, folder):
            yield running
    finally:
        for replica in replicas:
            replica.stop()


@contextmanager
def _balanced(balancer: str, running: Cluster, folder: Path) -> Iterator[None]:
    """HAProxy before the replicas until the block ends; `asks` comes in a file of its own beside the operator's."""
    more = folder / "asks.cfg"
    more.write_text(f"global\n    stats socket {running.asks} mode 600 level user\n")
    first, second = running.role("web")
    settings = {
        "HTTPS_BIND": urlsplit(running.url).netloc,
        "HTTP_BIND": urlsplit(running.plain_url).netloc,
        "PUBLIC_URL": running.url,
        "CERTIFICATE": str(folder / "both.pem"),
        "WEB1": first.address,
        "WEB2": second.address,
    }
    with (folder / "haproxy.log").open("ab") as out:
        command = [balancer, "-db", "-f", str(CONFIG), "-f", str(more)]
        balancing = subprocess.Popen(command, env=os.environ | settings, stdout=out, stderr=out)
    try:
        _wait_for(running, balancing)
        yield
    finally:
        balancing.terminate()
        balancing.wait()


def _certificate(folder: Path) -> Path:
    """cert.pem, and both.pem as HAProxy reads it."""
    _context, certificate = server_context(folder)
    both = folder / "both.pem"
    both.touch(mode=0o600)
    both.write_bytes(certificate.read_bytes() + (folder / "key.pem").read_bytes())
    return certificate


def _wait_for(running: Cluster, balancing: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and balancing.poll() is None:
        try:
            if httpx.get(f"{running.url}/healthz", verify=running.trust).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(LOOKS_EVERY)
    raise RuntimeError(f"{running.url} does not answer; see the logs beside {running.certificate}")


def _database() -> str:
    """The demo's database, made when it is not there."""
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE}
        )
        if found.first() is None:
            connection.execute(text(f'CREATE DATABASE "{DATABASE}"'))
    admin.dispose()
    return f"{POSTGRES}/{DATABASE}"


def main() -> None:
    """Serve until told to stop."""
    folder = Path(
        os.environ.get("PORTAL_DATA_DIR") or tempfile.mkdtemp(prefix="comptoir-cluster-")
    ).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    over, anew = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    signal.signal(signal.SIGHUP, lambda *_: anew.set())
    https = int(os.environ.get("PORT") or 8443)
    with cluster(folder, _database(), REDIS, https=https) as running:
        roles = ", ".join(f"{replica.name} on {replica.address}" for replica in running.replicas)
        print(f"Comptoir: {running.url} ({roles}; logs in {folder})", flush=True)
        print(f"A rolling restart: kill -HUP {os.getpid()}", flush=True)
        while not over.wait(1):
            if anew.is_set():
                anew.clear()
                running.restart()
                print("Started anew, one after the other.", flush=True)
            for name in running.revive():
                print(f"{name} had died and was started anew.", flush=True)


if __name__ == "__main__":
    main()
