"""The installed portal's name and icons: the firm's logo where it is nearly square, else its initials (11.1)."""

from __future__ import annotations

import unicodedata
from typing import Final

ANY, LARGE, MASKABLE, APPLE = "192", "512", "maskable", "apple"
SIDES: Final = {ANY: 192, LARGE: 512, MASKABLE: 512, APPLE: 180}
"""Pixels of each icon."""
SHARES: Final = {ANY: 78, LARGE: 78, MASKABLE: 56, APPLE: 70}
"""Percent of the side: a phone may cut a maskable one down to a circle of four fifths."""
WIDEST: Final = 2.5
"""A logo wider than so many times its height is unreadable as an icon."""
LONGEST_SHORT: Final = 12
"""Characters below an icon before a phone cuts them."""


def initials(name: str) -> str:
    """The first letters of a name's first two words, as plain capitals; *C* where it has none."""
    words = [word for word in name.replace("-", " ").replace("&", " ").split() if word[:1].isalnum()]
    plain = unicodedata.normalize("NFKD", "".join(word[0] for word in words[:2]))
    return "".join(mark for mark in plain.upper() if mark.isascii() and mark.isalnum()) or "C"


def short_name(name: str) -> str:
    """What stands below the icon: as many whole words of the name as fit, at least the first."""
    words, short = name.split(), ""
    for word in words:
        longer = f"{short} {word}".strip()
        if short and len(longer) > LONGEST_SHORT:
            break
        short = longer
    return short.rstrip(" ,&-") or name


def is_iconic(width: int, height: int) -> bool:
    """Whether a logo of this size can be read as an icon."""
    return height > 0 and width / height <= WIDEST and height / width <= WIDEST
