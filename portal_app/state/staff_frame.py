"""The state of the staff's frame."""

import reflex as rx

from portal_app.services.frame_views import FrameView


class FrameState(rx.State):
    """Firm, person and unread count, on every staff page."""

    view: FrameView = FrameView()

    async def load(self) -> None:
        """Filled from the database."""
