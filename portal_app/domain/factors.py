"""Second steps of signing in: which of one's own count, which may be added, which may go (4.3, rows 7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSKEY: Final = "passkey"
TOTP: Final = "totp"
SMS: Final = "sms"
EMAIL: Final = "email"
RECOVERY: Final = "recovery"

KINDS: Final = (PASSKEY, TOTP, SMS, EMAIL)
"""What can be set up, the strongest first: in this order sign-in offers them."""
RECOVERY_CODES: Final = 10
MOST_PASSKEYS: Final = 20
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has set up, and what the firm lets count."""

    set_up: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset({TOTP})
    has_recovery: bool = False
    is_reset: bool = False
    """Whether an admin took all of it away (4.5): the mailbox speaks for the person until something is set up."""

    @property
    def counting(self) -> tuple[str, ...]:
        """Those that are set up and count."""
        return tuple(kind for kind in KINDS if kind in self.set_up & self.allowed)

    @property
    def ways(self) -> tuple[str, ...]:
        """What the second step takes. Where nothing of theirs counts any more, what they have and the mailbox open the
        set-up only."""
        first = self.counting
        if not first and (self.set_up or self.is_reset or EMAIL in self.allowed):
            first = (*(kind for kind in KINDS if kind in self.set_up - {EMAIL}), EMAIL)
        return (*first, RECOVERY) if self.has_recovery else first

    @property
    def may_set_up_at_once(self) -> bool:
        """Whether the password alone leads to setting one up: nothing was there before."""
        return not self.set_up and not self.is_reset

    @property
    def addable(self) -> tuple[str, ...]:
        """What can be set up now; passkeys as many as one likes."""
        return tuple(
            kind for kind in KINDS if kind in self.allowed and (kind == PASSKEY or kind not in self.set_up)
        )

    def opens(self, way: str) -> bool:
        """Whether a sign-in is complete with this way; else something that counts is set up first."""
        if way == RECOVERY:
            return bool(self.counting)
        return way in self.allowed

    def may_remove(self, kind: str, *, passkeys: int = 0) -> bool:
        """Whether one that counts is left: the last one stays."""
        if kind == PASSKEY and passkeys > 1:
            return True
        return kind in self.set_up and any(other != kind for other in self.counting)
