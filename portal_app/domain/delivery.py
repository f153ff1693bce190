"""Where an e-mail stands, from its first wait to what the person did with it (8.6): worked out, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Delivery(StrEnum):
    """What is said of one e-mail. A later fact outweighs an earlier one, and what came back outweighs all."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    OPENED = "opened"
    ACTED_ON = "acted_on"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class MailFacts:
    """One e-mail, and when its recipient last opened and last answered what it was about."""

    phase: str
    tries: int = 0
    sent_at: datetime | None = None
    deferred_at: datetime | None = None
    opened_at: datetime | None = None
    acted_at: datetime | None = None


def delivery(mail: MailFacts) -> Delivery:
    """The one state. Opening and answering count only for an e-mail that had left by then (5.6)."""
    ended = {"failed": Delivery.BOUNCED, "cancelled": Delivery.STOPPED}.get(mail.phase)
    if ended is not None:
        return ended
    if mail.sent_at is not None and _is_after(mail.acted_at, mail.sent_at):
        return Delivery.ACTED_ON
    if mail.sent_at is not None and _is_after(mail.opened_at, mail.sent_at):
        return Delivery.OPENED
    if mail.phase == "unknown":
        return Delivery.UNKNOWN
    if mail.phase == "sent":
        return Delivery.DEFERRED if mail.deferred_at is not None else Delivery.ACCEPTED
    return Delivery.DEFERRED if mail.tries else Delivery.QUEUED


def _is_after(moment: datetime | None, sent_at: datetime) -> bool:
    return moment is not None and moment >= sent_at
