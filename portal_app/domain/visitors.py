"""Which browser asks, before it is known what its person may do."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visitor:
    """The rows that a browser's three cookies stand for: ids, never the secrets themselves.

    `staff` and `client` are sign-in sessions with their second factor given; `device` is a browser that
    claimed a link. Each is there or not, whatever the others are (4.8).
    """

    staff: UUID | None = None
    client: UUID | None = None
    device: UUID | None = None

    @property
    def is_known(self) -> bool:
        """Whether any cookie led to anything."""
        return self != NOBODY


NOBODY = Visitor()
