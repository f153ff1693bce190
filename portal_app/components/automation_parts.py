"""*Automations* in Settings: each in a line with its switch, those that are proposed, and the dialog (8.4)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.settings_parts import part
from portal_app.components.staff_forms import IDLE, choices, field, form_dialog, select_in, text_in, wrong
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import button, named
from portal_app.state.automations import WRITE, AutomationsState
from portal_app.text import _

A: Any = AutomationsState


def automations() -> rx.Component:
    """The section, with its dialog."""
    return rx.fragment(
        part(
            "automations",
            _("Automations"),
            rx.cond(
                A.view.rows.length() > 0,
                rx.el.div(rx.foreach(A.view.rows, _row), class_name="boxed"),
                rx.el.p(_("No automation yet. Switch one of these on, or write your own.")),
            ),
            rx.cond(A.view.offered.length() > 0, _offered()),
            rx.el.div(button(_("Add an automation"), drawing="plus", on_click=A.add)),
            sub=_("What happens to the work by itself. Each shows in the work’s timeline, by its name."),
        ),
        _dialog(),
    )


def _row(row: Any) -> rx.Component:
    switch_id = f"automation-{row.id}"
    return rx.el.div(
        rx.el.span(
            rx.el.label(row.name, html_for=switch_id),
            rx.el.span(row.when, class_name="hint"),
            rx.el.span(row.does, class_name="hint"),
        ),
        button(
            _("Edit"),
            kind="bare",
            small=True,
            on_click=A.edit(row.id),
            aria_label=named(_("Edit {name}"), row.name),
        ),
        rx.el.input(
            type="checkbox",
            role="switch",
            class_name="switch",
            id=switch_id,
            checked=row.is_on,
            on_change=lambda is_on: A.switch(row.id, is_on),
        ),
        class_name="line-choice",
        key=row.id,
    )


def _offered() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("Proposed")),
        rx.el.div(rx.foreach(A.view.offered, _offer), class_name="boxed"),
        class_name="field",
    )


def _offer(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.span(row.name),
            rx.el.span(row.when, class_name="hint"),
            rx.el.span(row.does, class_name="hint"),
        ),
        button(
            _("Switch on"),
            small=True,
            on_click=A.take(row.id),
            aria_label=named(_("Switch on {name}"), row.name),
        ),
        class_name="line-choice",
        key=row.id,
    )


def _dialog() -> rx.Component:
    is_old = A.edited.id != ""
    return form_dialog(
        rx.cond(is_old, _("Edit the automation"), _("Add an automation")),
        field(
            "name",
            _("Name"),
            text_in(
                "name",
                first=True,
                error=wrong(A, "name"),
                default_value=A.edited.name,
                max_length=120,
                auto_complete="off",
            ),
            error=wrong(A, "name"),
        ),
        _choice("trigger", _("When"), A.edited.trigger, A.view.triggers),
        rx.el.div(
            field(
                "title_part",
                _("Only where the title contains"),
                text_in(
                    "title_part",
                    error=wrong(A, "title_part"),
                    default_value=A.edited.title_part,
                    max_length=120,
                    auto_complete="off",
                ),
                hint=_("Such as T1. Empty: any work."),
                error=wrong(A, "title_part"),
            ),
            _choice("client_kind", _("Only for"), A.edited.client_kind, A.view.kinds, _("All clients")),
            class_name="half",
        ),
        rx.el.h3(_("Then, in this order")),
        _choice(
            "sets_status",
            _("Set the status"),
            A.edited.sets_status,
            A.view.statuses,
            _("Leave the status as it is"),
            hint=_(
                "Completing waits ten minutes, and for uploads under way; a task reopened meanwhile stops it."
            ),
        ),
        rx.el.div(
            _choice(
                "assigns_id",
                _("Assign to"),
                A.edited.assigns_id,
                A.view.people,
                _("Leave the assignee as it is"),
            ),
            _choice("tells", _("Notify"), A.edited.tells, A.view.told, _("Nobody")),
            class_name="half",
        ),
        rx.cond(
            is_old,
            rx.el.div(
                button(_("Remove the automation"), kind="bare", drawing="x", on_click=A.remove),
            ),
        ),
        save=_("Save"),
        on_submit=A.keep,
        on_leave=A.leave,
        is_open=A.dialog == WRITE,
        busy=IDLE,
    )


def _choice(name: str, label: str, kept: Text, options: Any, none: str = "", hint: str = "") -> rx.Component:
    first = [rx.el.option(none, value="")] if none else []
    return field(
        name,
        label,
        select_in(name, *choices(options, *first), error=wrong(A, name), default_value=kept),
        hint=hint,
        error=wrong(A, name),
    )
