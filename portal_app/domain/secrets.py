"""Random secrets and how they are stored: only a hash ever reaches the database."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """A URL-safe secret of 256 random bits (6.3 asks for 128)."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits (4.3, 6.5)."""
    return f"{secrets.randbelow(1_000_000):06d}"


def token_hash(token: str) -> bytes:
    """SHA-256 of a token: 32 bytes. Enough for a random secret, since nobody can guess its input."""
    return hashlib.sha256(token.encode()).digest()


def keyed_hash(token: str, code: str) -> bytes:
    """A short code under the secret that it stands beside: without that secret, not even all codes tried find it."""
    return hmac.digest(token.encode(), code.encode(), "sha256")


def same(a: bytes, b: bytes) -> bool:
    """Compare in constant time."""
    return secrets.compare_digest(a, b)
