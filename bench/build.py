"""First build (figure 13)

From no `.web` and no site to both languages on disk, against `reflex export` of a bare app of one page and one
language. npm's cache is warm for both.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from bench import Row, ratio
from bench._bare import bare_app, export
from bench._tree import copied_tree

GOAL = 1.5


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def build_ours() -> float:
    """Seconds for both languages, in a copy of this tree."""
    with copied_tree() as copy:
        command = [sys.executable, "-m", "scripts.build_site"]
        return timed(lambda: subprocess.run(command, cwd=copy, check=True, capture_output=True))


def measure() -> list[Row]:
    """One run of each, the bare one first."""
    with bare_app() as root:
        bare = timed(lambda: export(root))
    ours = build_ours()
    return [
        Row(
            "both languages, built and packed",
            f"{ours:.1f} s, {ratio(ours, bare)}",
            f"a bare app: {bare:.1f} s",
            f"≤ {GOAL}×",
            ours <= GOAL * bare,
        )
    ]
