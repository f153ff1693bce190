"""Images beyond `tests/adapters/pictures.py`: every way to hold a camera, every depth, and what no decoder should meet."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

from tests.adapters.pictures import LEFT, RIGHT, halves, phone_exif, saved

_LAID = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How pixels lie in the file when EXIF says that they were turned so."""


def held(orientation: int) -> bytes:
    """Upright it is red on the left, with a white strip on top, however the camera was held."""
    image = halves()
    image.paste((255, 255, 255), (0, 0, 400, 40))
    if orientation in _LAID:
        image = image.transpose(_LAID[orientation])
    return saved(image, "JPEG", quality=95, exif=phone_exif(orientation))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, depth: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = _chunk(b"IHDR", head) + b"".join(more) + _chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + body + _chunk(b"IEND", b"")


def deep() -> bytes:
    """Red and blue with 16 bits a channel."""
    left, right = (b"".join(struct.pack(">H", value * 257) for value in side) for side in (LEFT, RIGHT))
    return _png(400, 200, 16, 2, (b"\0" + left * 200 + right * 200) * 200)


def wordy() -> bytes:
    """A text of 100 MB in a few bytes beside a small picture."""
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 << 20), 9))
    return _png(40, 20, 8, 2, (b"\0" + bytes(LEFT) * 40) * 20, text)


def clear(kind: str = "PNG") -> bytes:
    """Red on nothing."""
    image = Image.new("RGBA", (400, 200))
    image.paste((*LEFT, 255), (0, 0, 200, 200))
    return saved(image, kind)


def leaves(kind: str, count: int = 2, compression: str = "tiff_lzw") -> bytes:
    """Several pages in one image: the first is red, all others are blue."""
    first, other = Image.new("RGB", (400, 200), LEFT), Image.new("RGB", (400, 200), RIGHT)
    return saved(first, kind, save_all=True, append_images=[other] * (count - 1), compression=compression)


def fax() -> bytes:
    """Three pages of black and white, as a fax machine packs them; black on the left."""
    page = Image.new("1", (1728, 2200), 1)
    page.paste(0, (0, 0, 864, 2200))
    return saved(page, "TIFF", save_all=True, append_images=[page, page], compression="group4")


def tiff_held_sideways() -> bytes:
    """A TIFF that says how it lies: upright it is red on the left."""
    return saved(halves().transpose(_LAID[6]), "TIFF", exif=phone_exif(6))


def circle() -> bytes:
    """A TIFF whose last page says that the first one is next."""
    whole = bytearray(leaves("TIFF", compression="raw"))
    (first,) = struct.unpack_from("<I", whole, 4)
    last = _next_at(whole, struct.unpack_from("<I", whole, _next_at(whole, first))[0])
    struct.pack_into("<I", whole, last, first)
    return bytes(whole)


def _next_at(whole: bytearray, directory: int) -> int:
    """Where a page's directory says at which byte the next one is."""
    return directory + 2 + 12 * int(struct.unpack_from("<H", whole, directory)[0])


def claiming(width: int, height: int) -> bytes:
    """A JPEG whose header says more than a planet has paper for."""
    whole = saved(halves(), "JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def page_inside() -> bytes:
    """A JPEG whose comment is a web page."""
    whole, page = saved(halves(), "JPEG"), b"<html><script>alert(1)</script></html>"
    return whole[:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + whole[2:]


def cut(content: bytes, share: float = 0.5) -> bytes:
    """The beginning of it."""
    return content[: int(len(content) * share)]


def upright(content: bytes) -> Image.Image:
    """A preview as it is shown."""
    image = Image.open(BytesIO(content))
    image.load()
    return image.convert("RGB")
