"""How the management page says where clients and their contacts stand: counts of invitations, last sign-ins, days left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from portal_app.domain.invitations import LASTS_FOR
from portal_app.models import AccessStatus
from portal_app.services import spoken
from portal_app.text import _, format_time, ngettext

EXPIRED: Final = "expired"
INVITED = frozenset({AccessStatus.INVITED, AccessStatus.ACCEPTED, AccessStatus.UNDELIVERABLE})
"""Who was sent an invitation that was not taken back."""


def shown_status(status: AccessStatus, invited_at: datetime | None, now: datetime) -> str:
    """The status of 3.5: *expired* is worked out from the invitation."""
    is_over = invited_at is not None and now >= invited_at + LASTS_FOR
    return EXPIRED if status is AccessStatus.INVITED and is_over else status.value


def invitations(
    accesses: Sequence[tuple[AccessStatus, datetime | None]], now: datetime
) -> tuple[str, str, str]:
    """Drawing, tone and words for a client: *1 accepted, 2 expired*; the drawing is of what calls for something."""
    found = Counter(shown_status(status, invited_at, now) for status, invited_at in accesses)
    words = [_counted(status, found[status]) for status in _ORDER if found[status]]
    if found["undeliverable"]:
        drawing, tone = "stop", "late"
    elif found[EXPIRED]:
        drawing, tone = "clock", "wait"
    else:
        drawing, tone = "", ""
    if words and set(found) == {"invited"}:
        last = max(invited_at for _status, invited_at in accesses if invited_at is not None)
        words.append(left(last + LASTS_FOR, now))
    return drawing, tone, ", ".join(words)


def left(ends_at: datetime, now: datetime) -> str:
    """How long an invitation is still open, in days of 24 hours, and in hours on its last."""
    rest = ends_at - now
    if rest >= timedelta(days=1):
        return ngettext("{n} day left", "{n} days left", rest.days)
    return ngettext("{n} hour left", "{n} hours left", max(1, round(rest / timedelta(hours=1))))


def last_sign_in(at: datetime | None, now: datetime, zone: str) -> str:
    """*Today, 07:55*, *18 Nov*, *Never*."""
    if at is None:
        return _("Never")
    day, today = at.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    if day == today:
        return _("Today, {time}").format(time=format_time(at, zone))
    return spoken.short_day(day, today)


_ORDER = ("accepted", "invited", EXPIRED, "undeliverable", "given", "disabled", "cancelled")


def _counted(status: str, n: int) -> str:
    return {
        "accepted": lambda: ngettext("{n} accepted", "{n} accepted", n),
        "invited": lambda: ngettext("{n} invited", "{n} invited", n),
        EXPIRED: lambda: ngettext("{n} expired", "{n} expired", n),
        "undeliverable": lambda: ngettext("{n} undeliverable", "{n} undeliverable", n),
        "given": lambda: ngettext("{n} not invited yet", "{n} not invited yet", n),
        "disabled": lambda: ngettext("{n} disabled", "{n} disabled", n),
        "cancelled": lambda: ngettext("{n} cancelled", "{n} cancelled", n),
    }[status]()
