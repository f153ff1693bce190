"""Settings › E-mail › the words of each e-mail: typed, looked at as they will arrive, tried, kept, set back (1.12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.mail import own_texts
from portal_app.services.mail.own_texts import EmailTextView, TextPreview
from portal_app.state.base import STAFF, Payload, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _, known_language, locale

P = Permission
BACK = "back-to-standard"
FIRST = "request_sent"


class EmailWords(Payload):
    """The form of an e-mail's words."""

    subject: Text
    body: Text


class EmailTextsState(FormState, rx.State):
    """One e-mail in one language, as the address says, and how it looks with what is typed now."""

    view: EmailTextView = EmailTextView()
    preview: TextPreview = TextPreview()
    is_loaded: bool = False
    turn: int = 0
    _subject: str = ""
    _body: str = ""

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not change settings is told that there is nothing."""
        await self._arrive()
        asked = self.rx_router_page.params
        event = str(asked.get("event") or FIRST)
        await self._read(event, known_language(str(asked.get("language") or "")) or locale())

    @handler(P.SETTINGS_EDIT)
    async def draft(self, field: Literal["subject", "body"], written: Text) -> None:
        """Show the e-mail with what is typed."""
        if field == "subject":
            self._subject = written
        else:
            self._body = written
        await self._look()

    @handler(P.SETTINGS_EDIT)
    async def save(self, form: EmailWords) -> AsyncIterator[Any]:
        """Keep the words."""
        self._subject, self._body = form.subject, form.body
        saved = await self._taken(own_texts.save_email_text, *self._which(), form.subject, form.body)
        await self._look()
        if saved:
            await self._read(self.view.event, self.view.locale)
            yield notice(_("Saved. The next e-mail has these words."))

    @handler(P.SETTINGS_EDIT)
    async def test(self) -> AsyncIterator[Any]:
        """Send what is typed to oneself."""
        sent = await self._taken(own_texts.send_test, *self._which(), self._subject, self._body)
        if sent:
            yield notice(_("The test is on its way to {address}.").format(address=sent.value))

    @handler(P.SETTINGS_EDIT)
    async def ask_back(self) -> None:
        """Ask once before the firm's words are gone."""
        self._open(BACK)

    @handler(P.SETTINGS_EDIT)
    async def back(self) -> AsyncIterator[Any]:
        """Take the standard words again."""
        if await self._saved(BACK, own_texts.back_to_standard, *self._which()):
            await self._read(self.view.event, self.view.locale)
            yield notice(_("This is the standard text again."))

    @handler(P.SETTINGS_EDIT)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    def _which(self) -> tuple[str, str]:
        return self.view.event, self.view.locale

    async def _read(self, event: str, language: str) -> None:
        found = await self._found(own_texts.email_text_view, event, language)
        self.view, self.is_loaded = found or EmailTextView(), found is not None
        self._subject, self._body = self.view.subject, self.view.body
        self.turn += 1
        if found:
            await self._look()

    async def _look(self) -> None:
        self.preview = await self._call(
            own_texts.preview_email_text, *self._which(), self._subject, self._body
        )
