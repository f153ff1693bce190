"""*Help and feedback* (1.17): what of it is not known when the site is built."""

from __future__ import annotations

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.firm import staff_help
from portal_app.services.firm.staff_help import StaffHelp
from portal_app.state.base import PageState, handler


class StaffHelpState(PageState, rx.State):
    """Whom to ask about this installation."""

    view: StaffHelp = StaffHelp()

    @handler(Permission.TRIAGE_READ)
    async def load(self) -> None:
        """The page stands."""
        self.view = await self._call(staff_help.staff_help)
