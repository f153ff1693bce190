"""The list of work, as its address says; and a new work item."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

import reflex as rx

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.ports import Ports
from portal_app.services.work import work_items, work_views
from portal_app.services.work.work_items import WorkFields
from portal_app.services.work.work_views import Filters, WorkList
from portal_app.services.work.work_words import Choice
from portal_app.state.base import Line, Payload, handler
from portal_app.state.listing import ListState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
NEW = "new-work"

FilterName = Literal["client", "assignee", "status", "waiting", "due", "search", "after"]


class NewWork(Payload):
    """The form of a new work item."""

    title: Line
    client_id: UUID | None = None
    external_name: Line = ""
    assignee_id: UUID | None = None
    starts_on: date | None = None
    due_on: date | None = None
    words: Line = ""


class WorksState(ListState, rx.State):
    """One page of work items."""

    view: WorkList = WorkList()
    filters: Filters = Filters()
    _path: ClassVar[str] = routes.WORKS
    found: list[Choice] = []

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the page that the address asks for, and hear of changes."""
        await self._arrive()
        self.filters = Filters(**self._asked(200))
        await self._read()
        self._listen(f"firm:{self.view.firm_id}")

    @handler(P.WORK_READ)
    async def narrow(self, name: FilterName, value: Line) -> Any:
        """Go to the list with one filter set, or taken away when `value` is empty."""
        return self._to(replace(self.filters, **{"after": "", name: value}))

    @handler(P.WORK_EDIT)
    async def add(self) -> None:
        """Open the form of a new work item, for the client that the list is narrowed to."""
        self.found = await self._call(work_views.find_clients, "")
        self._open(NEW)

    @handler(P.WORK_EDIT)
    async def find(self, words: Line) -> None:
        """Offer clients while one types."""
        self.found = await self._call(work_views.find_clients, words)

    @handler(P.WORK_EDIT)
    async def of_client(self, words: Line) -> Any:
        """Offer clients while one types; a whole name narrows the list to that client (5.1)."""
        self.found = await self._call(work_views.find_clients, words)
        named = [one for one in self.found if one.word == words.strip()]
        return self._to(replace(self.filters, after="", client=named[0].value)) if named else None

    @handler(P.WORK_EDIT)
    async def save(self, form: NewWork) -> AsyncIterator[Any]:
        """Make the work item and go to it."""
        made = await self._saved(NEW, _add, form)
        if made:
            yield notice(_("Added."))
            yield rx.redirect(routes.to(routes.WORK, id=made.value))

    async def _read(self) -> None:
        self.view = await self._call(work_views.work_list, self.filters)
        self.is_loaded = True


def _add(ports: Ports, actor: Actor, form: NewWork) -> UUID:
    fields = WorkFields(form.title, form.external_name, form.assignee_id, form.starts_on, form.due_on)
    return work_items.add_work_item(ports, actor, form.client_id, fields)
