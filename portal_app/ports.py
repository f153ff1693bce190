"""What the services need from the world: time, mail, files, identity. Adapters fit these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sqlmodel import Session

from portal_app.settings import Settings


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
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


@dataclass(frozen=True, slots=True)
class Envelope:
    """One finished e-mail on its way: addresses, and the bytes of RFC 5322."""

    sender: str
    recipient: str
    message: bytes


class MailRefused(Exception):
    """The server said no. `is_final` for 5xx; `text` is its answer."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final = text, code, is_final


class MailUnknown(Exception):
    """The conversation broke after DATA began: nobody knows whether the server took it (15.2)."""


class Mailer(Protocol):
    """Hands e-mails to a mail server."""

    def conversation(self) -> AbstractContextManager[MailConversation]:
        """A connection for a batch. Raises `MailRefused(is_final=False)` when no server answers."""
        ...


class MailConversation(Protocol):
    """One connection; several e-mails."""

    def offer(self, envelope: Envelope) -> None:
        """MAIL and RCPT. Raises `MailRefused`."""
        ...

    def transmit(self, envelope: Envelope) -> str:
        """DATA; returns the server's answer. Raises `MailRefused` or `MailUnknown`."""
        ...


class NoRoom(Exception):
    """The disk, or the bucket, is full; what was being written is gone."""


class Objects(Protocol):
    """Where sealed parts lie. Keys are paths of our own making."""

    def put(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Store durably: when this returns, a power cut loses nothing. Raises `NoRoom`."""
        ...

    def get(self, key: str) -> bytes:
        """Read whole. Raises `KeyError` when absent."""
        ...

    def delete(self, key: str) -> None:
        """Remove; nothing happens when absent."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key below `prefix`."""
        ...

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes fit and leave the reserve (1 GiB or 5 %)."""
        ...


class PartSealer(Protocol):
    """Seals the parts of one file with the file's own key."""

    def seal(self, plain: bytes | bytearray | memoryview, about: bytes) -> bytearray:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...


class Sealer(Protocol):
    """Authenticated encryption with key ids and rotation."""

    def seal(self, plain: bytes | memoryview, about: bytes) -> bytes:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...

    def new_key(self, about: bytes) -> bytes:
        """A new key for one file, sealed."""
        ...

    def parts(self, sealed_key: bytes, about: bytes) -> PartSealer:
        """The sealer of one file's parts. Raises `ValueError` when the key cannot be opened."""
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

    def hit(self, name: str, limit: str) -> bool:
        """Count one try under `name` against `limit` ("5/hour"); False when it is over."""
        ...

    def has_room(self, name: str, limit: str) -> bool:
        """Whether one more would pass, without counting it."""
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
    """Makes database sessions."""

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
