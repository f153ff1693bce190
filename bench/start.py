"""Second start (figure 12)

From `make run` to the first answer when everything is built and filled, against the backend of a bare
Reflex app alone (Granian, nothing compiled). Medians of five. The port opens first and the portal loads behind it:
a page that is asked for meanwhile waits until it can be answered.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from bench import Row, ratio
from bench._bare import ENVIRONMENT, bare_app
from bench._tree import copied_tree
from scripts.with_services import answers, free_port

GOAL = 1.2
RUNS = 5


def seconds_to_answer(
    command: list[str], root: Path, environment: Mapping[str, str], *urls: str
) -> tuple[float, ...]:
    """From the command to the first 200 of each address in turn, then everything it started is stopped."""
    started = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, cwd=root, env=dict(environment), start_new_session=True, **quiet)
    try:
        return tuple(_first_answer(url, started) for url in urls)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
        while answers("127.0.0.1", urlsplit(urls[0]).port):  # what it started takes a moment longer
            time.sleep(0.05)


def _first_answer(url: str, started: float) -> float:
    while time.monotonic() - started < 180:
        try:
            with urlopen(url, timeout=60) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return time.monotonic() - started
        except (URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(url)


def bare_start(root: Path) -> float:
    """Seconds of the bare app's backend."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--factory"]
    command += ["--port", str(port), "bare.bare:app"]
    environment = ENVIRONMENT | {"__REFLEX_SKIP_COMPILE": "true", "REFLEX_ENV_MODE": "prod"}
    return seconds_to_answer(command, root, environment, f"http://127.0.0.1:{port}/ping")[0]


def our_start(root: Path, port: int) -> tuple[float, ...]:
    """Seconds of `make run` until it takes requests, and until all is loaded; its data is in the tree's own folder."""
    environment = os.environ | {"PORT": str(port)}
    urls = (f"http://127.0.0.1:{port}/healthz", f"http://127.0.0.1:{port}/readyz")
    return seconds_to_answer(["make", "run"], root, environment, *urls)


def measure() -> list[Row]:
    """The first start of each is not counted: it builds and fills."""
    port = free_port()  # one for all runs: the demo's e-mails name it
    with bare_app() as bare_root, copied_tree() as our_root:
        runs = [(bare_start(bare_root), our_start(our_root, port)) for _ in range(RUNS + 1)][1:]
    bare = statistics.median(run[0] for run in runs)
    first, ready = (statistics.median(run[1][which] for run in runs) for which in (0, 1))
    against = f"a bare app's backend: {bare:.2f} s"
    return [
        Row(
            "`make run` to `/healthz`",
            f"{first:.2f} s, {ratio(first, bare)}",
            against,
            f"≤ {GOAL}×",
            first <= GOAL * bare,
        ),
        Row(
            "`make run` to `/readyz`: database, storage, timetable",
            f"{ready:.2f} s, {ratio(ready, bare)}",
            against,
            "",
            None,
        ),
    ]
