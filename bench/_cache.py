"""Where programs that benchmarks compare with are kept between runs."""

import os
from pathlib import Path


def cache(name: str) -> Path:
    """A folder in the user's cache, made when it is not there."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "comptoir-bench" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
