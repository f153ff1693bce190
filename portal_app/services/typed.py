"""What people type into forms: trimmed, bounded, and refused beside its field."""

from __future__ import annotations

from portal_app.domain.characters import is_control, is_format, plain
from portal_app.domain.errors import BadInput
from portal_app.text import _

__all__ = ["line", "plain", "prose"]


def line(typed: str, field: str, *, longest: int, missing: str = "") -> str:
    """One line of text: blanks run together, control and bidi characters gone. With `missing` it may not be empty.

    `missing` is the sentence that says what to write. Raises `BadInput` naming `field`.
    """
    text = " ".join(
        "".join(" " if is_control(mark) else mark for mark in typed if not is_format(mark)).split()
    )
    if missing and not text:
        raise BadInput(missing, field=field)
    return _bounded(text, field, longest)


def prose(typed: str, field: str, *, longest: int, missing: str = "") -> str:
    """Text of several lines, its line ends kept. Raises `BadInput` naming `field`."""
    text = plain(typed).strip()
    if missing and not text:
        raise BadInput(missing, field=field)
    return _bounded(text, field, longest)


def _bounded(text: str, field: str, longest: int) -> str:
    if len(text) > longest:
        raise BadInput(_("This is too long: {n} characters at most.").format(n=longest), field=field)
    return text
