"""Images of strangers, decoded in a process that cannot take the portal with it (asvs 44, 48; faults 20, 21)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from portal_app.adapters import images
from portal_app.adapters.images import BoxedImages
from portal_app.domain import contrast, veils
from portal_app.domain.contrast import DARK, LIGHT
from portal_app.domain.veils import Focus
from portal_app.ports import ImageRefused, PictureOrder, Redrawn
from tests.adapters import pictures

BOX = BoxedImages()
MOST = 25_000_000
PNG = (PictureOrder("png", 400, 400),)
MIB = 1 << 20


def redrawn(content: bytes, *orders: PictureOrder, **more: int) -> Redrawn:
    return BOX.redraw(content, orders or PNG, most_pixels=MOST, **more)


def first(made: Redrawn) -> Image.Image:
    image = Image.open(BytesIO(made.pictures[0].content))
    image.load()
    return image


def near(one: object, other: tuple[int, ...], by: int = 24) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=False))


GOOD = {
    "png": pictures.saved(pictures.halves(), "PNG"),
    "png-with-a-palette": pictures.saved(pictures.halves().quantize(16), "PNG"),
    "jpeg": pictures.saved(pictures.halves(), "JPEG", quality=95),
    "cmyk-jpeg": pictures.saved(pictures.halves(mode="CMYK"), "JPEG", quality=95),
    "webp": pictures.saved(pictures.halves(), "WEBP", quality=95),
    "held-sideways": pictures.held_sideways(),
    "heic-from-an-iphone": pictures.from_an_iphone(),
}


def test_fault_21_a_photo_is_known_by_what_is_in_it() -> None:
    content = GOOD["heic-from-an-iphone"]
    assert content[4:12] == b"ftypheic"

    made = redrawn(content, PictureOrder("jpeg", 400, 400))

    assert made.pictures[0].media_type == "image/jpeg"
    assert first(made).format == "JPEG"


@pytest.mark.parametrize("name", GOOD)
def test_1_6_what_a_phone_or_a_scanner_writes_comes_out_upright_in_its_colours(name: str) -> None:
    made = redrawn(GOOD[name])
    image = first(made)

    assert (made.width, made.height) == image.size == (400, 200)
    assert near(image.getpixel((40, 100)), pictures.LEFT)
    assert near(image.getpixel((360, 100)), pictures.RIGHT)


def test_1_6_sixteen_bits_keep_their_light() -> None:
    image = first(redrawn(pictures.sixteen_bits())).convert("L")

    assert near((image.getpixel((40, 100)), image.getpixel((360, 100))), (31, 233), by=2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_1_6_of_a_moving_image_the_first_picture_is_taken(kind: str) -> None:
    image = first(redrawn(pictures.moving(kind)))

    assert near(image.getpixel((200, 100)), pictures.LEFT)
    assert getattr(image, "n_frames", 1) == 1


def test_1_6_transparency_stays_where_it_can_and_lies_on_white_where_it_cannot() -> None:
    image = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    image.paste(pictures.LEFT, (0, 0, 200, 200))
    made = redrawn(
        pictures.saved(image, "PNG"), PictureOrder("png", 400, 400), PictureOrder("jpeg", 400, 400)
    )
    png, jpeg = (Image.open(BytesIO(picture.content)) for picture in made.pictures)

    assert png.getpixel((300, 100)) == (0, 0, 0, 0)
    assert near(jpeg.getpixel((300, 100)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["avif", "jpeg", "png", "webp"])
@pytest.mark.parametrize("name", ["held-sideways", "heic-from-an-iphone"])
def test_asvs_48_nothing_of_the_place_or_the_phone_is_left(name: str, kind: str) -> None:
    assert b"Apple" in GOOD[name]

    made = redrawn(GOOD[name], PictureOrder(kind, 400, 400))  # type: ignore[arg-type]

    assert b"Apple" not in made.pictures[0].content
    assert not dict(first(made).getexif())
    assert not {"exif", "xmp", "icc_profile", "comment"} & {
        key for key, value in first(made).info.items() if value
    }


def test_1_6_no_picture_is_larger_than_its_image_nor_heavier_than_it_may_be() -> None:
    content = pictures.saved(Image.effect_noise((1600, 1200), 90), "PNG")
    orders = [PictureOrder(kind, 960, 1440, 120_000) for kind in ("avif", "jpeg", "webp", "png")]  # type: ignore[arg-type]

    made = redrawn(content, *orders, PictureOrder("jpeg", 5000, 5000))

    assert all(len(picture.content) <= 120_000 for picture in made.pictures[:4])
    assert all(picture.width <= 960 for picture in made.pictures[:4])
    assert (made.pictures[4].width, made.pictures[4].height) == (1600, 1200)


@pytest.mark.parametrize("ground", [(0, 0, 0, 0), (255, 255, 255, 255)])
def test_1_4_empty_borders_of_a_logo_go(ground: tuple[int, ...]) -> None:
    image = Image.new("RGBA", (600, 400), ground)
    image.paste((*pictures.LEFT, 255), (200, 150, 400, 250))

    made = redrawn(pictures.saved(image, "PNG"), trims=True)

    assert (made.width, made.height) == (200, 100)


def test_1_4_a_logo_that_nobody_would_see_on_paper_is_found_out() -> None:
    white = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    white.paste((250, 250, 250, 255), (20, 20, 180, 80))

    assert redrawn(pictures.saved(white, "PNG"), measures=True).in_sight == 0
    assert redrawn(GOOD["png"], measures=True).in_sight == 100


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "nothing": (b"", "unknown"),
    "a-drawing-with-a-script": (SVG, "unknown"),
    "a-page": (b"<!doctype html><script>alert(1)</script>", "unknown"),
    "a-pdf": (b"%PDF-1.7\n%%EOF\n", "unknown"),
    "a-gif": (pictures.saved(pictures.halves(mode="P"), "GIF"), "unknown"),
    "a-tiff": (pictures.saved(pictures.halves(), "TIFF"), "unknown"),
    "half-a-jpeg": (GOOD["jpeg"][: len(GOOD["jpeg"]) // 2], "damaged"),
    "half-a-png": (GOOD["png"][: len(GOOD["png"]) // 2], "damaged"),
    "half-a-heic": (GOOD["heic-from-an-iphone"][:-600], "damaged"),
    "a-png-s-first-bytes-before-a-page": (b"\x89PNG\r\n\x1a\n" + SVG, "damaged"),
    "just-too-many-pixels": (pictures.saved(Image.new("1", (5001, 5000)), "PNG"), "too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_1_6_what_is_no_image_of_ours_makes_none(name: str) -> None:
    content, fault = BAD[name]

    with pytest.raises(ImageRefused) as refused:
        redrawn(content)

    assert refused.value.fault == fault


SCREENS = (
    (360, 176, 0, 360),
    (767, 224, 0, 767),
    (1024, 224, 24, 664),
    (1440, 224, 216, 856),
    (2560, 400, 776, 1416),
)
"""A hero's width and height, and where its text begins and ends, in CSS pixels."""


@pytest.mark.parametrize("seed", range(3))
def test_1_5_text_reads_above_every_pixel_of_every_picture_whatever_the_image(seed: int) -> None:
    width, height = ((1200, 800), (900, 1300), (1600, 500))[seed]
    content = pictures.saved(pictures.landscape(seed, width, height), "JPEG", quality=80)
    made = redrawn(content, *(PictureOrder(kind, 700, 1050) for kind in ("avif", "jpeg")), measures=True)
    assert made.veils is not None

    for x, y in ((50, 50), (0, 100), (85, 20)):
        found = veils.veils(made.veils, made.width, made.height, Focus(x, y))
        for screen in SCREENS:
            is_desk = screen[0] >= 1024
            dark = found.dark_desk if is_desk else found.dark_phone
            light = found.light_desk if is_desk else found.light_phone
            for picture in made.pictures:
                seen = under_text(picture.content, screen, x, y)
                for veil, percent in ((DARK, dark), (LIGHT, light)):
                    ink = contrast.colour(veil.ink)
                    worst = min(contrast.ratio(ink, veil.seen(pixel, percent)) for pixel in seen)
                    assert worst >= contrast.LEAST, (picture.kind, screen, veil)


def under_text(content: bytes, screen: tuple[int, int, int, int], x: int, y: int) -> set[contrast.Colour]:
    """The colours of the pixels that `object-fit: cover` puts under the text."""
    image = Image.open(BytesIO(content)).convert("RGB")
    width, height, left, right = screen
    scale = max(width / image.width, height / image.height)
    off_x, off_y = (image.width * scale - width) * x / 100, (image.height * scale - height) * y / 100
    box = (off_x + left) / scale, off_y / scale, (off_x + right) / scale, (off_y + height) / scale
    part = image.crop((int(box[0]), int(box[1]), int(box[2]), int(box[3])))
    return {colour for _count, colour in part.getcolors(part.width * part.height)}  # type: ignore[union-attr, misc]


@pytest.mark.parametrize("bomb", [pictures.bomb, pictures.lying_bomb])
def test_fault_20_a_bomb_takes_no_memory_of_the_portal_s(bomb: Callable[[], bytes]) -> None:
    content = bomb()
    assert len(content) < 100_000
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = memory("VmRSS")

    with contextlib.suppress(ImageRefused):
        assert redrawn(content).width == 100  # what the second one's header says, and all that is read of it

    assert memory("VmHWM") - before < 20 * MIB


def test_asvs_44_whatever_an_image_does_to_its_process_the_portal_says_no(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    greedy = tmp_path / "greedy.py"
    greedy.write_text(Path(images._WORKER).read_text().partition("import pillow_heif")[0] + "bytes(MEMORY)\n")
    monkeypatch.setattr(images, "_WORKER", greedy)
    with pytest.raises(ImageRefused):
        redrawn(GOOD["png"])

    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass\n")
    monkeypatch.setattr(images, "_WORKER", endless)
    monkeypatch.setattr(images, "WITHIN", 1.0)
    with pytest.raises(ImageRefused) as refused:
        redrawn(GOOD["png"])
    assert refused.value.fault == "too_heavy"


def memory(name: str) -> int:
    """A figure of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def test_asvs_44_every_page_of_a_tiff_has_its_own_size_to_be_measured_by() -> None:
    first_page, second = pictures.halves(mode="1"), Image.new("1", (12_000, 12_000))
    content = pictures.saved(first_page, "TIFF", save_all=True, append_images=[second], compression="group4")

    assert redrawn(content, page=1, most_pages=9).pages == 2
    with pytest.raises(ImageRefused, match="too_large"):
        redrawn(content, page=2, most_pages=9)
    with pytest.raises(ImageRefused, match="unknown"):
        redrawn(content, page=3, most_pages=9)


@pytest.mark.parametrize(("down", "height"), [(98, 208), (196, 100), (0, 100), (10, 100)])
def test_a_fax_whose_dots_are_closer_across_than_down_is_as_tall_as_on_paper(down: int, height: int) -> None:
    """Standard resolution has 204 dots an inch across and 98 down; fine resolution, and what cannot be meant, stay as they are."""
    content = pictures.saved(Image.new("1", (170, 100), 1), "TIFF", dpi=(204, down))
    made = redrawn(content, most_pages=9)
    assert (made.width, made.height) == (170, height)
