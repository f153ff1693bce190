"""Sections as a work item and a template both show them: the frame, the form of a name, what was removed (5.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.sortable import board, grip, liftable, list_end
from portal_app.components.staff_forms import (
    IDLE,
    choices,
    field,
    form_dialog,
    select_in,
    text_area,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import Child, button, empty, icon_button, named, note
from portal_app.text import _


def section_frame(
    one: Any, state: Any, *, count: Child, under: Child, menu: Child, inside: Any
) -> rx.Component:
    """One section: on the paper for staff, on a card for the client. `inside` makes what collapsing hides."""
    is_folded = state.folded.contains(one.id)
    return liftable(
        rx.el.header(
            grip(named(_("Move section: {name}"), one.name)),
            _fold(one, is_folded, state.fold(one.id)),
            _name(one),
            rx.el.div(
                count,
                icon_button(
                    "more",
                    named(_("More for {name}"), one.name),
                    small=True,
                    opens=rx.Var.create("m-") + one.id,
                ),
                class_name="acts",
            ),
            rx.cond(one.is_client, rx.el.div(under, class_name="line2"), rx.fragment()),
            menu,
        ),
        rx.cond(is_folded, rx.fragment(), inside(one)),
        kind="section",
        row_id=one.id,
        parent="",
        label=one.name,
        element="section",
        fixed=one.is_nested,
        class_name=rx.cond(one.is_client, "sect client", "sect staff"),
        id=rx.Var.create("s-") + one.id,
        custom_attrs={"aria-labelledby": rx.Var.create("h-") + one.id},
    )


def _fold(one: Any, is_folded: rx.Var[bool], on_fold: Any) -> rx.Component:
    label = rx.cond(is_folded, named(_("Expand {name}"), one.name), named(_("Collapse {name}"), one.name))
    return rx.el.button(
        icon("down"),
        type="button",
        class_name=rx.cond(is_folded, "fold shut", "fold"),
        aria_label=label,
        aria_expanded=~is_folded,
        on_click=on_fold,
    )


def _name(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h2(one.name, id=rx.Var.create("h-") + one.id),
        rx.cond(
            one.is_client,
            rx.el.span(icon("eye"), _("Client sees this"), class_name="seen"),
            rx.el.span(icon("lock"), _("Staff only"), class_name="seen not"),
        ),
        class_name="named",
    )


def add_task_button(one: Any, on_click: Any) -> rx.Component:
    """*Task*, at the foot of a section."""
    return button(
        _("Task"),
        drawing="plus",
        kind="bare",
        small=True,
        key="t",
        aria_label=named(_("Add a task to {name}"), one.name),
        on_click=on_click,
    )


def section_form(
    state: Any,
    *,
    is_open: rx.Var[bool],
    is_new: rx.Var[bool],
    is_clients: rx.Var[bool],
    name: Text,
    within: Text,
) -> rx.Component:
    """A new section, or the name and place of one; `state.view.places` are the sections it may stand in."""
    return form_dialog(
        rx.cond(
            is_new,
            rx.cond(is_clients, _("Add a client section"), _("Add a staff section")),
            _("Name and place"),
        ),
        field(
            "name",
            _("Name"),
            text_in("name", first=True, error=wrong(state, "name"), default_value=name, max_length=1_000),
            hint=rx.cond(is_clients, _("Recipients see this name."), _("Only staff see this name.")),
            error=wrong(state, "name"),
        ),
        rx.cond(
            is_clients & ~is_new & (state.view.places.length() > 0),
            field(
                "within_id",
                _("Where it stands"),
                select_in(
                    "within_id",
                    *choices(state.view.places, rx.el.option(_("By itself"), value="")),
                    default_value=within,
                ),
                hint=_("A client section can stand between the tasks of a staff section."),
            ),
        ),
        save=rx.cond(is_new, _("Add"), _("Save")),
        on_submit=state.save_section,
        on_leave=state.leave,
        is_open=is_open,
        busy=IDLE,
    )


def title_form(
    state: Any, heading: str, label: str, hint: str, *, save: str, on_submit: Any, is_open: rx.Var[bool]
) -> rx.Component:
    """One title asked for, of what is made from what the page shows."""
    return form_dialog(
        heading,
        field(
            "title",
            label,
            text_in(
                "title",
                first=True,
                error=wrong(state, "title"),
                default_value=state.view.title,
                max_length=200,
            ),
            hint=hint,
            error=wrong(state, "title"),
        ),
        save=save,
        on_submit=on_submit,
        on_leave=state.leave,
        is_open=is_open,
        busy=IDLE,
    )


def task_words(state: Any, task: Any, *, is_client: rx.Var[bool]) -> list[rx.Component]:
    """What a task asks: its title and its instructions."""
    return [
        field(
            "title",
            rx.cond(is_client, _("What you need"), _("Title")),
            text_in(
                "title", first=True, error=wrong(state, "title"), default_value=task.title, max_length=300
            ),
            error=wrong(state, "title"),
        ),
        field(
            "description",
            rx.cond(is_client, _("Instructions"), _("Description")),
            text_area("description", rows=5, error=wrong(state, "description"), default_value=task.typed),
            hint=_("**bold**, *italic*, lines that begin with “- ” or “1. ” make a list."),
            error=wrong(state, "description"),
            optional=True,
        ),
    ]


def days_field(
    state: Any,
    name: str,
    label: str,
    days: Text,
    side: Text,
    *,
    side_name: str = "",
    needed: bool = False,
) -> rx.Component:
    """A number of days before or after the work's start; empty is no date, unless it is `needed`."""
    side_name = side_name or f"{name}_side"
    return rx.el.div(
        field(
            name,
            label,
            text_in(
                name,
                error=wrong(state, name),
                default_value=days,
                max_length=4,
                custom_attrs={"inputMode": "numeric"},
            ),
            hint="" if needed else _("Empty: no date."),
            error=wrong(state, name),
            optional=not needed,
        ),
        field(
            side_name,
            _("Counted"),
            select_in(
                side_name,
                rx.el.option(_("before the work’s start"), value="before"),
                rx.el.option(_("after the work’s start"), value="after"),
                default_value=side,
            ),
        ),
        class_name="half",
    )


def removed_note(state: Any) -> rx.Component:
    """The section that was removed last, and the way back, until the page is left."""
    return rx.cond(
        state.removed_name != "",
        note(
            named(_("“{name}” was removed."), state.removed_name),
            " ",
            button(_("Undo"), small=True, on_click=state.undo_removal),
            tone="calm",
            drawing="undo",
        ),
    )


def sections_board(state: Any, section: Callable[[Any], rx.Component], drawing: str) -> rx.Component:
    """The sections that can be moved, what was removed last, and what to do where there is nothing yet."""
    sections = state.view.sections
    return board(
        removed_note(state),
        rx.cond(
            sections.length() > 0,
            rx.fragment(
                rx.foreach(sections, section),
                list_end(kind="section", parent="", label=state.view.title, element="div"),
            ),
            empty(
                _("Nothing in it yet"),
                _(
                    "Add a client section for what you need from the client, or a staff section for your own work."
                ),
                button(_("Add a staff section"), drawing="lock", on_click=state.add_section("staff")),
                drawing=drawing,
            ),
        ),
        on_move=state.move,
    )
