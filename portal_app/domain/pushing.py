"""What a push holds and how long a push service keeps it (RFC 8030, RFC 8291)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

KEPT_FOR: Final = timedelta(hours=24)
"""How long a push service keeps what a sleeping phone cannot take; also when we give up."""
UNSEEN_FOR: Final = timedelta(days=90)
"""A browser that its person did not open the portal in for so long takes nothing more."""
LONGEST_ENDPOINT: Final = 1000
MOST_BROWSERS: Final = 20
"""Of one person."""


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Where a push goes, and the keys it is sealed for: base64url without padding, as browsers give them."""

    endpoint: str
    p256dh: str
    auth: str


def is_target(target: PushTarget, *, may_be_plain: bool = False) -> bool:
    """Whether this can be pushed to: https to a named host on its usual port, keys of the right size.

    Where the host lies is looked at when it is asked. `may_be_plain` lets http through to this machine, for tests.
    """
    try:
        url = urlsplit(target.endpoint)
        is_here = may_be_plain and url.hostname in {"localhost", "127.0.0.1"}
        is_safe = (url.scheme == "https" and url.port in {None, 443}) or (is_here and url.scheme == "http")
        key, secret = _bytes(target.p256dh), _bytes(target.auth)
    except (ValueError, binascii.Error):
        return False
    named = bool(url.hostname) and not url.username and not url.fragment
    return (
        is_safe
        and named
        and len(target.endpoint) <= LONGEST_ENDPOINT
        and len(key) == 65
        and key[:1] == b"\x04"
        and len(secret) == 16
    )


def audience(endpoint: str) -> str:
    """Whom a VAPID token is for: the push service's origin."""
    url = urlsplit(endpoint)
    return f"{url.scheme}://{url.netloc}"


def topic(*words: str) -> str:
    """A name under which a newer push takes an undelivered one's place: 32 marks of base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(":".join(words).encode()).digest())[:32].decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
