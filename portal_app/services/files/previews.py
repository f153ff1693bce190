"""Looking at a file without taking it: pictures drawn anew of images and of a PDF's pages (10.6).

Nothing of the file itself reaches the browser, so nothing in it can act there.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken, TryLater
from portal_app.ports import ImageRefused, Picture, PictureOrder, Ports
from portal_app.services.files import downloads
from portal_app.services.files.downloads import OpenFile
from portal_app.text import _

PDF: Final = "pdf"
MOST_PIXELS: Final = 64_000_000  # of a photo
WIDTH, HEIGHT = 1600, 2200
TINY: Final = PictureOrder("jpeg", 16, 16)
MOST_PAGES: Final = 40
PER_PERSON: Final = "600/hour"


def count_pages(ports: Ports, actor: Actor, file_id: UUID) -> int:
    """How many pages can be looked at: one for an image that can be decoded. Raises what the door raises, `Damaged`,
    and `RuleBroken` where there is no preview, so that a page says it instead of showing a broken picture."""
    file = _open(ports, actor, file_id)
    try:
        if file_kinds.ending(file.name) != PDF:
            ports.images.redraw(_content(ports, file), [TINY], most_pixels=MOST_PIXELS)
            return 1
        return min(ports.pages.count(_content(ports, file)), MOST_PAGES)
    except ImageRefused as refused:
        raise RuleBroken(_why(refused)) from None


def draw_page(ports: Ports, actor: Actor, file_id: UUID, number: int) -> Picture:
    """One page as a picture; the first is written down as looked at. Raises likewise, and `NotFound` beyond the last."""
    file = _open(ports, actor, file_id)
    is_pdf = file_kinds.ending(file.name) == PDF
    if not 1 <= number <= (MOST_PAGES if is_pdf else 1):
        raise NotFound(_("There is nothing here."))
    _check_pace(ports, actor)
    try:
        picture = _pdf(ports, file, number) if is_pdf else _image(ports, file)
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


def _pdf(ports: Ports, file: OpenFile, number: int) -> Picture:
    return ports.pages.page(_content(ports, file), number, width=WIDTH, height=HEIGHT)


def _image(ports: Ports, file: OpenFile) -> Picture:
    order = PictureOrder("jpeg", WIDTH, HEIGHT)
    drawn = ports.images.redraw(_content(ports, file), [order], most_pixels=MOST_PIXELS)
    return drawn.pictures[0]


def _content(ports: Ports, file: OpenFile) -> bytes:
    return b"".join(downloads.read_part(ports, file, number) for number in range(len(file.parts)))


def _why(refused: ImageRefused) -> str:
    if refused.fault == "locked":
        return _("This PDF asks for a password. Download it to open it.")
    return _("There is no preview of this file. Download it to look at it.")
