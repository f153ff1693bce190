"""Settings › the help page for clients, section by section, in each language (9.7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.firm import help_texts
from portal_app.services.firm.help_texts import HelpView
from portal_app.state.base import STAFF, Line, Payload, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _, known_language, locale

P = Permission
BACK = "back-to-standard"


class HelpWords(Payload):
    """The form of one section."""

    section: Line
    title: Line
    body: Text


class HelpTextsState(FormState, rx.State):
    """The sections in one language; `wrong_in` is the section whose form was refused."""

    view: HelpView = HelpView()
    wrong_in: str = ""
    asked: str = ""
    is_loaded: bool = False
    turn: int = 0

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not change settings is told that there is nothing."""
        await self._arrive()
        asked = str(self.rx_router_page.params.get("language") or "")
        await self._read(known_language(asked) or locale())

    @handler(P.SETTINGS_EDIT)
    async def save(self, form: HelpWords) -> AsyncIterator[Any]:
        """Keep one section."""
        self.wrong_in = form.section
        saved = await self._taken(help_texts.save_help, self.view.locale, form.section, form.title, form.body)
        if saved:
            await self._read(self.view.locale)
            yield notice(_("Saved."))

    @handler(P.SETTINGS_EDIT)
    async def ask_back(self, section: Line) -> None:
        """Ask once before the firm's words are gone."""
        self.asked = section
        self._open(BACK)

    @handler(P.SETTINGS_EDIT)
    async def back(self) -> AsyncIterator[Any]:
        """Take the standard words of the section again."""
        if await self._saved(BACK, help_texts.set_back_help, self.view.locale, self.asked):
            await self._read(self.view.locale)
            yield notice(_("This is the standard text again."))

    @handler(P.SETTINGS_EDIT)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    async def _read(self, language: str) -> None:
        found = await self._found(help_texts.help_view, language)
        self.view, self.is_loaded = found or HelpView(), found is not None
        self.wrong_in = ""
        self.turn += 1
