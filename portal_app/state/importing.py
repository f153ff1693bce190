"""The page of a file of clients and contacts: its columns, what is done for whom, and taking it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import reflex as rx

from portal_app.domain.import_columns import Column
from portal_app.domain.permissions import Permission
from portal_app.models import AccessLevel
from portal_app.services.clients import import_views, importing
from portal_app.services.clients.import_views import ImportView
from portal_app.services.clients.import_wishes import Wishes
from portal_app.state.base import STAFF, Line, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission


class ImportState(FormState, rx.State):
    """One file."""

    view: ImportView = ImportView()

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not work in bulk is told that there is nothing."""
        self._close()
        self.view = ImportView()
        if "id" in self.rx_router_page.params:
            await self._look()
            self._listen(self.view.bell)

    @handler(P.BULK)
    async def refresh(self) -> None:
        """Something changed, or invitations moved on."""
        await self._look()

    @handler(P.BULK)
    async def place(self, column: Column, where: Line) -> None:
        """Say in which column something stands."""
        at = int(where) if where.isdecimal() and int(where) < 60 else None
        await self._call(importing.choose_column, self._id(), column, at)
        await self._look()

    @handler(P.BULK)
    async def part(self, separator: Literal[",", ";", "\t"]) -> None:
        """Say what parts the columns."""
        await self._call(importing.choose_separator, self._id(), separator)
        await self._look()

    @handler(P.BULK)
    async def wish(self, what: Literal["link_known", "portal", "invite"], is_on: bool) -> None:
        """Say what is done for those who come; what needs another thing brings it, and goes with it."""
        await self._call(importing.choose_wishes, self._id(), self._wishes().with_wish(what, is_on))
        await self._look()

    @handler(P.BULK)
    async def access(self, level: Literal["", "limited", "full"]) -> None:
        """Give them access at a level, or none."""
        chosen = AccessLevel(level) if level else None
        await self._call(importing.choose_wishes, self._id(), self._wishes().with_level(chosen))
        await self._look()

    @handler(P.BULK)
    async def take(self) -> AsyncIterator[Any]:
        """Bring in what is right."""
        await self._call(importing.take, self._id())
        await self._look()
        self._listen(self.view.bell)
        yield notice(_("Imported."))

    def _wishes(self) -> Wishes:
        view = self.view
        level = AccessLevel(view.level) if view.level else None
        return Wishes(view.link_known, view.portal, level, view.invite)

    async def _look(self) -> None:
        self.view = await self._found_here(import_views.import_view) or ImportView()
