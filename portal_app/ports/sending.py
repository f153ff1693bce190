"""What leaves: e-mails, text messages, notifications; and what comes back of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from portal_app.domain.pushing import PushTarget


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


class BounceMailbox(Protocol):
    """The mailbox that e-mails of ours come back to."""

    def each(self, take: Callable[[bytes], None]) -> int:
        """Give `take` each message that nobody took yet, oldest first, its first `LARGEST` bytes; how many it took.

        One is put away once `take` returned; one for which it raised waits for the next time, and the rest goes
        on. Raises `OSError` when the server cannot be reached or does not let us in.
        """
        ...


class TextRefused(Exception):
    """The provider said no. `is_final` where trying again changes nothing; `code` is its own, 0 where none answered."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final = text, code, is_final


class TextUnknown(Exception):
    """The conversation broke after the message was given: nobody knows whether it was taken (15.2)."""


class Texter(Protocol):
    """Hands text messages to a provider."""

    def send(self, number: str, body: str) -> str:
        """Send to a number (E.164); the provider's id of it. Raises `TextRefused` or `TextUnknown`."""
        ...


@dataclass(frozen=True, slots=True)
class VapidIdentity:
    """Us, as push services know us: a P-256 key (PKCS 8, DER), its public point as they write it, and whom to ask."""

    private: bytes = field(repr=False)
    public: str
    subject: str


@dataclass(frozen=True, slots=True)
class Push:
    """One push: what a browser gets, and how long its push service keeps it; under one `topic` the newest stands."""

    target: PushTarget
    payload: bytes
    lasts_for: timedelta
    topic: str = ""
    is_urgent: bool = False


class PushGone(Exception):
    """The subscription is over: 404 or 410."""


class PushRefused(Exception):
    """The push service said no, or nothing. `is_final` where trying again changes nothing; `retry_after` is in seconds."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool, retry_after: int = 0) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final, self.retry_after = text, code, is_final, retry_after


class Pusher(Protocol):
    """Hands pushes to the push services of browsers."""

    def push(self, push: Push, identity: VapidIdentity) -> None:
        """Seal and hand over. Raises `PushGone` or `PushRefused`."""
        ...
