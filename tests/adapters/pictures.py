"""Images as people and strangers send them, made here so that none of them lies in the repository."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
LEFT, RIGHT = (200, 30, 30), (30, 30, 200)


def halves(width: int = 400, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right: tells which side is up."""
    image = Image.new("RGB", (width, height), LEFT)
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=RIGHT)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    """The bytes of a file."""
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def phone_exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes beside the pixels: how it was held, what it is, and where it was."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Apple"
    exif.get_ifd(GPS).update({1: "N", 2: (46.0, 48.0, 44.0)})
    return exif


def held_sideways() -> bytes:
    """A photo whose pixels lie on their side: upright it is red on the left."""
    return saved(halves().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=phone_exif(6))


def from_an_iphone() -> bytes:
    """HEIC with EXIF."""
    return saved(halves(), "HEIF", quality=90, exif=phone_exif().tobytes())


def sixteen_bits(kind: str = "PNG") -> bytes:
    """A grey image of 16 bits: dark on the left, light on the right."""
    dark, light = struct.pack("<H", 8_000), struct.pack("<H", 60_000)
    return saved(Image.frombytes("I;16", (400, 200), (dark * 200 + light * 200) * 200), kind)


def bomb(kind: str = "PNG", **more: Any) -> bytes:
    """17 KB that would be 144 million pixels."""
    return saved(Image.new("1", (12_000, 12_000)), kind, optimize=True, **more)


def lying_bomb() -> bytes:
    """A header that says 100 x 100 before far too many bytes."""
    whole = saved(Image.new("L", (100, 100)), "PNG")
    at = whole.index(b"IDAT") - 4
    data = zlib.compress(bytes(60_000_000), 9)
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    return whole[:at] + chunk + whole[whole.index(b"IEND") - 4 :]


def moving(kind: str) -> bytes:
    """Two pictures, red then blue."""
    first, second = Image.new("RGB", (400, 200), LEFT), Image.new("RGB", (400, 200), RIGHT)
    return saved(first, kind, save_all=True, append_images=[second], duration=100)


def landscape(seed: int, width: int = 1200, height: int = 800) -> Image.Image:
    """A random scene: patches of any colour over a random ground."""
    chance = Random(seed)
    colour = lambda: tuple(chance.randrange(256) for _channel in range(3))  # noqa: E731
    image = Image.new("RGB", (width, height), colour())
    drawing = ImageDraw.Draw(image)
    for _patch in range(chance.randrange(1, 25)):
        left, top = chance.randrange(width), chance.randrange(height)
        box = (left, top, left + chance.randrange(5, width), top + chance.randrange(5, height))
        (drawing.ellipse if chance.random() < 0.5 else drawing.rectangle)(box, fill=colour())
    return image
