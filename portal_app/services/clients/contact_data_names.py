"""What the columns of a contact's data are called (14.3)."""

from __future__ import annotations

from portal_app.text import _, pgettext


def column_names() -> dict[str, str]:
    """The name of each column by its key, in the reader's language."""
    return {
        "name": _("Name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "language": _("Language"),
        "created_at": pgettext("data", "Since"),
        "archived_at": pgettext("data", "Archived"),
        "client": _("Client"),
        "title": pgettext("import", "Role"),
        "level": pgettext("data", "Level"),
        "status": pgettext("data", "Status"),
        "since": pgettext("data", "Since"),
        "what": pgettext("data", "What"),
        "last_seen_at": pgettext("data", "Last seen"),
        "address": pgettext("data", "Network address"),
        "browser": pgettext("data", "Browser"),
        "text": pgettext("data", "Text"),
        "until": pgettext("days", "Until"),
        "accepted_at": pgettext("data", "Accepted"),
        "request": pgettext("data", "Request"),
        "sent_at": pgettext("data", "Sent"),
        "opened_at": pgettext("data", "Opened"),
        "reminders": pgettext("data", "Reminders"),
        "task": pgettext("data", "Task"),
        "answer": pgettext("data", "Answer"),
        "at": pgettext("data", "When"),
        "to": pgettext("data", "To"),
        "size": pgettext("data", "Size in bytes"),
        "sha256": "SHA-256",
        "subject": pgettext("data", "Subject"),
        "read_at": pgettext("data", "Read"),
        "ways": pgettext("data", "Ways"),
        "who": pgettext("data", "Who"),
    }
