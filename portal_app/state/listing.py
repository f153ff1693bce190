"""A list whose filters stand in its address, so that they survive a reload (5.1)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.state.base import Line, Payload, handler
from portal_app.state.forms import FormState

P = Permission


class Search(Payload):
    """The search field."""

    search: Line = ""


class ListState(FormState, mixin=True):
    """One page of a list: it has `view` with `next_after`, frozen `filters` with `search` and `after`, and `_read`.

    `_path` is its address.
    """

    _path: ClassVar[str] = ""
    is_loaded: bool = False
    if TYPE_CHECKING:
        view: Any
        filters: Any

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something changed in the firm."""
        await self._read()

    @handler(P.WORK_READ)
    async def search(self, form: Search) -> Any:
        """Go to the list of what holds these words."""
        return self._to(replace(self.filters, after="", search=form.search))

    @handler(P.WORK_READ)
    async def clear(self) -> Any:
        """Go to the list without filters."""
        return self._to(self.filters.__class__())  # of what Reflex wraps; `type` is the wrapper's

    @handler(P.WORK_READ)
    async def onward(self) -> Any:
        """Go to the next page."""
        return self._to(replace(self.filters, after=self.view.next_after))

    @handler(P.WORK_EDIT)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    def _asked(self, longest: int) -> dict[str, str]:
        """The filters that the address names, each cut to a length; what is no filter is left out."""
        asked = self.rx_router_page.params
        return {name: str(asked.get(name) or "")[:longest] for name in asdict(self.filters)}

    def _to(self, filters: Any) -> Any:
        return rx.redirect(self._address(self._path, filters))

    def _address(self, path: str, filters: Any) -> str:
        """`path` with what narrows the list."""
        asked = urlencode({name: value for name, value in asdict(filters).items() if value})
        return f"{path}?{asked}" if asked else path

    async def _read(self) -> None:
        raise NotImplementedError
