"""Settings › Branding: each choice is kept as soon as it is made; images go up by their own route (1.4, 1.5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import reflex as rx
from pydantic import Field

from portal_app.domain.brand import ImageUse
from portal_app.domain.permissions import Permission
from portal_app.services.firm import branding
from portal_app.services.firm.branding import Accent, BrandingView
from portal_app.state.base import STAFF, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _, locale

Use = Literal["logo", "hero"]
Page = Literal["home", "sign-in", "email"]
Percent = Annotated[int, Field(ge=0, le=100)]


class BrandingState(FormState, rx.State):
    """The brand as it stands, and which page is looked at in which language; a new `turn` draws that page anew."""

    view: BrandingView = BrandingView()
    shown: str = "home"
    language: str = ""
    turn: int = 0
    is_loaded: bool = False

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not change settings is told that there is nothing."""
        self.language = self.language or locale()
        await self._look()

    @handler(Permission.SETTINGS_EDIT)
    async def choose_colour(self, accent: Accent) -> AsyncIterator[Any]:
        """One of the presets."""
        await self._call(branding.choose_colour, accent)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def show_image(self, use: Use, is_on: bool) -> AsyncIterator[Any]:
        """The image, or the firm's name and colour."""
        await self._call(branding.show_image, ImageUse(use), is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def place_focus(self, x: Percent, y: Percent) -> AsyncIterator[Any]:
        """What of the hero's image stays in sight."""
        await self._call(branding.place_focus, x, y)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def taken(self) -> AsyncIterator[Any]:
        """An image went up: show it."""
        await self._look()
        yield notice(_("Your clients see it from now on."))

    @handler(Permission.SETTINGS_EDIT)
    async def look_at(self, page: Page) -> None:
        """Another page in the frames."""
        self.shown = page

    @handler(Permission.SETTINGS_EDIT)
    async def speak(self, language: Literal["fr", "en"]) -> None:
        """The other language in the frames."""
        self.language = language

    async def _look(self) -> None:
        found = await self._found(branding.branding_view)
        self.view, self.is_loaded = found or BrandingView(), found is not None
        self.turn += 1
