"""The activity feed, as its address says (8.3)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx

from portal_app import routes
from portal_app.domain.permissions import Permission
from portal_app.services.work import activity_views
from portal_app.services.work.activity_views import Feed, Filters
from portal_app.state.base import Line, PageState, handler

P = Permission


class ActivityState(PageState, rx.State):
    """One page of what happened."""

    view: Feed = Feed()
    filters: Filters = Filters()
    is_loaded: bool = False
    export_to: str = ""

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the page that the address asks for, and hear of changes."""
        asked = self.rx_router_page.params
        self.filters = Filters(**{name: str(asked.get(name) or "")[:200] for name in asdict(Filters())})
        await self._read()
        self._listen(self.view.bell)

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something happened in the firm."""
        await self._read()

    @handler(P.WORK_READ)
    async def narrow(
        self, name: Literal["kind", "client", "contact", "staff", "since", "until", "after"], value: Line
    ) -> Any:
        """Go to the feed with one filter set, or taken away when `value` is empty."""
        return self._to(replace(self.filters, **{"after": "", name: value}))

    @handler(P.WORK_READ)
    async def clear(self) -> Any:
        """Go to the feed without filters."""
        return self._to(Filters())

    async def _read(self) -> None:
        self.view = await self._call(activity_views.activity_feed, self.filters)
        asked = _asked(replace(self.filters, after=""))
        self.export_to = f"{routes.ACTIVITY_EXPORT}?{asked}" if asked else routes.ACTIVITY_EXPORT
        self.is_loaded = True

    def _to(self, filters: Filters) -> Any:
        asked = _asked(filters)
        return rx.redirect(f"{routes.ACTIVITY}?{asked}" if asked else routes.ACTIVITY)


def _asked(filters: Filters) -> str:
    return urlencode({name: value for name, value in asdict(filters).items() if value})
