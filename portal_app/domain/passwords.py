"""Which passwords are good enough (4.1): long enough, not common, not made of what everybody knows of the person.

There are no rules about kinds of characters, and nothing is trimmed or folded before hashing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from portal_app.domain.errors import BadInput
from portal_app.text import _, format_number

SHORTEST = 8  # 4.1
LONGEST = 1000
"""At least 128 must pass (4.1); the bound only keeps a form from hashing megabytes."""
LEFT_OVER = 5
"""How many characters must stay when the firm's name and the address are taken out."""
TELLING = 4
"""Parts of names and addresses shorter than this say nothing."""

_COMMON = Path(__file__).with_name("common_passwords.txt")


def check_password(password: str, *, firm_name: str = "", email: str = "", field: str = "password") -> None:
    """Refuse a password that is too short, too long, common, or the firm's name or the address in disguise.

    Lengths are counted in characters after normalization (NFC). Raises `BadInput` naming `field`.
    """
    composed = unicodedata.normalize("NFC", password)
    if len(composed) < SHORTEST:
        raise BadInput(_("Use at least {n} characters.").format(n=SHORTEST), field=field)
    if len(composed) > LONGEST:
        raise BadInput(_("Use at most {n} characters.").format(n=format_number(LONGEST)), field=field)
    if composed.casefold() in common_passwords():
        raise BadInput(_("This password is on every list of common ones. Choose another."), field=field)
    if is_telling(composed, firm_name, email):
        raise BadInput(
            _("This is too close to the firm’s name or to your address. Choose another."), field=field
        )


def is_telling(password: str, firm_name: str, email: str) -> bool:
    """Whether little is left of `password` without the firm's name and the parts of the address."""
    rest = _plain(password)
    for part in sorted(_parts(firm_name, email), key=len, reverse=True):
        rest = rest.replace(part, "")
    return rest != _plain(password) and len(rest) < LEFT_OVER


@cache
def common_passwords() -> frozenset[str]:
    """The common passwords of eight characters or more, in lower case."""
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _parts(firm_name: str, email: str) -> Iterator[str]:
    """The firm's name and the address, whole and word by word."""
    local, _at, host = email.partition("@")
    for whole in (firm_name, local, host.rpartition(".")[0], email):
        yield from _words([whole, *"".join(mark if mark.isalnum() else " " for mark in whole).split()])


def _words(texts: Iterable[str]) -> Iterator[str]:
    return (word for text in texts if len(word := _plain(text)) >= TELLING)


def _plain(text: str) -> str:
    """Letters and digits alone, without accents or case."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in spread if mark.isalnum())
