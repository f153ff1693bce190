"""What was selected in a list that is longer than its page: rows one by one, or all that match but some (2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

MOST = 2_000
"""Rows that can be selected one by one; beyond, one selects all that match."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Ids; with `is_all` everything that matches but these."""

    ids: tuple[str, ...] = ()
    is_all: bool = False

    def holds(self, row_id: str) -> bool:
        """Whether a row is selected."""
        return (row_id in self.ids) != self.is_all

    def turned(self, row_id: str) -> Picked:
        """With the row taken in, or out."""
        others = tuple(one for one in self.ids if one != row_id)
        if len(others) < len(self.ids):
            return replace(self, ids=others)
        return self if len(self.ids) >= MOST else replace(self, ids=(*self.ids, row_id))

    def with_page(self, rows: Sequence[str], *, is_in: bool) -> Picked:
        """With all rows of a page taken in, or out."""
        picked = self
        for row_id in rows:
            if picked.holds(row_id) != is_in:
                picked = picked.turned(row_id)
        return picked

    def count(self, matching: int) -> int:
        """How many are selected; -1 where that is not known because `matching` is not."""
        if not self.is_all:
            return len(self.ids)
        return matching - len(self.ids) if matching >= 0 else -1

    def here(self, rows: Iterable[str]) -> list[str]:
        """Of these rows, those that are selected."""
        return [row_id for row_id in rows if self.holds(row_id)]
