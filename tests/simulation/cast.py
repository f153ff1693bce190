"""A mail server with moods, and a request as both lives know it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal_app.models import (
    ClientRequest,
    Contact,
)
from portal_app.ports import Envelope, MailConversation, MailRefused, MailUnknown
from tests.simulation import reference


@dataclass
class Moods:
    """A mail server with moods: addresses it refuses from some day on, reminders of which nobody knows."""

    clock: Any
    refused_from: dict[str, datetime] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    reminders: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def conversation(self) -> Iterator[MailConversation]:
        yield self

    def offer(self, envelope: Envelope) -> None:
        since = self.refused_from.get(envelope.recipient)
        if since is not None and since <= self.clock.now():
            raise MailRefused("550 no such user", code=550, is_final=True)

    def transmit(self, envelope: Envelope) -> str:
        if b"\r\nSubject: Reminder" in envelope.message:
            with self._lock:
                self.reminders[envelope.recipient] += 1
            if envelope.recipient in self.unknown:
                raise MailUnknown("the line went dead after the final dot")
        return "250 OK"


@dataclass
class Asked:
    """A request as both lives know it."""

    row: ClientRequest
    contacts: list[Contact]
    send_on: date
    by_itself: bool
    ref: reference.Request
    task_ids: list[UUID] = field(default_factory=list)
    is_sent: bool = False
    is_withdrawn: bool = False
    is_work_completed: bool = False
    story: list[str] = field(default_factory=list)

    def tell(self, at: datetime, what: str) -> None:
        """Keep what happened, for whoever looks into a difference."""
        self.story.append(f"{at:%Y-%m-%d %H:%M} {what}")
