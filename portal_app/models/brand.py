"""The firm's own images, and the pictures made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from portal_app.domain.brand import ImageUse
from portal_app.models.base import FirmRow, choice, fact, moment


class BrandImage(FirmRow, table=True):
    """A logo or a hero's image as it was uploaded; itself it is not kept, only what was made of it.

    One that was replaced stays, since e-mails point at its pictures (1.4). `veils` are a `VeilMap`.
    """

    __tablename__ = "brand_image"
    use: ImageUse = choice(ImageUse)
    name: str = Field(max_length=255)
    width: int
    height: int
    size: int
    in_sight: int = 100
    focus_x: int = 50
    focus_y: int = 50
    veils: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = moment()
    replaced_at: datetime | None = fact()


class BrandFile(FirmRow, table=True):
    """One picture, open to whoever has its address: `name` is worked out from image and content, and says its kind."""

    __tablename__ = "brand_file"
    image_id: UUID = Field(foreign_key="brand_image.id", index=True)
    name: str = Field(max_length=60, unique=True)
    kind: str = Field(max_length=10)
    width: int
    height: int
    size: int
    object_key: str = Field(max_length=200, unique=True)
