"""The list of templates, as its address says; and a new template."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, ClassVar, Literal

import reflex as rx

from portal_app import routes
from portal_app.domain.permissions import Permission
from portal_app.services.templates import template_views, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_views import Filters, TemplateList
from portal_app.services.templates.templates import TemplateFields
from portal_app.state.base import Line, Payload, handler
from portal_app.state.listing import ListState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
NEW = "new-template"


class TemplateForm(Payload):
    """The facts of a template; `due` in days on one side of the work's start."""

    title: Line
    external_name: Line = ""
    due: Line = ""
    due_side: Literal["before", "after"] = "after"

    def fields(self) -> TemplateFields:
        """As the service takes them."""
        return TemplateFields(self.title, self.external_name, TypedDays(self.due, self.due_side))


class TemplatesState(ListState, rx.State):
    """One page of templates."""

    view: TemplateList = TemplateList()
    filters: Filters = Filters()
    _path: ClassVar[str] = routes.TEMPLATES

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the page that the address asks for, and hear of changes."""
        await self._arrive()
        self.filters = Filters(**self._asked(300))
        await self._read()
        self._listen(f"firm:{self.view.firm_id}")

    @handler(P.WORK_READ)
    async def narrow(self, name: Literal["status", "after"], value: Line) -> Any:
        """Go to the list with one filter set, or taken away when `value` is empty."""
        return self._to(replace(self.filters, **{"after": "", name: value}))

    @handler(P.WORK_EDIT)
    async def add(self) -> None:
        """Open the form of a new template."""
        self._open(NEW)

    @handler(P.WORK_EDIT)
    async def save(self, form: TemplateForm) -> AsyncIterator[Any]:
        """Make the template and go to it."""
        made = await self._saved(NEW, templates.add_template, form.fields())
        if made:
            yield notice(_("Added."))
            yield rx.redirect(routes.to(routes.TEMPLATE, id=made.value))

    async def _read(self) -> None:
        self.view = await self._call(template_views.template_list, self.filters)
        self.is_loaded = True
