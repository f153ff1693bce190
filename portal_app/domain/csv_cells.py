"""Lines of a CSV file that a spreadsheet opens as text, whatever somebody typed into a cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a spreadsheet takes a cell for a formula by, at its beginning."""
START: Final = "\ufeff"
"""The mark at a file's beginning by which Excel reads it as UTF-8."""


def line(cells: Iterable[str]) -> str:
    """One line by RFC 4180, its end included; each cell is quoted, and none is a formula."""
    return ",".join(f'"{_neutral(cell)}"' for cell in cells) + "\r\n"


def _neutral(cell: str) -> str:
    """With an apostrophe before what would be calculated; NUL, which no spreadsheet reads, is left out."""
    is_active = cell.lstrip(" ").startswith(ACTIVE)
    plain = cell.replace("\0", "").replace('"', '""')
    return f"'{plain}" if is_active else plain
