"""Lighthouse on a phone (figure 1)

Lighthouse as it comes (mobile: a Moto G Power on slow 4G, simulated) with Debian's Chromium, on the magic link's page, on
the checklist of a bound device, and on the same list as a plain HTML page, packed alike. Cold cache, interleaved, medians
of nine; how far apart the nine lay is said where a figure depends on it.

Each look has a Chromium of its own, with nothing but the device's cookie. In one that has shown the checklist before, the
next page of the portal gets the process in which the service worker lives, and Lighthouse starts its profiler there while
it loads: a task of 70 ms, 270 at a phone's speed, before the page is there, which was counted as the page's.

The magic link's page fetches the list's scripts ahead once it is painted, by threes. Blocked time is measured, four times
slower, on whatever else the machine does: look at the plain page's. Why the checklist blocks: React and Reflex take over
what the server has drawn; the list stands and takes ticks before that.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench import Row, ratio
from bench._cache import cache
from bench._phone import CHROMIUM, addresses
from scripts.export import npm_registry, tools
from scripts.with_services import free_port
from tests.browser.conftest import FLAGS

VERSION = "13.5.0"
RUNS = 9
SECONDS = 120
PAGES = {"magic link's page": 1.1, "checklist": 1.3}
"""How many times the plain page's largest paint each may take."""


@dataclass(frozen=True, slots=True)
class Report:
    """What Lighthouse says of one load: scores of 100, milliseconds, shifts."""

    performance: float
    accessibility: float
    lcp: float
    tbt: float
    cls: float


def lighthouse() -> Path:
    """Where its program is, after npm has put it into the cache."""
    folder = cache(f"lighthouse-{VERSION}")
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        npm = ["npm", "install", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(folder)]
        environment = tools() | {"NPM_CONFIG_REGISTRY": npm_registry()}
        subprocess.run([*npm, f"lighthouse@{VERSION}"], env=environment, check=True, capture_output=True)
    return program


def look(program: Path, url: str, port: int) -> Report:
    """One cold load in the Chromium behind `port`."""
    command = ["node", str(program), url, f"--port={port}", "--output=json", "--quiet", "--locale=fr"]
    command += ["--only-categories=performance,accessibility", "--no-enable-error-reporting"]
    said = subprocess.run(command, env=tools(), check=True, capture_output=True, timeout=SECONDS).stdout
    report: dict[str, Any] = json.loads(said)
    if report.get("runtimeError"):
        raise RuntimeError(report["runtimeError"]["message"])
    if report["finalDisplayedUrl"].partition("#")[0] != url:
        raise RuntimeError(f"{url} led to {report['finalDisplayedUrl']}")
    scores, audits = report["categories"], report["audits"]
    return Report(
        100 * scores["performance"]["score"],
        100 * scores["accessibility"]["score"],
        *(
            audits[name]["numericValue"]
            for name in ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
        ),
    )


def measure() -> list[Row]:
    """Nine rounds of the three pages in turn."""
    program = lighthouse()
    with sync_playwright() as browsers, tempfile.TemporaryDirectory(prefix="bench-lighthouse-") as folder:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with addresses(browser, Path(folder)) as at:
            browser.close()
            rounds = [
                tuple(_cold(browsers, program, url, at.stored) for url in (at.plain, at.link, at.checklist))
                for _round in range(RUNS)
            ]
    return list(_rows(rounds))


def _cold(browsers: Playwright, program: Path, url: str, stored: Any) -> Report:
    """A look in a Chromium that has seen nothing and keeps nothing but the device's cookie."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-profile-") as profile:
        fresh = browsers.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=[*FLAGS, "--lang=fr-CA", f"--remote-debugging-port={port}"],
        )
        fresh.add_cookies(stored["cookies"])
        try:
            return look(program, url, port)
        finally:
            fresh.close()


def _rows(rounds: list[tuple[Report, ...]]) -> Iterator[Row]:
    def median(page: int, what: str) -> float:
        return statistics.median(getattr(reports[page], what) for reports in rounds)

    least = median(0, "lcp")
    for page, (name, goal) in enumerate(PAGES.items(), start=1):
        lcp, tbt, cls = (median(page, what) for what in ("lcp", "tbt", "cls"))
        yield Row(
            f"{name}, largest paint",
            f"{lcp:.0f} ms, {ratio(lcp, least)}, {_between(rounds, page, 'lcp')}",
            f"plain HTML: {least:.0f} ms",
            f"≤ {goal}×",
            lcp <= goal * least,
        )
        for score in ("performance", "accessibility"):
            ours, plain = median(page, score), median(0, score)
            yield Row(f"{name}, {score}", f"{ours:.0f}", f"plain HTML: {plain:.0f}", "≥ 99", ours >= 99)
        yield Row(
            f"{name}, blocked (TBT)",
            f"{tbt:.0f} ms, {_between(rounds, page, 'tbt')}",
            f"plain HTML: {median(0, 'tbt'):.0f} ms",
            "≤ 50 ms",
            tbt <= 50,
        )
        yield Row(f"{name}, shifts (CLS)", f"{cls:.3f}", "", "≤ 0.01", cls <= 0.01)


def _between(rounds: list[tuple[Report, ...]], page: int, what: str) -> str:
    found = [getattr(reports[page], what) for reports in rounds]
    return f"{min(found):.0f} to {max(found):.0f}"
