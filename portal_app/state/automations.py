"""Settings › Automations: the list, one dialog to write them in, switches that take effect at once (8.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import reflex as rx

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.services.automations import automation_settings as service
from portal_app.services.automations.automation_settings import (
    AutomationFields,
    AutomationRow,
    AutomationsView,
)
from portal_app.state.base import STAFF, Line, Payload, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
WRITE = "automation"


class Written(Payload):
    """The form of an automation; an empty choice is none."""

    name: Line
    trigger: Line
    title_part: Line = ""
    client_kind: Line = ""
    sets_status: Line = ""
    assigns_id: UUID | None = None
    tells: Line = ""


class AutomationsState(FormState, rx.State):
    """The firm's automations as this tab shows them; `edited` is the one in the dialog, empty for a new one."""

    view: AutomationsView = AutomationsView()
    edited: AutomationRow = AutomationRow()

    @handler(STAFF)
    async def load(self) -> None:
        """Settings stand; who may not change them gets nothing of these."""
        await self._arrive()
        await self._look()

    @handler(P.SETTINGS_EDIT)
    async def add(self) -> None:
        """Open the form of a new one."""
        self.edited = AutomationRow(trigger="all_completed", sets_status="in_review")
        self._open(WRITE)

    @handler(P.SETTINGS_EDIT)
    async def edit(self, automation_id: UUID) -> None:
        """Open the form of one that is there."""
        found = [one for one in self.view.rows if one.id == str(automation_id)]
        if not found:
            raise NotFound(_("There is nothing here."))
        self.edited = found[0]
        self._open(WRITE)

    @handler(P.SETTINGS_EDIT)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.SETTINGS_EDIT)
    async def keep(self, form: Written) -> AsyncIterator[Any]:
        """Write what the dialog holds."""
        fields = AutomationFields(**form.model_dump())
        row_id = UUID(self.edited.id) if self.edited.id else None
        if await self._saved(WRITE, service.keep_automation, row_id, fields):
            await self._look()
            yield notice(_("Saved."))

    @handler(P.SETTINGS_EDIT)
    async def remove(self) -> AsyncIterator[Any]:
        """Take the one in the dialog out of the list."""
        if self.edited.id and await self._saved(WRITE, service.remove_automation, UUID(self.edited.id)):
            await self._look()
            yield notice(_("Removed."))

    @handler(P.SETTINGS_EDIT)
    async def switch(self, automation_id: UUID, is_on: bool) -> AsyncIterator[Any]:
        """Switch one on or off."""
        await self._call(service.switch_automation, automation_id, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(P.SETTINGS_EDIT)
    async def take(self, key: Line) -> AsyncIterator[Any]:
        """Switch on one of those that are offered."""
        await self._call(service.add_offered, key)
        await self._look()
        yield notice(_("Saved."))

    async def _look(self) -> None:
        self.view = await self._found(service.automations_view) or AutomationsView()
