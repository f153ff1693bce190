"""One task of a work item, opened: what it asks, what came in, and what staff do with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.models import Answer, new_id
from portal_app.services.files import removing
from portal_app.services.tasks import checklists, comments, staff_answers, task_rows
from portal_app.services.tasks.checklists import TaskFields
from portal_app.services.tasks.task_rows import TaskView
from portal_app.services.templates.relative_days import TypedDays
from portal_app.services.work import arranging
from portal_app.state.base import Line, Payload, Text, handler
from portal_app.state.forms import FormState, ReasonForm
from portal_app.state.tab import notice
from portal_app.state.work import WorkState
from portal_app.text import _

P = Permission
OPEN, FORM, ANSWER, REOPEN, REMOVE = "task", "task-form", "task-answer", "task-reopen", "task-remove"
Title = Annotated[str, Field(max_length=1_000)]
Day = date | None
DueKind = Literal["date", "relative"]


class TaskForm(Payload):
    """What a task asks; `tell` sends word of it to the recipients (5.13). Of its date, what is not shown is None."""

    title: Title
    description: Text = ""
    due_kind: DueKind = "date"
    due_on: Day = None
    due: Line | None = None
    due_side: Literal["before", "after"] | None = None
    needs_file: bool = False
    assignee_id: UUID | None = None
    tell: bool = False

    def fields(self) -> TaskFields:
        """As the service takes them: a date, or days that count from the work's start."""
        counts = self.due_kind == "relative"
        return TaskFields(
            self.title,
            self.description,
            self.due_on,
            self.needs_file,
            self.assignee_id,
            counted=TypedDays(self.due or "", self.due_side or "after") if counts else None,
            is_by_hand=not counts,
        )


class TellForm(Payload):
    """Whether recipients are told of what is taken out (5.13)."""

    tell: bool = False


class AnswerForm(Payload):
    """The firm's answer for the client (5.15)."""

    answer: Literal["done", "not_applicable", "promised"]
    text: Text = ""
    promised_on: Day = None


class CommentForm(Payload):
    """A comment for the client, or a note among staff."""

    body: Text = ""
    is_note: bool = False


class TaskState(FormState, rx.State):
    """The task that is open, and the form over it; `section_id` is where a new task goes."""

    view: TaskView = TaskView()
    section_id: str = ""
    is_out: bool = False
    is_client: bool = False
    written: int = 0
    due_kind: str = "date"

    @handler(P.WORK_READ)
    async def load(self) -> None:
        """The page stands: no task is open, but where only the socket came back."""
        await self._arrive()
        self.view = self.view if self.dialog else TaskView()

    @handler(P.WORK_READ)
    async def show(self, task_id: UUID) -> None:
        """Open a task, and hear of changes while it is open."""
        self._open(OPEN)
        await self._read(task_id)
        self._listen(f"work:{self._id()}", f"request:{self.view.section_id}")

    @handler(P.WORK_READ)
    async def refresh(self) -> None:
        """Something changed on the work item: what is open is read again."""
        if self.dialog and self.view.id:
            await self._read(self._task())

    @handler(P.WORK_READ)
    async def leave(self) -> None:
        """Back from a form to the task, from the task to the page."""
        self._open(OPEN if self.view.id and self.dialog != OPEN else "")
        self.view = self.view if self.dialog else TaskView()

    # writing

    @handler(P.WORK_EDIT)
    async def add(self, section_id: Line, is_client: bool, is_out: bool) -> None:
        """Open the form of a new task at the end of a section."""
        self.view = TaskView()
        self.section_id, self.is_client, self.is_out = section_id, is_client, is_out
        self.due_kind = "date"
        self._open(FORM)

    @handler(P.WORK_EDIT)
    async def edit(self) -> None:
        """Open the form of the task."""
        self.section_id, self.is_client, self.is_out = "", self.view.is_clients, self.view.is_out
        self.due_kind = "relative" if self.view.due_days else "date"
        self._open(FORM)

    @handler(P.WORK_EDIT)
    async def count(self, kind: DueKind) -> None:
        """Show the fields of a date, or of days from the start; nothing is kept yet."""
        self.due_kind, self.wrong_field = kind, ""

    @handler(P.WORK_EDIT)
    async def save(self, form: TaskForm) -> AsyncIterator[Any]:
        """Add the task, or change what it says."""
        fields = form.fields()
        if self.view.id:
            saved = bool(await self._saved(FORM, checklists.edit_task, self._task(), fields, tell=form.tell))
        else:
            added = self._saved(FORM, checklists.add_task, self._section(), fields, tell=form.tell)
            saved = bool(await added)
        if saved:
            async for event in self._done(_("Saved.")):
                yield event

    @handler(P.WORK_EDIT)
    async def ask_to_remove(self) -> None:
        """Say what removing means."""
        self._open(REMOVE)

    @handler(P.WORK_EDIT)
    async def remove(self, form: TellForm) -> AsyncIterator[Any]:
        """Take the task out, or put it aside (5.13)."""
        if await self._saved(REMOVE, checklists.remove_task, self._task(), tell=form.tell):
            self.view = TaskView()
            yield notice(_("Removed."))
            yield WorkState.refresh

    @handler(P.WORK_EDIT)
    async def restore(self, task_id: UUID) -> AsyncIterator[Any]:
        """Put a task that was put aside back."""
        await self._call(checklists.restore_task, task_id)
        async for event in self._done(_("Restored.")):
            yield event

    @handler(P.WORK_EDIT)
    async def nudge(self, step: Literal[-1, 1]) -> AsyncIterator[Any]:
        """Move the task up or down by one."""
        await self._call(arranging.nudge_task, self._task(), step)
        async for event in self._done(_("Moved.")):
            yield event

    # answering

    @handler(P.WORK_EDIT)
    async def tick(self, task_id: UUID, is_done: bool) -> AsyncIterator[Any]:
        """Mark a staff task done, or open again."""
        await self._call(staff_answers.tick_task, task_id, is_done=is_done)
        yield WorkState.refresh

    @handler(P.REQUEST_EDIT)
    async def ask_to_answer(self) -> None:
        """Open the form of an answer for the client."""
        self._open(ANSWER)

    @handler(P.REQUEST_EDIT)
    async def answer(self, form: AnswerForm) -> AsyncIterator[Any]:
        """Answer for the client (5.15)."""
        asked = (self._task(), Answer(form.answer), form.text, form.promised_on)
        if await self._saved(ANSWER, staff_answers.answer_for_client, *asked):
            async for event in self._done(_("Answered for the client.")):
                yield event

    @handler(P.REQUEST_EDIT)
    async def accept(self, is_accepted: bool) -> AsyncIterator[Any]:
        """Mark the answer as accepted, or take the mark back (5.8)."""
        await self._call(staff_answers.accept_task, self._task(), is_accepted=is_accepted)
        async for event in self._done(_("Accepted.") if is_accepted else _("No longer accepted.")):
            yield event

    @handler(P.REQUEST_EDIT)
    async def ask_to_reopen(self) -> None:
        """Open the form of a reason."""
        self._open(REOPEN)

    @handler(P.REQUEST_EDIT)
    async def reopen(self, form: ReasonForm) -> AsyncIterator[Any]:
        """Open a completed task again and tell its recipients why (5.8)."""
        if await self._saved(REOPEN, staff_answers.reopen_task, self._task(), form.reason):
            async for event in self._done(_("Reopened. Its recipients are told by e-mail.")):
                yield event

    @handler(P.WORK_EDIT)
    async def write(self, form: CommentForm) -> AsyncIterator[Any]:
        """Write a comment or a note; the dialog stays open."""
        key = f"staff:{new_id().hex}"
        asked = (self._task(), form.body)
        if await self._saved(OPEN, comments.add_comment, *asked, is_note=form.is_note, once_key=key):
            self.written += 1
            async for event in self._done(_("Written.")):
                yield event

    @handler(P.REQUEST_EDIT)
    async def remove_file(self, file_id: UUID) -> AsyncIterator[Any]:
        """Take a file off the task; it stands below to be restored for a time (10.8)."""
        await self._call(removing.remove_file, file_id)
        async for event in self._done(_("Removed.")):
            yield event

    @handler(P.REQUEST_EDIT)
    async def restore_file(self, file_id: UUID) -> AsyncIterator[Any]:
        """Put a removed file back on the task, whoever took it off (10.11)."""
        await self._call(removing.restore_file, file_id)
        async for event in self._done(_("Restored.")):
            yield event

    @handler(P.REQUEST_EDIT)
    async def close_question(self) -> AsyncIterator[Any]:
        """Let the question rest; reminders go on (5.8)."""
        await self._call(comments.close_question, self._task())
        async for event in self._done(_("The question is closed; reminders go on.")):
            yield event

    async def _done(self, text: str) -> AsyncIterator[Any]:
        """Say what happened, show the task again where one is open, and the page as it is now."""
        if self.view.id:
            self._open(OPEN)
            await self._read(self._task())
        yield notice(text)
        yield WorkState.refresh

    async def _read(self, task_id: UUID) -> None:
        self.view = await self._call(task_rows.task_view, task_id)

    def _task(self) -> UUID:
        return _known(self.view.id)

    def _section(self) -> UUID:
        return _known(self.section_id)


def _known(row_id: str) -> UUID:
    try:
        return UUID(row_id)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
