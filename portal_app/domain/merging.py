"""Two contacts who are one person: what their access to one client comes to (2.20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FULL, LIMITED = "full", "limited"
GIVEN, ACCEPTED = "given", "accepted"
_LIVE: Final = frozenset({GIVEN, "invited", ACCEPTED, "undeliverable"})


@dataclass(frozen=True, slots=True)
class Held:
    """Portal access to one client: a level and a status of 3.5."""

    level: str
    status: str

    @property
    def is_live(self) -> bool:
        """Whether it was given and not taken back: what was cancelled raises nobody's level."""
        return self.status in _LIVE


def merged(kept: Held | None, other: Held | None, *, has_account: bool) -> Held | None:
    """The access of the one who stays, who has an account or not; None where neither was ever given any.

    The higher level stays. An invitation sent to the address that goes has ended, so its offer stands as given;
    what was accepted by an account that goes is open to the one that stays, or waits to be accepted.
    """
    live = [one for one in (kept, other) if one is not None and one.is_live]
    if not live:
        return kept or other
    level = FULL if any(one.level == FULL for one in live) else LIMITED
    statuses = {one.status for one in live}
    if ACCEPTED in statuses and has_account:
        return Held(level, ACCEPTED)
    if kept is not None and kept.is_live and kept.status != ACCEPTED:
        return Held(level, kept.status)
    return Held(level, GIVEN)
