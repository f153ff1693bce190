"""The uploader in a browser: pause, cancel, refusals, a lost network, a closed tab, dropping, several at once (10.1)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from portal_app.text import _, use_locale
from tests.browser.demo import NAMES, PATIENCE_MS, Mailbox, browse, claim, demo, link_in, live
from tests.trial.served import Served

expect.set_options(timeout=PATIENCE_MS)
pytestmark = [pytest.mark.browser, pytest.mark.served]

SLOW = 400_000  # bytes a second
LINKS = [("phone", "fr"), ("desk", "en")]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo firm whose links nobody has opened yet."""
    with demo(tmp_path_factory.mktemp("uploads")) as running:
        yield running


@pytest.fixture(scope="module", params=LINKS, ids="-".join)
def client(request: pytest.FixtureRequest, portal: Served, browser: Browser) -> Iterator[Client]:
    """A recipient who opened their link, in each language."""
    size, language = request.param
    hello = {"fr": "Bonjour", "en": "Hello"}[language]
    mails = [mail for mail in Mailbox(portal).all() if "/r/" in mail["text"] and hello in mail["text"]]
    context = browse(browser, size, language)
    page = context.new_page()
    claim(page, link_in(mails[0]), language)
    yield Client(context, page.url, language)
    context.close()


class Client:
    """Somebody with a checklist; each test opens it in a tab of its own."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language

    def word(self, english: str, **values: str) -> str:
        with use_locale(self.language):
            return _(english).format(**values)

    def open(self) -> Tab:
        page = self.context.new_page()
        page.goto(self.url)
        live(page)
        task = page.locator("li.task").filter(has=page.locator("input[type=file]")).first
        if task.locator("details").first.get_attribute("open") is None:
            task.locator("summary").first.click()
        return Tab(self, page, task)


class Tab:
    """The checklist in one tab, unfolded at a task that takes files."""

    def __init__(self, client: Client, page: Page, task: Locator) -> None:
        self.client, self.page, self.task = client, page, task
        self._tools = page.context.new_cdp_session(page)

    def choose(self, *files: Path) -> None:
        self.task.get_by_label(NAMES[self.client.language]["upload"], exact=True).set_input_files(list(files))

    def press(self, act: str, file: Path) -> None:
        """Press *Pause*, *Resume* or *Cancel* of one file, by its accessible name."""
        name = self.client.word("{act}: {name}", act=self.client.word(act), name=file.name)
        self.task.get_by_role("button", name=name, exact=True).click()

    def slow(self, bytes_a_second: int = SLOW) -> None:
        """Send no faster than this; -1 for as fast as it goes."""
        limits = {"latency": 5, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
        self._tools.send("Network.emulateNetworkConditions", {"offline": False, **limits})

    def row(self, file: Path) -> Locator:
        return self.task.locator("li.up", has_text=file.name)

    def receipt(self, file: Path) -> Locator:
        """The slip of a file, with the right sum."""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return self.task.locator("figure.slip", has_text=digest[:8])

    def has_begun(self, file: Path) -> None:
        expect(self.row(file).get_by_role("progressbar")).not_to_have_attribute("value", "0")


@pytest.fixture
def tab(client: Client) -> Iterator[Tab]:
    """A fresh tab; what it left unfinished is forgotten afterwards."""
    tab = client.open()
    yield tab
    for page in client.context.pages:
        page.evaluate("localStorage.clear()")
        page.close()


def made(folder: Path, name: str, size: int = 6_000_000) -> Path:
    """A PDF of its own."""
    path = folder / name
    path.write_bytes(b"%PDF-1.7\n" + name.encode() + bytes(size))
    return path


def test_several_files_at_once_and_each_has_its_receipt(tab: Tab, tmp_path: Path) -> None:
    files = [made(tmp_path, f"{tab.client.language}-{number}.pdf", 50_000) for number in range(5)]
    tab.choose(*files)
    for file in files:
        expect(tab.receipt(file)).to_be_visible()
    expect(tab.task.locator("li.up")).to_have_count(0)


def test_pause_holds_resume_goes_on_and_cancel_leaves_nothing(tab: Tab, tmp_path: Path) -> None:
    kept, dropped = made(tmp_path, "kept.pdf"), made(tmp_path, "dropped.pdf")
    tab.slow()
    tab.choose(kept, dropped)
    tab.has_begun(kept)
    tab.press("Pause", kept)
    expect(tab.row(kept)).to_have_class("file up held")
    tab.press("Cancel", dropped)
    expect(tab.row(dropped)).to_have_count(0)

    tab.slow(-1)
    with tab.page.expect_request(lambda asked: asked.method == "PATCH") as going_on:
        tab.press("Resume", kept)
    assert int(going_on.value.headers["upload-offset"]) > 0
    expect(tab.receipt(kept)).to_be_visible()
    expect(tab.task.get_by_text("dropped.pdf")).to_have_count(0)


def test_what_is_refused_says_why_in_the_persons_language(tab: Tab, tmp_path: Path) -> None:
    program, page, empty = tmp_path / "a.exe", tmp_path / "page.pdf", tmp_path / "empty.pdf"
    program.write_bytes(b"MZ" + bytes(100))
    page.write_bytes(b"<html>")
    empty.write_bytes(b"")
    tab.choose(program, page, empty)

    alerts = tab.task.get_by_role("alert")
    expect(alerts).to_have_count(3)
    for sentence in ("Programs are refused.", "Web pages are refused."):
        expect(alerts.filter(has_text=tab.client.word(sentence))).to_have_count(1)
    text = tab.client.word("{name} is empty. Choose another file.", name="empty.pdf")
    expect(alerts.filter(has_text=text)).to_have_count(1)


def test_a_lost_network_is_waited_out(tab: Tab, tmp_path: Path) -> None:
    file = made(tmp_path, "offline.pdf")
    tab.slow()
    tab.choose(file)
    tab.has_begun(file)
    tab.press("Pause", file)

    def cut(route: Route) -> None:
        route.abort("internetdisconnected")

    tab.page.route("**/files/**", cut)
    tab.slow(-1)
    tab.press("Resume", file)
    words = tab.client.word("Interrupted at {done} of {total}. It goes on by itself.", done="|", total="|")
    expect(tab.row(file)).to_contain_text(words.rpartition("|")[2])
    tab.page.unroute("**/files/**", cut)
    expect(tab.receipt(file)).to_be_visible()


def test_after_a_closed_tab_the_same_file_goes_on_where_it_stopped(tab: Tab, tmp_path: Path) -> None:
    file = made(tmp_path, "closed.pdf")
    tab.slow()
    tab.choose(file)
    tab.has_begun(file)
    tab.page.wait_for_function("() => +document.querySelector('li.up progress').value >= 30")
    tab.press("Pause", file)
    expect(tab.row(file)).to_have_class("file up held")
    tab.page.close()

    again = tab.client.open()
    expect(again.row(file)).to_have_class("file up held")
    expect(again.row(file)).to_contain_text(tab.client.word("Cancel"))
    with again.page.expect_request(lambda asked: asked.method == "PATCH") as going_on:
        again.choose(file)
    assert int(going_on.value.headers["upload-offset"]) > 1_000_000
    expect(again.receipt(file)).to_be_visible()
    expect(again.row(file)).to_have_count(0)


def test_files_can_be_dropped(tab: Tab, tmp_path: Path) -> None:
    file = made(tmp_path, "dropped-in.pdf", 5_000)
    given = {"name": file.name, "body": base64.b64encode(file.read_bytes()).decode()}
    dropped = tab.page.evaluate_handle(
        """({ name, body }) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], name));
            return data;
        }""",
        given,
    )
    place = tab.task.locator(".uploader")
    place.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(place).to_have_class("uploader over")
    place.dispatch_event("drop", {"dataTransfer": dropped})
    expect(tab.receipt(file)).to_be_visible()


def test_leaving_while_something_is_on_its_way_asks_first(tab: Tab, tmp_path: Path) -> None:
    file = made(tmp_path, "leaving.pdf")
    tab.slow()
    tab.choose(file)
    tab.has_begun(file)
    asked: list[str] = []
    tab.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with tab.page.expect_event("dialog"):
        tab.page.close(run_before_unload=True)
    expect(tab.row(file)).to_be_visible()
    assert asked == ["beforeunload"]
    tab.press("Cancel", file)
