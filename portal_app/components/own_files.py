"""The reader's own files on a task: *Replace*, and *Take back*, asked once, with *Undo* (10.4, 10.11).

`templates/first/request.html` has the same before the script has come: change both.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.client_parts import plain_link
from portal_app.components.scripts import own_script
from portal_app.components.uploader import replace_file
from portal_app.text import _


class _OwnFile(rx.Component):
    library = own_script("own_file.jsx")
    tag = "OwnFile"

    file: rx.Var[str]
    task: rx.Var[str]
    name: rx.Var[str]
    link: rx.Var[str]
    detail: rx.Var[str]
    href: rx.Var[str]
    gone: rx.Var[bool]
    words: rx.Var[dict[str, str]]
    as_of: rx.Var[int]


def receipt_link(file: Any) -> rx.Component:
    """The receipt of one's own file, as a PDF (10.7)."""
    said = _("Receipt (PDF)") + ": " + file.name.to(str)
    return plain_link(_("Receipt"), href=file.receipt, class_name="link", download=True, aria_label=said)


def own_file(file: Any, task: Any, href: Any, as_of: rx.Var[int]) -> rx.Component:
    """One line of the task's files; `href` is the task's address."""
    words = {
        "back": _("Take back…"),
        "take": _("Take it back"),
        "keep": _("Leave it there"),
        "undo": _("Undo"),
        "of": _("{act}: {name}"),
        "ask": _("The firm no longer finds it on this task. You can undo this for ten minutes."),
        "gone": _("Taken back"),
        "there": _("It is there again"),
        "waiting": _("Waiting for the network"),
    }
    return _OwnFile.create(
        replace_file(task.id, name=file.name, more={"replaces": file.id}),
        receipt_link(file),
        file=file.id,
        task=task.id,
        name=file.name,
        link=file.href,
        detail=file.detail,
        href=href + "/files/" + file.id.to(str),
        gone=file.is_gone,
        words=words,
        as_of=as_of,
        key=file.id,
    )
