"""Who may change what among the firm's staff (1.13, 1.16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal_app.domain.actors import Role

INVITED_FOR: Final = timedelta(hours=72)
"""As long as an invitation to the portal (3.3)."""
INVITES: Final = ("1/minute", "10/hour")
"""E-mails to one invited person."""


def may_touch(asker: Role | None, whose: Role) -> bool:
    """Admins look after the team; owners are owners' business."""
    return asker is Role.OWNER or (asker is Role.ADMIN and whose is not Role.OWNER)


def may_give(asker: Role | None, role: Role) -> bool:
    """Nobody gives more than they have."""
    return may_touch(asker, role)
