"""Settings › introduction of the portal: whom it is for, the dry run, and how far the last one is (1.12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.services.mail import introduction_views, introductions
from portal_app.services.mail.introduction_views import IntroductionView
from portal_app.services.mail.introductions import Audience, DryRun, Who
from portal_app.state.base import STAFF, Line, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import ngettext

P = Permission
SEND = "send-introduction"


class IntroductionState(FormState, rx.State):
    """Who would get it now, without whom was unticked, and the progress of the last one."""

    audience: Audience = Audience()
    found: DryRun = DryRun()
    view: IntroductionView = IntroductionView()
    left_out: list[str] = []
    is_loaded: bool = False

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not change settings is told that there is nothing."""
        await self._arrive()
        self.audience, self.left_out = Audience(), []
        await self._look()
        if self.is_loaded:
            self.found = await self._call(introductions.dry_run, self.audience)
            self._listen(self.view.bell)

    @handler(P.SETTINGS_EDIT)
    async def refresh(self) -> None:
        """E-mails of an introduction moved on."""
        await self._look()

    @handler(P.SETTINGS_EDIT)
    async def narrow(self, who: Who) -> None:
        """Choose for whom."""
        await self._choose(replace(self.audience, who=who))

    @handler(P.SETTINGS_EDIT)
    async def assign(self, staff: Line) -> None:
        """Only clients that this staff member looks after; empty: of everybody."""
        await self._choose(replace(self.audience, assigned=staff))

    @handler(P.SETTINGS_EDIT)
    async def find(self, words: Line) -> None:
        """Only clients whose name holds these words."""
        await self._choose(replace(self.audience, search=words))

    @handler(P.SETTINGS_EDIT)
    async def tick(self, person: UUID, is_in: bool) -> None:
        """Leave one person out, or take them in again."""
        others = [one for one in self.left_out if one != person.hex]
        self.left_out = others if is_in else [*others, person.hex]

    @handler(P.SETTINGS_EDIT)
    async def ask(self) -> None:
        """Ask once before e-mails go out."""
        self._open(SEND)

    @handler(P.SETTINGS_EDIT)
    async def send(self) -> AsyncIterator[Any]:
        """Send it in the background."""
        without = [UUID(hex=one) for one in self.left_out]
        sent = await self._saved(SEND, introductions.start_introduction, self.audience, without)
        if sent:
            await self._look()
            yield notice(
                ngettext("It is on its way to {n} person.", "It is on its way to {n} people.", sent.value)
            )

    @handler(P.SETTINGS_EDIT)
    async def stop(self, introduction: UUID) -> AsyncIterator[Any]:
        """Stop what has not left."""
        n = await self._call(introductions.cancel_introduction, introduction)
        await self._look()
        yield notice(
            ngettext("Stopped: {n} person does not get it.", "Stopped: {n} people do not get it.", n)
        )

    @handler(P.SETTINGS_EDIT)
    async def leave(self) -> None:
        """Close the dialog."""
        self._close()

    async def _choose(self, audience: Audience) -> None:
        self.audience, self.left_out = audience, []
        self.found = await self._call(introductions.dry_run, audience)

    async def _look(self) -> None:
        found = await self._found(introduction_views.introduction_view)
        self.view, self.is_loaded = found or IntroductionView(), found is not None
