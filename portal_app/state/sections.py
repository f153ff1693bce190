"""A page of sections, of a work item or of a template: what is collapsed, and what was removed last (5.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from portal_app.domain.permissions import Permission
from portal_app.services.work import folding
from portal_app.services.work.sections import Removed
from portal_app.state.base import handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission


class SectionsState(FormState, mixin=True):
    """The page reads itself (`_read`) and says what puts a section back (`_put_back`); `removed_name` offers it."""

    folded: list[str] = []
    removed_name: str = ""
    _removed: Removed | None = None

    @handler(P.WORK_READ)
    async def fold(self, section_id: UUID) -> None:
        """Collapse a section, or unfold it; it stays so for this person."""
        is_folded = str(section_id) not in self.folded
        await self._call(folding.fold_section, section_id, is_folded=is_folded)
        rest = [one for one in self.folded if one != str(section_id)]
        self.folded = [*rest, str(section_id)] if is_folded else rest

    @handler(P.WORK_EDIT)
    async def undo_removal(self) -> AsyncIterator[Any]:
        """Put the section that was removed last back where it stood."""
        if self._removed is not None:
            await self._put_back(self._removed)
            self._offer(None)
            await self._read()
            yield notice(_("Put back."))

    def _offer(self, removed: Removed | None) -> None:
        """Let *Undo* stand on the page until it is left, for the last removal."""
        self._removed, self.removed_name = removed, removed.name if removed else ""

    async def _read_folds(self, section_ids: list[str]) -> None:
        self.folded = await self._call(folding.folded_sections, section_ids)

    async def _read(self) -> None:
        raise NotImplementedError

    async def _put_back(self, removed: Removed) -> None:
        raise NotImplementedError
