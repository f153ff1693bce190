"""What the services need from the world: time, mail, files, identity. Adapters fit these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sqlmodel import Session

from portal_app.ports.issuers import (
    IssuerClient,
    IssuerFault,
    Issuers,
    WayBack,
    WayThere,
)
from portal_app.ports.pictures import (
    IconOrder,
    ImageRefused,
    Images,
    Pages,
    Picture,
    PictureOrder,
    Redrawn,
)
from portal_app.ports.sending import (
    BounceMailbox,
    Envelope,
    MailConversation,
    Mailer,
    MailRefused,
    MailUnknown,
    Push,
    Pusher,
    PushGone,
    PushRefused,
    Texter,
    TextRefused,
    TextUnknown,
    VapidIdentity,
)
from portal_app.ports.storing import (
    NoRoom,
    Objects,
    PartSealer,
    Scanner,
    ScannerAway,
    ScanTooLarge,
    Sealer,
)
from portal_app.settings import Settings

__all__ = [
    "Bell",
    "BounceMailbox",
    "Clock",
    "Envelope",
    "IconOrder",
    "ImageRefused",
    "Images",
    "IssuerClient",
    "IssuerFault",
    "Issuers",
    "Limiter",
    "MailConversation",
    "MailRefused",
    "MailUnknown",
    "Mailer",
    "MovableClock",
    "NoRoom",
    "Objects",
    "Pages",
    "PartSealer",
    "Passwords",
    "Picture",
    "PictureOrder",
    "Ports",
    "Push",
    "PushGone",
    "PushRefused",
    "Pusher",
    "Redrawn",
    "ScanTooLarge",
    "Scanner",
    "ScannerAway",
    "Sealer",
    "Sessions",
    "TextRefused",
    "TextUnknown",
    "Texter",
    "VapidIdentity",
    "WayBack",
    "WayThere",
]


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def steady(self) -> timedelta:
        """How long since some moment, by a clock that nobody sets; only differences within one process mean anything."""
        ...


@runtime_checkable
class MovableClock(Protocol):
    """The demo's clock: the machine's time and a shift that only grows."""

    shift: timedelta

    def now(self) -> datetime:
        """The portal's moment, aware, in UTC."""
        ...

    def move_to(self, moment: datetime) -> None:
        """Jump ahead to `moment`; a moment already past changes nothing."""
        ...


class Bell(Protocol):
    """Tells open tabs that something changed; carries no data."""

    def ring(self, channels: Iterable[str]) -> None:
        """Sound these channels (`staff:<id>`, `request:<id>`, …); from any thread, never raises."""
        ...

    def listen(self, heard: Callable[[frozenset[str]], None]) -> AbstractContextManager[None]:
        """Call `heard` for each ring while the block runs, from any thread."""
        ...


class Limiter(Protocol):
    """Counts tries in sliding windows."""

    def answers(self) -> bool:
        """Whether what all processes count in together is there; without it each counts by itself."""
        ...

    def hit(self, name: str, limit: str) -> bool:
        """Count one try under `name` against `limit` ("5/hour"); False when it is over."""
        ...

    def has_room(self, name: str, limit: str) -> bool:
        """Whether one more would pass, without counting it."""
        ...

    def left(self, name: str, limit: str) -> int:
        """How many more would pass now."""
        ...

    def reset_at(self, name: str, limit: str) -> datetime:
        """When the window frees (aware UTC)."""
        ...

    def clear(self, name: str, limit: str) -> None:
        """Forget the tries under `name`."""
        ...


class Passwords(Protocol):
    """Argon2id, with a bound on how many are worked out at once."""

    def hash(self, password: str) -> str:
        """The hash to store, its parameters inside."""
        ...

    def verify(self, stored: str | None, password: str) -> bool:
        """Check; with `stored` None a dummy hash is checked, in the same time, and False returned."""
        ...

    def is_outdated(self, stored: str) -> bool:
        """Whether the parameters are older than today's."""
        ...


class Sessions(Protocol):
    """Makes database sessions. `is_full` while the last thing that this process had to save found no room;
    `missed_beats` while it could not write down that a job ran."""

    is_full: bool
    missed_beats: bool

    def writing(self) -> Session:
        """A session whose transaction takes the write lock at once on SQLite."""
        ...

    def reading(self) -> Session:
        """A session that only reads."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything a service may reach."""

    settings: Settings
    sessions: Sessions
    clock: Clock
    mailer: Mailer
    objects: Objects
    sealer: Sealer
    bell: Bell
    limiter: Limiter
    passwords: Passwords
    issuers: Issuers
    images: Images
    pages: Pages
    scanner: Scanner | None = None
    bounces: BounceMailbox | None = None
    pusher: Pusher | None = None
    texter: Texter | None = None
    """None where the operator set no provider: then there are no codes by text message."""
