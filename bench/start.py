"""Second start (figure 12)

From `make run` to the first answer of `/healthz` when everything is built and filled, against the backend of a bare
Reflex app alone (Granian, nothing compiled). Medians of five.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench import Row, ratio
from bench._bare import ENVIRONMENT, bare_app, export
from portal_app.assets import ROOT
from scripts.with_services import free_port

GOAL = 1.2
RUNS = 5


def seconds_to_answer(command: list[str], root: Path, environment: Mapping[str, str], url: str) -> float:
    """From the command to the first 200, then everything it started is stopped."""
    started = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, cwd=root, env=dict(environment), start_new_session=True, **quiet)
    try:
        while time.monotonic() - started < 180:
            try:
                with urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
                    if answer.status == 200:
                        return time.monotonic() - started
            except (URLError, ConnectionError):
                time.sleep(0.02)
        raise TimeoutError(url)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()


def bare_start(root: Path) -> float:
    """Seconds of the bare app's backend."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--factory"]
    command += ["--port", str(port), "bare.bare:app"]
    environment = ENVIRONMENT | {"__REFLEX_SKIP_COMPILE": "true", "REFLEX_ENV_MODE": "prod"}
    return seconds_to_answer(command, root, environment, f"http://127.0.0.1:{port}/ping")


def our_start(data: str) -> float:
    """Seconds of `make run`."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "PORTAL_DATA_DIR": data}
    return seconds_to_answer(["make", "run"], ROOT, environment, f"http://127.0.0.1:{port}/healthz")


def measure() -> list[Row]:
    """The first start of each is not counted: it builds and fills."""
    with bare_app() as root, tempfile.TemporaryDirectory(prefix="comptoir-data-") as data:
        export(root)
        runs = [(bare_start(root), our_start(data)) for _ in range(RUNS + 1)][1:]
    bare = statistics.median(pair[0] for pair in runs)
    ours = statistics.median(pair[1] for pair in runs)
    against = f"a bare app's backend: {bare:.2f} s"
    return [
        Row(
            "`make run` to `/healthz`",
            f"{ours:.2f} s, {ratio(ours, bare)}",
            against,
            f"≤ {GOAL}×",
            ours <= GOAL * bare,
        )
    ]
