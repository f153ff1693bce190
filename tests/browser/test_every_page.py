"""Every page of the portal, opened in its states by whoever may, large and small, light and dark: axe finds nothing (12.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from portal_app import routes
from portal_app.text import LANGUAGES
from tests.browser.demo import live
from tests.browser.sights import (
    ASKS,
    SERVED,
    SIGHTS,
    Gallery,
    Press,
    Sight,
    choose_row,
    cut_off,
    gallery,
    names,
    open_table,
)

pytestmark = [pytest.mark.browser, pytest.mark.served]

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe*.js")).read_text(encoding="utf-8")
FIND = """async () => {
  const over = document.querySelector('dialog[open], [popover]:popover-open');
  const said = await axe.run(over || document, {resultTypes: ['violations'], runOnly: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});
  return said.violations.map(rule => [rule.id, ...rule.nodes.slice(0, 3).map(node => node.html.slice(0, 240))]);
}"""
SIZES = {"desk": (1440, 900, "light"), "phone": (360, 740, "dark")}
WIDTHS = (1440, 1024, 768, 360, 320)
"""320 px is a desktop's window of 1280 px at 400 %."""
MOVES = """() => [...document.querySelectorAll('body *')].filter(it => ['', '::before', '::after'].some(part => {
  const style = getComputedStyle(it, part), long = times => times.split(',').some(time => parseFloat(time) > 0.001);
  return (style.animationName !== 'none' && long(style.animationDuration))
    || (style.transitionProperty !== 'none' && long(style.transitionDuration));
}) && !it.matches(".notice-text")).map(it => it.outerHTML.slice(0, 120))"""
"""What would move for somebody who asked for less motion."""
GROUND = "(it, part) => getComputedStyle(it, part).backgroundColor"
PAINTED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
  () => Promise.allSettled(document.getAnimations().map(it => it.finished)).then(done))))"""
OVER = "dialog[open], [popover]:popover-open"


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with gallery(tmp_path_factory.mktemp("gallery"), browser) as running:
        yield running


@pytest.fixture
def page(shown: Gallery, sight: Sight) -> Iterator[Page]:
    """The page, as it stands once everything is there."""
    page = shown.page(sight)
    answer = page.goto(shown.url(sight))
    assert answer is not None
    assert answer.status == 200
    if sight not in SERVED:
        live(page)
    settle(page)
    yield page
    page.context.set_offline(False)
    page.close()


def settle(page: Page) -> None:
    expect(page.locator(".bone, [aria-busy='true'], #first")).to_have_count(0)
    expect(page.locator("h1").first).to_be_attached()


def arrived(page: Page, sight: Sight) -> None:
    """Where what was pressed leads."""
    way = re.escape(sight.route).replace(re.escape("[id]"), "[^/]+")
    page.wait_for_url(re.compile(rf"^https?://[^/]+{way}([?#]|$)"))


def press(page: Page, what: Press, language: str = "en") -> None:
    """Do what one of `Sight.press` says, within the dialog or menu that is open."""
    if callable(what):
        what(page)
        return
    within = page.locator(OVER) if page.locator(OVER).count() else page.locator("body")
    called = "|".join(re.escape(name) for name in names(what, language))
    whole, part = (
        within.get_by_role("button", name=re.compile(sought)).locator("visible=true")
        for sought in (f"^({called})$", called)
    )
    expect(part.first).to_be_visible()
    (whole if whole.count() else part).first.click()


def look(page: Page, size: str) -> list[object]:
    """What axe says against the page, or against what lies over it."""
    width, height, scheme = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.evaluate(PAINTED)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    return [(size, *found) for found in page.evaluate(FIND)]


def too_wide(page: Page) -> list[int]:
    """The widths at which one would have to scroll sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


BESIDE = (open_table, ASKS, choose_row)
"""What opens in the page rather than over it."""
SPILLS = """() => [...document.querySelectorAll('dialog[open], dialog[open] *')]
  .filter(it => it.scrollWidth > it.clientWidth + 1 && /auto|scroll|hidden/.test(getComputedStyle(it).overflowX) && it.clientWidth > 40)
  .filter(it => !it.matches('.scroll, input, textarea, select, .vh')).map(it => it.outerHTML.slice(0, 120))"""
"""What of a dialog is wider than the dialog."""
CRAMPED = """() => {
  const over = document.querySelector('dialog[open]'), found = [];
  if (!over) return found;
  const edge = over.getBoundingClientRect(), words = document.createTreeWalker(over, NodeFilter.SHOW_TEXT);
  for (let it; (it = words.nextNode()); ) {
    if (!it.data.trim() || it.parentElement.closest('.vh, .notice, select, textarea')) continue;
    const range = document.createRange();
    range.selectNodeContents(it);
    if ([...range.getClientRects()].some(box => box.width > 1 && (box.left < edge.left + 10 || box.right > edge.right - 10)))
      found.push(it.data.slice(0, 60));
  }
  return found;
}"""
"""Words of a dialog that touch its edge."""
ALL = [sight for sight in SIGHTS if not sight.over]
OPENED = [replace(sight, language=language) for sight in SIGHTS if sight.over for language in LANGUAGES]


@pytest.mark.parametrize("sight", ALL, ids=str)
def test_12_2_axe_finds_nothing_on_any_page_in_any_state(page: Page, sight: Sight) -> None:
    for what in sight.press:
        press(page, what, sight.language)
    arrived(page, sight)
    settle(page)
    assert page.evaluate(MOVES) == []
    assert too_wide(page) == []
    assert [fault for size in SIZES for fault in look(page, size)] == []


@pytest.mark.parametrize("sight", OPENED, ids=lambda sight: f"{sight}-{sight.language}")
def test_12_2_axe_finds_nothing_on_what_opens_over_a_page(page: Page, sight: Sight) -> None:
    faults = []
    for presses in sight.over:
        for what in presses:
            press(page, what, sight.language)
        if presses[-1] not in BESIDE:
            expect(page.locator(OVER).first).to_be_visible()
            expect(page.locator(OVER).locator(".bone, [aria-busy='true']")).to_have_count(0)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [
                (presses[-1], width, fault) for fault in page.evaluate(SPILLS) + page.evaluate(CRAMPED)
            ]
        faults += [(presses[-1], fault) for size in ("phone", "desk") for fault in look(page, size)]
        page.keyboard.press("Escape")
        expect(page.locator(OVER)).to_have_count(0)
    assert faults == []


CONTROLS = """() => {
  document.querySelectorAll('details').forEach(it => { it.open = true; });
  return [...document.querySelectorAll('a[href], button, input, select, textarea')]
    .filter(it => it.checkVisibility({ visibilityProperty: true }) && it.getBoundingClientRect().width > 0)
    .map(it => it.href || it.ariaLabel || it.labels?.[0]?.innerText.trim() || it.innerText.trim() || it.name);
}"""
"""What one can press or fill in, by where it leads or what it is called."""
CLIENTS_OWN = [
    sight
    for sight in [*ALL, *SERVED]
    if sight.who in {"client", "idle", "device"} and cut_off not in sight.press
]


@pytest.mark.parametrize("sight", CLIENTS_OWN, ids=str)
def test_11_2_what_a_client_can_do_at_a_desk_is_there_on_a_phone(page: Page, sight: Sight) -> None:
    for what in sight.press:
        press(page, what, sight.language)
    at_a_desk = set(page.evaluate(CONTROLS))
    page.set_viewport_size({"width": 360, "height": 740})
    on_a_phone = set(page.evaluate(CONTROLS))
    assert at_a_desk
    for url in [
        it for it in on_a_phone if re.search("/(home|help)/?$", it)
    ]:  # a narrow page leads there in one tap
        page.goto(url)
        on_a_phone |= set(page.evaluate(CONTROLS))
    assert at_a_desk - on_a_phone == set()


@pytest.mark.parametrize("sight", SERVED, ids=str)
def test_12_2_axe_finds_nothing_on_a_plain_page_as_it_is_served(page: Page, sight: Sight) -> None:
    """Its states are drawn from samples (test_plain_pages.py); here it has its scripts, its policy and real people."""
    assert too_wide(page) == []
    assert look(page, "desk") == []


@pytest.mark.parametrize(
    ("route", "marked", "part", "ground"),
    [
        (routes.SETTINGS, ".switch:checked", "", ".switch:not(:checked)"),
        (routes.SETTINGS, ".switch:checked", "::after", ".switch:checked"),
        (routes.SETTINGS, ".switch:not(:checked)", "::after", ".switch:not(:checked)"),
        (routes.TRIAGE, ".item.unread", "::before", "body"),
        (routes.WORKS, ".notch .on", "", ".notch i:not(.on)"),
    ],
)
def test_12_2_forced_colours_leave_what_is_marked_apart(
    shown: Gallery, route: str, marked: str, part: str, ground: str
) -> None:
    page = shown.page(Sight(route, "forced", "staff"))
    page.emulate_media(forced_colors="active")
    page.goto(shown.stage.portal.url + route)
    live(page)
    page.locator(marked).first.wait_for(state="attached")
    assert page.locator(marked).first.evaluate(GROUND, part) != page.locator(ground).first.evaluate(
        GROUND, ""
    )
    page.close()
