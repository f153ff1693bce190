"""The parts of the checklist that act in the browser by themselves: tick, comments, undo, next (5.12, 9.2)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.domain.showings import SHOWINGS
from portal_app.text import _, pgettext

_LIBRARY = own_script("checklist.jsx")

Text = rx.Var[str] | str


class _Part(rx.Component):
    """One export of `checklist.jsx`."""

    library = _LIBRARY


class _Answering(_Part):
    tag = "Answering"
    person: rx.Var[str]


class _Tick(_Part):
    tag = "Tick"
    task: rx.Var[str]
    title: rx.Var[str]
    href: rx.Var[str]
    undo: rx.Var[str]
    done: rx.Var[bool]
    undoable: rx.Var[bool]
    can: rx.Var[bool]
    needs_file: rx.Var[bool]
    na: rx.Var[bool]
    label: rx.Var[str]
    described_by: rx.Var[str]
    as_of: rx.Var[int]


class _TaskState(_Part):
    tag = "TaskState"
    task: rx.Var[str]
    state: rx.Var[str]
    tone: rx.Var[str]
    sign: rx.Var[str]
    done: rx.Var[bool]
    said: rx.Var[str]
    waiting: rx.Var[str]
    as_of: rx.Var[int]


class _Other(_Part):
    tag = "Other"
    task: rx.Var[str]
    title: rx.Var[str]
    href: rx.Var[str]
    done: rx.Var[bool]
    said: rx.Var[str]
    told: rx.Var[str]
    tone: rx.Var[str]
    sign: rx.Var[str]


class _Fold(_Part):
    tag = "Fold"
    first: rx.Var[bool]
    late: rx.Var[bool]


class _Talk(_Part):
    tag = "Talk"
    task: rx.Var[str]
    href: rx.Var[str]
    comments: rx.Var[list[Any]]
    earlier: rx.Var[list[Any]]
    earlier_label: rx.Var[str]
    can_write: rx.Var[bool]
    words: rx.Var[dict[str, str]]
    as_of: rx.Var[int]


class _UndoBar(_Part):
    tag = "UndoBar"
    task: rx.Var[str]
    title: rx.Var[str]
    told: rx.Var[str]
    here: rx.Var[str]
    ms: rx.Var[int]
    words: rx.Var[dict[str, str]]
    as_of: rx.Var[int]


class _NextTask(_Part):
    tag = "NextTask"
    task: rx.Var[str]
    label: rx.Var[str]


class _Rich(_Part):
    tag = "Rich"
    html: rx.Var[str]


def answering(person: Text) -> rx.Component:
    """Sends what this person answered here while there was no network; on every page of theirs."""
    return _Answering.create(person=person)


def tick(task: Any, href: Any, as_of: rx.Var[int]) -> rx.Component:
    """*Mark as done*: shows at once, and waits in the browser while there is no network."""
    return _Tick.create(
        task=task.id,
        title=task.title,
        href=href + "/tick",
        undo=href + "/undo",
        done=task.is_ticked,
        undoable=task.can_untick,
        can=task.can_tick,
        needs_file=task.lacks_file,
        na=task.is_na,
        label=task.tick_label,
        described_by=rx.cond(task.lacks_file, "l" + task.id.to(str), ""),
        as_of=as_of,
    )


def task_state(task: Any, as_of: rx.Var[int]) -> rx.Component:
    """The task's state: a sign and words."""
    return _TaskState.create(
        task=task.id,
        state=task.state,
        tone=task.tone,
        sign=task.sign,
        done=task.is_ticked,
        said=pgettext("task", "Done"),
        waiting=_("Waiting for the network"),
        as_of=as_of,
    )


def fold(
    summary: rx.Component,
    *children: Any,
    element_id: Text,
    first: rx.Var[bool],
    late: bool = False,
    class_name: str = "",
) -> rx.Component:
    """`details` that stand open at first where `first` says so, and then as the reader leaves them.

    What is `late` is drawn once it is opened, or where the reader already used it in the server's view.
    """
    return _Fold.create(
        summary, *children, id=element_id, first=first, late=rx.Var.create(late), class_name=class_name
    )


def talk(task: Any, href: Any, as_of: rx.Var[int]) -> rx.Component:
    """Comments, and a field to write in; what was typed stays until the server has it."""
    words = {
        "comments": _("Comments"),
        "of": _(", of the firm"),
        "you": _("You"),
        "now": _("Sending…"),
        "waiting": _("Waiting for the network"),
        "add": _("Add a comment"),
        "send": _("Send"),
        "unsent": _("Not sent"),
        "closed": _("This task is closed."),
        "kept": _("What you typed was not sent."),
    }
    return _Talk.create(
        task=task.id,
        href=href + "/comment",
        comments=task.comments,
        earlier=task.earlier,
        earlier_label=task.earlier_label,
        can_write=task.can_answer,
        words=words,
        as_of=as_of,
    )


def other(task: Any, href: Any, verb: str, *children: rx.Component) -> rx.Component:
    """A form of another answer, one of `SHOWINGS`, which waits in the browser while there is no network."""
    showing = SHOWINGS[verb]
    return _Other.create(
        *children,
        task=task.id,
        title=task.title,
        href=href + "/" + verb,
        done=showing.completes,
        said=showing.said,
        told=showing.told,
        tone=showing.tone,
        sign=showing.sign,
    )


def undo_bar(page: Any) -> rx.Component:
    """*Undo*, for ten seconds (5.12); a refusal, until it is read (5.16)."""
    words = {
        "said": _("Marked as done. The firm has been told."),
        "waiting": _("Waiting for the network"),
        "undo": _("Undo"),
        "ok": _("OK"),
        "kept": _("What you typed was not sent."),
        "on": _("Go on"),
    }
    return _UndoBar.create(
        task=page.undo_task_id,
        title=page.undo_title,
        told=page.undo_said,
        here=page.here,
        ms=page.undo_ms,
        words=words,
        as_of=page.as_of,
    )


def next_task(task_id: Text) -> rx.Component:
    """The page's filled button."""
    return _NextTask.create(task=task_id, label=_("Next task"), class_name="btn main")


def rich(html: rx.Var[str]) -> rx.Component:
    """Text with marks; only for what was sanitized when it was stored."""
    return _Rich.create(html=html)
