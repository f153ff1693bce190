"""A mail server that counts what it took, and may pull a worker's plug at its n-th e-mail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

from tests.adapters.test_smtp import Local

MOMENTS = ("offered", "arrived", "accepted")
"""Before DATA; all of it is here and nothing was answered; the answer is on its way."""


class PostOffice:
    """Takes everything; what it did not answer it took all the same."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        """How often each Message-ID came for each recipient."""
        self.reminders: Counter[tuple[str, str]] = Counter()
        """How many came for each recipient while `day` was the day."""
        self.day = ""
        self._plug: tuple[str, int, Callable[[], None]] | None = None

    @contextmanager
    def open(self) -> Iterator[int]:
        """The port on which it listens while the block lasts."""
        line = Local(self, hostname="127.0.0.1", port=0)
        line.start()
        try:
            yield line.port
        finally:
            line.stop()

    def pull_at(self, moment: str, number: int, pull: Callable[[], None]) -> None:
        """Call `pull` at a moment of the n-th e-mail from now."""
        self._plug = (moment, number, pull)

    def leave_plugged(self) -> None:
        """Nothing is pulled from now on."""
        self._plug = None

    def _pulled(self, moment: str) -> Callable[[], None] | None:
        if self._plug is None or self._plug[0] != moment:
            return None
        _moment, number, pull = self._plug
        self._plug = (moment, number - 1, pull) if number > 1 else None
        return pull if number == 1 else None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """MAIL and RCPT went well."""
        envelope.rcpt_tos.append(address)
        if pull := self._pulled("offered"):
            pull()
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """The whole e-mail is here."""
        letter = message_from_bytes(envelope.content, policy=default)
        for to in envelope.rcpt_tos:
            self.taken[str(letter["Message-ID"]), to] += 1
            if str(letter["Subject"]).startswith("Reminder"):
                self.reminders[to, self.day] += 1
        if pull := self._pulled("arrived"):
            pull()
        if pull := self._pulled("accepted"):
            asyncio.get_running_loop().call_soon(pull)
        return "250 OK"
