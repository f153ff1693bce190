"""A copy of this tree to measure in, which nobody edits meanwhile."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal_app.assets import ROOT

LEFT_OUT = (
    ".git",
    ".venv",
    ".web",
    ".web-*",
    "site",
    "site-*",
    "data",
    "test-results",
    "__pycache__",
    ".*_cache",
)


@contextmanager
def copied_tree() -> Iterator[Path]:
    """The copy, with this tree's `.venv`, without anything built; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="comptoir-copy-") as folder:
        copy = Path(folder) / "comptoir"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (copy / ".venv").symlink_to(ROOT / ".venv")
        yield copy
