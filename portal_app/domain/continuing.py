"""*Continue on a computer*: the code that one device shows and another types (6.5a)."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

CODE_LASTS_FOR: Final = timedelta(minutes=10)
WRONG_TRIES: Final = "5/hour"  # by network address
LOCKED_FOR: Final = "1/hour"
"""The window that the last of them fills: from then on the address waits a whole hour."""
CODES_MADE: Final = "30/hour"
"""Codes that one device may ask for; people ask for one or two."""

ALPHABET: Final = "23456789CDFHJKMNPRTVWXY"
"""No two of these look alike, and they spell no word. Eight of them are 7.8 * 10^10 codes."""
LENGTH: Final = 8
_LOOK_ALIKE: Final = str.maketrans("BGSUZ", "865V2")


def new_code() -> str:
    """Eight characters."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def shown(code: str) -> str:
    """The code as two groups of four, with a blank between."""
    return f"{code[:4]} {code[4:]}"


def typed(text: str) -> str:
    """What was typed as a code: in capitals, without blanks and hyphens, look-alikes read as what we write.

    "" for what is not eight letters and digits.
    """
    bare = re.sub(r"[\s\-\u2010-\u2015]", "", text[:60])
    return bare.upper().translate(_LOOK_ALIKE) if re.fullmatch(rf"[0-9A-Za-z]{{{LENGTH}}}", bare) else ""


def code_hash(code: str, portal: str) -> bytes:
    """32 bytes by which a code is found again, slow to work out (8 MB, some 20 ms).

    A fast hash of eight characters gives them away within their ten minutes to whoever reads the database.
    `portal` is this portal's own address, so that no table of hashes fits two.
    """
    return hashlib.scrypt(code.encode(), salt=portal.encode(), n=2**13, r=8, p=1, dklen=32)
