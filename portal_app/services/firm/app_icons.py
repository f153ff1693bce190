"""The icons of the installed portal, made once for each look of the firm and kept sealed beside its images (11.1)."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from sqlalchemy.orm import object_session
from sqlmodel import select

from portal_app import routes
from portal_app.domain import app_icons, brand
from portal_app.domain.actors import Actor
from portal_app.domain.app_icons import ANY, APPLE, LARGE, MASKABLE, SHARES, SIDES
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import accent
from portal_app.models import BrandFile, Firm
from portal_app.ports import IconOrder, ImageRefused, NoRoom, Ports
from portal_app.text import _
from portal_app.work import Work, reading

__all__ = ["ANY", "APPLE", "LARGE", "MASKABLE", "address", "open_icon"]

PREFIX: Final = "icons/"
DRAWN: Final = 1
"""Raised when icons are drawn another way, so that they are made anew."""
_NAME = re.compile(r"(?P<look>[0-9a-f]{16})-(?P<use>[0-9a-z]+)\.png")


def address(firm: Firm, use: str) -> str:
    """Where an icon of the firm is, a path: another one once the firm looks different."""
    return routes.to(routes.APP_ICON, firm=firm.slug, name=f"{_look(firm)}-{use}.png")


def open_icon(ports: Ports, slug: str, name: str) -> bytes:
    """The PNG of this name, for anybody; made when it is asked for first. Raises `NotFound`."""
    found = _NAME.fullmatch(name)
    with reading(ports, Actor.nobody()) as work:
        firm = work.session.exec(select(Firm).where(Firm.slug == slug)).first()
        if firm is None or found is None or found["use"] not in SIDES:
            raise NotFound(_("There is nothing here."))
        folder = f"{PREFIX}{firm.id.hex}/"
        try:
            key = folder + name.removesuffix(".png")
            return ports.sealer.unseal(ports.objects.get(key), _about(key))
        except KeyError:
            if found["look"] != _look(firm):
                raise NotFound(_("There is nothing here.")) from None
        source = _logo(work, firm)
        letters, colour = app_icons.initials(firm.name), accent(firm.accent).light
    return _made(ports, folder, found["look"], source, letters, colour)[found["use"]]


def _look(firm: Firm) -> str:
    """What the icons are made of, in sixteen marks."""
    logo = firm.logo_id if firm.logo_shown_at else None
    facts = f"{DRAWN}:{firm.id}:{logo}:{app_icons.initials(firm.name)}:{firm.accent}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _logo(work: Work, firm: Firm) -> bytes:
    """The largest picture of a logo that can be read as an icon; nothing where the initials stand for it."""
    session = object_session(firm)
    if session is None or firm.logo_shown_at is None or firm.logo_id is None:
        return b""
    query = select(BrandFile).where(BrandFile.image_id == firm.logo_id, BrandFile.firm_id == firm.id)
    files = sorted(session.scalars(query), key=lambda file: file.width)
    if not files or not app_icons.is_iconic(files[-1].width, files[-1].height):
        return b""
    about = f"brand {files[-1].image_id} {files[-1].name}".encode()
    try:
        return work.ports.sealer.unseal(work.ports.objects.get(files[-1].object_key), about)
    except KeyError:
        return b""


def _made(ports: Ports, folder: str, look: str, source: bytes, letters: str, colour: str) -> dict[str, bytes]:
    ground = "#ffffff" if source else colour
    orders = [IconOrder(SIDES[use], ground, SHARES[use] if source else _lettered(use)) for use in SIDES]
    try:
        drawn = ports.images.icons(source, letters, orders, most_pixels=brand.MOST_PIXELS)
    except ImageRefused:
        orders = [IconOrder(SIDES[use], colour, _lettered(use)) for use in SIDES]
        drawn = ports.images.icons(b"", letters, orders, most_pixels=brand.MOST_PIXELS)
    icons = {use: picture.content for use, picture in zip(SIDES, drawn, strict=True)}
    for use, content in icons.items():
        key = f"{folder}{look}-{use}"
        try:
            ports.objects.put(key, ports.sealer.seal(content, _about(key)))
        except NoRoom:
            break  # drawn anew next time
    return icons


def _lettered(use: str) -> int:
    """Capitals need more room around them than a drawing."""
    return SHARES[use] * 3 // 4


def _about(key: str) -> bytes:
    return key.encode()
