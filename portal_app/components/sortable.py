"""Rows that are moved by mouse, touch and keyboard (5.2); what is said meanwhile is in the person's language."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.components.staff_icons import Text, icon
from portal_app.text import _

_LIBRARY = own_script("sortable.jsx")
_CORE = "@dnd-kit/core@6.3.1"


def _moved(
    kind: rx.Var[str], row_id: rx.Var[str], parent: rx.Var[str], before: rx.Var[str]
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[str]]:
    """What kind of row, which one, into which list, before which row (empty: last)."""
    return kind, row_id, parent, before


class _Board(rx.Component):
    """The place within which rows move."""

    library = _LIBRARY
    tag = "Board"
    lib_dependencies: list[str] = [_CORE]

    words: rx.Var[dict[str, str]]
    on_move: rx.EventHandler[_moved]  # type: ignore[type-arg, valid-type]


class _Liftable(rx.Component):
    """A row that can be moved, and before which another can land."""

    library = _LIBRARY
    tag = "Liftable"
    lib_dependencies: list[str] = [_CORE]

    element: rx.Var[str]
    kind: rx.Var[str]
    lift_id: rx.Var[str]
    parent: rx.Var[str]
    label: rx.Var[str]
    fixed: rx.Var[bool]


class _Grip(rx.Component):
    """What one takes a row by."""

    library = _LIBRARY
    tag = "Grip"
    lib_dependencies: list[str] = [_CORE]

    label: rx.Var[str]


class _ListEnd(rx.Component):
    """The end of a list, where a row can land too."""

    library = _LIBRARY
    tag = "ListEnd"
    lib_dependencies: list[str] = [_CORE]

    element: rx.Var[str]
    kind: rx.Var[str]
    parent: rx.Var[str]
    label: rx.Var[str]


def board(*children: Any, on_move: Any) -> rx.Component:
    """Rows inside can be moved; `on_move` gets kind, id, list and the row before which it lands (empty: last)."""
    words = {
        "role": _("can be moved"),
        "how": _(
            "To move it, press Space, then the arrow keys, then Space again; Escape cancels. "
            "Alt with an arrow key moves it by one."
        ),
        "lifted": _("{item} is lifted."),
        "before": _("It lands before {target}."),
        "end": _("It lands at the end of {target}."),
        "dropped": _("{item} is set down."),
        "cancelled": _("{item} stays where it was."),
        "moved": _("{item} moves."),
    }
    return _Board.create(*children, words=words, on_move=on_move)


def liftable(
    *children: Any, kind: str, row_id: Text, parent: Text, label: Text, element: str = "li", **props: Any
) -> rx.Component:
    """A row of `kind` in the list `parent`; it holds a `grip`. With `fixed` it stays where it is."""
    return _Liftable.create(
        *children, element=element, kind=kind, lift_id=row_id, parent=parent, label=label, key=row_id, **props
    )


def grip(label: Text) -> rx.Component:
    """The row's grip; `label` names it: *Move task: Bank statements*."""
    return _Grip.create(icon("grip"), label=label)


def list_end(*, kind: str, parent: Text, label: Text, element: str = "li") -> rx.Component:
    """The end of the list `parent`; `label` is the list's name."""
    return _ListEnd.create(element=element, kind=kind, parent=parent, label=label)
