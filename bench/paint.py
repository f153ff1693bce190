"""First paint on a phone (figures 1 and 2)

Largest contentful paint of the magic link's page and of the checklist, and the time until its tasks stand, against a
plain HTML page of the same checklist (the checklist's own first view without scripts). Chromium at 360 px, slow 4G
(562 ms, 1.47 Mb/s) and a processor four times slower, cold cache, interleaved, medians.
"""

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench import Row, ratio
from bench._phone import CHROMIUM, addresses
from tests.browser.conftest import FLAGS
from tests.browser.demo import browse

RUNS = 9
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.47e6 * 0.9 / 8,
    "uploadThroughput": 675e3 * 0.9 / 8,
}
SLOWER = 4

WATCH = """
window.seen = {lcp: 0, cls: 0, tasks: 0};
new PerformanceObserver(list => { for (const entry of list.getEntries()) seen.lcp = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.cls += entry.value; })
  .observe({type: "layout-shift", buffered: true});
const look = () => {
  if (!seen.tasks && document.querySelectorAll(".task").length) seen.tasks = performance.now();
  if (!seen.tasks) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass(frozen=True, slots=True)
class Paint:
    """One cold load, in milliseconds; shifts as Chromium counts them."""

    lcp: float
    cls: float
    tasks: float


def load(browser: Browser, url: str, stored: Any = None) -> Paint:
    """Open `url` in a browser that never saw it, and watch until it is quiet."""
    context = browse(browser, "phone", "fr", storage_state=stored)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(url, wait_until="networkidle")
    seen = page.evaluate("seen")
    context.close()
    return Paint(seen["lcp"], seen["cls"], seen["tasks"])


def measure() -> list[Row]:
    """Nine rounds of the three pages in turn."""
    with sync_playwright() as browsers, tempfile.TemporaryDirectory(prefix="bench-paint-") as folder:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with addresses(browser, Path(folder)) as at:
            rounds = [
                (load(browser, at.plain), load(browser, at.link), load(browser, at.checklist, at.stored))
                for _ in range(RUNS)
            ]
        browser.close()
    return list(_rows(rounds))


def _rows(rounds: list[tuple[Paint, Paint, Paint]]) -> Iterator[Row]:
    def median(page: int, what: str) -> float:
        return statistics.median(getattr(paints[page], what) for paints in rounds)

    least = median(0, "lcp")
    for page, name, goal in ((1, "magic link's page", 1.1), (2, "checklist", 1.3)):
        ours = median(page, "lcp")
        against = f"plain HTML: {least:.0f} ms"
        yield Row(
            f"{name}, largest paint",
            f"{ours:.0f} ms, {ratio(ours, least)}",
            against,
            f"≤ {goal}×",
            ours <= goal * least,
        )
        shifts = median(page, "cls")
        yield Row(f"{name}, shifts (CLS)", f"{shifts:.3f}", "", "≤ 0.01", shifts <= 0.01)
    ours, least = median(2, "tasks"), median(0, "tasks")
    yield Row(
        "tasks stand",
        f"{ours:.0f} ms, {ratio(ours, least)}",
        f"plain HTML: {least:.0f} ms",
        "≤ 1.3×",
        ours <= 1.3 * least,
    )
