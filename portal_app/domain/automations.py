"""Automations (8.4, 8.8): what sets one off, what it does, and what must not be put together."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

WAITS_BEFORE_COMPLETING = timedelta(minutes=10)  # 8.8
LOOKS_AGAIN_AFTER = timedelta(minutes=1)
"""How soon it is looked again whether an upload under way has ended."""


class Trigger(StrEnum):
    """What sets an automation off; *all tasks* are those of every request of the work that is out."""

    REQUEST_SENT = "request_sent"
    TASK_COMPLETED = "task_completed"
    ALL_COMPLETED = "all_completed"
    REMINDER_LIMIT = "reminder_limit"
    LINK_EXPIRED = "link_expired"


class Told(StrEnum):
    """Whom an automation notifies."""

    NOBODY = ""
    ASSIGNEE = "assignee"
    SENDER = "sender"
    ASSIGNED_STAFF = "assigned_staff"


class Clash(StrEnum):
    """Why an automation cannot be as it was written."""

    NOTHING_TO_DO = "nothing_to_do"
    COMPLETES_WHAT_WAITS = "completes_what_waits"
    ONE_TASK_COMPLETES = "one_task_completes"
    BACK_TO_PLANNED = "back_to_planned"
    WAITS_WITHOUT_TASKS = "waits_without_tasks"


def clash(trigger: Trigger, status: str, *, assigns: bool, told: Told) -> Clash | None:
    """Why trigger and actions do not go together; None where they do. `status` is empty where none is set."""
    if not (status or assigns or told):
        return Clash.NOTHING_TO_DO
    if status == "planned":
        return Clash.BACK_TO_PLANNED
    if status == "waiting_on_client" and trigger is Trigger.ALL_COMPLETED:
        return Clash.WAITS_WITHOUT_TASKS
    if status != "completed" or trigger is Trigger.ALL_COMPLETED:
        return None
    return Clash.ONE_TASK_COMPLETES if trigger is Trigger.TASK_COMPLETED else Clash.COMPLETES_WHAT_WAITS
