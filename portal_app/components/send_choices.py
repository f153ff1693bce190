"""What is chosen for a request, before it goes and in its settings: to whom, how often it is reminded of, and when that will be."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.other_contact import other_contact
from portal_app.components.staff_forms import error_of, wrong
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, page_link
from portal_app.components.work_parts import reminder_list
from portal_app.state.work_send import SendState
from portal_app.text import _

D: Any = SendState
FORM = "send-form"


def recipients() -> rx.Component:
    """To whom it goes: the client's contacts, and another of the firm's; the first that can be chosen takes the focus."""
    return rx.el.fieldset(
        rx.el.legend(_("Recipients"), class_name="label"),
        rx.cond(
            D.view.people.length() > 0,
            rx.el.ul(rx.foreach(D.view.people, _person), class_name="who"),
            rx.el.p(_("This client has no contact yet."), class_name="hint"),
        ),
        error_of("recipients", wrong(D, "recipients")),
        other_contact(D),
        rx.el.p(page_link(_("Add or correct a contact"), to=D.view.client_to, class_name="link fine")),
        class_name="field",
    )


def _person(one: Any) -> rx.Component:
    box = rx.Var.create("to-") + one.id
    can = one.why_not == ""
    return rx.el.li(
        rx.el.input(
            type="checkbox",
            class_name="check",
            id=box,
            # The box is the browser's own: the tick shows at once, the preview follows.
            default_checked=one.is_chosen,
            disabled=~can,
            on_change=lambda checked: D.choose(one.id, checked),
            form=FORM,
            custom_attrs={"data-first": rx.cond(can, "true", rx.Var("undefined"))},
        ),
        rx.el.label(name_and_way(one), html_for=box),
        rx.cond(
            can,
            rx.el.span(one.detail, class_name="fine m"),
            page_link(_("Correct"), to=D.view.client_to, class_name="fine link"),
        ),
        key=one.id,
    )


def name_and_way(one: Any) -> rx.Component:
    """A contact's name, and below it the address, or why nothing can go there."""
    return rx.fragment(
        rx.el.span(one.name),
        rx.cond(
            one.why_not == "",
            rx.el.span(one.email, class_name="fine m"),
            rx.el.span(icon("stop"), " ", one.why_not, class_name="fine late"),
        ),
    )


def rule() -> rx.Component:
    """How often it is reminded of (7.1)."""
    kinds = (("none", _("None")), ("gentle", _("Gentle")), ("urgent", _("Urgent")), ("custom", _("Custom")))
    return rx.el.fieldset(
        rx.el.legend(_("Reminders"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="rule",
                        default_value=kind,
                        default_checked=D.view.kind == kind,
                        on_change=D.remind(kind),
                        form=FORM,
                        class_name="vh",
                    ),
                    word,
                )
                for kind, word in kinds
            ],
            class_name="seg",
        ),
        rx.cond(D.view.kind == "custom", _custom()),
        rx.el.p(D.view.rule_hint, class_name="hint"),
        class_name="field",
    )


def _custom() -> rx.Component:
    return rx.el.div(
        _number("before", _("From so many days before"), D.view.before),
        _number("every", _("Every so many days"), D.view.every),
        class_name="half",
    )


def _number(name: str, label: str, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"rule-{name}"),
        rx.el.input(
            id=f"rule-{name}",
            default_value=value.to_string(),
            max_length=3,
            form=FORM,
            class_name="in",
            on_change=D.count(name).debounce(300),
            custom_attrs={"inputMode": "numeric", "aria-describedby": f"rule-{name}-error"},
        ),
        error_of(f"rule-{name}", wrong(D, name)),
        class_name="field",
    )


def reminders() -> rx.Component:
    """The reminders that follow from it."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2(_("Coming reminders")),
            rx.el.span(D.view.hour, class_name="end fine m"),
            class_name="cap",
        ),
        rx.cond(
            D.view.reminders.length() > 0,
            reminder_list(D.view.reminders, D.view.id),
        ),
        rx.cond(D.view.no_reminder != "", rx.el.p(D.view.no_reminder, class_name="hint")),
        rx.cond(D.view.can_go_on, button(_("Let them go on"), small=True, on_click=D.go_on(D.view.id))),
    )
