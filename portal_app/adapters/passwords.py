"""Argon2id by argon2-cffi: OWASP's second recommendation, a bounded number at once (4.1)."""

from __future__ import annotations

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 4  # each takes 46 MiB while it runs


class Argon2Passwords:
    """Hashes and checks; Unicode is normalized (NFC) so that one password typed on two keyboards is one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
        self._dummy = self._hasher.hash("nobody has this password")
        self._slots = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash to store, its parameters inside."""
        with self._slots:
            return self._hasher.hash(unicodedata.normalize("NFC", password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Check against `stored`; None takes as long and is never right."""
        with self._slots:
            try:
                self._hasher.verify(stored or self._dummy, unicodedata.normalize("NFC", password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)
