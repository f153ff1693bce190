"""When an e-mail that did not leave is tried again, and when that ends."""

from __future__ import annotations

from datetime import datetime, timedelta
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
SHARE_SECONDS = 10
_SHARES = 60 // SHARE_SECONDS
_SCATTERED = 432
_SCATTER = 0.25


class Urgency(IntEnum):
    """What leaves first (15.5): somebody waits for a code or an access link before a screen."""

    NOW = 0
    SOON = 1
    LATER = 2


def share(a_minute: int, moment: datetime) -> tuple[int, int]:
    """The ten seconds that `moment` lies in, by number, and how many of `a_minute` e-mails may leave in them (15.5).

    Whoever looks at least once in every ten seconds can use all of a limit, whenever in them that is. The
    shares of a minute sum up to the limit; a limit below six leaves some of them empty.
    """
    number = int(moment.timestamp()) // SHARE_SECONDS
    place = number % _SHARES
    return number, -(-a_minute * (place + 1) // _SHARES) + (-a_minute * place // _SHARES)


def retry_in(tries: int, code: int, dice: float) -> timedelta:
    """How long to wait after `tries` failed tries (at least 1), the last answered by `code` (0: nobody answered).

    `dice` lies in [0, 1): tries that failed together do not come back together. Between 10 seconds and 30 minutes,
    a quarter more or less.
    """
    step = max(_STEPS[min(tries, len(_STEPS)) - 1], _BY_CODE.get(code, timedelta()))
    if code == _SCATTERED:
        return step + dice * timedelta(minutes=15)
    return step * (1 - _SCATTER + 2 * _SCATTER * dice)
