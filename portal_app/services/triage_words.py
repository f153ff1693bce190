"""A notification in words: who did what to which task, and what stands below it (8.1, 8.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

from portal_app.services import spoken
from portal_app.text import _, format_size, ngettext

FAILURES = ("mail_failed", "send_failed")
ASKING = ("question", "comment")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; names stand out."""

    text: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification stands on: its kind and facts, whose act, about which task, with which files."""

    kind: str
    facts: Mapping[str, Any]
    who: str
    task: str
    request: str
    done: int = 0
    tasks: int = 0
    files: int = 0
    size: int = 0
    is_question_open: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A notification, ready to show; `tone` is one of the look's."""

    drawing: str = "bell"
    tone: str = ""
    pieces: list[Piece] = field(default_factory=list)
    quote: str = ""
    where: str = ""

    @property
    def plain(self) -> str:
        """The sentence as one text, for accessible names."""
        return "".join(piece.text for piece in self.pieces)


def words(told: Told, today: date) -> Words:
    """The words of one notification, in the reader's language."""
    write = {
        "task_completed": _completed,
        "request_completed": _all_completed,
        "question": _asked,
        "comment": _commented,
        "promise": _promised,
        "files_uploaded": _files,
        "files_added": _files,
        "file_damaged": _damaged,
        "mail_failed": _came_back,
        "send_failed": _not_sent,
    }.get(told.kind, _other)
    return write(told, today)


def pieces(template: str, **names: str) -> list[Piece]:
    """`template` cut at its fields; what fills them stands out."""
    cut: list[Piece] = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        cut += [Piece(text)] if text else []
        cut += [Piece(names[name], is_name=True)] if name else []
    return cut


def _completed(told: Told, today: date) -> Words:
    template = {
        "not_applicable": _("{who}: {task} doesn’t apply"),
        "already_have": _("{who}: you already have {task}"),
    }.get(str(told.facts.get("answer")), _("{who} completed {task}"))
    return Words("done", "ok", _named(template, told), _quoted(told), _weight(told))


def _all_completed(told: Told, today: date) -> Words:
    count = _("{n} of {m}").format(n=told.done, m=told.tasks)
    sentence = pieces(_("{who} completed the whole request, {count}"), who=told.who, count=count)
    return Words("done", "ok", sentence, where=told.request)


def _asked(told: Told, today: date) -> Words:
    where = _("Reminders for this task wait for your answer") if told.is_question_open else ""
    return Words("ask", "wait", _named(_("{who} asks about {task}"), told), _quoted(told), where)


def _commented(told: Told, today: date) -> Words:
    return Words("say", "", _named(_("{who} commented on {task}"), told), _quoted(told), _weight(told))


def _promised(told: Told, today: date) -> Words:
    on = told.facts.get("on")
    day = spoken.day(date.fromisoformat(str(on)), today) if on else ""
    sentence = pieces(_("{who} will have {task} on {day}"), who=told.who, task=told.task, day=day)
    return Words("cal", "", sentence, where=_("Later than its due date") if told.facts.get("is_late") else "")


def _files(told: Told, today: date) -> Words:
    count = int(told.facts.get("count") or 1)
    files = ngettext("{n} file", "{n} files", count)
    sentence = pieces(_("{who} put {files} on {task}"), who=told.who, files=files, task=told.task)
    where = _("Arrived after closing") if told.facts.get("is_late") else _("Task still open")
    name = str(told.facts.get("name") or "") if count == 1 else ""
    return Words("clip", "", sentence, where=" · ".join(part for part in (name, where) if part))


def _damaged(told: Told, today: date) -> Words:
    sentence = pieces(_("The stored file {name} is damaged"), name=str(told.facts.get("name") or ""))
    where = _("It is not given out. Restore it from a backup, or ask for it again.")
    return Words("stop", "late", sentence, where=where)


def _came_back(told: Told, today: date) -> Words:
    to = str(told.facts.get("to") or "")
    answer = str(told.facts.get("answer") or "")
    fix = _("correct the address to resend")
    sentence = pieces(_("E-mail to {address} came back"), address=to)
    return Words("stop", "late", sentence, where=f"{answer} · {fix}" if answer else fix)


def _not_sent(told: Told, today: date) -> Words:
    reason = str(told.facts.get("reason") or told.facts.get("answer") or "")
    return Words("stop", "late", pieces(_("{request} was not sent"), request=told.request), where=reason)


def _other(told: Told, today: date) -> Words:
    return Words("bell", "", _named(_("{who}: {task}"), told))


def _named(template: str, told: Told) -> list[Piece]:
    return pieces(template, who=told.who, task=told.task or told.request)


def _quoted(told: Told) -> str:
    text = str(told.facts.get("text") or "")
    return _("“{text}”").format(text=text) if text else ""


def _weight(told: Told) -> str:
    if not told.files:
        return ""
    files = ngettext("{n} file", "{n} files", told.files)
    return f"{files} · {format_size(told.size)}"
