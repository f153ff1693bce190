"""Small numbers in words, as one writes them in a sentence."""

from __future__ import annotations

from portal_app.text import N_, _, format_number

_WORDS = (
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
)


def in_words(n: int) -> str:
    """*one* to *nine*; other numbers in figures."""
    return _(_WORDS[n - 1]) if 1 <= n <= 9 else format_number(n)
