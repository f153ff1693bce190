"""The state of the staff's frame."""

import reflex as rx

from portal_app.services import frame_views
from portal_app.services.frame_views import FrameView
from portal_app.state.base import STAFF, PageState, handler


class FrameState(PageState, rx.State):
    """Firm, person and unread count, on every staff page."""

    view: FrameView = FrameView()

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands: fill the frame, and hear the person's own channel."""
        self.view = await self._call(frame_views.frame_view)
        self._listen(self.view.bell)

    @handler(STAFF)
    async def refresh(self) -> None:
        """Something came in, or was read."""
        self.view = await self._call(frame_views.frame_view)
