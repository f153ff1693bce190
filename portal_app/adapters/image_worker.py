"""The process that decodes one image: it takes limits upon itself, then reads its order and the image, and answers.

In: a line of JSON, then the image. Out: a line of JSON, then the pictures one after the other. Started as a file of
its own by `images.py`; nothing of the portal is loaded but pure rules.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 1 << 30  # bytes of address space: 25 Mpx of four channels, twice, and the libraries
SECONDS: Final = 30  # of the processor
FORMATS: Final = ["PNG", "JPEG", "WEBP", "HEIF"]
SCANS: Final = [*FORMATS, "GIF", "TIFF", "BMP", "AVIF"]
"""What is decoded for a look at a file; a brand is made of the first four alone."""
STEPS: Final = {"avif": (62, 52, 42, 32, 24), "jpeg": (84, 76, 66, 55, 42), "webp": (84, 74, 62, 48, 36)}
"""Qualities that are tried until a picture is light enough; a PNG has none and grows smaller instead."""
SMALLER: Final = 0.8
BEGINNINGS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
PAPER: Final = (251, 250, 247)


class Refused(Exception):
    """What the answer says instead of pictures."""


def limit() -> None:
    """Memory, time, no files written, none to spare to open."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


limit()
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pillow_heif  # noqa: E402
from PIL import (  # noqa: E402
    AvifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    ImageDraw,
    ImageFont,
    ImageOps,
    UnidentifiedImageError,
)

from portal_app.domain import contrast  # noqa: E402
from portal_app.domain.veils import COLUMNS, ROWS  # noqa: E402


def opened(content: bytes, most_pixels: int, formats: list[str] = FORMATS) -> Image.Image:
    """The image by its header; nothing is decoded yet. Raises `Refused`."""
    try:
        image = Image.open(BytesIO(content), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_large") from None
    except UnidentifiedImageError:
        begins = content.startswith(BEGINNINGS) or content[4:8] == b"ftyp"
        raise Refused("damaged" if begins else "unknown") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused("damaged") from None
    check_size(image, most_pixels)
    return image


def check_size(image: Image.Image, most_pixels: int) -> None:
    """Raises `Refused`."""
    if image.width * image.height > most_pixels:
        raise Refused("too_large")


def pages(image: Image.Image, most: int) -> int:
    """How many pages a TIFF holds, `most` at most; one of anything else, however many pictures move in it."""
    if image.format != "TIFF":
        return 1
    count = 1
    with suppress(EOFError, OSError, SyntaxError, ValueError):
        while count < most:
            image.seek(count)
            count += 1
    return count


def turn_to(image: Image.Image, page: int, most_pixels: int) -> None:
    """The page of a TIFF that is decoded next, from 1; each has a size of its own. Raises `Refused`."""
    try:
        image.seek(page - 1)
    except EOFError:
        raise Refused("unknown") from None
    except (OSError, SyntaxError, ValueError):
        raise Refused("damaged") from None
    check_size(image, most_pixels)


def as_on_paper(image: Image.Image, most_pixels: int) -> Image.Image:
    """A fax's page, whose dots are often twice as close across as down, as tall as it was."""
    across, down = map(float, image.info.get("dpi", (1, 1)))
    if image.format != "TIFF" or not down or not 1.2 < across / down < 3:
        return image
    height = round(image.height * across / down)
    return image.resize((image.width, height)) if image.width * height <= most_pixels else image


def decoded(image: Image.Image, most_pixels: int) -> Image.Image:
    """Upright, 8 bits a channel, in sRGB, with transparency where there was any. Raises `Refused`."""
    try:
        image.load()
        profile = image.info.get("icc_profile")
        drawn_out = as_on_paper(image, most_pixels)
        turned = ImageOps.exif_transpose(drawn_out) or drawn_out
        return in_srgb(turned, profile)
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError):
        raise Refused("damaged") from None


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as every browser shows them."""
    if image.mode.startswith("I") or image.mode == "F":
        image = in_eight_bits(image)
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("L" if image.mode in ("1", "LA") else "RGB")
    if profile:
        image = by_profile(image, profile)
    image = image.convert("RGB")
    if alpha is not None and alpha.histogram()[255] < alpha.width * alpha.height:
        image.putalpha(alpha)
    return image


def in_eight_bits(image: Image.Image) -> Image.Image:
    """A grey image of 16 bits a pixel."""
    return image.convert("F").point(lambda value: value * (255 / 65_535) + 0.0).convert("L")


def by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Through its colour profile; one that does not fit is left aside."""
    try:
        made = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image


def trimmed(image: Image.Image) -> Image.Image:
    """Without borders that are empty, or of the one colour of all four corners."""
    clear = image.convert("RGBA")
    places = product((0, image.width - 1), (0, image.height - 1))
    corners = [colour for at in places for _n, colour in counted(clear.crop((*at, at[0] + 1, at[1] + 1)))]
    if any(corner[3] < 255 for corner in corners):
        box = clear.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
    elif len(set(corners)) == 1:
        apart = ImageChops.difference(
            image.convert("RGB"), Image.new("RGB", image.size, tuple(corners[0][:3]))
        )
        box = apart.convert("L").point(lambda value: 255 if value > 8 else 0).getbbox()
    else:
        box = None
    return image.crop(box) if box else image


def scaled(image: Image.Image, width: int, height: int) -> Image.Image:
    """As large as fits, never larger than it is."""
    share = min(1.0, width / image.width, height / image.height)
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def written(image: Image.Image, kind: str, quality: int) -> bytes:
    """The file: no metadata, no profile."""
    out = BytesIO()
    if kind == "png":
        image.save(out, "PNG", optimize=True)
    elif kind == "jpeg":
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    elif kind == "avif":
        image.save(out, "AVIF", quality=quality, speed=7, max_threads=1, exif=b"", xmp=b"", icc_profile=b"")
    else:
        image.save(out, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()


def drawn(image: Image.Image, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One picture, as light as it has to be."""
    kind, most = order["kind"], order["most_bytes"]
    small = scaled(image, order["width"], order["height"])
    if kind == "jpeg" and small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "#ffffff")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    small.info = {}
    while True:
        content = b""
        for quality in STEPS.get(kind, (0,)):
            content = written(small, kind, quality)
            if not most or len(content) <= most:
                break
        if not most or len(content) <= most or min(small.size) < 16:
            facts = {"kind": kind, "width": small.width, "height": small.height, "size": len(content)}
            return facts, content
        small = scaled(small, round(small.width * SMALLER), round(small.height * SMALLER))


def veils(contents: list[bytes]) -> dict[str, list[int]]:
    """What every cell of the pictures needs, as they come out of their files: the worst of them all."""
    dark, light = [0] * (COLUMNS * ROWS), [0] * (COLUMNS * ROWS)
    up = [min(255, (value + 7) // 8 * 8) for value in range(256)] * 3
    down = [value // 8 * 8 for value in range(256)] * 3
    for content in contents:
        image = Image.open(BytesIO(content)).convert("RGB")
        lighter, darker = image.point(up), image.point(down)
        for cell in range(COLUMNS * ROWS):
            box = cell_box(image, cell)
            dark[cell] = max(dark[cell], contrast.needed_over(contrast.DARK, colours(lighter, box)))
            light[cell] = max(light[cell], contrast.needed_over(contrast.LIGHT, colours(darker, box)))
    return {"dark": dark, "light": light}


def cell_box(image: Image.Image, cell: int) -> tuple[int, int, int, int]:
    """A cell's pixels, with those that it shares with its neighbours."""
    row, column = divmod(cell, COLUMNS)
    left, top = column * image.width // COLUMNS, row * image.height // ROWS
    right, bottom = -(-(column + 1) * image.width // COLUMNS), -(-(row + 1) * image.height // ROWS)
    return max(0, left - 1), max(0, top - 1), min(image.width, right + 1), min(image.height, bottom + 1)


def colours(image: Image.Image, box: tuple[int, int, int, int]) -> list[contrast.Colour]:
    """Each colour in the box once."""
    return [(it[0], it[1], it[2]) for _count, it in counted(image.crop(box))]


def counted(image: Image.Image) -> list[tuple[int, tuple[int, ...]]]:
    """How often each colour of an image with several channels stands there."""
    found = image.getcolors(image.width * image.height) or []
    return [(count, it) for count, it in found if isinstance(it, tuple)]


def in_sight(image: Image.Image) -> int:
    """How many percent of what is drawn stand out from the paper of a light page, 1.6:1 or better."""
    small = scaled(image, 200, 200).convert("RGBA")
    seen = apart = 0
    for count, (red, green, blue, alpha) in counted(small):
        if alpha > 64:
            seen += count
            apart += count * (contrast.ratio((red, green, blue), PAPER) >= 1.6)
    return round(100 * apart / seen) if seen else 0


def answer(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What is said, and the pictures."""
    page, most = asked["page"], asked["most_pages"]
    image = opened(content, asked["most_pixels"], SCANS if most else FORMATS)
    count = pages(image, most)
    if page > count:
        raise Refused("unknown")
    turn_to(image, page, asked["most_pixels"])
    image = decoded(image, asked["most_pixels"])
    if asked["trims"]:
        image = trimmed(image)
    orders = asked["orders"]
    largest = scaled(image, max(it["width"] for it in orders), max(it["height"] for it in orders))
    made = [drawn(largest, order) for order in orders]
    files = [file for _facts, file in made]
    measures = asked["measures"]
    said = {
        "width": image.width,
        "height": image.height,
        "pages": count,
        "pictures": [facts for facts, _file in made],
        "veils": veils(files) if measures else None,
        "in_sight": in_sight(image) if measures else 100,
    }
    return said, files


def lettered(letters: str) -> Image.Image:
    """White capitals on nothing, cut out."""
    image = Image.new("RGBA", (1024, 640))
    ImageDraw.Draw(image).text(
        (512, 320), letters, fill="#ffffff", font=ImageFont.load_default(400), anchor="mm", stroke_width=6
    )
    return image.crop(image.getbbox() or (0, 0, 8, 8))


def squared(image: Image.Image, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One icon: the drawing in the middle of its ground, grown where it is small."""
    side, room = order["side"], order["side"] * order["share"] // 100
    share = min(room / image.width, room / image.height)
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    small = image.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    icon = Image.new("RGB", (side, side), order["ground"])
    icon.paste(small, ((side - size[0]) // 2, (side - size[1]) // 2), small.getchannel("A"))
    content = written(icon, "png", 0)
    return {"kind": "png", "width": side, "height": side, "size": len(content)}, content


def iconed(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Icons of an image, or of letters."""
    most = asked["most_pixels"]
    image = decoded(opened(content, most), most) if content else lettered(asked["letters"])
    made = [squared(image, order) for order in asked["icons"]]
    return {"pictures": [facts for facts, _file in made]}, [file for _facts, file in made]


def main() -> None:
    """One order."""
    asked = json.loads(sys.stdin.buffer.readline())
    Image.MAX_IMAGE_PIXELS = asked["most_pixels"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    try:
        said, files = (iconed if "icons" in asked else answer)(asked, sys.stdin.buffer.read())
    except Refused as refused:
        said, files = {"fault": str(refused)}, []
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        said, files = {"fault": "too_large"}, []
    except MemoryError:
        said, files = {"fault": "too_heavy"}, []
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
