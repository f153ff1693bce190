"""Characters that nobody sees and that turn, hide or cut the text around them: never kept of what people type.

Format characters hold the bidi marks, by which *exe.pdf* reads as *fdp.exe* and one name as another.
"""

from __future__ import annotations

import unicodedata
from typing import Final

JOINERS: Final = "\u200c\u200d"
"""Format characters that emoji and Persian words need."""


def is_control(mark: str) -> bool:
    """A control character: line ends and tabs, too."""
    return unicodedata.category(mark) == "Cc"


def is_format(mark: str) -> bool:
    """A bidi mark or another format character that text can do without."""
    return unicodedata.category(mark) == "Cf" and mark not in JOINERS


def plain(text: str) -> str:
    """`text` without control and format characters; line ends are *LF* and stay."""
    kept = text.replace("\r\n", "\n")
    return "".join(mark for mark in kept if mark == "\n" or not (is_control(mark) or is_format(mark)))
