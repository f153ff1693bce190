"""The staff pages' forms: fields that show what is wrong beside them, and dialogs that hold them.

Fields are uncontrolled: what was typed stays when the server refuses it. Each bears the `name` that the
handler's payload has.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import Child, button, icon_button, note
from portal_app.state.tab import TabState
from portal_app.text import _

IDLE = rx.Var.create(False)
"""A form whose answer comes at once: its button is never busy."""


def wrong(state: Any, name: str) -> rx.Var[str]:
    """What is wrong with one field of the open form; empty when nothing is."""
    return rx.cond(state.wrong_field == name, state.wrong_text, "")


def choices(options: rx.Var[Any], *before: rx.Component) -> tuple[rx.Component, ...]:
    """Options of a list; `before` stand first."""
    return (*before, rx.foreach(options, lambda one: rx.el.option(one.word, value=one.value)))


def nobody() -> rx.Component:
    """The option that stands for nobody."""
    return rx.el.option(_("Nobody"), value="")


def field(
    name: str,
    label: Text,
    control: rx.Component,
    *,
    hint: Text = "",
    error: Text = "",
    optional: bool = False,
) -> rx.Component:
    """A label, its control (made with `name` as id), what helps, and what is wrong with it."""
    has_hint = isinstance(hint, rx.Var) or hint
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(" ", _("(optional)"), class_name="opt-word") if optional else "",
            html_for=name,
        ),
        control,
        rx.el.p(hint, class_name="hint", id=f"{name}-hint") if has_hint else "",
        error_of(name, error),
        class_name="field",
    )


def error_of(name: str, error: Text) -> rx.Component:
    """What is wrong with a field; the region is there before it speaks."""
    says = rx.el.p(icon("warn"), error, class_name="err")
    return rx.el.div(
        rx.cond(error != "", says) if isinstance(error, rx.Var) else (says if error else ""),
        id=f"{name}-error",
        custom_attrs={"aria-live": "polite"},
    )


def _described(name: str, error: Text, props: dict[str, Any]) -> dict[str, Any]:
    attributes = dict(props.pop("custom_attrs", {}))
    attributes["aria-describedby"] = f"{name}-hint {name}-error"
    if isinstance(error, rx.Var):
        attributes["aria-invalid"] = rx.cond(error != "", "true", rx.Var("undefined"))
    return attributes


def text_in(
    name: str, *, error: Text = "", first: bool = False, element_id: str = "", **props: Any
) -> rx.Component:
    """A line of text; `first` has the focus when its dialog opens. `element_id` where the page has that name already.

    Not in a form: Reflex sends what has an id under that name too, and the handler refuses what it did not declare.
    """
    at = element_id or name
    attributes = _described(at, error, props)
    if first:
        attributes["data-first"] = "true"
    return rx.el.input(id=at, name=name, class_name="in", custom_attrs=attributes, **props)


def text_area(name: str, *, error: Text = "", rows: int = 4, **props: Any) -> rx.Component:
    """Several lines of text."""
    attributes = _described(name, error, props)
    return rx.el.textarea(
        id=name, name=name, class_name="in", rows=str(rows), custom_attrs=attributes, **props
    )


def select_in(name: str, *options: rx.Component, error: Text = "", **props: Any) -> rx.Component:
    """One of several; `options` are `rx.el.option`s or a foreach of them."""
    attributes = _described(name, error, props)
    return rx.el.select(*options, id=name, name=name, class_name="in", custom_attrs=attributes, **props)


def segment(name: str, label: Text, *choices: tuple[str, Text], value: Text) -> rx.Component:
    """One of two or three, all in sight; `choices` are (value, word)."""
    return rx.el.fieldset(
        rx.el.legend(label, class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=name,
                        default_value=key,
                        default_checked=value == key,
                        class_name="vh",
                    ),
                    word,
                )
                for key, word in choices
            ],
            class_name="seg",
        ),
        class_name="field",
    )


def check(label: Text, *, row: bool = False, **props: Any) -> rx.Component:
    """A box to tick. With `row` it stands in a list: `label` is only heard, and X ticks it."""
    attributes = {"data-key": "x"} if row else {}
    if row:
        return rx.el.label(
            rx.el.input(
                type="checkbox", class_name="check", aria_label=label, custom_attrs=attributes, **props
            ),
            class_name="hit",
        )
    return rx.el.label(
        rx.el.input(type="checkbox", class_name="check", **props), rx.el.span(label), class_name="tick-line"
    )


class _Dialog(rx.Component):
    """`dialog.jsx`: open for as long as it is on the page."""

    library = own_script("dialog.jsx")
    tag = "Dialog"

    said: rx.Var[str]
    tone: rx.Var[str]
    count: rx.Var[int]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def dialog(
    title: Text, *content: Child, on_leave: Any, is_open: rx.Var[bool], wide: bool = False, sub: Child = ""
) -> rx.Component:
    """A modal dialog while `is_open`; Escape and × call `on_leave`.

    With `wide` it is the 1080 px one of the send dialog: put `.two` and `.dfoot` into it yourself.
    """
    return rx.cond(
        is_open,
        _Dialog.create(
            rx.el.div(
                rx.el.div(rx.el.h2(title, id="dialog-title"), sub),
                icon_button("x", _("Close"), kind="bare", on_click=on_leave),
                class_name="dhead",
            ),
            *content,
            class_name="dialog" if wide else "dialog form",
            on_leave=on_leave,
            said=TabState.notice_text,
            tone=TabState.notice_tone,
            count=TabState.notice_count,
            custom_attrs={"aria-labelledby": "dialog-title"},
        ),
    )


class _Question(rx.Component):
    """`dialog.jsx`: takes the focus, and gives it back."""

    library = own_script("dialog.jsx")
    tag = "Question"


def question(text: Text, keep: rx.Component, end: rx.Component) -> rx.Component:
    """Asked within a dialog before something ends: `keep` leaves all as it is, and `end` does it."""
    return _Question.create(note(text, rx.el.div(keep, end, class_name="acts offer")))


def pause_field(error: Text) -> rx.Component:
    """Until when reminders are held back (7.8)."""
    return field(
        "until",
        _("Until"),
        text_in("until", type="date", error=error),
        hint=_(
            "The first day with reminders again. Without one they are paused until somebody resumes them. "
            "What is paused is not made up for and does not count."
        ),
        error=error,
        optional=True,
    )


def form_dialog(
    title: Text,
    *fields: Child,
    save: Text,
    on_submit: Any,
    on_leave: Any,
    is_open: rx.Var[bool],
    busy: rx.Var[bool] | None = None,
    save_kind: str = "main",
    sub: Child = "",
) -> rx.Component:
    """A dialog around one form: fields, then *Cancel* and the button that saves."""
    return dialog(
        title,
        rx.el.form(
            rx.el.div(*fields, class_name="fields"),
            rx.el.div(
                button(_("Cancel"), on_click=on_leave),
                button(save, kind=save_kind, type="submit", busy=busy),
                class_name="dfoot",
            ),
            on_submit=on_submit,
            no_validate=True,
        ),
        on_leave=on_leave,
        is_open=is_open,
        sub=sub,
    )
