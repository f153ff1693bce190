"""The dashboard, and the rows behind its figures, each as its address says (8.5)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx

from portal_app import routes
from portal_app.domain.permissions import Permission
from portal_app.services.dashboard import dashboard_views, figure_rows
from portal_app.services.dashboard.dashboard_views import Dashboard
from portal_app.services.dashboard.figure_rows import FigureRows, Wanted
from portal_app.state.base import Line, PageState, handler

P = Permission


class DashboardState(PageState, rx.State):
    """The figures now, and how they came to be."""

    view: Dashboard = Dashboard()
    who: str = ""
    is_loaded: bool = False

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Count for the firm or for oneself, as the address says, and hear of changes."""
        self.who = str(self.rx_router_page.params.get("who") or "")[:20]
        await self._read()
        self._listen(self.view.bell)

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something changed in the firm."""
        await self._read()

    @handler(P.WORK_READ)
    async def show(self, who: Literal["", "mine"]) -> Any:
        """Go to the firm's figures, or to one's own."""
        return rx.redirect(f"{routes.DASHBOARD}?who={who}" if who else routes.DASHBOARD)

    async def _read(self) -> None:
        self.view = await self._call(dashboard_views.dashboard, self.who)
        self.is_loaded = True


class FigureState(PageState, rx.State):
    """One page of the rows behind a figure."""

    view: FigureRows = FigureRows()
    wanted: Wanted = Wanted()
    is_loaded: bool = False

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the page that the address asks for, and hear of changes."""
        asked = self.rx_router_page.params
        self.wanted = Wanted(**{name: str(asked.get(name) or "")[:20] for name in asdict(Wanted())})
        await self._read()
        self._listen(self.view.bell)

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something changed in the firm."""
        await self._read()

    @handler(P.WORK_READ)
    async def narrow(self, name: Literal["of", "who", "page"], value: Line) -> Any:
        """Go to the rows with one filter set, or taken away when `value` is empty."""
        asked = asdict(replace(self.wanted, **{"page": "", name: value}))
        return rx.redirect(f"{routes.FIGURES}?{urlencode({key: one for key, one in asked.items() if one})}")

    async def _read(self) -> None:
        self.view = await self._call(figure_rows.figure_rows, self.wanted)
        self.is_loaded = True
