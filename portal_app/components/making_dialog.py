"""*Work from a template*: for whom, from when, by whom, and to whom its sections go by themselves (5.5)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.list_parts import client_search
from portal_app.components.other_contact import other_contact
from portal_app.components.staff_forms import (
    IDLE,
    choices,
    field,
    form_dialog,
    nobody,
    select_in,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, note
from portal_app.components.work_dialogs import past_choice
from portal_app.state.making import MAKE, MakingState
from portal_app.text import _

M: Any = MakingState


def making_dialog() -> rx.Component:
    """The dialog, open while the state says so."""
    return form_dialog(
        _("Work from a template"),
        rx.cond(
            M.templates.length() > 0,
            rx.fragment(_template(), _client(), _facts(), _sections(), _past()),
            note(_("There is no template yet. Make one under Templates first."), tone="calm", drawing="file"),
        ),
        save=_("Make the work item"),
        on_submit=M.make,
        on_leave=M.leave,
        is_open=M.dialog == MAKE,
        busy=IDLE,
    )


def _template() -> rx.Component:
    return field(
        "template",
        _("Template"),
        select_in(
            "template",
            *choices(M.templates),
            value=M.view.template_id,
            on_change=M.choose_template,
        ),
    )


def _client() -> rx.Component:
    chosen = rx.el.div(
        rx.el.p(
            icon("clients"),
            " ",
            rx.el.b(M.view.client_name),
            " ",
            button(_("Choose another client"), small=True, kind="bare", on_click=M.choose_client("")),
            class_name="chosen",
        ),
        class_name="field",
    )
    return rx.cond(M.view.client_id != "", chosen, client_search(M, _found))


def _found(one: Any) -> rx.Component:
    box = rx.Var.create("make-for-") + one.value
    return rx.el.li(
        rx.el.input(
            type="radio", class_name="check", id=box, checked=False, on_change=M.choose_client(one.value)
        ),
        rx.el.label(one.word, html_for=box),
        rx.el.span(),
        key=one.value,
    )


def _facts() -> rx.Component:
    return rx.el.div(
        field(
            "starts_on",
            _("Start"),
            text_in(
                "starts_on",
                type="date",
                error=wrong(M, "starts_on"),
                default_value=M.view.starts_on,
                on_change=M.start.debounce(300),
            ),
            hint=_("Dates of the template count from this day."),
            error=wrong(M, "starts_on"),
        ),
        field(
            "assignee_id",
            _("Assignee"),
            select_in(
                "assignee_id",
                *choices(M.view.staff_choices, nobody()),
                error=wrong(M, "assignee_id"),
                default_value=M.view.assignee_id,
            ),
            error=wrong(M, "assignee_id"),
        ),
        class_name="half",
    )


def _sections() -> rx.Component:
    return rx.cond(
        M.view.sections.length() > 0,
        rx.fragment(
            rx.el.div(
                rx.el.h3(_("Sent by themselves"), class_name="label"),
                rx.el.p(
                    _("Choose the recipients of each section. Everything else waits until you send it."),
                    class_name="hint",
                ),
            ),
            rx.cond(
                M.view.client_id != "",
                rx.fragment(rx.foreach(M.view.sections, _section), other_contact(M)),
                rx.el.p(_("Choose the client first."), class_name="hint"),
            ),
        ),
    )


def _section(one: Any) -> rx.Component:
    is_wrong = M.wrong_field == rx.Var.create("to-") + one.id
    return rx.el.fieldset(
        rx.el.legend(
            one.name,
            rx.el.span(", ", one.when, class_name=rx.cond(one.is_past, "fine late", "fine m")),
            class_name="label",
        ),
        rx.cond(
            M.view.people.length() > 0,
            rx.el.ul(rx.foreach(M.view.people, lambda person: _person(person, one)), class_name="who"),
            rx.el.p(_("This client has no contact yet."), class_name="hint"),
        ),
        rx.cond(is_wrong, rx.el.p(icon("warn"), M.wrong_text, class_name="err", role="alert")),
        class_name="field",
        key=one.id,
    )


def _person(person: Any, one: Any) -> rx.Component:
    both = one.id + ":" + person.id
    box = rx.Var.create("to-") + both
    can = person.why_not == ""
    return rx.el.li(
        rx.el.input(
            type="checkbox",
            class_name="check",
            name="to",
            id=box,
            default_value=both,
            default_checked=can & (M.view.people.length() == 1),
            disabled=~can,
        ),
        rx.el.label(
            rx.el.span(person.name),
            rx.cond(
                can,
                rx.el.span(person.detail, class_name="fine m"),
                rx.el.span(icon("stop"), " ", person.why_not, class_name="fine late"),
            ),
            html_for=box,
        ),
        rx.el.span(),
        key=both,
    )


def _past() -> rx.Component:
    return rx.cond(
        M.view.has_past,
        rx.fragment(
            note(_("The moment of sending is past already. What should happen with it?")),
            past_choice(M),
        ),
    )
