"""Who asks. An actor is built from a session or a device at every event, never kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a staff member may do (1.16)."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Kind(StrEnum):
    """The four sorts of askers."""

    STAFF = "staff"
    CLIENT = "client"
    TIMETABLE = "timetable"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Actor:
    """One asker. A client has `contact_id` (signed in, MFA done), `device_id` (a bound device), or both."""

    kind: Kind = Kind.NOBODY
    firm_id: UUID | None = None
    staff_id: UUID | None = None
    role: Role | None = None
    contact_id: UUID | None = None
    device_id: UUID | None = None
    session_id: UUID | None = None
    locale: str = "en"
    address: str = ""
    dates: str = ""
    """How their firm writes days (1.15)."""
    browser: str = ""
    """What the browser calls itself, where a plain page was asked for."""

    @classmethod
    def timetable(cls) -> Actor:
        """The portal itself, doing what is due."""
        return cls(kind=Kind.TIMETABLE)

    @classmethod
    def nobody(cls, locale: str = "en", address: str = "") -> Actor:
        """A visitor who is neither signed in nor on a bound device."""
        return cls(locale=locale, address=address)

    @property
    def is_staff(self) -> bool:
        """Whether a staff member asks."""
        return self.kind is Kind.STAFF

    @property
    def is_client(self) -> bool:
        """Whether a client asks, signed in or by a bound device."""
        return self.kind is Kind.CLIENT
