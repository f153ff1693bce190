"""A work item's page: its facts, its sections, and their order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import SectionKind, WorkStatus, new_id
from portal_app.ports import Ports
from portal_app.services.requests import sending
from portal_app.services.tasks.checklists import Moved
from portal_app.services.templates import from_work, next_year
from portal_app.services.templates.next_year import NextYear, NextYearView
from portal_app.services.work import arranging, sections, start_asking, work_item_views, work_items
from portal_app.services.work.sections import Removed
from portal_app.services.work.send_moments import Past
from portal_app.services.work.start_moves import Moves
from portal_app.services.work.work_item_views import WorkView
from portal_app.services.work.work_items import WorkFields
from portal_app.state.base import Line, Payload, handler
from portal_app.state.sections import SectionsState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
MaybeId = UUID | None
Title = Annotated[str, Field(max_length=1_000)]
"""More than any title or name may have, so that what is too long is refused beside its field."""

EDIT, COMPLETE, SECTION, REMOVE, RESEND, COPY, ARCHIVE, MOVE, NEXT_YEAR, TEMPLATE = (
    "work-edit",
    "work-complete",
    "section",
    "section-remove",
    "work-resend",
    "task-copy",
    "work-archive",
    "work-move",
    "work-next-year",
    "work-template",
)


class WorkForm(Payload):
    """The facts of a work item."""

    title: Line
    external_name: Line = ""
    assignee_id: MaybeId = None
    starts_on: date | None = None
    due_on: date | None = None


class MoveForm(Payload):
    """What becomes of sends that would be past (6.18)."""

    past: Literal["", "now", "manual"] = ""


class NextYearForm(Payload):
    """Next year's work (5.10)."""

    title: Line
    starts_on: date | None = None
    assignee_id: MaybeId = None
    past: Literal["", "now", "manual"] = ""


class TemplateTitle(Payload):
    """The title of a template made from the work item."""

    title: Line


class SectionForm(Payload):
    """A section's name; a client section may stand inside a staff section."""

    name: Title
    within_id: MaybeId = None


class ResendForm(Payload):
    """Requests to resend after the work was reopened."""

    requests: Annotated[list[UUID], Field(max_length=100)] = []


class WorkState(SectionsState, rx.State):
    """One work item and the dialog that is open on it; `subject` is the section that the dialog is about."""

    view: WorkView = WorkView()
    is_loaded: bool = False
    moves: Moves = Moves()
    next_year: NextYearView = NextYearView()
    subject: str = ""
    subject_name: str = ""
    subject_within: str = ""
    subject_kind: str = ""
    _moving: WorkFields | None = None
    _copying: tuple[UUID, UUID | None, UUID | None] | None = None

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """Read the work item of the address and hear of changes."""
        await self._arrive()
        self._offer(None)
        if self.view.id != str(self._id()):
            self.view, self.is_loaded, self.folded = WorkView(), False, []
        await self._read()
        await self._read_folds([one.id for one in self.view.sections])
        self._listen(f"work:{self.view.id}", *(f"request:{one.id}" for one in self.view.sections))

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something in it changed."""
        await self._read()

    @handler(P.WORK_READ)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    # the work item

    @handler(P.WORK_EDIT)
    async def edit(self) -> None:
        """Open the form of its facts."""
        self._open(EDIT)

    @handler(P.WORK_EDIT)
    async def save(self, form: WorkForm) -> AsyncIterator[Any]:
        """Keep its facts."""
        fields = WorkFields(form.title, form.external_name, form.assignee_id, form.starts_on, form.due_on)
        saved = await self._saved(EDIT, start_asking.save_facts, self._id(), fields)
        if saved and saved.value is not None:
            self.moves, self._moving = saved.value, fields
            self._open(MOVE)
        elif saved:
            await self._read()
            yield notice(_("Saved."))

    @handler(P.WORK_EDIT)
    async def move_start(self, form: MoveForm) -> AsyncIterator[Any]:
        """Move the start with what is relative to it, after it was shown (5.14)."""
        past = Past(form.past)
        if self.moves.past and not past:
            self.wrong_field, self.wrong_text = "past", _("Say whether to send now, or by hand.")
        elif self._moving and await self._saved(
            MOVE, start_asking.save_facts, self._id(), self._moving, is_confirmed=True, past=past
        ):
            self._moving = None
            await self._read()
            yield notice(_("Saved."))

    # what is made from it

    @handler(P.WORK_EDIT)
    async def ask_next_year(self) -> None:
        """Open *Make next year's*, with what is proposed (5.10)."""
        self.next_year = await self._call(next_year.next_year_view, self._id())
        self._open(NEXT_YEAR)

    @handler(P.WORK_EDIT)
    async def start_next_year(self, typed: Line) -> None:
        """Another start: which sends would be past then."""
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return
        self.next_year = await self._call(next_year.next_year_view, self._id(), day)

    @handler(P.WORK_EDIT)
    async def make_next_year(self, form: NextYearForm) -> AsyncIterator[Any]:
        """Make next year's work and go to it."""
        asked = NextYear(form.title, form.starts_on, form.assignee_id, Past(form.past))
        made = await self._saved(NEXT_YEAR, next_year.make_next_year, self._id(), asked)
        if made:
            yield notice(_("Added."))
            yield rx.redirect(routes.to(routes.WORK, id=made.value))

    @handler(P.WORK_EDIT)
    async def ask_for_template(self) -> None:
        """Open the form of a template made from this work item."""
        self._open(TEMPLATE)

    @handler(P.WORK_EDIT)
    async def make_template(self, form: TemplateTitle) -> AsyncIterator[Any]:
        """Make a template of this work item and go to it (5.18)."""
        made = await self._saved(TEMPLATE, from_work.template_from_work, self._id(), form.title)
        if made:
            yield notice(_("Added."))
            yield rx.redirect(routes.to(routes.TEMPLATE, id=made.value))

    @handler(P.WORK_EDIT)
    async def set_status(self, status: WorkStatus) -> AsyncIterator[Any]:
        """Say where the work stands; completing closes links, so it asks first where a request is out (6.10)."""
        if status is WorkStatus.COMPLETED and any(one.is_out for one in self.view.sections):
            self._open(COMPLETE)
            return
        async for event in self._set(status):
            yield event

    @handler(P.WORK_EDIT)
    async def complete(self) -> AsyncIterator[Any]:
        """Complete the work, its links closing."""
        self._close()
        async for event in self._set(WorkStatus.COMPLETED):
            yield event

    @handler(P.REQUEST_SEND)
    async def resend(self, form: ResendForm) -> AsyncIterator[Any]:
        """Resend the chosen requests after reopening."""
        self._close()
        for request_id in form.requests:
            await self._call(sending.resend_request, request_id, None, new_id().hex)
        await self._read()
        yield notice(_("Resent.") if form.requests else _("Nothing was resent."))

    @handler(P.WORK_EDIT)
    async def ask_to_archive(self) -> None:
        """Say what archiving ends."""
        self._open(ARCHIVE)

    @handler(P.WORK_EDIT)
    async def archive(self) -> AsyncIterator[Any]:
        """Put the work item away."""
        if await self._saved(ARCHIVE, work_items.archive_work_item, self._id()):
            await self._read()
            yield notice(_("Archived."))

    @handler(P.WORK_EDIT)
    async def restore(self) -> AsyncIterator[Any]:
        """Take the work item back."""
        await self._call(work_items.restore_work_item, self._id())
        await self._read()
        yield notice(_("Restored."))

    # sections

    @handler(P.WORK_EDIT)
    async def add_section(self, kind: Literal["staff", "client"]) -> None:
        """Open the form of a new section."""
        self._about("", kind)

    @handler(P.WORK_EDIT)
    async def name_section(self, section_id: Line) -> None:
        """Open the form of a section's name and place."""
        self._about(section_id, "")

    @handler(P.WORK_EDIT)
    async def save_section(self, form: SectionForm) -> AsyncIterator[Any]:
        """Add the section, or name it."""
        named, kind = (form.name, form.within_id), self.subject_kind
        if self.subject:
            section_id, is_clients = self._subject(), kind == "client"
            saved = await self._saved(
                SECTION, arranging.name_section, section_id, *named, may_stand=is_clients
            )
        else:
            saved = await self._saved(SECTION, _add_section, self._id(), form.name, kind)
        if saved:
            await self._read()
            yield notice(_("Saved."))

    @handler(P.WORK_EDIT)
    async def ask_to_remove(self, section_id: Line) -> None:
        """Say what removing a section means."""
        self._about(section_id, "")
        self._open(REMOVE)

    @handler(P.WORK_EDIT)
    async def remove_section(self) -> AsyncIterator[Any]:
        """Take the section out; *Undo* stands on the page until it is left."""
        removed = await self._saved(REMOVE, sections.remove_section, self._subject())
        if removed:
            self._offer(removed.value)
            await self._read()
            yield notice(_("Removed."))

    # order

    @handler(P.WORK_EDIT)
    async def move(
        self, kind: Literal["section", "task"], row_id: UUID, list_id: MaybeId, before_id: MaybeId
    ) -> None:
        """Put a row elsewhere; where a client's answers would not come along, ask first (5.22)."""
        target = list_id if kind == "task" else None
        if await self._call(arranging.move_row, row_id, target, before_id) is Moved.ASK_TO_COPY:
            self._copying = (row_id, target, before_id)
            self._open(COPY)
        await self._read()

    @handler(P.WORK_EDIT)
    async def copy_task(self) -> AsyncIterator[Any]:
        """Copy the task that could not move."""
        if self._copying and await self._saved(COPY, arranging.move_row, *self._copying, may_copy=True):
            self._copying = None
            await self._read()
            yield notice(_("Copied."))

    async def _set(self, status: WorkStatus) -> AsyncIterator[Any]:
        """What reopening leaves closed is offered for resending (6.10)."""
        was_completed = self.view.is_completed
        await self._call(work_items.set_status, self._id(), status)
        await self._read()
        if was_completed and self.view.to_resend:
            self._open(RESEND)
        yield notice(_("Status: {status}.").format(status=self.view.status_word))

    async def _read(self) -> None:
        self.view = await self._found_here(work_item_views.work_item_view) or WorkView()
        self.is_loaded = True

    async def _put_back(self, removed: Removed) -> None:
        await self._call(sections.restore_section, removed)

    def _subject(self) -> UUID:
        """The section that the dialog is about. Raises `NotFound` where none is."""
        try:
            return UUID(self.subject)
        except ValueError:
            raise NotFound(_("There is nothing here.")) from None

    def _about(self, section_id: str, kind: str) -> None:
        """Open the section form about a section of this page, or about a new one of `kind`."""
        known = next((one for one in self.view.sections if one.id == section_id), None)
        self.subject = known.id if known else ""
        self.subject_name = known.name if known else ""
        self.subject_within = known.within if known else ""
        self.subject_kind = kind or ("client" if known and known.is_client else "staff")
        self._open(SECTION)


def _add_section(ports: Ports, actor: Actor, work_item_id: UUID, name: str, kind: str) -> None:
    sections.add_section(ports, actor, work_item_id, name, SectionKind(kind))
