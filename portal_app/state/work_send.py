"""Sending a request, and what follows: settings, resending, withdrawing (6.1, 6.7, 6.13, 5.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import reflex as rx
from pydantic import Field

from portal_app.domain import send_rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.domain.reminders import Kind, Rule
from portal_app.models import new_id
from portal_app.ports import Ports
from portal_app.services.reminders import pauses
from portal_app.services.requests import send_settings, send_views, sending
from portal_app.services.requests.send_views import SendView
from portal_app.state.base import Payload, handler
from portal_app.state.linking import LinkingState
from portal_app.state.tab import notice
from portal_app.state.work import WorkState
from portal_app.text import _

P = Permission
SEND, SETTINGS, RESEND, WITHDRAW = "send", "send-settings", "resend", "withdraw"
PAUSE = "pause"


Keep = Callable[[Ports, Actor, UUID, Collection[UUID], Rule, str], None]
Part = Literal["kind", "days", "side", "date", "hour"]
"""One field of the send rule."""


class Again(Payload):
    """To whom a request is sent again."""

    recipients: Annotated[list[UUID], Field(max_length=200)] = []
    freed: Annotated[list[UUID], Field(max_length=200)] = []


class Pause(Payload):
    """Until when reminders are held back; nothing means until somebody resumes them."""

    until: date | None = None


class SendState(LinkingState, rx.State):
    """The dialog about one request; `_key` names one opening of it, so that two presses send once (6.25)."""

    view: SendView = SendView()
    is_busy: bool = False
    _chosen: frozenset[UUID] = frozenset()
    _rule: Rule = Rule(Kind.GENTLE)
    _when: tuple[str, str, str, str, str] = ("manual", "0", "before", "", "")
    _key: str = ""

    @handler(P.REQUEST_SEND)
    async def load(self) -> None:
        """The page stands."""
        await self._arrive()

    @handler(P.REQUEST_SEND)
    async def ask(
        self, request_id: UUID, dialog: Literal["send", "send-settings", "resend", "withdraw"]
    ) -> None:
        """Open a dialog about a request, with what is kept or proposed."""
        self.view = await self._call(send_views.send_view, request_id)
        self._chosen = frozenset(UUID(one.id) for one in self.view.people if one.is_chosen)
        self._rule = Rule(Kind(self.view.kind), self.view.before, self.view.every)
        when = self.view.when
        self._when = (when.kind, when.days, when.side, when.date, when.hour)
        self._key, self.is_busy = new_id().hex, False
        self._offer_nobody()
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
    async def plan(self, part: Part, typed: Annotated[str, Field(max_length=10)]) -> None:
        """Choose one part of the send rule; what is no day yet is refused when it is kept."""
        parts = dict(zip(get_args(Part), self._when, strict=True)) | {part: typed.strip()}
        self._when = (parts["kind"], parts["days"], parts["side"], parts["date"], parts["hour"])
        self.wrong_field = ""
        if _send_rule(self._when) is not None:
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
        """Keep recipients and rules; of a request that is out, act on the recipients."""
        rule = _send_rule(self._when) or send_rules.Rule(
            send_rules.Kind.ON
        )  # no day: refused with a sentence
        keep = partial(send_settings.save_settings, send_rule=rule)
        async for event in self._finish(self.dialog, keep, _("Saved.")):
            yield event

    @handler(P.REQUEST_SEND)
    async def resend(self, form: Again) -> AsyncIterator[Any]:
        """Send it again to those chosen; their reminders start again (6.7)."""
        asked = (self._request(), form.recipients, self._key, form.freed)
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
        if self.dialog in (SEND, SETTINGS):
            await self._read()
        yield notice(_("Reminders go on."))
        yield WorkState.refresh

    @handler(P.REQUEST_EDIT)
    async def skip(self, request_id: UUID, day: date, is_skipped: bool) -> AsyncIterator[Any]:
        """Send no reminder on a day, or take that back (7.8)."""
        await self._call(pauses.skip_reminder, request_id, day, is_skipped=is_skipped)
        if self.dialog in (SEND, SETTINGS):
            await self._read()
        yield notice(_("Skipped.") if is_skipped else _("Taken back: the reminder goes out."))
        yield WorkState.refresh

    @handler(P.REQUEST_EDIT)
    async def ask_to_pause(self, request_id: UUID) -> None:
        """Ask until when."""
        self.view = await self._call(send_views.send_view, request_id)
        self._open(PAUSE)

    @handler(P.REQUEST_EDIT)
    async def pause(self, form: Pause) -> AsyncIterator[Any]:
        """Hold the request's reminders back (7.8)."""
        if await self._saved(PAUSE, pauses.pause_request, self._request(), form.until):
            yield notice(_("Reminders are paused."))
            yield WorkState.refresh

    @handler(P.REQUEST_EDIT)
    async def resume(self, request_id: UUID) -> AsyncIterator[Any]:
        """Let the request's reminders go on; nothing is made up for (7.8)."""
        await self._call(pauses.pause_request, request_id, None, is_paused=False)
        yield notice(_("Reminders go on."))
        yield WorkState.refresh

    async def _finish(self, dialog: str, service: Keep, text: str) -> AsyncIterator[Any]:
        asked = (self._request(), self._chosen, self._rule, self._key)
        try:
            saved = await self._saved(dialog, service, *asked)
        finally:
            self.is_busy = False
        if saved:
            yield notice(text)
            yield WorkState.refresh

    def _client(self) -> str:
        return self.view.client_id

    async def _linked(self, contact_id: UUID) -> None:
        self._chosen |= {contact_id}
        await self._read()
        self._chosen -= {UUID(one.id) for one in self.view.people if one.why_not}

    async def _read(self, shown: str = "") -> None:
        shown = shown or self.view.shown
        asked = (self._request(), self._chosen, self._rule, shown, _send_rule(self._when))
        self.view = await self._call(send_views.send_view, *asked)

    def _request(self) -> UUID:
        try:
            return UUID(self.view.id)
        except ValueError:
            raise NotFound(_("There is nothing here.")) from None


def _send_rule(when: tuple[str, str, str, str, str]) -> send_rules.Rule | None:
    """The send rule that was chosen; None where what is typed is no day or no number yet."""
    kind, days, side, on, hour = when
    try:
        at = int(hour) if hour else None
        if kind == send_rules.Kind.RELATIVE:
            count = int(days)
            return send_rules.Rule(send_rules.Kind.RELATIVE, -count if side == "before" else count, hour=at)
        if kind == send_rules.Kind.ON:
            return send_rules.Rule(send_rules.Kind.ON, on=date.fromisoformat(on) if on else None, hour=at)
    except ValueError:
        return None
    return send_rules.Rule()
