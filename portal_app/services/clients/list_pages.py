"""What the lists of clients and of contacts share: where a page begins, how words are found, several names in one."""

from __future__ import annotations

from uuid import UUID

from portal_app.text import _

PAGE = 50


def pattern(words: str) -> str:
    """For `LIKE … ESCAPE '\\'`: the words anywhere, and nothing in them that means more than itself."""
    return "%" + words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"


def after(name_key: str, row_id: UUID) -> str:
    """What the next page begins after."""
    return f"{name_key}\n{row_id.hex}"


def start(written: str) -> tuple[str, UUID] | None:
    """Where a page begins, of what `after` wrote; None for the first, and for what it never wrote."""
    name, _break, row_id = written.partition("\n")
    try:
        return name, UUID(row_id)
    except ValueError:
        return None


def some(names: list[str]) -> str:
    """The first name, and how many more."""
    if len(names) < 2:
        return "".join(names)
    return _("{name} and {n} more").format(name=names[0], n=len(names) - 1)
