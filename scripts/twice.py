"""Runs pytest, then once more, one by one, what failed in it: `python -m scripts.twice ARGUMENTS`.

Servers, browsers and tests share two cores, and what only failed beside others passes alone. More than `FEW` failures
are no such thing and stay failures, as does whatever fails twice. What passed the second time is named at the end of
the output: it is to be mended, not forgotten (decision 0006).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FEW = 5


def run(arguments: list[str]) -> int:
    """pytest's status, 0 where what failed passed alone."""
    with tempfile.TemporaryDirectory(prefix="comptoir-failed-") as cache:
        pytest = [sys.executable, "-m", "pytest", *arguments, "-o", f"cache_dir={cache}"]
        status = subprocess.run(pytest, check=False).returncode
        if status != 1 or not (failed := _failed(Path(cache))) or len(failed) > FEW:
            return status
        print(f"\n{len(failed)} failed; trying alone:", *failed, sep="\n  ", flush=True)
        alone = ["-n", "0", "--last-failed", "--last-failed-no-failures", "none"]
        status = subprocess.run([*pytest, *alone], check=False).returncode
    if status == 0:
        print("Failed beside others, passed alone:", *failed, sep="\n  ", flush=True)
    return status


def _failed(cache: Path) -> list[str]:
    names = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(names.read_text())) if names.exists() else []


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
