"""The names of the figures, and of the columns of their rows."""

from __future__ import annotations

from portal_app.services.dashboard.counting import Counts
from portal_app.services.dashboard.figures import Figure
from portal_app.text import _, format_number, pgettext


def name(figure: Figure) -> str:
    """As it stands on the dashboard, and above its rows."""
    return {
        Figure.OUTSTANDING: pgettext("figure", "Outstanding"),
        Figure.OVERDUE: pgettext("figure", "Overdue"),
        Figure.COMPLETED: pgettext("figure", "Days to complete"),
        Figure.REMINDERS: pgettext("figure", "Reminders due today"),
        Figure.LIMIT: pgettext("figure", "Hit the reminder limit"),
        Figure.FAILED: pgettext("figure", "Failed e-mails"),
    }[figure]


def heads(figure: Figure) -> list[str]:
    """The columns of a figure's rows."""
    client, request, done = _("Client"), pgettext("figure", "Request"), pgettext("figure", "Tasks done")
    waiting = [client, request, done, pgettext("figure", "Reminders"), pgettext("figure", "Due")]
    return {
        Figure.OUTSTANDING: waiting,
        Figure.OVERDUE: [*waiting, pgettext("figure", "Late by")],
        Figure.COMPLETED: [
            client,
            request,
            done,
            pgettext("figure", "Sent"),
            pgettext("figure", "Completed"),
            pgettext("figure", "Days"),
        ],
        Figure.REMINDERS: [client, request, done, _("Recipient"), pgettext("figure", "Reminder")],
        Figure.LIMIT: waiting,
        Figure.FAILED: [
            pgettext("figure", "To"),
            _("E-mail"),
            pgettext("figure", "Address"),
            pgettext("figure", "Answer of the mail server"),
            pgettext("figure", "Came back"),
        ],
    }[figure]


def reminders(now: Counts) -> str:
    """What became of today's reminders so far."""
    return _("{n} sent, {m} to come").format(
        n=format_number(now.reminders_gone), m=format_number(now.reminders - now.reminders_gone)
    )
