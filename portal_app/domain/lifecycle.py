"""The one state of a request (5.6): worked out from facts, never stored, the same for every page and every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """In the order in which they are asked: the first that holds is the request's."""

    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    CLOSED = "closed"
    EXPIRED = "expired"
    IN_PROGRESS = "in_progress"
    OPENED = "opened"
    SENT = "sent"
    NOT_SENT = "not_sent"
    SCHEDULED = "scheduled"
    DRAFT = "draft"


class Unsent(StrEnum):
    """Why a request that should have gone has not."""

    WAITING = "waiting"
    """Its e-mails have not left yet (15.6)."""
    CAME_BACK = "came_back"
    """Every first e-mail came back (6.24)."""
    HELD = "held"
    """Its moment came, and something was missing (6.17); until the timetable looked, it is still *scheduled*."""


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """One recipient, not removed; moments are aware UTC."""

    first_sent_at: datetime | None = None
    bounced_at: datetime | None = None
    opened_at: datetime | None = None
    expires_at: datetime | None = None
    can_sign_in: bool = False

    @property
    def is_delivered(self) -> bool:
        """A first e-mail left and did not come back (6.24)."""
        return self.first_sent_at is not None and self.bounced_at is None


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What `state` needs to know. `sent_at` is the press or the automatic send; `send_at` the moment planned,
    `held_at` when that came and something was missing."""

    tasks: int = 0
    open_tasks: int = 0
    sent_at: datetime | None = None
    send_at: datetime | None = None
    held_at: datetime | None = None
    is_withdrawn: bool = False
    is_work_completed: bool = False
    recipients: Sequence[RecipientFacts] = ()

    @property
    def completed_tasks(self) -> int:
        """How many of its tasks are completed."""
        return self.tasks - self.open_tasks


def state(facts: RequestFacts, now: datetime) -> State:
    """The first state of 5.6 that holds at `now`."""
    holds = {
        State.WITHDRAWN: facts.is_withdrawn,
        State.COMPLETED: facts.tasks > 0 and facts.open_tasks == 0,
        State.CLOSED: facts.is_work_completed,
        State.EXPIRED: _is_expired(facts, now),
        State.IN_PROGRESS: facts.completed_tasks > 0,
        State.OPENED: any(one.opened_at is not None for one in facts.recipients),
        State.SENT: any(one.is_delivered for one in facts.recipients),
        State.NOT_SENT: unsent(facts) is not None,
        State.SCHEDULED: facts.send_at is not None,
        State.DRAFT: True,
    }
    return next(one for one in State if holds[one])


def unsent(facts: RequestFacts) -> Unsent | None:
    """Why nothing has reached anybody; None where something did, or where it is not time yet."""
    if any(one.is_delivered for one in facts.recipients):
        return None
    if facts.sent_at is not None:
        came_back = facts.recipients and all(one.bounced_at is not None for one in facts.recipients)
        return Unsent.CAME_BACK if came_back else Unsent.WAITING
    return Unsent.HELD if facts.held_at is not None else None


def _is_expired(facts: RequestFacts, now: datetime) -> bool:
    """Every recipient's grant has expired, and none of them can sign in."""
    return bool(facts.recipients) and all(
        one.expires_at is not None and one.expires_at <= now and not one.can_sign_in
        for one in facts.recipients
    )
