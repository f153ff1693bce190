"""What a notice says to its contact, in the language in force (9.6, 12.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal_app import routes
from portal_app.models import ContactNotice
from portal_app.text import _, format_moment, format_size


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence, and what somebody wrote; `bare` says as much without naming anything, for a locked screen."""

    text: str
    quote: str = ""
    bare: str = ""


def words(row: ContactNotice) -> Words:
    """The words of a notice."""
    facts: Mapping[str, Any] = {"by": _("The firm"), "task": "", "title": "", "name": "", **row.facts}
    if row.kind == "file_received":
        return _receipt(facts, row)
    text, bare = _SAID[row.kind]
    return Words(text().format_map(facts), str(facts.get("text", "")), bare())


def place(row: ContactNotice) -> str:
    """Where a notice leads when it is pressed: a path of the portal."""
    if row.kind in {"document_shared", "document_infected"}:
        return routes.DOCUMENTS
    if row.kind == "file_received" and row.request_id is None:
        return routes.DOCUMENTS
    if row.request_id is None or row.kind == "request_withdrawn":
        return routes.HOME
    here = routes.to(routes.REQUEST, id=row.request_id)
    return f"{here}#t{row.task_id}" if row.task_id else here


def _receipt(facts: Mapping[str, Any], row: ContactNotice) -> Words:
    """What the portal has of the reader's own: name, size, time, and the sum to compare (10.7)."""
    text = _("Received: {name}, {size}, {at}.").format(
        name=facts["name"], size=format_size(int(facts["size"])), at=format_moment(row.at, facts["zone"])
    )
    return Words(text, _("SHA-256: {sum}").format(sum=facts["sha256"]), _("Your files have arrived."))


_SAID: Mapping[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "request_sent": (
        lambda: _("{by} asks for something: {title}."),
        lambda: _("Your firm asks for something new."),
    ),
    "task_added": (
        lambda: _("{by} added to your list: {task}."),
        lambda: _("Something was added to your list."),
    ),
    "task_reopened": (
        lambda: _("{by} reopened {task}."),
        lambda: _("A task is open again."),
    ),
    "file_infected": (
        lambda: _("{name} was deleted: a virus was found in it. Ask the firm about {task}."),
        lambda: _("A file was deleted: a virus was found in it."),
    ),
    "file_infected_open": (
        lambda: _("{name} was deleted: a virus was found in it. {task} is open, so send a clean copy."),
        lambda: _("A file was deleted: a virus was found in it."),
    ),
    "document_infected": (
        lambda: _(
            "{name} was deleted: a virus was found in it. If you still need it there, send a clean copy."
        ),
        lambda: _("A file was deleted: a virus was found in it."),
    ),
    "comment": (
        lambda: _("{by} wrote about {task}:"),
        lambda: _("You have a new comment."),
    ),
    "task_answered": (
        lambda: _("{by} completed {task} for you."),
        lambda: _("Your firm completed a task for you."),
    ),
    "document_shared": (
        lambda: _("{by} shared a document with you: {name}."),
        lambda: _("A document was shared with you."),
    ),
    "request_withdrawn": (
        lambda: _("{by} withdrew {title}. There is nothing to hand in."),
        lambda: _("A request was withdrawn."),
    ),
    "request_closed": (
        lambda: _("{title} is closed. Ask the firm if you still want to hand something in."),
        lambda: _("A request was closed."),
    ),
}
