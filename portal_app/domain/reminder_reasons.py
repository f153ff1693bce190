"""Why no reminder goes out (5.6, 7.1, 7.5, 7.6, 7.9): the first reason that holds, of the request and of each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal_app.domain.reminder_plan import UNTIL_RESUMED
from portal_app.domain.reminders import MOST, Kind


class Why(StrEnum):
    """A reason in a word; pages and e-mails' rows say it in words of their own."""

    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    WORK_COMPLETED = "work completed"
    NOTHING_OPEN = "nothing open"
    RESEND_NEEDED = "resend needed"
    NO_RULE = "no rule"
    FIRM_PAUSED = "firm paused"
    CLIENT_PAUSED = "client paused"
    REQUEST_PAUSED = "request paused"
    TASK_DONE = "a task is done"
    ALL_HELD = "question open"
    NO_DATE = "no date"
    NO_WEEKDAY = "no weekday"
    REMOVED = "removed"
    NOT_SENT = "not sent"
    CAME_BACK = "came back"
    NO_ADDRESS = "no address"
    OFF = "reminders off"
    LIMIT = "limit reached"


@dataclass(frozen=True, slots=True)
class RequestSilence:
    """What silences a whole request. `dates` counts the open tasks that call for reminders, `held` those whose
    question waits for staff."""

    kind: Kind
    open_tasks: int
    dates: int
    held: int
    is_withdrawn: bool = False
    is_archived: bool = False
    is_work_completed: bool = False
    needs_resend: bool = False
    has_weekday: bool = True
    firm_paused_until: date = date.min
    client_paused_until: date = date.min
    request_paused_until: date = date.min


@dataclass(frozen=True, slots=True)
class RecipientSilence:
    """What silences one recipient (7.5). `is_stopped`: gentle, a task was answered *done*, and nobody let reminders
    go on since the last send to them (7.6)."""

    used: int = 0
    is_removed: bool = False
    has_left: bool = True
    has_come_back: bool = False
    has_address: bool = True
    is_off: bool = False
    is_stopped: bool = False


def of_request(facts: RequestSilence) -> Why | None:
    """Why nobody is reminded of this request; None where somebody may be."""
    holds = {
        Why.WITHDRAWN: facts.is_withdrawn,
        Why.ARCHIVED: facts.is_archived,
        Why.NOTHING_OPEN: facts.open_tasks == 0,
        Why.WORK_COMPLETED: facts.is_work_completed,
        Why.RESEND_NEEDED: facts.needs_resend,
        Why.NO_RULE: facts.kind is Kind.NONE,
        Why.FIRM_PAUSED: facts.firm_paused_until == UNTIL_RESUMED,
        Why.CLIENT_PAUSED: facts.client_paused_until == UNTIL_RESUMED,
        Why.REQUEST_PAUSED: facts.request_paused_until == UNTIL_RESUMED,
        Why.ALL_HELD: facts.dates == 0 and facts.held > 0,
        Why.NO_DATE: facts.dates == 0,
        Why.NO_WEEKDAY: not facts.has_weekday,
    }
    return next((why for why, is_so in holds.items() if is_so), None)


def of_recipient(facts: RecipientSilence) -> Why | None:
    """Why this recipient is not reminded, whatever the others are."""
    holds = {
        Why.REMOVED: facts.is_removed,
        Why.CAME_BACK: facts.has_come_back,
        Why.NO_ADDRESS: not facts.has_address,
        Why.TASK_DONE: facts.is_stopped,
        Why.NOT_SENT: not facts.has_left,
        Why.OFF: facts.is_off,
        Why.LIMIT: facts.used >= MOST,
    }
    return next((why for why, is_so in holds.items() if is_so), None)


def is_limit_reached(open_tasks: int, recipients: list[RecipientSilence]) -> bool:
    """Whether a task is open and nobody has a reminder left, at least one having had all five (7.9)."""
    why = [of_recipient(one) for one in recipients if not one.is_removed]
    return open_tasks > 0 and Why.LIMIT in why and not {None, Why.NOT_SENT, Why.TASK_DONE} & set(why)
