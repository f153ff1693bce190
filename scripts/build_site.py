"""Builds both languages of the site from one source into one folder, unless nothing has changed.

Reflex builds each language (scripts/export.py); what it leaves is put together in a new folder that takes the
old one's place when it is whole. `python -m scripts.build_site [--force]`.
"""

import argparse
import fcntl
import gzip
import json
import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from portal_app.assets import SITE, SOURCE, asset_url, content
from scripts.export import ExportFailed, exported, exports
from scripts.site_documents import Document, documents
from scripts.stamp import LOCK, ROOT, site_stamp, source_digest

NEW, OLD = ROOT / "site-new", ROOT / "site-old"
PACKED = frozenset({".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".txt"})
_BAKED = re.compile(r"`(http|ws)://portal\.invalid(/[^`]*)`")


def settle_lock(packages: Path) -> None:
    """Write npm's list of packages in one order: Reflex and npm leave it in the order of their history."""
    listed = json.loads(packages.read_text(encoding="utf-8"))
    packages.write_text(json.dumps(listed, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def at_this_origin(code: str) -> str:
    """Let the one chunk that holds addresses take them from where the page came from (decision 0005)."""
    here = "(globalThis.location?globalThis.location.origin:`http://localhost`)"

    def turned(match: re.Match[str]) -> str:
        origin = f"{here}.replace(/^http/,`ws`)" if match[1] == "ws" else here
        return f"{origin}+`{match[2]}`"

    code, count = _BAKED.subn(turned, code)
    if not count:
        raise ValueError("reflex-env holds no baked address: read Reflex's env.json again.")
    return code


def take_assets(static: Path, target: Path) -> None:
    """Copy the chunks of one language beside the other's. Their names say their content: a clash is an error."""
    for path in sorted((static / "assets").iterdir()):
        content = path.read_bytes()
        if path.name.startswith("reflex-env-"):
            content = at_this_origin(content.decode()).encode()
        kept = target / path.name
        if kept.exists() and kept.read_bytes() != content:
            sys.exit(f"{path.name} differs between the languages under one name.")
        kept.write_bytes(content)


def take_language(language: str, target: Path) -> dict[str, Document]:
    """Put one exported language into the new site and pack it; gives its documents by route."""
    take_assets(exported(language), target / "assets")
    made = {document.route: document for document in documents(exported(language))}
    (target / language).mkdir()
    for document in made.values():
        (target / language / document.name).write_text(document.html, encoding="utf-8")
    pack_all(target)
    return made


def take_our_own(target: Path) -> None:
    """Copy `assets/`: sheets and scripts under names that say their content, the rest as it is called."""
    shutil.copytree(SOURCE, target / "public", ignore=shutil.ignore_patterns("external", "*.css", "*.js"))
    for path in (*SOURCE.glob("*.css"), *SOURCE.glob("*.js")):
        (target / asset_url(path.name).removeprefix("/")).write_bytes(content(path.name))


def pack_all(target: Path) -> None:
    """Pack what is not packed yet."""
    files = [path for path in target.rglob("*") if path.is_file() and path.suffix in PACKED]
    with ThreadPoolExecutor() as pool:
        list(pool.map(pack, [path for path in files if not path.with_name(path.name + ".gz").exists()]))


def pack(path: Path) -> None:
    """Put brotli and gzip beside a file where they are smaller."""
    content = path.read_bytes()
    for suffix, packed in (
        (".br", brotli.compress(content, quality=11)),
        (".gz", gzip.compress(content, compresslevel=9, mtime=0)),
    ):
        if len(packed) < len(content):
            path.with_name(path.name + suffix).write_bytes(packed)


def assemble(target: Path, sources: str) -> None:
    """Fill the new folder."""
    (target / "assets").mkdir(parents=True)
    by_language: dict[str, dict[str, Document]] = {}
    take_our_own(target)
    with exports() as under_way:
        for language, export in under_way.items():
            export.result()
            by_language[language] = take_language(language, target)
    settle_lock(ROOT / LOCK / "package.json")
    facts = {
        language: {route: document.facts() for route, document in made.items()}
        for language, made in by_language.items()
    }
    whole = {"stamp": site_stamp(sources), "languages": facts}
    (target / "documents.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")


def take_its_place(target: Path) -> None:
    """Let the whole new folder be the site."""
    if SITE.exists():
        SITE.rename(OLD)
    target.rename(SITE)
    shutil.rmtree(OLD, ignore_errors=True)


def built_stamp() -> str:
    """The number of the site that is there; empty when there is none."""
    try:
        return str(json.loads((SITE / "documents.json").read_text(encoding="utf-8"))["stamp"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def main() -> None:
    """Build when asked to or when something changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build though nothing has changed")
    forced = parser.parse_args().force
    lock_file = ROOT / ".stamps" / "build.lock"
    lock_file.parent.mkdir(exist_ok=True)
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = source_digest()
        if built_stamp() == site_stamp(sources) and not forced:
            return
        print("Building the site in English and French …", flush=True)
        started = time.monotonic()
        for rest in (NEW, OLD):  # of a build that was cut
            shutil.rmtree(rest, ignore_errors=True)
        try:
            assemble(NEW, sources)
        except ExportFailed as failure:
            sys.exit(str(failure))
        take_its_place(NEW)
        print(f"Built in {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
