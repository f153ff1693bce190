"""The parts of *Settings*: fields that keep themselves when one leaves them, each with what it touches beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import field, select_in, text_area, text_in
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import Child
from portal_app.domain import file_kinds
from portal_app.services.firm.firm_settings import Kind, Setting
from portal_app.state.settings import SettingsState

S: Any = SettingsState

_ENTER = (
    "(e) => { if (e.key === 'Enter' && e.target.matches('input.in')) { e.target.blur(); e.target.focus(); } }"
)
"""Enter keeps a line as leaving it does, and leaves the focus where it is."""


def part(name: str, title: Text, *content: Child, sub: Text) -> rx.Component:
    """One section of the page; `name` is its place in the address."""
    return rx.el.section(
        rx.el.h2(title, id=f"{name}-title"),
        rx.el.p(sub, class_name="sub"),
        *content,
        class_name="part",
        id=name,
        aria_labelledby=f"{name}-title",
        custom_attrs={"onKeyDown": rx.Var(_ENTER)},
    )


def line_setting(setting: Setting, label: Text, hint: Text = "", **props: Any) -> rx.Component:
    """A setting of one line; a dialog of the page may have a field of its name."""
    wrong, at = S.wrong[setting], f"setting-{setting}"
    control = text_in(
        setting,
        element_id=at,
        error=wrong,
        default_value=getattr(S.view, setting),
        on_blur=_keep(setting),
        **props,
    )
    return field(at, label, control, hint=hint, error=wrong)


def prose_setting(setting: Setting, label: Text, hint: Text = "", **props: Any) -> rx.Component:
    """A setting of several lines."""
    wrong = S.wrong[setting]
    control = text_area(
        setting, error=wrong, default_value=getattr(S.view, setting), on_blur=_keep(setting), **props
    )
    return field(setting, label, control, hint=hint, error=wrong)


def choice_setting(setting: Setting, label: Text, *options: rx.Component, hint: Text) -> rx.Component:
    """A setting that is one of several."""
    wrong = S.wrong[setting]
    control = select_in(
        setting, *options, error=wrong, value=getattr(S.view, setting), on_change=_keep(setting)
    )
    return field(setting, label, control, hint=hint, error=wrong)


def kind_setting(kind: Kind, label: Text, hint: Text) -> rx.Component:
    """Whether a whole kind of file is refused, and by which endings it is known."""
    name = f"refuse-{kind}"
    return rx.el.div(
        rx.el.span(
            rx.el.label(label, html_for=name),
            rx.el.span(hint, class_name="hint", id=f"{name}-hint"),
            rx.el.span(_endings(kind), class_name="hint"),
        ),
        rx.el.input(
            type="checkbox",
            role="switch",
            class_name="switch",
            id=name,
            checked=S.view.refused.contains(kind),
            on_change=lambda is_on: S.refuse(kind, is_on),
            custom_attrs={"aria-describedby": f"{name}-hint"},
        ),
        class_name="line-choice",
    )


def _keep(setting: Setting) -> Any:
    return lambda written: S.keep(setting, written)


def _endings(kind: Kind) -> str:
    return file_kinds.endings_of(kind).replace(" ", ", ")
