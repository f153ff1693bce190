"""The state of the staff's frame."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services import clock_jumps
from portal_app.services.firm import frame_views
from portal_app.services.firm.frame_views import FrameView
from portal_app.services.portal import bulk_jobs
from portal_app.state.base import STAFF, PageState, handler
from portal_app.state.tab import notice
from portal_app.text import _


class FrameState(PageState, rx.State):
    """Firm, person and unread count, on every staff page."""

    view: FrameView = FrameView()

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands: fill the frame, and hear the person's own channel."""
        self.view = await self._call(frame_views.frame_view)
        view = self.view
        self._listen(*(one for one in (view.bell, view.progress_bell, view.job_bell) if one))

    @handler(STAFF)
    async def refresh(self) -> None:
        """Something came in, or was read."""
        self.view = await self._call(frame_views.frame_view)

    @handler(Permission.BULK)
    async def put_away(self, job_id: UUID) -> None:
        """Take the strip of bulk work that is over away."""
        await self._call(bulk_jobs.dismiss_job, job_id)
        self.view = await self._call(frame_views.frame_view)

    @handler(Permission.SETTINGS_EDIT)
    async def confirm_clock(self) -> AsyncIterator[Any]:
        """The server's time is right: what waited for that goes on (fault 28)."""
        await self._call(clock_jumps.confirm)
        self.view = await self._call(frame_views.frame_view)
        yield notice(_("Confirmed. What waited goes out now."))
