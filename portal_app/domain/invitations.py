"""Invitations: how long, how often, where one stands, and what staff may do next (3.3, 3.5, 6.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS_FOR = timedelta(hours=72)  # 3.3
MAIL_EVERY = timedelta(minutes=1)  # 6.12
MAILS_AN_HOUR = 5  # 6.12
PRESSES = "60/hour"  # 6.12, by network address

_NOT_INVITED = frozenset({"none", "given", "cancelled"})
_INVITED = frozenset({"invited", "undeliverable"})
_TO_CANCEL = _INVITED | {"given"}


class Standing(StrEnum):
    """What an invitation's links open."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    READDRESSED = "readdressed"
    """The firm writes to the person at another address by now (2.17)."""
    ENDED = "ended"
    """What it offers is not to be had: whom to ask is all that is said."""


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What `standing` needs to know; moments are aware UTC.

    `is_shut`: person or client archived, portal off, or the account disabled.
    """

    expires_at: datetime
    is_accepted: bool = False
    is_cancelled: bool = False
    is_readdressed: bool = False
    is_shut: bool = False


def standing(facts: InvitationFacts, now: datetime) -> Standing:
    """Where an invitation stands; it is open for 72 hours less nothing, and not at their end (3.3)."""
    if facts.is_accepted:
        return Standing.ACCEPTED
    if facts.is_cancelled:
        return Standing.CANCELLED
    if facts.is_readdressed:
        return Standing.READDRESSED
    if facts.is_shut:
        return Standing.ENDED
    return Standing.OPEN if now < facts.expires_at else Standing.EXPIRED


@dataclass(frozen=True, slots=True)
class Moves:
    """What staff may do about one contact's portal access (2.8)."""

    can_invite: bool = False
    can_resend: bool = False
    can_cancel: bool = False


def moves(status: str) -> Moves:
    """What may be done, by the status of 3.5; an expired invitation counts as *invited*, and is resent."""
    return Moves(
        can_invite=status in _NOT_INVITED, can_resend=status in _INVITED, can_cancel=status in _TO_CANCEL
    )
