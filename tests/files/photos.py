"""Photos as cameras write them, made when a test asks."""

from __future__ import annotations

from io import BytesIO

import pillow_heif
from PIL import Image

ORIENTATION = 0x0112
Colour = tuple[int, int, int]


def plain(colour: Colour, size: tuple[int, int] = (300, 400)) -> Image.Image:
    """One colour."""
    return Image.new("RGB", size, colour)


def jpeg(what: Colour | Image.Image, size: tuple[int, int] = (300, 400), *, orientation: int = 1) -> bytes:
    """A JPEG that says how the camera was held; `size` is as it lies in the file, before it is turned."""
    image = plain(what, size) if isinstance(what, tuple) else what
    if orientation >= 5:
        image = image.transpose(Image.Transpose.ROTATE_90)
    exif, out = Image.Exif(), BytesIO()
    exif[ORIENTATION] = orientation
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def heic(what: Colour | Image.Image, size: tuple[int, int] = (300, 400)) -> bytes:
    """HEVC in HEIF, as phones write it."""
    out = BytesIO()
    pillow_heif.from_pillow(plain(what, size) if isinstance(what, tuple) else what).save(out, quality=80)
    return out.getvalue()
