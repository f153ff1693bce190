"""Looking at a file without taking it: pictures drawn anew of images and of the pages of a PDF or a TIFF (10.6).

Nothing of the file itself reaches the browser, so nothing in it can act there.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken, TryLater
from portal_app.ports import ImageRefused, Picture, PictureOrder, Ports, Redrawn
from portal_app.services.files import downloads
from portal_app.services.files.downloads import OpenFile
from portal_app.text import _

PDF: Final = "pdf"
PAGED: Final = (PDF, "tif", "tiff")
"""What shows more than its first page."""
MOST_PIXELS: Final = 64_000_000  # of a photo
WIDTH, HEIGHT = 1600, 2200
TINY: Final = PictureOrder("jpeg", 16, 16)
MOST_PAGES: Final = 40
PER_PERSON: Final = "600/hour"


def count_pages(ports: Ports, actor: Actor, file_id: UUID) -> int:
    """How many pages can be looked at: one for an image that can be decoded and is no TIFF. Raises what the door raises, `Damaged`,
    and `RuleBroken` where there is no preview, so that a page says it instead of showing a broken picture."""
    file = _open(ports, actor, file_id)
    try:
        if file_kinds.ending(file.name) != PDF:
            return _image(ports, file, 1, TINY).pages
        return min(ports.pages.count(_content(ports, file)), MOST_PAGES)
    except ImageRefused as refused:
        raise RuleBroken(_why(refused)) from None


def draw_page(ports: Ports, actor: Actor, file_id: UUID, number: int) -> Picture:
    """One page as a picture; the first is written down as looked at. Raises likewise, and `NotFound` beyond the last."""
    file = _open(ports, actor, file_id)
    if not 1 <= number <= _most_pages(file):
        raise NotFound(_("There is nothing here."))
    _check_pace(ports, actor)
    try:
        picture = _page(ports, file, number)
    except ImageRefused as refused:
        raise RuleBroken(_why(refused)) from None
    if number == 1:
        downloads.note_preview(ports, actor, file)
    return picture


def _open(ports: Ports, actor: Actor, file_id: UUID) -> OpenFile:
    file = downloads.open_file(ports, actor, file_id)
    if not file_kinds.has_preview(file.name, file.size):
        raise RuleBroken(_("There is no preview of this file. Download it to look at it."))
    return file


def _check_pace(ports: Ports, actor: Actor) -> None:
    key = f"previews:{actor.staff_id or actor.contact_id or actor.device_id}"
    if not ports.limiter.hit(key, PER_PERSON):
        text = _("Too many previews at once. Try again later.")
        raise TryLater(text, ports.limiter.reset_at(key, PER_PERSON))


def _most_pages(file: OpenFile) -> int:
    return MOST_PAGES if file_kinds.ending(file.name) in PAGED else 1


def _page(ports: Ports, file: OpenFile, number: int) -> Picture:
    if file_kinds.ending(file.name) == PDF:
        return ports.pages.page(_content(ports, file), number, width=WIDTH, height=HEIGHT)
    return _image(ports, file, number, PictureOrder("jpeg", WIDTH, HEIGHT)).pictures[0]


def _image(ports: Ports, file: OpenFile, number: int, order: PictureOrder) -> Redrawn:
    most = _most_pages(file)
    content = _content(ports, file)
    return ports.images.redraw(content, [order], most_pixels=MOST_PIXELS, page=number, most_pages=most)


def _content(ports: Ports, file: OpenFile) -> bytes:
    return b"".join(downloads.read_part(ports, file, number) for number in range(len(file.parts)))


def _why(refused: ImageRefused) -> str:
    if refused.fault == "locked":
        return _("This PDF asks for a password. Download it to open it.")
    return _("There is no preview of this file. Download it to look at it.")
