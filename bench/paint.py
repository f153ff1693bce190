"""First paint on a phone (figures 1 and 2)

Largest contentful paint of the magic link's page and of the checklist, the time until its tasks stand, and until the server
has stored the tick of a person who ticks at that moment, against a plain HTML page of the same checklist (the checklist's
own first view without scripts). Chromium at 360 px, slow 4G (562 ms, 1.47 Mb/s) and a processor four times slower, cold
cache, interleaved, medians.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, sync_playwright

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
TICK = """
const tick = () => {
  const box = document.querySelector("#first .tick[aria-checked=false]:not([disabled])");
  box ? box.click() : requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
"""


@dataclass(frozen=True, slots=True)
class Paint:
    """One cold load, in milliseconds; shifts as Chromium counts them."""

    lcp: float
    cls: float
    tasks: float


@contextmanager
def on_a_phone(browser: Browser, stored: Any = None) -> Iterator[Page]:
    """A page of a browser that never saw the portal's, on a slow phone and line."""
    context = browse(browser, "phone", "fr", storage_state=stored)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page
    context.close()


def load(browser: Browser, url: str, stored: Any = None) -> Paint:
    """Open `url`, and watch until it is quiet."""
    with on_a_phone(browser, stored) as page:
        page.add_init_script(WATCH)
        page.goto(url, wait_until="networkidle")
        seen = page.evaluate("seen")
    return Paint(seen["lcp"], seen["cls"], seen["tasks"])


def tick(browser: Browser, url: str, stored: Any) -> float:
    """Open the checklist and tick what is to be ticked as soon as it stands; milliseconds from asking for the page until
    the server's answer is there. It is taken back afterwards."""

    def is_a_tick(request: Request) -> bool:
        return request.method == "POST" and request.url.endswith("/tick")

    with on_a_phone(browser, stored) as page:
        page.add_init_script(TICK)
        with page.expect_event("requestfinished", is_a_tick) as ticked, page.expect_request(url) as opened:
            page.goto(url)
        asked = ticked.value.timing
        took = asked["startTime"] + asked["responseStart"] - opened.value.timing["startTime"]
        where = ticked.value.url.removesuffix("/tick") + "/undo"
        undone = page.request.post(where, headers={"Origin": url.partition("/requests/")[0]})
        if not undone.ok:
            raise RuntimeError(f"the tick was not taken back: {undone.status}")
    return took


def measure() -> list[Row]:
    """Nine rounds of the three pages in turn, and of a tick."""
    with sync_playwright() as browsers, tempfile.TemporaryDirectory(prefix="bench-paint-") as folder:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with addresses(browser, Path(folder)) as at:
            rounds, ticks = [], []
            for _round in range(RUNS):
                plain, link = load(browser, at.plain), load(browser, at.link)
                rounds.append((plain, link, load(browser, at.checklist, at.stored)))
                ticks.append(tick(browser, at.checklist, at.stored))
        browser.close()
    return [*_rows(rounds), _stored(rounds, ticks)]


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


def _stored(rounds: list[tuple[Paint, Paint, Paint]], ticks: list[float]) -> Row:
    least, ours = statistics.median(plain.tasks for plain, *_others in rounds), statistics.median(ticks)
    return Row(
        "a tick made at once is stored",
        f"{ours:.0f} ms, {ratio(ours, least)}",
        f"plain HTML: {least:.0f} ms",
        "≤ 2.2×",
        ours <= 2.2 * least,
    )
