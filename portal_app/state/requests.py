"""The client's checklist. Ticks, comments and uploads go by plain requests of their own; this state only shows."""

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.requests import request_pages
from portal_app.services.requests.request_pages import RequestPage
from portal_app.state.base import PageState, handler


class RequestState(PageState, rx.State):
    """One request, as its recipient sees it."""

    page: RequestPage = RequestPage()

    @handler(Permission.TASK_VIEW)
    async def load(self) -> None:
        """The page stands: fill it, and hear what happens to this request."""
        await self._call(request_pages.open_request, self._id())
        await self._show()
        self._listen(f"request:{self.page.id}", *self._own_channels())

    @handler(Permission.TASK_VIEW)
    async def refresh(self) -> None:
        """Somebody did something: look again."""
        await self._show()

    async def _show(self) -> None:
        self.page = await self._call(request_pages.request_page, self._id())
