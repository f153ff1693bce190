"""An image becomes the firm's logo or hero: decoded, drawn anew, sealed, and open to whoever has its address (1.6)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import select

from portal_app.domain import brand
from portal_app.domain.actors import Actor
from portal_app.domain.brand import ImageUse
from portal_app.domain.errors import BadInput, NotFound, TryLater
from portal_app.domain.permissions import Permission
from portal_app.domain.uploads import NoRoomLeft, clean_name
from portal_app.models import BrandFile, BrandImage, Firm, Staff, new_id
from portal_app.ports import ImageRefused, NoRoom, Picture, PictureOrder, Ports, Redrawn
from portal_app.services import access
from portal_app.text import _, format_number
from portal_app.work import Work, begin, reading

PREFIX: Final = "brand/"
AT_MOST: Final = "60/hour"
"""Images that one firm has decoded."""
_LOGO = (
    PictureOrder("png", 400, 80, 60_000),
    PictureOrder("png", 600, 120, 100_000),
    PictureOrder("png", 1200, 512, 400_000),
)
"""Two and three pixels for one where the logo stands, and a large one to look at and to make icons of."""
_HERO = tuple(
    PictureOrder(kind, width, width * 3 // 2, most)
    for width, most in [*((width, brand.PHONE) for width in brand.PHONE_WIDTHS), *brand.DESK_WIDTHS.items()]
    for kind in ("avif", "jpeg")
)


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """A picture as it is served."""

    media_type: str
    content: bytes


def take_image(ports: Ports, actor: Actor, use: ImageUse, name: str, content: bytes) -> UUID:
    """Make `content` the firm's logo or hero, shown from now on. What was there before stays where it is.

    Raises `BadInput` with what is wrong with the image, `TryLater`, `NoRoomLeft`, `NotFound` for members.
    """
    firm_id, staff_id = check_asker(ports, actor)
    _count(ports, firm_id)
    made = _redrawn(ports, use, content)
    image_id = new_id()
    files = [_stored(ports, firm_id, image_id, picture) for picture in _apart(made.pictures)]
    try:
        with begin(ports, actor) as work:
            firm = _firm(work)
            image = BrandImage(
                id=image_id,
                firm_id=firm.id,
                use=use,
                name=clean_name(name) or _("Image"),
                width=made.width,
                height=made.height,
                size=len(content),
                in_sight=made.in_sight,
                veils={"dark": made.veils.dark, "light": made.veils.light} if made.veils else {},
                staff_id=staff_id,
                created_at=work.now,
            )
            work.add(image)
            work.session.flush()
            work.session.add_all(files)
            _put_up(work, firm, image)
    except BaseException:
        for file in files:
            ports.objects.delete(file.object_key)
        raise
    return image_id


def open_picture(ports: Ports, name: str) -> OpenPicture:
    """The picture of this address, for anybody. Raises `NotFound`."""
    with reading(ports, Actor.nobody()) as work:
        file = work.session.exec(select(BrandFile).where(BrandFile.name == name)).first()
        if file is None:
            raise NotFound(_("There is nothing here."))
        try:
            sealed = ports.objects.get(file.object_key)
        except KeyError:
            raise NotFound(_("There is nothing here.")) from None
        return OpenPicture(
            f"image/{file.kind}", ports.sealer.unseal(sealed, _about(file.image_id, file.name))
        )


def check_asker(ports: Ports, actor: Actor) -> tuple[UUID, UUID]:
    """The firm and the person, where an image of theirs would be read at all. Raises `NotFound` for members, `SignInNeeded` for nobody."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
    if actor.firm_id is None or actor.staff_id is None:
        raise NotFound(_("There is nothing here."))
    return actor.firm_id, actor.staff_id


def _count(ports: Ports, firm_id: UUID) -> None:
    counted = f"brand:{firm_id}"
    if not ports.limiter.hit(counted, AT_MOST):
        text = _("Many images were uploaded lately. Try again in an hour.")
        raise TryLater(text, ports.limiter.reset_at(counted, AT_MOST))


def _redrawn(ports: Ports, use: ImageUse, content: bytes) -> Redrawn:
    is_logo = use is ImageUse.LOGO
    try:
        made = ports.images.redraw(
            content,
            _LOGO if is_logo else _HERO,
            most_pixels=brand.MOST_PIXELS,
            trims=is_logo,
            measures=True,
        )
    except ImageRefused as refused:
        raise BadInput(_why(refused, content), field=use) from None
    if brand.is_unusable(use, made.width, made.height):
        least = brand.LEAST_LOGO if is_logo else brand.LEAST_HERO
        text = _("This image is too small: {size} pixels. It needs {least} at least.")
        raise BadInput(text.format(size=size(made.width, made.height), least=size(*least)), field=use)
    return made


def _why(refused: ImageRefused, content: bytes) -> str:
    if not content:
        return _("This file is empty. Choose another one.")
    return {
        "unknown": _("This is no image that the portal can read. Choose a PNG, JPEG, WebP or HEIC file."),
        "damaged": _(
            "This image is damaged or incomplete. Save it again as PNG or JPEG, and choose it anew."
        ),
        "too_large": _(
            "This image has too many pixels: {n} million at most. Save it smaller, and choose it anew."
        ).format(n=format_number(brand.MOST_PIXELS // 1_000_000)),
        "too_heavy": _(
            "This image takes too long to read. Save it again as PNG or JPEG, and choose it anew."
        ),
    }[refused.fault]


def size(width: int, height: int) -> str:
    """*600 × 120*."""
    return f"{width}\u00a0×\u00a0{height}"


def _apart(pictures: tuple[Picture, ...]) -> list[Picture]:
    """Without what came out twice, since no picture is larger than its image."""
    return list({(it.kind, it.width, it.height): it for it in pictures}.values())


def _stored(ports: Ports, firm_id: UUID, image_id: UUID, picture: Picture) -> BrandFile:
    """The picture sealed and durable; its row comes after it."""
    digest = hashlib.sha256(image_id.bytes + picture.content).hexdigest()[:32]
    file = BrandFile(
        firm_id=firm_id,
        image_id=image_id,
        name=f"{digest}.{picture.kind}",
        kind=picture.kind,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        object_key=f"{PREFIX}{image_id.hex}/{digest}",
    )
    try:
        ports.objects.put(file.object_key, ports.sealer.seal(picture.content, _about(image_id, file.name)))
    except NoRoom:
        raise NoRoomLeft from None
    return file


def _about(image_id: UUID, name: str) -> bytes:
    return f"brand {image_id} {name}".encode()


def _put_up(work: Work, firm: Firm, image: BrandImage) -> None:
    """From now on the firm shows this image, in the place of the one before."""
    before = firm.logo_id if image.use is ImageUse.LOGO else firm.hero_id
    if before and (old := work.session.get(BrandImage, before)):
        old.replaced_at = work.now
        work.add(old)
    if image.use is ImageUse.LOGO:
        firm.logo_id, firm.logo_shown_at = image.id, work.now
    else:
        firm.hero_id, firm.hero_shown_at = image.id, work.now
    work.add(firm)
    changed(work, firm, image.use, image=image.id)


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def changed(work: Work, firm: Firm, what: str, **facts: object) -> None:
    """Write down a change of the brand and show it in open tabs."""
    work.audit(
        "brand:changed", firm_id=firm.id, subject_kind="firm", subject_id=firm.id, fields=what, **facts
    )
    people = work.session.exec(select(Staff.id).where(Staff.firm_id == firm.id))
    work.ring(f"firm:{firm.id}", *(f"staff:{person}" for person in people))
