"""A list that is paged forth and back, and starts anew whenever something else is looked for (2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal_app.domain.permissions import Permission
from portal_app.state.base import handler
from portal_app.state.forms import FormState


class PagedState(FormState, mixin=True):
    """One page of what was `found`, which says where the next one begins, and the way here; `_look` reads a page."""

    is_loaded: bool = False
    page: int = 1
    _trail: list[str] = []
    if TYPE_CHECKING:
        found: Any

    @handler(Permission.CLIENT_READ)
    async def refresh(self) -> None:
        """Something changed: the same page again."""
        await self._look()

    @handler(Permission.CLIENT_READ)
    async def next_page(self) -> None:
        """The page after this one."""
        if self.found.next_after:
            self._trail = [*self._trail, self.found.next_after]
            await self._look()

    @handler(Permission.CLIENT_READ)
    async def previous_page(self) -> None:
        """The page before this one."""
        self._trail = self._trail[:-1]
        await self._look()

    async def _from_the_start(self) -> None:
        self._trail = []
        await self._look()

    def _after(self) -> str:
        """Behind what the page begins; empty on the first."""
        return self._trail[-1] if self._trail else ""

    def _stands(self, found: Any) -> None:
        """A page has been read."""
        self.found, self.page, self.is_loaded = found, len(self._trail) + 1, True

    async def _look(self) -> None:
        """Read the page that `_after` leads to, and let it stand."""
        raise NotImplementedError
