"""Automations in words: when, what, and why not (8.4)."""

from __future__ import annotations

from portal_app.domain.automations import Clash, Told, Trigger
from portal_app.models import ClientKind, WorkStatus
from portal_app.services.work.work_words import status_mark
from portal_app.text import _, pgettext


def when(trigger: Trigger) -> str:
    """What sets an automation off."""
    return {
        Trigger.REQUEST_SENT: _("When a request is sent"),
        Trigger.TASK_COMPLETED: _("When a task is completed"),
        Trigger.ALL_COMPLETED: _("When all of the client’s tasks are completed"),
        Trigger.REMINDER_LIMIT: _("When the reminder limit is reached"),
        Trigger.LINK_EXPIRED: _("When a link expires"),
    }[trigger]


def kind(client_kind: ClientKind) -> str:
    """Whose work it is for."""
    return {
        ClientKind.PERSON: _("Individuals only"),
        ClientKind.ORGANIZATION: _("Organizations only"),
    }[client_kind]


def told(whom: Told) -> str:
    """Whom it notifies, as one chooses them."""
    return {
        Told.NOBODY: _("Nobody"),
        Told.ASSIGNEE: _("The work’s assignee"),
        Told.SENDER: _("Who sent the request"),
        Told.ASSIGNED_STAFF: _("The client’s assigned staff"),
    }[whom]


def condition(trigger: Trigger, title_part: str, client_kind: ClientKind | None) -> str:
    """The whole condition, in a line."""
    parts = [when(trigger)]
    if title_part:
        parts.append(_("title contains “{text}”").format(text=title_part))
    if client_kind is not None:
        parts.append(kind(client_kind))
    return " · ".join(parts)


def does(status: WorkStatus | None, assignee: str, whom: Told) -> str:
    """All that it does, in the order in which it does it."""
    parts = []
    if status is not None:
        parts.append(_("set the status to {status}").format(status=status_mark(status)[2]))
    if status is WorkStatus.COMPLETED:
        parts[-1] = _("complete the work, ten minutes later")
    if assignee:
        parts.append(_("assign the work to {name}").format(name=assignee))
    if whom is not Told.NOBODY:
        parts.append(_("notify: {whom}").format(whom=told(whom)))
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def offered_name(key: str) -> str:
    """The name of an automation that is offered."""
    return {
        "sent": _("Waiting for the client"),
        "all": _("Ready for review"),
        "limit": _("No answer after all reminders"),
    }[key]


def why_not(clash: Clash) -> str:
    """Why trigger and actions do not go together."""
    return {
        Clash.NOTHING_TO_DO: _("It does nothing yet: set a status, assign the work or notify somebody."),
        Clash.COMPLETES_WHAT_WAITS: _(
            "Completing the work closes its links while the client still has tasks. "
            "Choose “all of the client’s tasks are completed”."
        ),
        Clash.ONE_TASK_COMPLETES: _(
            "One completed task would close the work with the others still open. "
            "Choose “all of the client’s tasks are completed”."
        ),
        Clash.BACK_TO_PLANNED: _("Work that has begun does not go back to planned."),
        Clash.WAITS_WITHOUT_TASKS: _("With all tasks completed there is nothing to wait for."),
    }[clash]


def trigger_told(trigger: str) -> str:
    """What happened, for who is notified."""
    return {
        Trigger.REQUEST_SENT.value: pgettext("happened", "A request was sent"),
        Trigger.TASK_COMPLETED.value: pgettext("happened", "A task was completed"),
        Trigger.ALL_COMPLETED.value: pgettext("happened", "All of the client’s tasks are completed"),
        Trigger.REMINDER_LIMIT.value: pgettext("happened", "The reminder limit is reached"),
        Trigger.LINK_EXPIRED.value: pgettext("happened", "A link expired"),
    }.get(trigger, "")
