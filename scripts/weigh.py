"""What each page weighs: the scripts and sheets of its first load, packed by brotli as they are sent.

`python -m scripts.weigh` prints a line a page; tests/build holds the client pages to their limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli

from portal_app.assets import SITE
from portal_app.http.site import documents

_CHUNK = re.compile(r"""["'`](/assets/[^"'`]+\.js)["'`]""")
_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([^"'`]+\.js)["'`]""")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_SHEET = re.compile(
    r'<link[^>]*rel="stylesheet"[^>]*href="(/[^"]+)"|<link[^>]*href="(/[^"]+)"[^>]*rel="stylesheet"'
)


@dataclass(frozen=True, slots=True)
class Weight:
    """One page in one language, in bytes with brotli."""

    language: str
    route: str
    audience: str
    chunks: frozenset[str]
    scripts: int
    sheets: int
    before_content: int
    """What has to come before anything shows: sheets in the document and linked from it; scripts never block."""

    @property
    def total(self) -> int:
        """Scripts and sheets."""
        return self.scripts + self.sheets


def wire_size(name: str, site: Path) -> int:
    """Bytes on the wire of one chunk or sheet, as the build packed it."""
    path = site / name.removeprefix("/")
    beside = path.with_name(path.name + ".br")
    return (beside if beside.exists() else path).stat().st_size


def chunks_of(html: str, site: Path = SITE) -> frozenset[str]:
    """Every chunk that a document loads at once: those it names, and what they import in turn."""
    found: set[str] = set()
    waiting = _CHUNK.findall(html)
    while waiting:
        chunk = waiting.pop()
        if chunk not in found:
            found.add(chunk)
            code = (site / chunk.removeprefix("/")).read_text(encoding="utf-8")
            waiting += [f"/assets/{name}" for name in _IMPORT.findall(code)]
    return frozenset(found)


def weights(site: Path = SITE) -> Iterator[Weight]:
    """Every page of the built site."""
    for language, route, page in documents(site):
        html = (site / language / page["file"]).read_text(encoding="utf-8")
        chunks = chunks_of(html, site)
        linked = [first or second for first, second in _SHEET.findall(html)]
        sheets = sum(len(brotli.compress(style.encode())) for style in _STYLE.findall(html))
        sheets += sum(wire_size(name, site) for name in linked)
        scripts = sum(wire_size(name, site) for name in chunks)
        yield Weight(language, route, page["audience"], chunks, scripts, sheets, sheets)


def main() -> None:
    """Print the table."""
    for page in weights():
        print(
            f"{page.language} {page.audience:6} {page.route:24} {page.scripts / 1000:6.1f} KB scripts"
            f" {page.sheets / 1000:5.1f} KB sheets {page.total / 1000:6.1f} KB in all"
        )


if __name__ == "__main__":
    main()
