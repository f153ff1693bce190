"""Which tabs listen to which channels of the bell, in this process.

A ring carries no data: the tab is told to ask again, and asks as its own person, through gate and policy.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import structlog

from portal_app import faults
from portal_app.http.metrics import TABS

Tell = Callable[[str, str], Awaitable[None]]
"""Tells one tab to run one handler."""

PAUSE = 0.5
"""Seconds between two rounds of one person: two a second at most."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tab:
    """An open tab: whose it is, and the handlers that each channel calls."""

    person: str
    handlers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class Tabs:
    """All tabs of this process that listen. Everything but `sound` runs on the event loop."""

    def __init__(self) -> None:
        self._tabs: dict[str, Tab] = {}
        self._by_channel: dict[str, set[str]] = defaultdict(set)
        self._due: dict[str, set[tuple[str, str]]] = {}
        self._rounds: set[asyncio.Task[None]] = set()

    def listen(self, token: str, person: str, handler: str, channels: Iterable[str]) -> None:
        """Call `handler` in this tab when one of `channels` sounds."""
        tab = self._tabs.setdefault(token, Tab(person))
        TABS.set(len(self._tabs))
        tab.person = person
        for channel in channels:
            tab.handlers[channel].add(handler)
            self._by_channel[channel].add(token)

    def forget(self, token: str) -> None:
        """The tab left, or shows another page."""
        tab = self._tabs.pop(token, None)
        TABS.set(len(self._tabs))
        for channel in tab.handlers if tab else ():
            self._by_channel[channel].discard(token)
            if not self._by_channel[channel]:
                del self._by_channel[channel]

    def heard(self, channels: Iterable[str], tell: Tell) -> None:
        """Tell the tabs that listen: at once, and what comes within the pause together after it."""
        for channel in channels:
            for token in self._by_channel.get(channel, ()):
                tab = self._tabs[token]
                calls = {(token, handler) for handler in tab.handlers[channel]}
                if tab.person in self._due:
                    self._due[tab.person] |= calls
                else:
                    self._due[tab.person] = calls
                    self._begin(tab.person, tell)

    def _begin(self, person: str, tell: Tell) -> None:
        task = asyncio.create_task(self._round(person, tell), name="bell-round")
        self._rounds.add(task)
        task.add_done_callback(self._rounds.discard)

    async def _round(self, person: str, tell: Tell) -> None:
        """Tell, pause, and go on while more came in."""
        try:
            while calls := self._due[person]:
                self._due[person] = set()
                for token, handler in sorted(calls):
                    await self._tell(token, handler, tell)
                await asyncio.sleep(PAUSE)
        finally:
            del self._due[person]

    async def _tell(self, token: str, handler: str, tell: Tell) -> None:
        if token not in self._tabs:
            return
        try:
            await tell(token, handler)
        except Exception as fault:  # noqa: BLE001 (a tab on its way out keeps nobody else from hearing)
            log.warning("tab_not_told", **faults.facts(fault))
