"""The parts of the checklist that act in the browser by themselves: tick, comment, undo, next (5.12, 9.2)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.text import _

_LIBRARY = rx.asset("checklist.jsx", shared=True).importable_path

Text = rx.Var[str] | str


class _Part(rx.Component):
    """One export of `checklist.jsx`."""

    library = _LIBRARY


class _Tick(_Part):
    tag = "Tick"
    href: rx.Var[str]
    done: rx.Var[bool]
    disabled: rx.Var[bool]
    na: rx.Var[bool]
    label: rx.Var[str]
    described_by: rx.Var[str]
    waiting_text: rx.Var[str]


class _CommentBox(_Part):
    tag = "CommentBox"
    href: rx.Var[str]
    label: rx.Var[str]
    send: rx.Var[str]
    waiting_text: rx.Var[str]
    failed: rx.Var[str]


class _UndoBar(_Part):
    tag = "UndoBar"
    task_id: rx.Var[str]
    href: rx.Var[str]
    title: rx.Var[str]
    said: rx.Var[str]
    label: rx.Var[str]
    ms: rx.Var[int]


class _NextTask(_Part):
    tag = "NextTask"
    task_id: rx.Var[str]
    label: rx.Var[str]


class _Rich(_Part):
    tag = "Rich"
    html: rx.Var[str]


def tick(href: Text, **props: Any) -> rx.Component:
    """*Mark as done*: shows at once, and waits in the browser while there is no network."""
    return _Tick.create(href=href, waiting_text=_("Waiting for the network"), **props)


def comment_box(href: Text) -> rx.Component:
    """A field to write in; what was typed stays until the server has it."""
    return _CommentBox.create(
        href=href,
        label=_("Add a comment"),
        send=_("Send"),
        waiting_text=_("Sending…"),
        failed=_("Not sent yet: there is no network. Your text is kept; press again when it is back."),
    )


def undo_bar(task_id: Text, href: Text, title: Text, ms: rx.Var[int]) -> rx.Component:
    """*Undo*, for ten seconds (5.12)."""
    return _UndoBar.create(
        task_id=task_id,
        href=href,
        title=title,
        ms=ms,
        said=_("Marked as done. The firm has been told."),
        label=_("Undo"),
    )


def next_task(task_id: Text) -> rx.Component:
    """The page's filled button."""
    return _NextTask.create(task_id=task_id, label=_("Next task"), class_name="btn main")


def rich(html: rx.Var[str]) -> rx.Component:
    """Text with marks; only for what was sanitized when it was stored."""
    return _Rich.create(html=html)
