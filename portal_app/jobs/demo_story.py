"""What the demo's parts share: who is in it, a clock that stands where the story is told, and a mail server of then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.models import Client, Contact, Firm, Staff
from portal_app.ports import Envelope, MailConversation


@dataclass
class DaysAgo:
    """A clock that stands where the story is told."""

    moment: datetime

    def now(self) -> datetime:
        """The told moment, aware, in UTC."""
        return self.moment

    def steady(self) -> timedelta:
        """It stands still, too."""
        return timedelta()


class Delivered:
    """A mail server that took everything: what the demo says was sent weeks ago."""

    @contextmanager
    def conversation(self) -> Iterator[MailConversation]:
        """A batch."""
        yield self

    def offer(self, envelope: Envelope) -> None:
        """Every recipient is welcome."""

    def transmit(self, envelope: Envelope) -> str:
        """Taken."""
        return "250 2.0.0 Ok"


@dataclass(frozen=True)
class Story:
    """The rows that the live part tells about."""

    firm: Firm
    staff: Sequence[Staff]
    clients: Sequence[Client]
    contacts: Sequence[Contact]

    def actor(self, number: int) -> Actor:
        """The n-th staff member as one who asks."""
        who = self.staff[number]
        return Actor(
            kind=Kind.STAFF, firm_id=who.firm_id, staff_id=who.id, role=Role(who.role), locale=who.locale
        )
