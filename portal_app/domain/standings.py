"""Where a client stands with the portal (2.6), and the words by which it is found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal_app.domain.names import name_key

PENDING = frozenset({"invited", "undeliverable"})
"""Offered and not accepted; an invitation that expired counts as *invited*."""
WAITING = PENDING | {"given"}
"""Access that a contact has and cannot use yet (2.9)."""
MARK = "\x1f"
"""Begins words that nobody can search for, since it is a blank: they stand for what the list is narrowed by."""


class ClientStatus(StrEnum):
    """2.6."""

    ACTIVATED = "activated"
    PENDING = "pending"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """One contact's access to the client; `is_able`: they have an account that is neither disabled nor archived."""

    status: str
    is_able: bool = False


def client_status(is_on: bool, accesses: Iterable[AccessFacts]) -> ClientStatus:
    """*Activated*: the portal is on and somebody can sign in now; *pending*: nobody can, and somebody was invited."""
    there = list(accesses)
    if is_on and any(one.status == "accepted" and one.is_able for one in there):
        return ClientStatus.ACTIVATED
    if any(one.status in PENDING for one in there):
        return ClientStatus.PENDING
    return ClientStatus.NONE


def words_of(*texts: str, longest: int = 80) -> frozenset[str]:
    """The words of these texts without case and accents, whole and in their parts: *l'atelier*, *l*, *atelier*."""
    whole = {word for text in texts for word in name_key(text).split()}
    parts = {part for word in whole for part in re.split(r"[\W_]+", word) if part}
    return frozenset(word[:longest] for word in whole | parts)


def wanted_words(search: str, *, most: int = 6) -> list[str]:
    """The words of which each is the beginning of one of the client's, longest first: the rarest, mostly."""
    return sorted(set(name_key(search).split()), key=len, reverse=True)[:most]


def staff_word(staff_id: UUID) -> str:
    """Stands among a client's words for who looks after it (2.13)."""
    return f"{MARK}{staff_id.hex}"


def status_word(status: ClientStatus) -> str:
    """Stands for where the client stands, as if the firm's portal were on."""
    return f"{MARK}{status.value}"


def switch_word(*, is_on: bool) -> str:
    """Stands for the client's portal."""
    return f"{MARK}on" if is_on else f"{MARK}off"


def level_word(*, is_full: bool) -> str:
    """Stands for somebody's access of that level."""
    return f"{MARK}full" if is_full else f"{MARK}limited"
