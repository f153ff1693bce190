"""The firm's logo and hero as its pages and e-mails show them, read by the session that the firm came with (1.4, 1.5)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import object_session
from sqlmodel import select

from portal_app import routes
from portal_app.domain import brand, veils
from portal_app.domain.brand import Cut, Logo
from portal_app.domain.letterhead import accent_css
from portal_app.domain.veils import Focus, VeilMap, Veils
from portal_app.models import BrandFile, BrandImage, Firm
from portal_app.settings import Settings


def logo(settings: Settings, firm: Firm) -> Logo:
    """The firm's logo with complete addresses, since e-mails show it; an empty one where the name stands."""
    if firm.logo_shown_at is None or firm.logo_id is None:
        return Logo()
    files = sorted(_files(firm, firm.logo_id), key=lambda file: file.width)[:2]
    return shown_logo(settings, files) if files else Logo()


def logo_name(firm: Firm) -> str:
    """The largest picture of the logo by its name; empty where the firm's name stands."""
    if firm.logo_shown_at is None or firm.logo_id is None:
        return ""
    files = sorted(_files(firm, firm.logo_id), key=lambda file: file.width)
    return files[-1].name if files else ""


def shown_logo(settings: Settings, files: list[BrandFile]) -> Logo:
    """Two and three pixels for one."""
    width, height = brand.logo_size(files[0].width, files[0].height)
    urls = [settings.public_url + address(file) for file in files]
    srcset = ", ".join(f"{url} {share}x" for url, share in zip(urls, (2, 3), strict=False))
    return Logo(urls[0], srcset if len(files) > 1 else "", width, height)


def hero(firm: Firm) -> str:
    """The picture on the hero as HTML; empty where it is the plain colour."""
    if firm.hero_shown_at is None or firm.hero_id is None:
        return ""
    return brand.hero_picture([cut(file) for file in _files(firm, firm.hero_id)])


def brand_css(firm: Firm) -> str:
    """The firm's colour, and what makes text on its hero's image readable, for both schemes."""
    css = accent_css(firm.accent)
    session = object_session(firm)
    if firm.hero_shown_at is None or firm.hero_id is None or session is None:
        return css
    image = session.get(BrandImage, firm.hero_id)
    return css + brand.hero_css(veils_of(image), focus_of(image)) if image else css


def veils_of(image: BrandImage) -> Veils:
    """How much its text needs at the focal point it has."""
    found = VeilMap(tuple(image.veils["dark"]), tuple(image.veils["light"]))
    return veils.veils(found, image.width, image.height, focus_of(image))


def focus_of(image: BrandImage) -> Focus:
    """The point that stays in sight."""
    return Focus(image.focus_x, image.focus_y)


def cut(file: BrandFile) -> Cut:
    """A picture of the hero, by its address."""
    return Cut(address(file), file.kind, file.width, file.height)


def address(file: BrandFile) -> str:
    """Where a picture is: the same for ever, for whoever has it."""
    return routes.to(routes.BRAND, name=file.name)


def _files(firm: Firm, image_id: UUID) -> list[BrandFile]:
    """The pictures of an image, read once a transaction: a bulk send composes thousands of e-mails."""
    session = object_session(firm)
    if session is None:
        return []
    kept: dict[UUID, list[BrandFile]] = session.info.setdefault("brand_files", {})
    if image_id not in kept:
        query = select(BrandFile).where(BrandFile.image_id == image_id, BrandFile.firm_id == firm.id)
        kept[image_id] = list(session.scalars(query))
    return kept[image_id]
