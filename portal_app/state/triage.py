"""The staff's triage: what came in, what was picked, and the one that is being read."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.domain.snoozing import Snooze
from portal_app.services.clients import trying_again
from portal_app.services.invitations import colleagues
from portal_app.services.tasks import comments, staff_answers
from portal_app.services.triage import triage_marks, triage_pane, triage_views
from portal_app.services.triage.triage_pane import PaneView
from portal_app.services.triage.triage_rows import UNREAD
from portal_app.services.triage.triage_views import PAGE, TriageView
from portal_app.state.base import Line, Payload, Text, handler
from portal_app.state.forms import FormState, ReasonForm
from portal_app.state.tab import notice
from portal_app.text import _, ngettext

P = Permission.TRIAGE_READ
REOPEN = "triage-reopen"


class AnswerForm(Payload):
    """An answer on a task; `once` names the form that it was written in, so that a second press says it once."""

    body: Text
    once: Line


class TriageState(FormState, rx.State):
    """One's own notifications."""

    found: TriageView = TriageView()
    pane: PaneView = PaneView()
    view: str = UNREAD
    most: int = PAGE
    is_loaded: bool = False
    picked: list[str] = []
    picked_text: str = ""
    aimed: str = ""
    once: str = ""

    @handler(P)
    async def load(self) -> None:
        """The page stands."""
        self.once = secrets.token_hex(8)
        await self._arrive()
        await self._look()
        self._listen(self.found.bell)

    @handler(P)
    async def refresh(self) -> None:
        """Something came in, or changed."""
        await self._look()
        if self.pane.id:
            self.pane = await self._found(triage_pane.pane_view, _uuid(self.pane.id)) or PaneView()

    @handler(P)
    async def show(self, view: Literal["unread", "all", "questions", "failures", "snoozed"]) -> None:
        """Another view."""
        self.view, self.most = view, PAGE
        self._pick([])
        await self._look()

    @handler(P)
    async def show_more(self) -> None:
        """What came earlier, too."""
        self.most += PAGE
        await self._look()

    @handler(P)
    async def read(self, notification_id: Line) -> None:
        """Open one in the pane."""
        self.wrong_field = self.wrong_text = ""
        self.pane = await self._call(triage_pane.pane_view, _uuid(notification_id))
        self._listen(self.found.bell, self.pane.bell)

    @handler(P)
    async def leave(self) -> None:
        """Close the pane."""
        self.pane = PaneView()

    @handler(P)
    async def pick(self, notification_id: Line) -> None:
        """Take one into the selection, or out of it."""
        others = [one for one in self.picked if one != notification_id]
        self._pick(others if len(others) < len(self.picked) else [*self.picked, notification_id])

    @handler(P)
    async def unpick(self) -> None:
        """Select nothing."""
        self._pick([])

    @handler(P)
    async def mark_read(self, notification_id: Line) -> None:
        """Mark one read, or the selection when no id is given."""
        await self._call(triage_marks.mark_read, self._meant(notification_id))
        await self._after()

    @handler(P)
    async def mark_unread(self, notification_id: Line) -> None:
        """Put one back among the unread."""
        await self._call(triage_marks.mark_unread, self._meant(notification_id))
        await self._after()

    @handler(P)
    async def mark_all_read(self) -> AsyncIterator[Any]:
        """Mark read what is unread and was on the page."""
        await self._call(triage_marks.mark_all_read, _moment(self.found.as_of))
        await self._after()
        yield notice(_("All marked read."))

    @handler(P)
    async def aim(self, notification_id: Line) -> None:
        """Say what the snooze menu is about: one, or the selection when no id is given."""
        self.aimed = notification_id

    @handler(P)
    async def snooze(self, choice: Snooze) -> AsyncIterator[Any]:
        """Put away what the menu is about until the chosen moment."""
        meant = self._meant(self.aimed)
        await self._call(triage_marks.snooze, meant, choice)
        await self._after()
        back = next((one.detail for one in self.found.choices if one.value == choice), "")
        text = ngettext("Snoozed until {moment}.", "{n} snoozed until {moment}.", len(meant))
        yield notice(text.format(moment=back))

    @handler(Permission.REQUEST_EDIT)
    async def answer(self, form: AnswerForm) -> AsyncIterator[Any]:
        """Write on the task that is being read, and mark its notification read."""
        if form.once != self.once:
            return
        task_id, shown = _uuid(self.pane.task_id), _uuid(self.pane.id)
        if await self._taken(comments.add_comment, task_id, form.body, once_key=f"triage-{form.once}"):
            self.once = secrets.token_hex(8)
            await self._call(triage_marks.mark_read, [shown])
            await self.refresh()
            yield notice(_("Your answer is on the task."))

    @handler(Permission.REQUEST_EDIT)
    async def close_question(self) -> AsyncIterator[Any]:
        """Let the question rest without an answer."""
        await self._call(comments.close_question, _uuid(self.pane.task_id))
        await self._call(triage_marks.mark_read, [_uuid(self.pane.id)])
        await self.refresh()
        yield notice(_("The question is closed. Reminders for this task start again."))

    @handler(Permission.CLIENT_EDIT)
    async def approve_invite(self) -> AsyncIterator[Any]:
        """Send the invitation that a contact asks for, in their name (3.6)."""
        await self._call(colleagues.approve_invite, _uuid(self.pane.invite_id))
        await self._decided()
        yield notice(_("The invitation is on its way."))

    @handler(Permission.CLIENT_EDIT)
    async def decline_invite(self) -> AsyncIterator[Any]:
        """Invite nobody; who asked sees it on their account page (3.6)."""
        await self._call(colleagues.decline_invite, _uuid(self.pane.invite_id))
        await self._decided()
        yield notice(_("Declined. Nobody is written to."))

    @handler(Permission.REQUEST_EDIT)
    async def accept(self, is_accepted: bool) -> AsyncIterator[Any]:
        """Mark the answer as accepted, or take the mark back (5.8)."""
        await self._call(staff_answers.accept_task, _uuid(self.pane.task_id), is_accepted=is_accepted)
        if is_accepted:
            await self._call(triage_marks.mark_read, [_uuid(self.pane.id)])
        await self.refresh()
        yield notice(_("Accepted.") if is_accepted else _("No longer accepted."))

    @handler(Permission.REQUEST_EDIT)
    async def ask_to_reopen(self) -> None:
        """Open the form of a reason."""
        self._open(REOPEN)

    @handler(P)
    async def close(self) -> None:
        """Close the form."""
        self._close()

    @handler(Permission.REQUEST_EDIT)
    async def reopen(self, form: ReasonForm) -> AsyncIterator[Any]:
        """Open the completed task again and tell its recipients why (5.8)."""
        shown = _uuid(self.pane.id)
        if await self._saved(REOPEN, staff_answers.reopen_task, _uuid(self.pane.task_id), form.reason):
            await self._call(triage_marks.mark_read, [shown])
            await self.refresh()
            yield notice(_("Reopened. Its recipients are told by e-mail."))

    @handler(Permission.CLIENT_EDIT)
    async def try_again(self) -> AsyncIterator[Any]:
        """Believe the address that failed, and send what came back once more (8.6)."""
        count = await self._call(trying_again.try_again, _uuid(self.pane.retry_id))
        await self.refresh()
        yield notice(trying_again.words(count))

    def _pick(self, ids: list[str]) -> None:
        self.picked = ids
        self.picked_text = ngettext("{n} selected", "{n} selected", len(ids)) if ids else ""

    def _meant(self, notification_id: str) -> list[UUID]:
        return [_uuid(one) for one in ([notification_id] if notification_id else self.picked)]

    async def _after(self) -> None:
        self._pick([])
        await self.refresh()

    async def _decided(self) -> None:
        await self._call(triage_marks.mark_read, [_uuid(self.pane.id)])
        await self.refresh()

    async def _look(self) -> None:
        self.found = await self._call(triage_views.triage_view, self.view, self.most)
        shown = {item.id for group in self.found.groups for item in group.notifications}
        self._pick([one for one in self.picked if one in shown])
        self.is_loaded = True


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


def _moment(text: str) -> datetime:
    """When the page was read; a page that was not read yet shows nothing to mark."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None
