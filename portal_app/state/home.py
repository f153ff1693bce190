"""The signed-in contact's home."""

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.home import home_pages
from portal_app.services.home.home_pages import HomePage
from portal_app.state.base import PageState, handler


class HomeState(PageState, rx.State):
    """What waits, over all clients of the contact."""

    page: HomePage = HomePage()

    @handler(Permission.HOME_READ)
    async def load(self) -> None:
        """The page stands: fill it, and hear what is sent to this person."""
        self.page = await self._call(home_pages.home_page)
        self._listen(f"contact:{self.page.contact_id}")

    @handler(Permission.HOME_READ)
    async def refresh(self) -> None:
        """Something came or changed: look again."""
        self.page = await self._call(home_pages.home_page)
