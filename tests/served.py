"""A whole portal as a process of its own, for tests that need a server: the demo, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from portal_app.assets import ROOT
from scripts.with_services import free_port

STARTS_WITHIN = 120  # seconds, on a machine that does much else


@contextmanager
def served_demo(data: Path, **settings: str) -> Iterator[str]:
    """Serve a demo filled into `data`; gives its address. `settings` are further PORTAL_* without the prefix.

    What it says goes to `served.log` in `data`. Raises RuntimeError with that when it does not come up.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment |= {"PORTAL_DEMO": "true", "PORT": str(port), "PORTAL_DATA_DIR": str(data)}
    environment |= {f"PORTAL_{name.upper()}": value for name, value in settings.items()}
    data.mkdir(parents=True, exist_ok=True)
    log = data / "served.log"
    with log.open("w") as said:
        subprocess.run(
            [sys.executable, "-m", "portal_app.cli", "demo"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=said,
            stderr=said,
        )
        command = [sys.executable, "-m", "portal_app.serve"]
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True
        )
    try:
        url = f"http://localhost:{port}"
        _wait_for(f"{url}/healthz", running, log)
        yield url
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=30)


def _wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"the portal did not come up:\n{log.read_text()}")
