"""When an e-mail that did not leave is tried again, and when that ends."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

LEASE = timedelta(minutes=5)  # longer than a server may take for one e-mail, thrice over
GIVEN_UP_AFTER = timedelta(hours=24)
NEVER_AGAIN = frozenset({"reminder", "reminder_digest"})
"""Where the outcome is unknown these are not sent again; all others are, once (15.2)."""

_STEPS = tuple(timedelta(seconds=s) for s in (10, 30, 60, 300, 900, 1800))
_BY_CODE = {
    421: timedelta(minutes=1),  # the server shuts: it asks to come back
    432: timedelta(minutes=2),  # too many at once: scattered below
    450: timedelta(minutes=5),  # greylisting; most look for five minutes
    451: timedelta(minutes=5),
    452: timedelta(minutes=15),  # no room there
}
_SLICES = 6
_SCATTERED = 432
_SCATTER = 0.25


class Urgency(IntEnum):
    """What leaves first (15.5): somebody waits for a code or an access link before a screen."""

    NOW = 0
    SOON = 1
    LATER = 2


def evenly(a_minute: int) -> str:
    """A limit of so many a minute as a rate that spreads it: ten seconds' share, or one in longer (15.5)."""
    if a_minute >= _SLICES:
        return f"{a_minute // _SLICES}/{60 // _SLICES} second"
    return f"1/{-(-60 // a_minute)} second"


def retry_in(tries: int, code: int, dice: float) -> timedelta:
    """How long to wait after `tries` failed tries (at least 1), the last answered by `code` (0: nobody answered).

    `dice` lies in [0, 1): tries that failed together do not come back together. Between 10 seconds and 30 minutes,
    a quarter more or less.
    """
    step = max(_STEPS[min(tries, len(_STEPS)) - 1], _BY_CODE.get(code, timedelta()))
    if code == _SCATTERED:
        return step + dice * timedelta(minutes=15)
    return step * (1 - _SCATTER + 2 * _SCATTER * dice)
