"""The audit chain: what is hashed, and how an entry hangs on the one before (14.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

FIRST = bytes(32)
INSTALLATION = UUID(int=0)


def chained(previous_hash: bytes, entry: Mapping[str, Any]) -> bytes:
    """SHA-256 over the previous hash and the entry's canonical JSON. Keys are sorted; values are JSON's own."""
    body = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(previous_hash + body.encode()).digest()
