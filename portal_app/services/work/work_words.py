"""Words for work: statuses, and the choices of its forms."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.models import WorkStatus
from portal_app.text import _, pgettext


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list: what is stored, and what is read."""

    value: str = ""
    word: str = ""


def status_mark(status: WorkStatus) -> tuple[str, str, str]:
    """A status as drawing, tone and word."""
    return {
        WorkStatus.PLANNED: ("open", "none", _("Planned")),
        WorkStatus.IN_PROGRESS: ("work", "acc", _("In progress")),
        WorkStatus.WAITING_ON_CLIENT: ("half", "wait", _("Waiting on client")),
        WorkStatus.IN_REVIEW: ("eye", "acc", _("In review")),
        WorkStatus.COMPLETED: ("done", "ok", pgettext("work", "Completed")),
    }[status]


def status_choices() -> list[Choice]:
    """Every status, in the order of a work item's life."""
    return [Choice(status.value, status_mark(status)[2]) for status in WorkStatus]
