"""How long a sign-in lasts (4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal_app.domain.actors import Kind


@dataclass(frozen=True, slots=True)
class Limits:
    """Without use, and in all."""

    idle_for: timedelta
    whole_for: timedelta


LIMITS = {
    Kind.STAFF: Limits(timedelta(minutes=30), timedelta(hours=12)),
    Kind.CLIENT: Limits(timedelta(minutes=60), timedelta(hours=24)),
}
TOUCH_AFTER = timedelta(minutes=1)
"""How stale *last seen* may get: less than that is not worth a write."""


def ends_at(kind: Kind, created_at: datetime, last_seen_at: datetime) -> datetime:
    """When a session ends unless it is used before (aware UTC)."""
    limits = LIMITS[kind]
    return min(last_seen_at + limits.idle_for, created_at + limits.whole_for)
