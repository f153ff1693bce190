"""The rules of signing in that need nothing but values: how long, how often, and where to afterwards (section 4)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from portal_app.domain.actors import Kind

CODE_LASTS_FOR: Final = timedelta(minutes=10)  # 4.3
CODE_TRIES: Final = 3  # 4.3
WRONG_CODES: Final = 9
"""Wrong codes of any sort after which a sign-in starts over and its person is told: three e-mailed codes' worth."""
UNFINISHED_FOR: Final = timedelta(minutes=30)
"""How long the second step waits after the password; codes end earlier."""
REMEMBERED_FOR: Final = timedelta(days=30)  # 4.4
CONFIRMED_FOR: Final = timedelta(minutes=10)
"""How long password or MFA given again is good for changing address, password and MFA (4.7)."""
RESET_LASTS_FOR: Final = timedelta(hours=1)  # 4.5
SIGN_UP_LASTS_FOR: Final = timedelta(hours=72)
"""As long as an invitation (3.3): whoever asks on a phone may go on at a desk."""

TRIES: Final = ("5/minute", "10/15 minutes", "20/hour")
"""Of one account, each a sliding window: delays rise with the tries, and end (4.2)."""
CODES: Final = ("6/15 minutes", "20/2 hours")
"""Sign-in codes e-mailed to one account between two completed sign-ins."""
RESETS: Final = ("1/minute", "5/hour")
"""Reset links e-mailed to one account, as access links are (6.12)."""
PRESSES: Final = ("60/hour",)
"""Presses from one network address on what answers alike whatever is true (6.12)."""
FROM_ONE_NETWORK: Final = ("60/15 minutes",)
"""Wrong tries from one network address; an office of twenty stays below it."""
FLOOD: Final = "300/15 minutes"
"""Wrong tries from one network address after which nothing is worked out any more."""

STAFF_START: Final = "/staff"
CLIENT_START: Final = "/home"
LONGEST_PATH: Final = 300

_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LOOPS = re.compile(
    r"/((staff/)?account/confirm|staff/(login|logout|forgot|reset|address)|f/[^/]*/(login|logout|forgot|reset|address|register)|setup)(/|\?|$)"
)


def email_key(email: str) -> str:
    """An address as it is compared: without case (2.16)."""
    return email.strip().casefold()


def own_path(path: str) -> str:
    """`path` where it leads to a page of this portal and nowhere else; "" where it might not."""
    return path if len(path) <= LONGEST_PATH and _PATH.fullmatch(path) else ""


def way_back(path: str, kind: Kind) -> str:
    """`path` where it leads into this portal's own pages of that side, else that side's first page (4.10)."""
    is_staffs = path == STAFF_START or path.startswith((f"{STAFF_START}/", f"{STAFF_START}?"))
    if own_path(path) and path != "/" and not _LOOPS.match(path) and is_staffs is (kind is Kind.STAFF):
        return path
    return STAFF_START if kind is Kind.STAFF else CLIENT_START


def masked(email: str) -> str:
    """An address that its owner recognizes and nobody else learns: *m…n@client.example*."""
    local, at, host = email.rpartition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}{at}{host}"


def six_digits(typed: str) -> str:
    """What was typed without the blanks and hyphens that people put between digits; "" when it is no code."""
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", typed)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""
