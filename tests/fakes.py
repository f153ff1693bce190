"""The ports of a world: a clock that moves when told, caught mail and texts, files in memory, a bell that is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal_app.domain.uploads import StorageAway
from portal_app.ports import Envelope, MailConversation

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # a Monday, 9 h in Toronto


@dataclass
class SetClock:
    """Stands still until told to move."""

    moment: datetime = START
    jumped: timedelta = timedelta()

    def now(self) -> datetime:
        return self.moment

    def steady(self) -> timedelta:
        return self.moment - START - self.jumped

    def jump(self, **by: float) -> None:
        """Be set, without time having passed: `jump(hours=2)`."""
        self.jumped += timedelta(**by)
        self.moment += timedelta(**by)

    def move_to(self, moment: datetime | str, zone: str = "UTC") -> None:
        """Go to an aware moment, or to a local one written as text."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
        self.moment = moment.astimezone(UTC)

    def advance(self, **by: float) -> None:
        """Go ahead: `advance(hours=72, seconds=-1)`."""
        self.moment += timedelta(**by)


@dataclass
class CaughtMail:
    """A mailer that accepts everything and keeps it; `script` raises instead, one item a try."""

    sent: list[Envelope] = field(default_factory=list)
    script: list[Exception | None] = field(default_factory=list)

    def conversation(self) -> Any:
        return _Conversation(self)


@dataclass
class _Conversation:
    mail: CaughtMail

    def __enter__(self) -> MailConversation:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def offer(self, envelope: Envelope) -> None:
        return None

    def transmit(self, envelope: Envelope) -> str:
        fault = self.mail.script.pop(0) if self.mail.script else None
        if fault is not None:
            raise fault
        self.mail.sent.append(envelope)
        return "250 OK"


@dataclass
class CaughtTexts:
    """A provider that accepts every text message and keeps it; `script` raises instead, one item a try."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    script: list[Exception | None] = field(default_factory=list)

    def send(self, number: str, body: str) -> str:
        fault = self.script.pop(0) if self.script else None
        if fault is not None:
            raise fault
        self.sent.append((number, body))
        return f"SM{len(self.sent)}"


@dataclass
class MemoryObjects:
    """Sealed parts in a dictionary."""

    parts: dict[str, bytes] = field(default_factory=dict)
    room: int = 1 << 40
    is_away: bool = False

    def put(self, key: str, sealed: bytes | memoryview) -> None:
        self._reach()[key] = bytes(sealed)

    def get(self, key: str) -> bytes:
        return self._reach()[key]

    def delete(self, key: str) -> None:
        self._reach().pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return iter([key for key in self._reach() if key.startswith(prefix)])

    def has_room(self, size: int) -> bool:
        return size <= self.room

    def answers(self) -> bool:
        return not self.is_away

    def _reach(self) -> dict[str, bytes]:
        if self.is_away:
            raise StorageAway
        return self.parts


@dataclass
class HeardBell:
    """Remembers what rang."""

    rung: list[str] = field(default_factory=list)

    def ring(self, channels: Iterable[str]) -> None:
        self.rung.extend(sorted(channels))

    def listen(self, heard: Callable[[frozenset[str]], None]) -> AbstractContextManager[None]:
        return nullcontext()
