"""How names are compared and put in order: without case and without accents, so that *cote* finds *Côté*."""

from __future__ import annotations

import unicodedata


def name_key(name: str) -> str:
    """The key by which a name is found and sorted; blanks run together."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


def initials(name: str) -> str:
    """The first letters of the first two words; of an only word, its first two."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return ""
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
    return letters.upper()
