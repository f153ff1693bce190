"""Tasks handed over: one task, to one address, until a day (5.8a)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from portal_app.models.base import FirmRow, digest, fact, moment


class HandOver(FirmRow, table=True):
    """A recipient's task in somebody else's hands. It stands on the recipient's grant, and falls with it.

    Bound to the first device that presses, as a grant is; `name` is how the recipient calls whoever helps.
    """

    __tablename__ = "hand_over"
    task_id: UUID = Field(foreign_key="task.id", index=True)
    request_id: UUID = Field(foreign_key="client_request.id", index=True)
    grant_id: UUID = Field(foreign_key="access_grant.id", index=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    name: str = Field(max_length=120)
    email: str = Field(max_length=254)
    locale: str = Field(default="fr", max_length=5)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    claimed_at: datetime | None = fact()
    ended_at: datetime | None = fact()


class HandOverLink(FirmRow, table=True):
    """The hash of one link to a handed-over task. An access link also has a code, good on the page that asked (6.5)."""

    __tablename__ = "hand_over_link"
    hash: bytes = digest(unique=True)
    hand_over_id: UUID = Field(foreign_key="hand_over.id", index=True)
    is_access: bool = False
    created_at: datetime = moment()
    used_at: datetime | None = fact()
    page_hash: bytes | None = digest(default=None, nullable=True)
    code_hash: bytes | None = digest(default=None, nullable=True)
    code_tries: int = 0
