"""How well text stands out from what is behind it, as WCAG 2 measures it (1.5, 12.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

LEAST: Final = 4.5
_AIMED: Final = 4.6
"""A little more than `LEAST`, since browsers round what they mix."""


def colour(written: str) -> Colour:
    """`#1f5e4b` as numbers."""
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


@cache
def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(it: Colour) -> float:
    """Relative luminance: 0 is black, 1 is white."""
    return 0.2126 * _linear(it[0]) + 0.7152 * _linear(it[1]) + 0.0722 * _linear(it[2])


def ratio(one: Colour, other: Colour) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True, slots=True)
class Veil:
    """A flat colour over an image, and the colour of the text above it."""

    over: str
    ink: str

    def seen(self, below: Colour, percent: int) -> Colour:
        """What shows of `below` under so much of the veil."""
        mixed = [
            round((a * (100 - percent) + b * percent) / 100)
            for a, b in zip(below, colour(self.over), strict=True)
        ]
        return mixed[0], mixed[1], mixed[2]


DARK: Final = Veil("#10201f", "#ffffff")
LIGHT: Final = Veil("#fbfaf7", "#1c1b19")


@cache
def needed(veil: Veil, below: Colour) -> int:
    """How many percent of the veil text needs above a pixel of this colour. More of it never does harm."""
    ink, least, most = colour(veil.ink), 0, 100
    while least < most:
        half = (least + most) // 2
        if ratio(ink, veil.seen(below, half)) >= _AIMED:
            most = half
        else:
            least = half + 1
    return most


def needed_over(veil: Veil, colours: Iterable[Colour]) -> int:
    """How much of the veil the worst of these pixels needs."""
    return max((needed(veil, it) for it in colours), default=0)
