"""A notification in words: who did what to which task, and what stands below it (8.1, 8.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

from portal_app.services import spoken
from portal_app.services.automations.automation_words import trigger_told
from portal_app.services.requests import send_words
from portal_app.text import _, format_size, ngettext

FAILURES = ("mail_failed", "staff_mail_failed", "send_failed")
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
        "task_handed_over": _handed,
        "files_uploaded": _files,
        "documents_uploaded": _documents,
        "file_damaged": _damaged,
        "file_infected": _infected,
        "mail_failed": _came_back,
        "staff_mail_failed": _colleagues_came_back,
        "send_failed": _not_sent,
        "send_by_hand": _by_hand,
        "left_out": _left_out,
        "signed_up": _signed_up,
        "address_moved": _moved,
        "colleague_asked": _asked_for_colleague,
        "colleague_invited": _invited_colleague,
        "automation": _automated,
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


def _handed(told: Told, today: date) -> Words:
    to = str(told.facts.get("to", ""))
    sentence = pieces(_("{who} handed {task} to {to}"), who=told.who, task=told.task, to=to)
    return Words("user", "", sentence, where=told.request)


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


def _documents(told: Told, today: date) -> Words:
    count = int(told.facts.get("count") or 1)
    files = ngettext("{n} document", "{n} documents", count)
    sentence = pieces(_("{who} shared {files} with you"), who=told.who, files=files)
    return Words("clip", "", sentence, where=str(told.facts.get("name") or "") if count == 1 else "")


def _infected(told: Told, today: date) -> Words:
    name, found = (str(told.facts.get(fact) or "") for fact in ("name", "found"))
    sentence = pieces(_("The virus scanner found {found} in {name}"), found=found, name=name)
    return Words("stop", "late", sentence, where=_("The file was deleted. Whoever sent it was told."))


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


def _colleagues_came_back(told: Told, today: date) -> Words:
    name, to = str(told.facts.get("name") or ""), str(told.facts.get("to") or "")
    answer = str(told.facts.get("answer") or "")
    said = pieces(_("E-mail to {name} ({address}) came back"), name=name, address=to)
    return Words("stop", "late", said, where=f"{answer} · {no_mail()}" if answer else no_mail())


def no_mail() -> str:
    """What it means that a colleague's address does not work."""
    return _("until the address is put right, no e-mail reaches this colleague, sign-in codes included")


def _not_sent(told: Told, today: date) -> Words:
    reason = sentence(send_words.held(str(told.facts.get("because") or "")))
    return Words("stop", "late", pieces(_("{request} was not sent"), request=told.request), where=reason)


def _by_hand(told: Told, today: date) -> Words:
    where = _("Its moment to go by itself was past already.")
    return Words(
        "send", "wait", pieces(_("{request} waits to be sent by hand"), request=told.request), where=where
    )


def _left_out(told: Told, today: date) -> Words:
    names = str(told.facts.get("names") or "")
    where = _("Their address does not work. Correct it, and add them in the send settings.")
    return Words(
        "stop",
        "late",
        pieces(_("{request} went out without {names}"), request=told.request, names=names),
        where=where,
    )


def sentence(text: str) -> str:
    """`text` as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}."


def _signed_up(told: Told, today: date) -> Words:
    template = (
        _("{who} accepted the invitation") if told.facts.get("is_invited") else _("{who} created an account")
    )
    return Words("user", "ok", pieces(template, who=told.who))


def _asked_for_colleague(told: Told, today: date) -> Words:
    sentence = pieces(
        _("{who} asks you to invite {name}"), who=told.who, name=str(told.facts.get("name", ""))
    )
    return Words("user", "wait", sentence, where=str(told.facts.get("email", "")))


def _moved(told: Told, today: date) -> Words:
    sentence = pieces(_("{who} has a new e-mail address"), who=told.who)
    return Words("pen", "", sentence, where=str(told.facts.get("email", "")))


def _invited_colleague(told: Told, today: date) -> Words:
    sentence = pieces(_("{who} invited {name}"), who=told.who, name=str(told.facts.get("name", "")))
    return Words("user", "", sentence, where=str(told.facts.get("email", "")))


def _automated(told: Told, today: date) -> Words:
    what = trigger_told(str(told.facts.get("trigger") or ""))
    by = _("by the automation “{name}”").format(name=told.facts.get("automation", ""))
    return Words("bell", "", [Piece(what)], where=" · ".join(part for part in (told.request, by) if part))


def _other(told: Told, today: date) -> Words:
    return Words("bell", "", _named(_("{who}: {task}"), told))


def _named(template: str, told: Told) -> list[Piece]:
    return pieces(template, who=told.who, task=told.task or told.request)


def _quoted(told: Told) -> str:
    text = str(told.facts.get("text") or told.facts.get("file") or "")
    return _("“{text}”").format(text=text) if text else ""


def _weight(told: Told) -> str:
    if not told.files:
        return ""
    files = ngettext("{n} file", "{n} files", told.files)
    return f"{files} · {format_size(told.size)}"
