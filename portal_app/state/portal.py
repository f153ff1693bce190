"""The management page, as its address says: clients or who is pending, and what is selected across its pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal
from uuid import UUID

import reflex as rx

from portal_app import routes
from portal_app.domain.permissions import Permission
from portal_app.domain.picking import Picked
from portal_app.services.clients import own_test_client
from portal_app.services.portal import pending_views, portal_views
from portal_app.services.portal.pending_views import PendingView
from portal_app.services.portal.places import Filters
from portal_app.services.portal.portal_views import PortalView
from portal_app.services.portal.selections import Selection
from portal_app.state.base import Line, handler
from portal_app.state.listing import ListState
from portal_app.text import _, format_number, ngettext

P = Permission

FilterName = Literal["tab", "status", "portal", "level", "seen", "assigned", "by", "order", "after"]


class PortalState(ListState, rx.State):
    """One page of clients, or of pending contacts, and the selection."""

    _path: ClassVar[str] = routes.PORTAL
    view: PortalView = PortalView()
    pending: PendingView = PendingView()
    filters: Filters = Filters()
    shown_picked: list[str] = []
    is_page_picked: bool = False
    picked_text: str = ""
    picked_more: str = ""
    can_pick_all: bool = False
    export_to: str = ""
    _picked: Picked = Picked()

    @handler(P.CLIENT_READ)
    async def load(self) -> None:
        """Read the page that the address asks for, and hear of changes."""
        wanted = Filters(**self._asked(200))
        if replace(wanted, after="", order="") != replace(self.filters, after="", order=""):
            self._picked = Picked()
        self.filters = wanted
        await self._read()
        self._listen(f"firm:{self.view.firm_id}", f"sign-ins:{self.view.firm_id}")

    @handler(P.CLIENT_READ)
    async def narrow(self, name: FilterName, value: Line) -> Any:
        """Go to the list with one filter set, or taken away when `value` is empty."""
        return self._to(replace(self.filters, **{"after": "", name: value}))

    @handler(P.CLIENT_READ)
    async def show(self, tab: Literal["", "pending"]) -> Any:
        """Go to the clients, or to who is pending."""
        return self._to(Filters(tab=tab))

    @handler(P.CLIENT_READ)
    async def widen(self) -> Any:
        """Go to the same list without filters."""
        return self._to(Filters(tab=self.filters.tab))

    @handler(P.CLIENT_READ)
    async def turn(self, by: Literal["name", "seen", "invited"]) -> Any:
        """Put the list in order by a column, or the other way round."""
        up, down = {"name": ("", "down"), "seen": ("seen_down", "seen"), "invited": ("", "up")}[by]
        order = down if self.filters.order == up else up
        return self._to(replace(self.filters, after="", order=order))

    @handler(P.CLIENT_EDIT)
    async def open_test(self) -> Any:
        """Go to one's own test client, made at the first time (2.12)."""
        return rx.redirect(routes.to(routes.CLIENT, id=await self._call(own_test_client.open_test_client)))

    @handler(P.BULK)
    async def pick(self, row_id: UUID) -> None:
        """Take one row into the selection, or out of it."""
        self._pick(self._picked.turned(str(row_id)))

    @handler(P.BULK)
    async def pick_page(self, is_in: bool) -> None:
        """Take all rows of this page in, or out."""
        self._pick(self._picked.with_page(self._rows(), is_in=is_in))

    @handler(P.BULK)
    async def pick_all(self) -> None:
        """Take in all that match, on every page."""
        self._pick(Picked(is_all=True))

    @handler(P.BULK)
    async def unpick(self) -> None:
        """Select nothing."""
        self._pick(Picked())

    def _selection(self) -> Selection:
        """What is selected."""
        return Selection(self.filters, self._picked.is_all, tuple(UUID(one) for one in self._picked.ids))

    def _nothing_picked(self) -> None:
        """What was selected is being done."""
        self._pick(Picked())

    def _rows(self) -> list[str]:
        return [row.id for row in (self.pending.rows if self.filters.tab else self.view.rows)]

    def _pick(self, picked: Picked) -> None:
        rows = self._rows()
        matching = self.pending.found if self.filters.tab else self.view.found
        count, here = picked.count(matching), picked.here(rows)
        self._picked, self.shown_picked = picked, here
        self.is_page_picked = bool(rows) and len(here) == len(rows)
        self.picked_text = self._picked_text(count)
        elsewhere = count - len(here)
        self.picked_more = (
            _("{n} here, {m} on other pages").format(n=format_number(len(here)), m=format_number(elsewhere))
            if elsewhere > 0
            else ""
        )
        self.can_pick_all = not picked.is_all and (matching < 0 or count < matching)

    def _picked_text(self, count: int) -> str:
        if not count:
            return ""
        if count < 0:
            return _("All that match are selected")
        if self.filters.tab:
            return ngettext("{n} selected", "{n} selected", count)
        return ngettext("{n} client selected", "{n} clients selected", count)

    async def _read(self) -> None:
        view = await self._call(portal_views.portal_view, self.filters)
        if self.filters.tab:
            self.pending = await self._call(pending_views.pending_view, self.filters)
            view = replace(view, next_after=self.pending.next_after)
        self.view, self.is_loaded = view, True
        self.export_to = self._address(routes.PORTAL_EXPORT, replace(self.filters, after=""))
        self._pick(self._picked)
