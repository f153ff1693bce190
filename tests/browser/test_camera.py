"""Photos of pages from the phone's camera: put in order, turned, cut, then one PDF or receipts apart (10.9, 10.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal_app.adapters.clock import SystemClock
from portal_app.services.firm import firm_days
from portal_app.text import _, use_locale
from tests.browser.demo import live, until
from tests.browser.stage import Asked, Stage, opened
from tests.files.corpus import papers
from tests.files.photos import heic, jpeg

pytestmark = [pytest.mark.browser, pytest.mark.served]

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 30), (30, 30, 200)
TITLE = "Medical receipts"
SMALL = """() => [...document.querySelectorAll('.pages button, .pages label, .pages [role=slider]')]
  .filter(it => it.getBoundingClientRect().height < 44 || it.getBoundingClientRect().width < 44).map(it => it.outerHTML)"""


STORED = """() => new Promise((then, fail) => {
  const asked = indexedDB.open("portal-pages");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const count = asked.result.transaction("photos").objectStore("photos").count();
    count.onsuccess = () => { asked.result.close(); then(count.result); };
  };
})"""


class Phone:
    """A checklist unfolded at its first task, and the photos' dialog."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page, self.language = page, language
        self.task = page.locator("li.task").first
        self.dialog = page.get_by_role("dialog")
        self.pages = self.dialog.get_by_role("listitem")

    def word(self, english: str, **values: object) -> str:
        with use_locale(self.language):
            return _(english).format(**values)

    def shoot(self, *photos: bytes, name: str = "image.jpg") -> None:
        """Take these one after the other: the first from the task, the rest from the dialog."""
        for photo in photos:
            there = self.pages.count() if self.dialog.count() else 0
            where = self.dialog if self.dialog.count() else self.task
            given = {"name": name, "mimeType": "image/jpeg", "buffer": photo}
            where.locator("input[capture]").set_input_files([given])  # type: ignore[list-item]
            expect(self.pages).to_have_count(there + 1)

    def press(self, english: str, **values: object) -> None:
        self.dialog.get_by_role("button", name=self.word(english, **values), exact=True).press("Enter")

    def kept(self, count: int) -> None:
        """So many photos lie in the browser's own store; they are shown before."""
        until(self.page, f"async () => (await ({STORED})()) === {count}")

    def received(self, count: int) -> None:
        expect(self.task.locator("figure.slip")).to_have_count(count)

    def file(self, name: str) -> bytes:
        """What lies at the firm under this name."""
        href = self.task.get_by_role("link", name=name, exact=True).get_attribute("href")
        answer = self.page.request.get(re.sub(r"^(?=/)", self.page.url.split("/requests")[0], href or ""))
        assert answer.ok, answer.status
        return answer.body()


@contextmanager
def phone(
    stage: Stage, browser: Browser, asked: Asked, size: str = "phone", language: str = "en"
) -> Iterator[tuple[BrowserContext, Callable[[], Phone]]]:
    """A reader's browser, and how to open the list in it."""
    with stage.reader(browser, asked.cookie, size, language) as context:

        def opened() -> Phone:
            page = context.new_page()
            page.goto(asked.url)
            live(page)
            task = page.locator("li.task").first
            if task.locator("details").first.get_attribute("open") is None:
                task.locator("summary").first.click()
            return Phone(page, language)

        yield context, opened


def colours(pdf: bytes) -> list[tuple[str, tuple[int, int]]]:
    """Each page's strongest colour in its middle, and its size in points."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            middle = page.render(scale=0.25).to_pil().convert("RGB")
            colour = middle.getpixel((middle.width // 2, middle.height // 2))
            assert isinstance(colour, tuple)
            found.append(
                ("rgb"[colour.index(max(colour))], (round(page.get_width()), round(page.get_height())))
            )
    return found


def axe(page: Page) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(("size", "language"), [("phone", "fr"), ("desk", "en")])
def test_10_9_pages_are_put_in_order_turned_cut_and_sent_as_one_pdf(
    stage: Stage, browser: Browser, size: str, language: str
) -> None:
    asked = stage.asked((TITLE, "T4 slips"))
    with phone(stage, browser, asked, size, language) as (_context, came):
        it = came()
        it.shoot(jpeg(RED), jpeg(GREEN, orientation=6), jpeg(BLUE, (400, 400)))
        axe(it.page)
        assert it.page.evaluate(SMALL) == []

        it.press("Move page {n} up", n=2)
        expect(it.dialog.get_by_role("status")).to_have_text(it.word("Page {n} is now page {to}.", n=2, to=1))
        drag(it, 2, above=0)  # blue, green, red
        it.press("Turn page {n}", n=3)
        it.press("Crop page {n}", n=1)
        axe(it.page)
        top = it.dialog.get_by_role("slider", name=it.word("Top side"))
        for _step in range(5):
            top.press("PageDown")
        expect(top).to_have_attribute("aria-valuenow", "50")
        it.press("Crop")
        expect(it.dialog.get_by_role("button", name=it.word("Crop page {n}", n=1))).to_be_focused()
        it.press("Send as one PDF")
        expect(it.dialog).to_have_count(0)
        it.received(1)

        pages = colours(it.file(f"{stem(stage)} 1.pdf"))
    assert [colour for colour, _size in pages] == ["b", "g", "r"]
    assert [size for _colour, size in pages] == [(842, 421), (632, 842), (842, 632)]


def stem(stage: Stage) -> str:
    """What a photo's name begins with, on the firm's day."""
    return f"{TITLE} – {firm_days.today(stage.world.firm, SystemClock().now()).isoformat()} –"


def drag(it: Phone, number: int, *, above: int) -> None:
    """Take a page (0 is the first) by its grip and leave it above another."""
    grip = it.pages.nth(number).locator("h3 .tap").bounding_box()
    target = it.pages.nth(above).bounding_box()
    assert grip
    assert target
    it.page.mouse.move(grip["x"] + 20, grip["y"] + 20)
    it.page.mouse.down()
    it.page.mouse.move(grip["x"] + 20, target["y"] + 4, steps=6)
    it.page.mouse.up()


def test_10_9_receipts_stay_apart_as_they_were_taken_under_names_of_their_own(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked((TITLE, "T4 slips"))
    kept, turned, unseen = jpeg(RED), jpeg(GREEN), heic(BLUE)
    with phone(stage, browser, asked) as (_context, came):
        it = came()
        it.shoot(kept, turned)
        it.shoot(unseen, name="IMG_0007.HEIC")
        strange = "This browser cannot show this photo. It is sent as it is, in a file of its own."
        expect(it.pages.nth(2)).to_contain_text(it.word(strange))
        it.press("Turn page {n}", n=2)
        it.press("Send as separate receipts")
        it.received(3)

        assert it.file(f"{stem(stage)} 1.jpg") == kept
        with Image.open(BytesIO(it.file(f"{stem(stage)} 2.jpg"))) as picture:
            assert picture.size == (400, 300)
        assert it.file(f"{stem(stage)} 3.HEIC") == unseen


def test_10_9_dark_and_blurred_pages_are_told_in_words_and_sent_all_the_same(
    stage: Stage, browser: Browser
) -> None:
    """And where the browser draws only on the page: no worker."""
    asked = stage.asked((TITLE, "T4 slips"))
    sheet = Image.new("RGB", (1200, 1600), "#f5f3ee")
    for line in range(40):
        ImageDraw.Draw(sheet).text(
            (120, 100 + 35 * line), "Pharmacie 1 234,56 $ " * 4, "#222222", font_size=22
        )
    with phone(stage, browser, asked) as (context, came):
        context.add_init_script("delete window.OffscreenCanvas")
        it = came()
        it.shoot(jpeg(sheet), jpeg(sheet.point(lambda value: value // 6)))
        it.shoot(jpeg(sheet.filter(ImageFilter.GaussianBlur(9))))

        said = [
            it.word("This page looks dark. If it is hard to read, take it again in better light."),
            it.word("This page looks blurred. If it is hard to read, take it again, held still."),
        ]
        expect(it.pages.nth(1)).to_contain_text(said[0])
        expect(it.pages.nth(2)).to_contain_text(said[1])
        expect(it.pages.nth(0)).not_to_contain_text(re.compile("dark|blurred"))
        it.press("Send as one PDF")
        it.received(1)


def test_10_9_photos_wait_in_the_browser_and_what_was_removed_comes_back(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked((TITLE, "T4 slips"))
    with phone(stage, browser, asked) as (_context, came):
        first = came()
        first.shoot(jpeg(RED), jpeg(GREEN))
        first.kept(2)
        first.page.close()

        it = came()
        again = it.task.get_by_role("button", name=it.word("Photos not sent yet: {n}", n=2))
        again.click()
        expect(it.pages).to_have_count(2)
        it.press("Remove page {n}", n=1)
        expect(it.pages).to_have_count(1)
        it.press("Undo")
        expect(it.pages).to_have_count(2)
        it.press("Remove page {n}", n=2)
        it.press("Remove page {n}", n=1)
        expect(it.dialog).to_contain_text(it.word("No page yet. Add one."))
        it.press("Close; the photos stay here for a day")
        expect(again).to_have_count(0)


def test_10_9_where_the_browser_keeps_nothing_leaving_asks_first(stage: Stage, browser: Browser) -> None:
    asked = stage.asked((TITLE, "T4 slips"))
    with phone(stage, browser, asked) as (context, came):
        context.add_init_script("indexedDB.open = () => { throw new Error('private') }; ")
        it = came()
        it.shoot(jpeg(RED))
        it.press("Turn page {n}", n=1)
        with it.page.expect_event("dialog") as question:
            it.page.close(run_before_unload=True)
        assert question.value.type == "beforeunload"
        question.value.dismiss()
        expect(it.pages).to_have_count(1)


def test_10_9_what_was_on_its_way_when_the_page_ended_goes_on_by_itself(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked((TITLE, "T4 slips"))

    def cut(route: Any) -> None:
        if route.request.method == "PATCH":
            route.abort("internetdisconnected")
        else:
            route.fallback()

    with phone(stage, browser, asked) as (_context, came):
        first = came()
        first.page.route("**/files/**", cut)
        first.shoot(jpeg(RED), jpeg(GREEN))
        first.press("Send as one PDF")
        expect(first.task.locator("li.up")).to_contain_text("It goes on by itself.")
        first.page.close(run_before_unload=False)

        it = came()
        it.received(1)
        pages = colours(it.file(f"{stem(stage)} 1.pdf"))
        assert [colour for colour, _size in pages] == ["r", "g"]
        expect(it.task.get_by_role("button", name=re.compile("not sent"))).to_have_count(0)


def test_10_9_staff_see_heic_as_a_picture_every_page_of_a_pdf_or_why_not(
    stage: Stage, browser: Browser
) -> None:
    asked = stage.asked((TITLE, "T4 slips"))
    files = {"IMG_1.HEIC": heic(BLUE), "two.pdf": papers.paper(2), "cut.jpg": jpeg(RED)[:400]}
    with phone(stage, browser, asked) as (_context, phoned):
        it = phoned()
        given = [{"name": name, "mimeType": "", "buffer": body} for name, body in files.items()]
        it.task.get_by_label("Upload a file", exact=True).set_input_files(given)  # type: ignore[arg-type]
        it.received(3)
    with opened(stage, browser, f"/staff/work/{asked.request.work_item_id}") as desk:
        desk.get_by_role("button", name=TITLE, exact=True).click()
        dialog = desk.get_by_role("dialog", name=TITLE)
        for name, pages in {"IMG_1.HEIC": 1, "two.pdf": 2}.items():
            row = dialog.get_by_role("listitem").filter(has=desk.get_by_role("link", name=name))
            row.get_by_text("Look at it").click()
            seen = row.get_by_role("img", name=re.compile("Page"))
            for number in range(pages):
                seen.nth(number).scroll_into_view_if_needed()
                seen.nth(number).evaluate("one => one.decode()")  # rejects a broken one
            expect(seen).to_have_count(pages)
            row.get_by_text("Look at it").click()
        row = dialog.get_by_role("listitem").filter(has=desk.get_by_role("link", name="cut.jpg"))
        row.get_by_text("Look at it").click()
        expect(row).to_contain_text("There is no preview of this file. Download it to look at it.")
        axe(desk)
