"""How much an image under text has to be darkened or lightened, wherever a screen cuts it (1.5).

An image is laid over the hero as `object-fit: cover` does, around a focal point. Which part of it lies under the text
depends on the screen, so the veil is the one that the worst cell under the text of any screen needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

COLUMNS: Final = 24
ROWS: Final = 16


@dataclass(frozen=True, slots=True)
class VeilMap:
    """Percent of the dark and of the light veil that each cell of the image needs, row by row."""

    dark: tuple[int, ...]
    light: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Focus:
    """The point of the image that stays in sight, in percent from the left and from the top."""

    x: int = 50
    y: int = 50


@dataclass(frozen=True, slots=True)
class Veils:
    """Percent of a veil below 1024 CSS pixels and from there up, for white text on dark and for dark text on light."""

    dark_phone: int = 0
    dark_desk: int = 0
    light_phone: int = 0
    light_desk: int = 0

    @property
    def is_light(self) -> bool:
        """Whether, by day, lightening takes less away from the image than darkening."""
        return max(self.light_phone, self.light_desk) < max(self.dark_phone, self.dark_desk)


@dataclass(frozen=True, slots=True)
class _Screen:
    """A hero of this size in CSS pixels, and where the text can stand in it."""

    width: int
    height: int
    left: int
    right: int


TEXT: Final = 640
"""Text in a hero with an image is no wider, in CSS pixels, from 1024 up (`assets/client.css`)."""
_PAGE, _SIDE, _SPARE = 1056, 24, 8
_PHONES: Final = [
    _Screen(width, height, 0, width)
    for width, height in product((280, 320, 360, 430, 560, 767, 900, 1023), (176, 224, 288, 400, 560))
]


def _desk(width: int, height: int) -> _Screen:
    left = (width - min(width, _PAGE)) // 2 + _SIDE
    return _Screen(width, height, left - _SPARE, min(width, left + TEXT + _SPARE))


_DESKS: Final = [
    _desk(width, height) for width, height in product((1024, 1280, 1440, 1920, 2560, 3840), (224, 288, 400))
]


def veils(found: VeilMap, width: int, height: int, focus: Focus) -> Veils:
    """The veils for an image of this size around this point, on any screen."""
    on_phones = sorted(_under_text(_PHONES, width, height, focus))
    on_desks = sorted(_under_text(_DESKS, width, height, focus))
    return Veils(
        dark_phone=max(found.dark[cell] for cell in on_phones),
        dark_desk=max(found.dark[cell] for cell in on_desks),
        light_phone=max(found.light[cell] for cell in on_phones),
        light_desk=max(found.light[cell] for cell in on_desks),
    )


def _under_text(screens: Iterable[_Screen], width: int, height: int, focus: Focus) -> set[int]:
    return {cell for screen in screens for cell in _cells(screen, width, height, focus)}


def _cells(screen: _Screen, width: int, height: int, focus: Focus) -> Iterator[int]:
    scale = max(screen.width / width, screen.height / height)
    shown_w, shown_h = width * scale, height * scale
    left, top = (shown_w - screen.width) * focus.x / 100, (shown_h - screen.height) * focus.y / 100
    columns = _steps(left + screen.left, left + screen.right, shown_w, COLUMNS)
    rows = _steps(top, top + screen.height, shown_h, ROWS)
    return (row * COLUMNS + column for row, column in product(rows, columns))


def _steps(first: float, last: float, whole: float, count: int) -> range:
    """The cells that a stretch touches, of `count` over the whole."""
    start = int(max(0.0, first) / whole * count)
    end = int(min(whole, last) / whole * count)
    return range(min(start, count - 1), min(end, count - 1) + 1)
