"""What a magic link opens, now: one function, read by the link's page, by doors and by e-mails (6.4 to 6.13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

SEND_LASTS_FOR = timedelta(days=30)  # 6.6
REMINDER_LASTS_FOR = timedelta(days=60)  # 6.6
ACCESS_LINK_LASTS_FOR = timedelta(days=30)  # 6.6
ACCESS_CODE_LASTS_FOR = timedelta(minutes=10)  # 6.5
ACCESS_CODE_TRIES = 5  # 6.5
ACCESS_MAIL_EVERY = timedelta(minutes=1)  # 6.12
ACCESS_MAILS_AN_HOUR = 5  # 6.12
ACCESS_PRESSES = "60/hour"  # 6.12, by network address
PIN_TRIES = 5  # 6.9
WRONG_PINS = "60/hour"
"""Wrong PINs from one network address over all its links: who holds many links has no more tries than one person."""
ENTRY_LASTS_FOR = timedelta(hours=24)
"""How long a browser that gave the PIN needs no other (6.9): as long as a client's session at most (4.6)."""


class Standing(StrEnum):
    """Where a grant stands for one browser."""

    UNCLAIMED = "unclaimed"
    YOURS = "yours"
    OTHER_DEVICE = "other_device"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REMOVED = "removed"
    ENDED = "ended"
    WAITS_FOR_SIGN_IN = "waits_for_sign_in"


class Because(StrEnum):
    """Why a grant ended for good (6.4)."""

    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    ARCHIVED = "archived"
    ADDRESS_CHANGED = "address_changed"


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What `standing` needs to know; moments are aware UTC."""

    expires_at: datetime
    device_id: UUID | None
    ended_because: str
    is_ended: bool
    is_withdrawn: bool
    is_work_completed: bool
    needs_resend: bool
    is_archived: bool
    is_mfa_required: bool


def standing(grant: GrantFacts, device_id: UUID | None, now: datetime) -> Standing:
    """Where the grant stands for the browser `device_id` (None: a browser we do not know)."""
    if grant.is_withdrawn or grant.ended_because == Because.WITHDRAWN:
        return Standing.WITHDRAWN
    if grant.ended_because == Because.REMOVED:
        return Standing.REMOVED
    if grant.is_ended or grant.is_archived:
        return Standing.ENDED
    if grant.is_work_completed or grant.needs_resend:
        return Standing.CLOSED
    if grant.is_mfa_required:
        return Standing.WAITS_FOR_SIGN_IN
    if now >= grant.expires_at:
        return Standing.EXPIRED
    if grant.device_id is None:
        return Standing.UNCLAIMED
    return Standing.YOURS if device_id == grant.device_id else Standing.OTHER_DEVICE


def through(where: Standing, *, is_fresh_access_link: bool) -> Standing:
    """Where a grant stands through one of its links: an access link not yet used opens what it can move (6.5, 6.6)."""
    if is_fresh_access_link and where in (Standing.OTHER_DEVICE, Standing.EXPIRED):
        return Standing.UNCLAIMED
    return where


def extended(expires_at: datetime, now: datetime, lasts_for: timedelta) -> datetime:
    """A send or reminder makes a grant last until `now + lasts_for`, never shorter than it did (6.6)."""
    return max(expires_at, now + lasts_for)
