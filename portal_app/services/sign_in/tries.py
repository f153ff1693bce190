"""How often one may try to sign in: by account, by known browser, by network address (4.2).

Names of counters hold hashes, never addresses. Known browsers are counted apart, so that strangers who try an
account's password cannot keep its owner out.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime
from math import ceil
from uuid import UUID

from portal_app.domain.errors import TryLater
from portal_app.domain.sign_in import FLOOD, FROM_ONE_NETWORK, PRESSES, email_key
from portal_app.ports import Limiter, Ports
from portal_app.services.sign_in.accounts import Entrance
from portal_app.text import ngettext


def counter(what: str, entrance: Entrance, email: str, device_id: UUID | None) -> str:
    """The counter of `what` for an account: the browser's own where the account knows it, else the strangers'."""
    digest = hashlib.sha256(f"{entrance.name}\0{email_key(email)}".encode()).hexdigest()[:32]
    return f"{what}:{digest}:{device_id.hex if device_id else 'strangers'}"


def take(limiter: Limiter, name: str, limits: Iterable[str]) -> bool:
    """Count one try where every window has room for it; False where one has not."""
    windows = list(limits)
    if not all(limiter.has_room(name, limit) for limit in windows):
        return False
    return all(limiter.hit(name, limit) for limit in windows)


def forget(limiter: Limiter, name: str, limits: Iterable[str]) -> None:
    """Start counting anew."""
    for limit in limits:
        limiter.clear(name, limit)


def full(ports: Ports, name: str, limits: Iterable[str]) -> TryLater:
    """The refusal that says when the last full window frees."""
    limiter = ports.limiter
    frees = [limiter.reset_at(name, limit) for limit in limits if not limiter.has_room(name, limit)]
    return later(ports, max(frees, default=ports.clock.now()))


def later(ports: Ports, until: datetime) -> TryLater:
    """Too many tries until then, in whole minutes."""
    minutes = max(1, ceil((until - ports.clock.now()).total_seconds() / 60))
    return TryLater(
        ngettext(
            "Too many tries. Try again in one minute.", "Too many tries. Try again in {n} minutes.", minutes
        ),
        until,
    )


def network(address: str) -> str:
    """What counts as one network address: of IPv6, a customer has a whole /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"network:{address[:45]}"
    if parsed.version == 6 and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    width = 64 if parsed.version == 6 else 32
    return f"network:{ipaddress.ip_network((parsed, width), strict=False)}"


def count_press(ports: Ports, what: str, address: str) -> None:
    """Count a press that has one answer for everybody, as of *Send access link* (6.12). Raises `TryLater`."""
    counted = f"{what}:{network(address)}"
    if not take(ports.limiter, counted, PRESSES):
        raise full(ports, counted, PRESSES)


def went_wrong(ports: Ports, address: str) -> None:
    """Count a wrong try from this network address."""
    for limit in (*FROM_ONE_NETWORK, FLOOD):
        ports.limiter.hit(network(address), limit)


def is_welcome(ports: Ports, address: str) -> bool:
    """Whether tries from this network address are still looked at."""
    return all(ports.limiter.has_room(network(address), limit) for limit in FROM_ONE_NETWORK)


def refuse_flood(ports: Ports, address: str) -> None:
    """Turn a flood away before anything is worked out. Raises `TryLater`, whatever the address typed."""
    name = network(address)
    if not ports.limiter.has_room(name, FLOOD):
        raise later(ports, ports.limiter.reset_at(name, FLOOD))


def left(limiter: Limiter, name: str, limits: Iterable[str]) -> int:
    """How many more tries every window has room for."""
    return min(limiter.left(name, limit) for limit in limits)


def told(number: int) -> str:
    """How many tries are left, at least one."""
    return ngettext("{n} try is left.", "{n} tries are left.", number)
