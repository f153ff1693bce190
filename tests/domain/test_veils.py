"""Text on the hero keeps 4.5:1 whatever the image, the screen and the focal point (1.5, 12.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal_app.domain import contrast, veils
from portal_app.domain.contrast import DARK, LEAST, LIGHT, Veil
from portal_app.domain.letterhead import ACCENTS, accent_css
from portal_app.domain.veils import COLUMNS, ROWS, Focus, VeilMap

PARTS = some.integers(0, 255)
COLOURS = some.tuples(PARTS, PARTS, PARTS)
CELLS = COLUMNS * ROWS
PAPER, PAPER_AT_NIGHT = "#fbfaf7", "#151412"


def ratio(one: str, other: str) -> float:
    return contrast.ratio(contrast.colour(one), contrast.colour(other))


def test_1_5_contrast_is_measured_as_wcag_says() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(below=COLOURS, veil=some.sampled_from([DARK, LIGHT]), more=some.integers(0, 100))
def test_1_5_a_veil_keeps_text_readable_above_any_colour_and_more_of_it_does_no_harm(
    below: contrast.Colour, veil: Veil, more: int
) -> None:
    percent = max(contrast.needed(veil, below), more)

    assert contrast.ratio(contrast.colour(veil.ink), veil.seen(below, percent)) >= LEAST


@given(below=COLOURS, veil=some.sampled_from([DARK, LIGHT]))
def test_1_5_a_veil_is_as_thin_as_it_can_be(below: contrast.Colour, veil: Veil) -> None:
    percent = contrast.needed(veil, below)

    assert percent == 0 or contrast.ratio(contrast.colour(veil.ink), veil.seen(below, percent - 1)) < 4.6


@pytest.mark.parametrize("key", ACCENTS)
def test_1_5_every_preset_carries_its_text_by_day_and_by_night(key: str) -> None:
    it = ACCENTS[key]

    assert ratio("#ffffff", it.light) >= 7  # the hero, in both schemes, and the filled button by day
    assert ratio(it.light, PAPER) >= 7
    assert ratio(it.dark, PAPER_AT_NIGHT) >= 7
    assert ratio(it.dark_ink, it.dark) >= LEAST
    assert ratio(it.light, it.light_wash) >= LEAST
    assert ratio(it.dark, it.dark_wash) >= LEAST
    assert f"--hero:{it.light}" in accent_css(key)


def test_1_5_there_are_at_least_eight_presets() -> None:
    assert len({it.light for it in ACCENTS.values()}) >= 8


@given(
    size=some.tuples(some.integers(200, 6000), some.integers(200, 6000)),
    focus=some.builds(Focus, some.integers(0, 100), some.integers(0, 100)),
    cell=some.integers(0, CELLS - 1),
)
def test_1_5_only_what_can_lie_under_text_counts(size: tuple[int, int], focus: Focus, cell: int) -> None:
    found = VeilMap(dark=tuple(60 * (n == cell) for n in range(CELLS)), light=(0,) * CELLS)

    made = veils.veils(found, *size, focus)

    on_some_phone = _lies_under_text(size, focus, cell, screen=(360, 176), left=0, right=360)
    on_some_desk = _lies_under_text(size, focus, cell, screen=(1440, 224), left=216, right=856)
    assert made.dark_phone == 60 or not on_some_phone
    assert made.dark_desk == 60 or not on_some_desk


def test_1_5_a_bright_sky_beside_the_text_stays_bright() -> None:
    bright_right = VeilMap(
        dark=tuple(60 if n % COLUMNS >= 20 else 10 for n in range(CELLS)), light=(70,) * CELLS
    )

    made = veils.veils(bright_right, 2400, 800, Focus())

    assert (made.dark_desk, made.is_light) == (10, False)
    assert made.dark_phone == 60


def _lies_under_text(
    size: tuple[int, int], focus: Focus, cell: int, *, screen: tuple[int, int], left: int, right: int
) -> bool:
    """By following points of the text's box back into the image."""
    scale = max(screen[0] / size[0], screen[1] / size[1])
    shown = size[0] * scale, size[1] * scale
    off = (shown[0] - screen[0]) * focus.x / 100, (shown[1] - screen[1]) * focus.y / 100
    for x in range(left, right, 9):
        for y in range(0, screen[1], 9):
            column = int((x + 0.5 + off[0]) / shown[0] * COLUMNS)
            row = int((y + 0.5 + off[1]) / shown[1] * ROWS)
            if row * COLUMNS + column == cell:
                return True
    return False
