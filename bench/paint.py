"""First paint on a phone (figures 1 and 2)

Largest contentful paint of the magic link's page and of the checklist, and the time until its tasks stand, against a
plain HTML page of the same checklist (the checklist's own first view without scripts). Chromium at 360 px, slow 4G
(562 ms, 1.47 Mb/s) and a processor four times slower, cold cache, interleaved, medians.
"""

import re
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench import Row, ratio
from tests.browser.conftest import FLAGS
from tests.browser.demo import Mailbox, browse, claim, demo, link_in

RUNS = 9
CHROMIUM = "/usr/bin/chromium"
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.47e6 * 0.9 / 8,
    "uploadThroughput": 675e3 * 0.9 / 8,
}
SLOWER = 4
CLIENTS = ("client11@mail.example", "client9@mail.example")
"""Two demo contacts with an unclaimed French link: one is claimed, the other's page is only looked at."""

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


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_said: Any) -> None:
        """Nothing."""


@contextmanager
def floor(html: str, folder: Path) -> Iterator[str]:
    """A plain page at an address of its own: the document without scripts, early loads and forms' targets."""
    plain = re.sub(r"<script.*?</script>|<link rel=\"modulepreload\"[^>]*>", "", html, flags=re.DOTALL)
    (folder / "index.html").write_text(plain, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        server.server_close()


def measure() -> list[Row]:
    """Nine rounds of the three pages in turn."""
    with sync_playwright() as browsers, tempfile.TemporaryDirectory(prefix="bench-paint-") as folder:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with demo(Path(folder) / "demo") as portal:
            context = browse(browser, "phone", "fr")
            page = context.new_page()
            mine, other = (link_in(Mailbox(portal).newest(address, page)) for address in CLIENTS)
            claim(page, mine, "fr")
            checklist, stored = page.url, context.storage_state()
            cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
            html = httpx.get(checklist, cookies=cookies, headers={"accept-language": "fr"}).text
            context.close()
            (Path(folder) / "plain").mkdir()
            with floor(html, Path(folder) / "plain") as plain:
                rounds = [
                    (load(browser, plain), load(browser, other), load(browser, checklist, stored))
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
