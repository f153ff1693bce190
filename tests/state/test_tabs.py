"""Which tabs a ring reaches, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from portal_app.state import _tabs
from portal_app.state._tabs import Tabs


class Told:
    """What tabs were told; `pauses` counts the pauses between rounds, which last as long as `go_on` says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str]] = []
        self.news = asyncio.Event()
        self.go_on = asyncio.Event()
        monkeypatch.setattr(_tabs.asyncio, "sleep", self._pause)

    async def _pause(self, _seconds: float) -> None:
        self.news.set()
        await self.go_on.wait()
        self.go_on.clear()

    async def __call__(self, token: str, handler: str) -> None:
        self.calls.append((token, handler))

    async def round(self) -> list[tuple[str, str]]:
        """What was told until the next pause."""
        await self.news.wait()
        self.news.clear()
        said, self.calls = self.calls, []
        return said


def play(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scene())


def test_a_ring_reaches_the_tabs_of_its_channel_and_no_others(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()
        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.listen("b", "sophie", "refresh", ["firm:2"])
        tabs.heard(["firm:1", "firm:9"], told)
        assert await told.round() == [("a", "refresh")]

    play(scene)


def test_all_tabs_of_a_person_are_told(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()
        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.listen("b", "sophie", "refresh", ["firm:1", "staff:1"])
        tabs.heard(["firm:1"], told)
        assert await told.round() == [("a", "refresh"), ("b", "refresh")]

    play(scene)


def test_rings_within_the_pause_are_told_once_after_it(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()
        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.heard(["firm:1"], told)
        assert await told.round() == [("a", "refresh")]
        for _ in range(50):
            tabs.heard(["firm:1"], told)
        told.go_on.set()
        assert await told.round() == [("a", "refresh")]

    play(scene)


def test_one_persons_pause_holds_up_nobody_else(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()
        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.listen("b", "paul", "refresh", ["firm:2"])
        tabs.heard(["firm:1"], told)
        assert await told.round() == [("a", "refresh")]
        tabs.heard(["firm:2"], told)
        assert await told.round() == [("b", "refresh")]

    play(scene)


def test_a_tab_that_left_is_told_nothing_and_leaves_nothing_behind(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()
        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.forget("a")
        tabs.forget("a")
        tabs.heard(["firm:1"], told)
        assert (tabs._tabs, dict(tabs._by_channel), tabs._due) == ({}, {}, {})

    play(scene)


def test_a_tab_that_cannot_be_told_keeps_nobody_else_from_being_told(monkeypatch):
    async def scene() -> None:
        told, tabs = Told(monkeypatch), Tabs()

        async def tell(token: str, handler: str) -> None:
            if token == "a":
                raise OSError("gone")
            await told(token, handler)

        tabs.listen("a", "sophie", "refresh", ["firm:1"])
        tabs.listen("b", "sophie", "refresh", ["firm:1"])
        tabs.heard(["firm:1"], tell)
        assert await told.round() == [("b", "refresh")]

    play(scene)
