"""What the portal says in a tab, and where it sends it: `components.live` shows the one and does the other."""

from __future__ import annotations

from typing import Annotated, Literal

import reflex as rx
from pydantic import Field
from reflex.event import Event
from reflex_base.utils.format import format_event_handler

from portal_app.state.base import ANYONE, PageState, handler

Tone = Literal["done", "refused", "fault"]
Words = Annotated[str, Field(max_length=1_000)]
Way = Annotated[str, Field(max_length=2_000, pattern=r"^/([^/\\\s][^\s\\]*)?$")]
"""A path of this portal: anything else would lead somebody out of it."""


class TabState(PageState, rx.State):
    """The last thing said, and the way out of the reactive pages."""

    notice_text: str = ""
    notice_tone: str = ""
    notice_count: int = 0
    leave_to: str = ""
    leave_why: str = ""
    _visit: int = 0
    _is_back: bool = False

    @handler(ANYONE)
    async def say(self, text: Words, tone: Tone) -> None:
        """Put a sentence into the status region; the same sentence twice is read out twice."""
        self.notice_text, self.notice_tone = text, tone
        self.notice_count += 1

    @handler(ANYONE)
    async def go(self, to: Way, why: Words) -> None:
        """Load another document: sign-in, a plain page, or this page again. `why` is for a page that cannot yet."""
        self.leave_to, self.leave_why = to, why

    def _begin(self, *, is_fresh: bool) -> None:
        """A document was loaded, or its socket came back: nothing is left to leave for."""
        self.leave_to = self.leave_why = ""
        self._is_back = not is_fresh
        if is_fresh:
            self.notice_text = self.notice_tone = ""

    def _arrive(self) -> None:
        """A page is about to load: another visit, unless only the socket came back to it."""
        if not self._is_back:
            self._visit += 1
        self._is_back = False


def notice(text: str, tone: Tone = "done") -> Event:
    """Yielded by a handler: say what happened."""
    return _event("say", text=text, tone=tone)


def leave(to: str, why: str = "") -> Event:
    """Yielded by a handler: load the document at `to`, a path of this portal, and say `why` where that must wait."""
    return _event("go", to=to, why=why)


def _event(name: str, **payload: str) -> Event:
    # An Event, not a call of the handler: what people typed never passes through Reflex's templates of variables.
    return Event(name=format_event_handler(TabState.event_handlers[name]), payload=payload)
