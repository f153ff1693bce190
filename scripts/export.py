"""Runs Reflex's build for each language, the second beside the first.

Each language has a working folder of its own (`.web`, `.web-fr`); npm's packages are installed once,
by the first, and lent to the others, which start as soon as they are there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from scripts.stamp import ROOT

LANGUAGES = ("en", "fr")
INSTALLED = "[timing] Install Frontend Packages"
"""What Reflex says when npm is done."""
PACKAGES = "node_modules"
OF_ONE_LANGUAGE = (PACKAGES, "*.tmp", "build", "app_components", ".memo-manifest.json", ".react-router")
"""What of a workshop is not another's to start from."""


class ExportFailed(Exception):
    """Reflex did not build; the text is what it said."""


def workshop(language: str) -> Path:
    """The folder that Reflex builds a language in; the first one's is also what a running portal reads."""
    return ROOT / (".web" if language == LANGUAGES[0] else f".web-{language}")


def exported(language: str) -> Path:
    """Where Reflex leaves the documents and chunks of a language."""
    return workshop(language) / "build" / "client"


def tools() -> dict[str, str]:
    """The environment for Reflex and npm: Node is the one that lies beside this Python; no setting of a portal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {
        "REFLEX_USE_NPM": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
    }


def npm_registry() -> str:
    """The registry this machine's npm uses; Reflex would otherwise measure two of its own choice."""
    command = ["npm", "config", "get", "registry"]
    asked = subprocess.run(command, env=tools(), capture_output=True, text=True, check=False)
    return asked.stdout.strip().rstrip("/") or "https://registry.npmjs.org"


def export(language: str, registry: str, on_installed: Callable[[], None]) -> None:
    """Build one language. Raises `ExportFailed` with all that Reflex said."""
    environment = tools() | {
        "PORTAL_BUILD_LOCALE": language,
        "REFLEX_WEB_WORKDIR": workshop(language).name,
        "NPM_CONFIG_REGISTRY": registry,
    }
    shutil.rmtree(exported(language), ignore_errors=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "debug"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    said: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as running:
        for line in running.stdout or ():
            said.append(line)
            if INSTALLED in line:
                on_installed()
    if running.returncode or not (exported(language) / "pages.json").is_file():
        raise ExportFailed(f"reflex export failed for {language}:\n{''.join(said[-200:])}")


def lend_workshop(language: str) -> None:
    """Set a language's folder up like the first one's, with the same packages; Reflex finds nothing to install."""
    first, folder = workshop(LANGUAGES[0]), workshop(language)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(first, folder, ignore=shutil.ignore_patterns(*OF_ONE_LANGUAGE))
    (folder / PACKAGES).symlink_to(Path("..") / first.name / PACKAGES)


@contextmanager
def exports() -> Iterator[dict[str, Future[None]]]:
    """Every language's build, under way; ask each for its result."""
    registry, ready = npm_registry(), Event()
    first, *others = LANGUAGES

    def follow(language: str) -> None:
        ready.wait()
        if under_way[first].done() and under_way[first].exception():
            return
        lend_workshop(language)
        export(language, registry, on_installed=lambda: None)

    with ThreadPoolExecutor(len(LANGUAGES)) as pool:
        under_way = {first: pool.submit(export, first, registry, ready.set)}
        under_way[first].add_done_callback(lambda _done: ready.set())
        under_way |= {language: pool.submit(follow, language) for language in others}
        yield under_way
