"""A task in somebody else's hands: until when, and whether its link opens it now (5.8a). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from portal_app.domain.links import Standing

MOST_DAYS: Final = 30
USUAL_DAYS: Final = 7
MOST_AT_ONCE: Final = 5
"""Hands that one task may be in at a time."""
MAILS_A_DAY: Final = "20/day"
"""Hand-overs by one recipient: their e-mails go to addresses that nobody at the firm knows."""
CLOSED: Final = frozenset(
    {Standing.EXPIRED, Standing.WITHDRAWN, Standing.CLOSED, Standing.REMOVED, Standing.ENDED}
)


@dataclass(frozen=True, slots=True)
class HandFacts:
    """What `standing` needs; moments are aware UTC. `giver` is where the recipient's own grant stands."""

    giver: Standing
    created_at: datetime
    expires_at: datetime
    is_taken_back: bool
    is_task_over: bool
    reopened_at: datetime | None
    is_mfa_required: bool


def standing(hand: HandFacts, now: datetime) -> Standing:
    """*Unclaimed* while the link opens the task, whoever holds it; else why it does not.

    A task that was completed ends it for good: reopening gives it back to the recipient alone.
    """
    was_completed = hand.reopened_at is not None and hand.reopened_at > hand.created_at
    if hand.is_taken_back or hand.is_task_over or was_completed:
        return Standing.ENDED
    if hand.giver in CLOSED:
        return hand.giver
    if hand.is_mfa_required or hand.giver is Standing.WAITS_FOR_SIGN_IN:
        return Standing.WAITS_FOR_SIGN_IN
    return Standing.EXPIRED if now >= hand.expires_at else Standing.UNCLAIMED


def last_day(today: date) -> date:
    """The latest day until which a task may be handed over."""
    return today + timedelta(days=MOST_DAYS)
