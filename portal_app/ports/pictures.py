"""Pictures and PDF pages of strangers, drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from portal_app.domain.veils import VeilMap

PictureKind = Literal["avif", "jpeg", "png", "webp"]
ImageFault = Literal["unknown", "damaged", "too_large", "too_heavy", "locked"]


class ImageRefused(Exception):
    """It makes no picture: `unknown` is no image of a kind that we read, `damaged` breaks off, `too_large` has more
    pixels than are taken, `too_heavy` needs more time or memory than anybody gets, `locked` is a PDF that asks for a
    password."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """A picture to be made of an image: as large as fits in here, never larger than the image itself.

    With `most_bytes` it loses detail until it weighs no more.
    """

    kind: PictureKind
    width: int
    height: int
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class IconOrder:
    """A square PNG of `side` pixels in one colour (`#rrggbb`), on which the drawing takes `share` percent at most."""

    side: int
    ground: str
    share: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was made: upright, in sRGB, without metadata."""

    kind: PictureKind
    width: int
    height: int
    content: bytes

    @property
    def media_type(self) -> str:
        """What a browser is told that it is."""
        return f"image/{self.kind}"


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What came of an image: its size upright, and the pictures in the order they were asked for.

    `veils` say, cell by cell, how much of a veil text above the pictures needs (`domain.veils`); `in_sight` is how many
    percent of what is drawn stand out from the paper of a light page. `pages` is more than one for a TIFF alone.
    """

    width: int
    height: int
    pictures: tuple[Picture, ...]
    veils: VeilMap | None = None
    in_sight: int = 100
    pages: int = 1


class Images(Protocol):
    """Decodes images that strangers made, where nothing that goes wrong reaches us, and draws them anew."""

    def redraw(
        self,
        content: bytes,
        orders: Sequence[PictureOrder],
        *,
        most_pixels: int,
        trims: bool = False,
        measures: bool = False,
        page: int = 1,
        most_pages: int = 0,
    ) -> Redrawn:
        """Make these pictures; of a moving image, of its first one. Raises `ImageRefused`.

        With `trims` empty borders go first; with `measures` `veils` and `in_sight` are worked out. With `most_pages`
        GIF, TIFF, BMP and AVIF are decoded too, and of a TIFF the `page` of this number, from 1, among so many.
        """
        ...

    def icons(
        self, content: bytes, letters: str, orders: Sequence[IconOrder], *, most_pixels: int
    ) -> tuple[Picture, ...]:
        """Make icons of an image, or without one (`b""`) of up to two plain capitals, in white. Raises `ImageRefused`."""
        ...


class Pages(Protocol):
    """Draws pages of PDFs that strangers made, likewise."""

    def count(self, content: bytes) -> int:
        """How many pages there are. Raises `ImageRefused`."""
        ...

    def page(self, content: bytes, number: int, *, width: int, height: int) -> Picture:
        """The page of this number, from 1, as large as fits; `unknown` where there is none. Raises `ImageRefused`."""
        ...
