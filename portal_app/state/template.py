"""A template's page: its facts, its sections with their rules, its tasks with their attachments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import SectionKind
from portal_app.ports import Ports
from portal_app.services.files import template_files
from portal_app.services.templates import template_sections, template_tasks, template_views, templates
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.template_views import (
    TemplateSectionView,
    TemplateTaskView,
    TemplateView,
)
from portal_app.services.work.sections import Removed
from portal_app.state.base import Line, Payload, Text, handler
from portal_app.state.sections import SectionsState
from portal_app.state.tab import notice
from portal_app.state.templates import TemplateForm
from portal_app.text import _

P = Permission
MaybeId = UUID | None
Side = Literal["before", "after"]
EDIT, COPY, SECTION, RULES, REMOVE, TASK, FORM, DROP = (
    "template-edit",
    "template-copy",
    "template-section",
    "template-rules",
    "template-section-remove",
    "template-task",
    "template-task-form",
    "template-task-remove",
)


class CopyForm(Payload):
    """The title of a copy."""

    title: Line


class TemplateSectionForm(Payload):
    """A section's name; a client section may stand inside a staff section."""

    name: Line
    within_id: MaybeId = None


class RulesForm(Payload):
    """When a client section is sent, and how it reminds; fields that are not shown come as None."""

    send: Literal["manual", "relative"] = "manual"
    days: Line | None = None
    side: Side | None = None
    hour: Line | None = None
    remind: Literal["none", "gentle", "urgent", "custom"] = "gentle"
    before: Line | None = None
    every: Line | None = None

    def typed(self) -> TypedRules:
        """As the service takes them; the list of hours has no other entries than these."""
        hour = int(self.hour) if self.hour and self.hour.isascii() and self.hour.isdecimal() else None
        days = TypedDays(self.days or "", self.side or "before")
        return TypedRules(self.send, days, hour, self.remind, self.before or "", self.every or "")


class TemplateTaskForm(Payload):
    """What a task asks."""

    title: Annotated[str, Field(max_length=1_000)]
    description: Text = ""
    due: Line = ""
    due_side: Side = "after"
    needs_file: bool = False


class TemplateState(SectionsState, rx.State):
    """One template and the dialog that is open on it; `section` and `task` are what the dialog is about."""

    view: TemplateView = TemplateView()
    is_loaded: bool = False
    section: TemplateSectionView = TemplateSectionView()
    task: TemplateTaskView = TemplateTaskView()

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the template of the address and hear of changes."""
        await self._arrive()
        self.task = TemplateTaskView()
        self._offer(None)
        if self.view.id != str(self._id()):
            self.view, self.is_loaded, self.folded = TemplateView(), False, []
        await self._read()
        await self._read_folds([one.id for one in self.view.sections])
        self._listen(f"template:{self.view.id}")

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something in it changed; what is open is read again."""
        await self._read()
        if self.dialog == TASK and self.task.id:
            self.task = await self._call(template_views.template_task_view, self._task())

    @handler(P.WORK_READ)
    async def leave(self) -> None:
        """Back from a form to the task it is about, else to the page."""
        self._open(TASK if self.task.id and self.dialog in {FORM, DROP} else "")

    # the template

    @handler(P.WORK_EDIT)
    async def edit(self) -> None:
        """Open the form of its facts."""
        self._open(EDIT)

    @handler(P.WORK_EDIT)
    async def save(self, form: TemplateForm) -> AsyncIterator[Any]:
        """Keep its facts."""
        if await self._saved(EDIT, templates.edit_template, self._id(), form.fields()):
            async for event in self._done(_("Saved.")):
                yield event

    @handler(P.WORK_EDIT)
    async def ask_to_copy(self) -> None:
        """Open the form of a copy's title."""
        self._open(COPY)

    @handler(P.WORK_EDIT)
    async def copy_template(self, form: CopyForm) -> AsyncIterator[Any]:
        """Make another template like this one and go to it."""
        made = await self._saved(COPY, templates.copy_template, self._id(), form.title)
        if made:
            yield notice(_("Copied."))
            yield rx.redirect(routes.to(routes.TEMPLATE, id=made.value))

    @handler(P.WORK_EDIT)
    async def archive(self) -> AsyncIterator[Any]:
        """Put the template away."""
        await self._call(templates.archive_template, self._id())
        async for event in self._done(_("Archived.")):
            yield event

    @handler(P.WORK_EDIT)
    async def restore(self) -> AsyncIterator[Any]:
        """Take the template back."""
        await self._call(templates.restore_template, self._id())
        async for event in self._done(_("Restored.")):
            yield event

    # sections

    @handler(P.WORK_EDIT)
    async def add_section(self, kind: Literal["staff", "client"]) -> None:
        """Open the form of a new section."""
        self.section = TemplateSectionView(is_client=kind == "client")
        self._open(SECTION)

    @handler(P.WORK_EDIT)
    async def ask_about(
        self,
        section_id: Line,
        dialog: Literal["template-section", "template-rules", "template-section-remove"],
    ) -> None:
        """Open a dialog about a section of this page."""
        known = next((one for one in self.view.sections if one.id == section_id), None)
        if known is None:
            raise NotFound(_("There is nothing here."))
        self.section = known
        self._open(dialog)

    @handler(P.WORK_EDIT)
    async def save_section(self, form: TemplateSectionForm) -> AsyncIterator[Any]:
        """Add the section, or keep its name and place."""
        if self.section.id:
            kept = (_known(self.section.id), form.name, form.within_id)
            saved = await self._saved(SECTION, template_sections.save_section, *kept)
        else:
            saved = await self._saved(SECTION, _add_section, self._id(), form.name, self.section.is_client)
        if saved:
            async for event in self._done(_("Saved.")):
                yield event

    @handler(P.WORK_EDIT)
    async def choose(self, name: Literal["send", "remind"], value: Line) -> None:
        """Show the fields that this choice asks for; nothing is kept yet."""
        chosen: dict[str, Any] = {name: value}
        self.section = replace(self.section, **chosen)

    @handler(P.WORK_EDIT)
    async def save_rules(self, form: RulesForm) -> AsyncIterator[Any]:
        """Keep when the section is sent and how it reminds."""
        asked = (_known(self.section.id), form.typed())
        if await self._saved(RULES, template_sections.save_rules, *asked):
            async for event in self._done(_("Saved.")):
                yield event

    @handler(P.WORK_EDIT)
    async def remove_section(self) -> AsyncIterator[Any]:
        """Take the section out; *Undo* stands on the page until it is left."""
        removed = await self._saved(REMOVE, template_sections.remove_section, _known(self.section.id))
        if removed:
            self._offer(removed.value)
            async for event in self._done(_("Removed.")):
                yield event

    @handler(P.WORK_EDIT)
    async def move(
        self, kind: Literal["section", "task"], row_id: UUID, list_id: MaybeId, before_id: MaybeId
    ) -> None:
        """Put a row elsewhere."""
        target = list_id if kind == "task" else None
        await self._call(template_tasks.move_row, row_id, target, before_id)
        await self._read()

    # tasks

    @handler(P.WORK_READ)
    async def show(self, task_id: UUID) -> None:
        """Open a task."""
        self.task = await self._call(template_views.template_task_view, task_id)
        self._open(TASK)

    @handler(P.WORK_EDIT)
    async def add_task(self, section_id: Line, is_client: bool) -> None:
        """Open the form of a new task at the end of a section."""
        self.task = TemplateTaskView(is_client=is_client)
        self.section = TemplateSectionView(id=section_id)
        self._open(FORM)

    @handler(P.WORK_EDIT)
    async def edit_task(self) -> None:
        """Open the form of the task."""
        self._open(FORM)

    @handler(P.WORK_EDIT)
    async def save_task(self, form: TemplateTaskForm) -> AsyncIterator[Any]:
        """Add the task, or keep what it says."""
        due = TypedDays(form.due, form.due_side)
        fields = TemplateTaskFields(form.title, form.description, due, form.needs_file)
        if self.task.id:
            saved = bool(await self._saved(FORM, template_tasks.edit_task, self._task(), fields))
        else:
            section_id = _known(self.section.id)
            saved = bool(await self._saved(FORM, template_tasks.add_task, section_id, fields))
        if saved:
            async for event in self._done(_("Saved.")):
                yield event

    @handler(P.WORK_EDIT)
    async def ask_to_drop(self) -> None:
        """Say what removing the task means."""
        self._open(DROP)

    @handler(P.WORK_EDIT)
    async def remove_task(self) -> AsyncIterator[Any]:
        """Take the task out."""
        if await self._saved(DROP, template_tasks.remove_task, self._task()):
            self.task = TemplateTaskView()
            async for event in self._done(_("Removed.")):
                yield event

    @handler(P.WORK_EDIT)
    async def remove_file(self, file_id: UUID) -> AsyncIterator[Any]:
        """Take an attachment off the task."""
        await self._call(template_files.remove_file, file_id)
        async for event in self._done(_("Removed.")):
            yield event

    async def _done(self, text: str) -> AsyncIterator[Any]:
        """Say what happened, and show the page, and the task where one is open, as they are now."""
        await self._read()
        if self.task.id and self.dialog in {"", TASK}:
            self.task = await self._call(template_views.template_task_view, self._task())
        yield notice(text)

    async def _read(self) -> None:
        self.view = await self._found_here(template_views.template_view) or TemplateView()
        self.is_loaded = True

    async def _put_back(self, removed: Removed) -> None:
        await self._call(template_sections.restore_section, removed)

    def _task(self) -> UUID:
        return _known(self.task.id)


def _add_section(ports: Ports, actor: Actor, template_id: UUID, name: str, is_client: bool) -> None:
    kind = SectionKind.CLIENT if is_client else SectionKind.STAFF
    template_sections.add_section(ports, actor, template_id, name, kind)


def _known(row_id: str) -> UUID:
    try:
        return UUID(row_id)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
