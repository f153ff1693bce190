"""The firm's logo and the image of its hero: what is taken, what is made of it, how pages show it (1.4 to 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Final

from portal_app.domain.contrast import DARK, LIGHT, Veil, colour
from portal_app.domain.veils import Focus, Veils


class ImageUse(StrEnum):
    """Where an image of the firm stands."""

    LOGO = "logo"
    HERO = "hero"


LARGEST_MB: Final = 20
"""Of an image that is uploaded; a phone's largest photo is a good half of it."""
MOST_PIXELS: Final = 25_000_000
LOGO_BOX: Final = (200, 40)
"""CSS pixels: a logo is shown as large as fits in here."""
BEST_LOGO: Final = (600, 120)
"""Sharp on every phone: three pixels for one."""
LEAST_LOGO, LEAST_HERO = (40, 16), (640, 200)
"""Less than this is refused; `BEST_…` and up looks sharp, and between the two the page warns."""
BEST_HERO: Final = (2400, 1000)
SHARP_HERO: Final = 1600
PHONE: Final = 120_000
"""Bytes of a hero's picture for a phone, at most."""
PHONE_WIDTHS: Final = (480, 960)
DESK_WIDTHS: Final = {1600: 260_000, 2400: 420_000}
KINDS: Final = ("avif", "jpeg")


@dataclass(frozen=True, slots=True)
class Logo:
    """The firm's logo as an `img` shows it; without an address the firm's name stands in its place."""

    url: str = ""
    srcset: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """One picture of the hero's image: where it is, its kind, how wide."""

    url: str
    kind: str
    width: int
    height: int


def logo_size(width: int, height: int) -> tuple[int, int]:
    """How large a logo of this size is shown, in CSS pixels."""
    share = min(LOGO_BOX[0] / width, LOGO_BOX[1] / height)
    return max(1, round(width * share)), max(1, round(height * share))


def is_soft(use: ImageUse, width: int, height: int) -> bool:
    """Whether an image is too small to look sharp where it stands."""
    if use is ImageUse.HERO:
        return width < SHARP_HERO
    return width < 2 * logo_size(width, height)[0]


def is_unusable(use: ImageUse, width: int, height: int) -> bool:
    """Whether there is too little of an image to show."""
    least = LEAST_LOGO if use is ImageUse.LOGO else LEAST_HERO
    return width < least[0] or height < least[1]


def hero_picture(cuts: Sequence[Cut]) -> str:
    """The `picture` of the hero, as HTML: light kinds first, no more than a phone needs on a phone, sizes said.

    It is decoration, and comes after what one came to read.
    """
    sources = [
        f'<source type="image/{kind}"{media} srcset="{_srcset(found)}" sizes="100vw">'
        for media, widths in ((' media="(max-width:767px)"', PHONE_WIDTHS), ("", tuple(DESK_WIDTHS)))
        for kind in KINDS
        if (found := [cut for cut in cuts if cut.kind == kind and _is_for(cut, widths, cuts)])
    ]
    last = max((cut for cut in cuts if cut.kind == KINDS[-1]), key=lambda cut: cut.width, default=None)
    if last is None:
        return ""
    size = f'width="{last.width}" height="{last.height}"'
    img = f'<img src="{escape(last.url)}" {size} alt="" decoding="async" fetchpriority="low">'
    return f"<picture>{''.join(sources)}{img}</picture>"


def _is_for(cut: Cut, widths: tuple[int, ...], cuts: Iterable[Cut]) -> bool:
    """Whether a cut is of this group; where an image is too small for the larger group, its largest cut is."""
    largest = max(other.width for other in cuts)
    is_phone = cut.width <= PHONE_WIDTHS[-1]
    return is_phone if widths == PHONE_WIDTHS else not is_phone or cut.width == largest


def _srcset(cuts: Iterable[Cut]) -> str:
    return ", ".join(f"{escape(cut.url)} {cut.width}w" for cut in sorted(cuts, key=lambda cut: cut.width))


def hero_css(found: Veils, focus: Focus) -> str:
    """Veil, text and focal point of a hero with an image, as variables on `:root`.

    By day the veil that takes least away; at night always the dark one.
    """
    day = LIGHT if found.is_light else DARK
    by_day = (found.light_phone, found.light_desk) if found.is_light else (found.dark_phone, found.dark_desk)
    css = f":root{{--hero-at:{focus.x}% {focus.y}%;{_veil(day, by_day[0])}}}"
    css += f"@media(min-width:1024px){{:root{{{_over(day, by_day[1])}}}}}"
    if day is LIGHT:
        night = f":root{{{_veil(DARK, found.dark_phone)}}}"
        night += f"@media(min-width:1024px){{:root{{{_over(DARK, found.dark_desk)}}}}}"
        css += f"@media(prefers-color-scheme:dark){{{night}}}"
    return css


def _veil(veil: Veil, percent: int) -> str:
    return f"--hero:{veil.over};--hero-ink:{veil.ink};{_over(veil, percent)}"


def _over(veil: Veil, percent: int) -> str:
    red, green, blue = colour(veil.over)
    return f"--hero-veil:rgb({red} {green} {blue}/{percent}%)"
