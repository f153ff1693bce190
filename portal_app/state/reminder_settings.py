"""Settings › Reminders: each setting is kept as soon as it is changed (1.11, 7.8, 7.11, 7.14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

import reflex as rx
from pydantic import Field

from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.services.reminders import pauses, reminder_settings
from portal_app.services.reminders.reminder_settings import ReminderSettings
from portal_app.state.base import STAFF, Payload, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

PAUSE = "pause-firm"


class FirmPause(Payload):
    """Until when reminders are held back; nothing means until somebody resumes them."""

    until: date | None = None


class ReminderSettingsState(FormState, rx.State):
    """The firm's reminders as this tab shows them."""

    view: ReminderSettings = ReminderSettings()

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands."""
        await self._look()

    @handler(Permission.SETTINGS_EDIT)
    async def rule(self, kind: Literal["none", "gentle", "urgent", "custom"]) -> AsyncIterator[Any]:
        """The rule that new requests start with."""
        before, every = int(self.view.before), int(self.view.every)
        await self._call(reminder_settings.set_rule, Rule(Kind(kind), before, every))
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def count(
        self, name: Literal["before", "every"], typed: Annotated[str, Field(max_length=4)]
    ) -> AsyncIterator[Any]:
        """One of the custom rule's numbers."""
        number = int(typed) if typed.isdecimal() else -1
        before, every = int(self.view.before), int(self.view.every)
        rule = Rule(Kind.CUSTOM, number, every) if name == "before" else Rule(Kind.CUSTOM, before, number)
        self.wrong_field = ""
        if await self._taken(reminder_settings.set_rule, rule):
            await self._look()
            yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def hour(self, hour: Annotated[str, Field(max_length=2)]) -> AsyncIterator[Any]:
        """The hour of sending."""
        await self._call(reminder_settings.set_hour, int(hour) if hour.isdecimal() else -1)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def weekday(self, day: Annotated[int, Field(ge=0, le=6)], is_on: bool) -> AsyncIterator[Any]:
        """Send on a weekday, or not."""
        self.wrong_field = ""
        saved = await self._taken(reminder_settings.set_weekday, day, is_on=is_on)
        await self._look()
        if saved:
            yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def together(self, is_together: bool) -> AsyncIterator[Any]:
        """One e-mail a person and day, or one a request."""
        await self._call(reminder_settings.set_together, is_together=is_together)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def ask_to_pause(self) -> None:
        """Ask until when."""
        self._open(PAUSE)

    @handler(STAFF)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(Permission.SETTINGS_EDIT)
    async def pause(self, form: FirmPause) -> AsyncIterator[Any]:
        """Hold back the firm's reminders."""
        if await self._saved(PAUSE, pauses.pause_firm, form.until):
            await self._look()
            yield notice(_("Reminders are paused."))

    @handler(Permission.SETTINGS_EDIT)
    async def resume(self) -> AsyncIterator[Any]:
        """Let them go on."""
        await self._call(pauses.pause_firm, None, is_paused=False)
        await self._look()
        yield notice(_("Reminders go on."))

    async def _look(self) -> None:
        self.view = await self._found(reminder_settings.reminder_settings) or ReminderSettings()
