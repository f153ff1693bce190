"""Sending a request, and what follows: settings, resending, withdrawing (6.1, 6.7, 6.13, 5.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.models import new_id
from portal_app.ports import Ports
from portal_app.services import send_settings, send_views, sending
from portal_app.services.send_views import SendView
from portal_app.state.base import Payload, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.state.work import WorkState
from portal_app.text import _

P = Permission
SEND, SETTINGS, RESEND, WITHDRAW = "send", "send-settings", "resend", "withdraw"


Keep = Callable[[Ports, Actor, UUID, Collection[UUID], Rule, str], None]


class Again(Payload):
    """To whom a request is sent again."""

    recipients: Annotated[list[UUID], Field(max_length=200)] = []


class SendState(FormState, rx.State):
    """The dialog about one request; `_key` names one opening of it, so that two presses send once (6.25)."""

    view: SendView = SendView()
    is_busy: bool = False
    _chosen: frozenset[UUID] = frozenset()
    _rule: Rule = Rule(Kind.GENTLE)
    _key: str = ""

    @handler(P.REQUEST_SEND)
    async def ask(
        self, request_id: UUID, dialog: Literal["send", "send-settings", "resend", "withdraw"]
    ) -> None:
        """Open a dialog about a request, with what is kept or proposed."""
        self.view = await self._call(send_views.send_view, request_id)
        self._chosen = frozenset(UUID(one.id) for one in self.view.people if one.is_chosen)
        self._rule = Rule(Kind(self.view.kind), self.view.before, self.view.every)
        self._key, self.is_busy = new_id().hex, False
        self._open(dialog)

    @handler(P.REQUEST_SEND)
    async def leave(self) -> None:
        """Close the dialog; nothing of it is kept."""
        self._close()

    @handler(P.REQUEST_SEND)
    async def choose(self, contact_id: UUID, is_chosen: bool) -> None:
        """Tick a recipient, or not."""
        self._chosen = self._chosen | {contact_id} if is_chosen else self._chosen - {contact_id}
        self.wrong_field = ""
        await self._read()

    @handler(P.REQUEST_SEND)
    async def remind(self, kind: Literal["none", "gentle", "urgent", "custom"]) -> None:
        """Choose the reminder rule."""
        self._rule = Rule(Kind(kind), self.view.before, self.view.every)
        await self._read()

    @handler(P.REQUEST_SEND)
    async def count(
        self, name: Literal["before", "every"], typed: Annotated[str, Field(max_length=4)]
    ) -> None:
        """Type one of the custom rule's numbers; a number out of bounds is refused when it is kept."""
        number = int(typed) if typed.isdecimal() else -1
        before, every = (number, self._rule.every) if name == "before" else (self._rule.before, number)
        self._rule = Rule(Kind.CUSTOM, before, every)
        self.wrong_field = ""
        if 0 <= before <= 60 and 1 <= every <= 30:
            await self._read()

    @handler(P.REQUEST_SEND)
    async def show(self, contact_id: UUID) -> None:
        """Look at another recipient's e-mail."""
        await self._read(str(contact_id))

    @handler(P.REQUEST_SEND)
    async def send(self) -> AsyncIterator[Any]:
        """Send the request now."""
        self.is_busy = True
        yield
        async for event in self._finish(SEND, send_settings.send_with_settings, _("Sent.")):
            yield event

    @handler(P.REQUEST_SEND)
    async def save(self) -> AsyncIterator[Any]:
        """Keep recipients and reminders; of a request that is out, act on them."""
        async for event in self._finish(self.dialog, send_settings.save_settings, _("Saved.")):
            yield event

    @handler(P.REQUEST_SEND)
    async def resend(self, form: Again) -> AsyncIterator[Any]:
        """Send it again to those chosen; their reminders start again (6.7)."""
        asked = (self._request(), form.recipients, self._key)
        if await self._saved(RESEND, sending.resend_request, *asked):
            yield notice(_("Resent."))
            yield WorkState.refresh

    @handler(P.REQUEST_SEND)
    async def withdraw(self) -> AsyncIterator[Any]:
        """Take the request back from everybody (6.13)."""
        if await self._saved(WITHDRAW, sending.withdraw_request, self._request()):
            yield notice(_("Withdrawn."))
            yield WorkState.refresh

    @handler(P.REQUEST_EDIT)
    async def go_on(self, request_id: UUID) -> AsyncIterator[Any]:
        """Let gentle reminders go on although a task is done (7.6)."""
        await self._call(send_settings.let_reminders_go_on, request_id)
        yield notice(_("Reminders go on."))
        yield WorkState.refresh

    async def _finish(self, dialog: str, service: Keep, text: str) -> AsyncIterator[Any]:
        try:
            saved = await self._saved(dialog, service, self._request(), self._chosen, self._rule, self._key)
        finally:
            self.is_busy = False
        if saved:
            yield notice(text)
            yield WorkState.refresh

    async def _read(self, shown: str = "") -> None:
        shown = shown or self.view.shown
        self.view = await self._call(send_views.send_view, self._request(), self._chosen, self._rule, shown)

    def _request(self) -> UUID:
        try:
            return UUID(self.view.id)
        except ValueError:
            raise NotFound(_("There is nothing here.")) from None
