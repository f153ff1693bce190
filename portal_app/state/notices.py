"""*My notifications*: each choice is kept as soon as it is made (8.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.notices import Mailing, Topic
from portal_app.domain.permissions import Permission
from portal_app.services.triage import notice_settings
from portal_app.services.triage.notice_settings import NoticeSettings
from portal_app.state.base import PageState, handler
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission.TRIAGE_READ


class NoticesState(PageState, rx.State):
    """One's own choices as this tab shows them."""

    view: NoticeSettings = NoticeSettings()
    is_loaded: bool = False

    @handler(P)
    async def load(self) -> None:
        """The page stands."""
        self.view = await self._call(notice_settings.notice_settings)
        self.is_loaded = True

    @handler(P)
    async def choose(self, topic: Topic, mailing: Mailing) -> AsyncIterator[Any]:
        """Get a topic's e-mails another way."""
        await self._call(notice_settings.choose, topic, mailing)
        self.view = await self._call(notice_settings.notice_settings)
        yield notice(_("Saved."))
