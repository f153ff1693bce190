"""Settings › Branding: what of the brand is chosen, and how it stands (1.4, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain import brand as rules
from portal_app.domain import contrast
from portal_app.domain.actors import Actor
from portal_app.domain.brand import ImageUse, Logo
from portal_app.domain.errors import BadInput
from portal_app.domain.letterhead import ACCENTS
from portal_app.domain.permissions import Permission
from portal_app.models import BrandFile, BrandImage, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.firm import brand
from portal_app.services.firm.brand_images import changed, size
from portal_app.text import _, format_number, format_size
from portal_app.work import Work, begin, reading

Accent = Literal["sapin", "encre", "fleuve", "ardoise", "prune", "brique", "ocre", "graphite"]
COLOURS: Final[tuple[Accent, ...]] = get_args(Accent)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A preset colour: its name, and how well white text stands out on it."""

    key: str = ""
    name: str = ""
    colour: str = ""
    text: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ImageView:
    """An image of the brand: `url` shows it whole, `detail` says how large, `warnings` what will not look well."""

    name: str = ""
    url: str = ""
    width: int = 0
    height: int = 0
    detail: str = ""
    x: int = 50
    y: int = 50
    veil: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandingView:
    """The page, in the reader's language. An image without an address was never uploaded."""

    firm_name: str = ""
    has_logo: bool = False
    has_hero: bool = False
    logo: ImageView = field(default_factory=ImageView)
    shown_logo: Logo = field(default_factory=Logo)
    hero: ImageView = field(default_factory=ImageView)
    colours: tuple[Swatch, ...] = ()
    colour_text: str = ""


def branding_view(ports: Ports, actor: Actor) -> BrandingView:
    """How the brand stands, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        swatches = tuple(_swatch(key, firm) for key in COLOURS)
        logo, files = _image(work, firm.logo_id)
        hero, cuts = _image(work, firm.hero_id)
        return BrandingView(
            firm_name=firm.name,
            has_logo=firm.logo_shown_at is not None,
            has_hero=firm.hero_shown_at is not None,
            logo=_image_view(logo, files) if logo else ImageView(),
            shown_logo=brand.shown_logo(ports.settings, files[:2]) if files else Logo(),
            hero=_image_view(hero, [file for file in cuts if file.kind == "jpeg"][:2])
            if hero
            else ImageView(),
            colours=swatches,
            colour_text=next((it.text for it in swatches if it.is_chosen), ""),
        )


def choose_colour(ports: Ports, actor: Actor, accent: Accent) -> bool:
    """Take a preset for buttons, links and the plain hero; false where it is that already."""
    with begin(ports, actor) as work:
        firm = _firm(work)
        if firm.accent == accent:
            return False
        firm.accent = accent
        work.add(firm)
        changed(work, firm, "accent", accent=accent)
        return True


def show_image(ports: Ports, actor: Actor, use: ImageUse, *, is_on: bool) -> bool:
    """Show the logo or the name, the hero's image or its colour; false where that is so already.

    Raises `BadInput` where no image was uploaded yet.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        image_id, shown_at = (
            (firm.logo_id, firm.logo_shown_at) if use is ImageUse.LOGO else (firm.hero_id, firm.hero_shown_at)
        )
        if is_on == (shown_at is not None):
            return False
        if image_id is None:
            raise BadInput(_("Upload an image first."), field=use)
        if use is ImageUse.LOGO:
            firm.logo_shown_at = work.now if is_on else None
        else:
            firm.hero_shown_at = work.now if is_on else None
        work.add(firm)
        changed(work, firm, use, shown=is_on)
        return True


def place_focus(ports: Ports, actor: Actor, x: int, y: int) -> bool:
    """Keep this point of the hero's image in sight, in percent; false where it is that already."""
    with begin(ports, actor) as work:
        firm = _firm(work)
        image = work.session.get(BrandImage, firm.hero_id) if firm.hero_id else None
        if image is None:
            raise BadInput(_("Upload an image first."), field=ImageUse.HERO)
        if (image.focus_x, image.focus_y) == (x, y):
            return False
        image.focus_x, image.focus_y = x, y
        work.add(image)
        changed(work, firm, "focus", x=x, y=y)
        return True


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def _swatch(key: Accent, firm: Firm) -> Swatch:
    name, colour = _name(key), ACCENTS[key].light
    reached = contrast.ratio(contrast.colour("#ffffff"), contrast.colour(colour))
    text = _("{name}: white text at {ratio}:1").format(name=name, ratio=format_number(round(reached, 1)))
    return Swatch(key, name, colour, text, firm.accent == key)


def _name(key: Accent) -> str:
    return {
        "sapin": _("Spruce"),
        "encre": _("Ink"),
        "fleuve": _("River"),
        "ardoise": _("Slate"),
        "prune": _("Plum"),
        "brique": _("Brick"),
        "ocre": _("Ochre"),
        "graphite": _("Graphite"),
    }[key]


def _image(work: Work, image_id: UUID | None) -> tuple[BrandImage | None, list[BrandFile]]:
    """An image and its pictures, small ones first."""
    if image_id is None:
        return None, []
    query = select(BrandFile).where(BrandFile.image_id == image_id).order_by(col(BrandFile.width))
    return work.session.get(BrandImage, image_id), list(work.session.exec(query))


def _image_view(image: BrandImage, files: list[BrandFile]) -> ImageView:
    file = files[-1]
    return ImageView(
        name=image.name,
        url=brand.address(file),
        width=file.width,
        height=file.height,
        detail=f"{size(image.width, image.height)}, {format_size(image.size)}",
        x=image.focus_x,
        y=image.focus_y,
        veil=_veil(image) if image.use is ImageUse.HERO else "",
        warnings=tuple(_warnings(image)),
    )


def _veil(image: BrandImage) -> str:
    found = brand.veils_of(image)
    phone, desk = (
        (found.light_phone, found.light_desk) if found.is_light else (found.dark_phone, found.dark_desk)
    )
    if not phone and not desk:
        return _("Text stands out by itself: nothing is laid over the image.")
    text = (
        _("Lightened by {phone}% on a phone and {desk}% on a desktop, as little as gives text 4.5:1.")
        if found.is_light
        else _("Darkened by {phone}% on a phone and {desk}% on a desktop, as little as gives text 4.5:1.")
    )
    return text.format(phone=phone, desk=desk)


def _warnings(image: BrandImage) -> list[str]:
    found = []
    best = size(*(rules.BEST_LOGO if image.use is ImageUse.LOGO else rules.BEST_HERO))
    if rules.is_soft(image.use, image.width, image.height):
        text = _("This image is small: it will look soft on sharp screens. Best is {best} pixels or more.")
        found.append(text.format(best=best))
    if image.use is ImageUse.LOGO and image.in_sight < 20:
        found.append(_("This logo is so light that it can hardly be seen on the paper of pages and e-mails."))
    return found
