"""Our own sheets, icons and scripts under names that say their content, so browsers may keep them for ever."""

import hashlib
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "assets"
SITE = ROOT / "site"
"""Where the build puts what is served (scripts/build_site.py)."""
_IMPORT = re.compile(r'@import "(?P<name>[\w.-]+)";\n?')
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)


@cache
def content(name: str) -> bytes:
    """A file of `assets/` as it is served: a sheet is one file, without its `@import`s and comments."""
    path = SOURCE / name
    if path.suffix != ".css":
        return path.read_bytes()
    css = _IMPORT.sub(lambda match: content(match["name"]).decode(), path.read_text(encoding="utf-8"))
    return _COMMENT.sub("", css).encode()


@cache
def asset_url(name: str) -> str:
    """The address of a file of `assets/`: `client.css` -> `/assets/client-1f3a9c02.css`.

    The same for the build, which puts the file there, and for plain pages, which link it.
    Raises FileNotFoundError for a name that `assets/` does not hold.
    """
    stem, dot, suffix = name.rpartition(".")
    return f"/assets/{stem}-{hashlib.sha256(content(name)).hexdigest()[:8]}{dot}{suffix}"
