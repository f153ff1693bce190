"""The manual of the staff side and what is new, as *Help and feedback* shows them (1.17)."""

from __future__ import annotations

from dataclasses import dataclass

from portal_app.text import _, pgettext


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section of the manual."""

    name: str
    title: str
    texts: tuple[str, ...]


def manual() -> tuple[Chapter, ...]:
    """From the first client to the reminder that nobody has to write; in the language of the build."""
    return (
        Chapter(
            "start",
            _("The first request"),
            (
                _(
                    "Add a client, then a contact with an e-mail address. Add a work item for the client, and in it a client section: its tasks are what you ask for."
                ),
                _(
                    "“Send to client” shows who gets it, the e-mail and the coming reminders before anything leaves. The client opens the link, ticks tasks, answers and uploads files; no account is needed."
                ),
            ),
        ),
        Chapter(
            "work",
            _("Work and templates"),
            (
                _(
                    "Sections on white card are the client’s; those on paper stay in the office. Drag tasks and sections, or move them with Alt and the arrows."
                ),
                _(
                    "A template keeps sections, tasks and dates that count from the start of the work. Next year’s work is made from this year’s, with what was answered as the starting point."
                ),
            ),
        ),
        Chapter(
            "sending",
            _("Sending and reminders"),
            (
                _(
                    "A request goes by hand or on a day. Reminders follow the due dates of open tasks: gentle, urgent or your own rule, at most one a day and five since the last send. Each can be skipped, and all can be paused."
                ),
                _(
                    "The line under a request says where it stands: sent, opened, in progress, completed. If an e-mail comes back, the contact is marked and you are told; correct the address and send again."
                ),
            ),
        ),
        Chapter(
            "answers",
            _("What comes back"),
            (
                _(
                    "Triage tells you of answers, questions, promises and files. Mark as read, snooze, or open the task and answer there. Accept a task or reopen it with a reason; the client gets it by e-mail."
                ),
                _(
                    "“My notifications” says what also comes by e-mail, and how often. Nobody is told of their own act."
                ),
            ),
        ),
        Chapter(
            "portal",
            _("The portal and its people"),
            (
                _(
                    "Switch the portal on for the firm in the settings, then client by client. Without an account, clients work by link. With portal access they sign in: full access sees everything of the client, limited access only what was sent to them."
                ),
                _(
                    "An invitation lasts three days; its link sends a new one. “View as” shows a request as its recipient sees it, and changes nothing."
                ),
            ),
        ),
        Chapter(
            "team",
            _("Team and settings"),
            (
                _(
                    "Members work with all clients. Admins also have settings, team, bulk work and the audit log. Owners also have security policy, sign-in rules and the other owners."
                ),
                _(
                    "When somebody leaves, deactivate them under Settings, Team, and choose who takes over: work, clients, coming sends and notifications pass to that person at once."
                ),
            ),
        ),
        Chapter(
            "keys",
            _("Keyboard"),
            (
                _(
                    "J and K walk through a list, Enter opens, / searches, X ticks. The foot of each page names the rest. Letters do nothing while you type."
                ),
            ),
        ),
    )


def news() -> tuple[tuple[str, str], ...]:
    """The newest first: what it is, and what one can do with it."""
    return (
        (
            pgettext("news", "Team."),
            _(
                "Invite colleagues by e-mail, give roles, and pass on what was theirs to a successor when somebody leaves."
            ),
        ),
        (
            pgettext("news", "Sign-in by Google, Microsoft or your own issuer."),
            _("An owner connects it under Settings, Sign-in; the firm may require it."),
        ),
        (
            pgettext("news", "Dates as you write them."),
            _("Under Settings, Firm: in words, or in figures with the year, the day or the month first."),
        ),
        (
            pgettext("news", "Dashboard."),
            _("How many clients have the portal on, what is overdue, and the rows behind each figure."),
        ),
        (
            pgettext("news", "Templates, automatic sending and reminders."),
            _("What repeats every year goes by itself, and says why where it cannot."),
        ),
    )
