"""The send settings of a request: when it goes out (5.4), and what the send dialog also asks for."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.send_choices import recipients, reminders, rule
from portal_app.components.staff_forms import dialog, error_of, field, wrong
from portal_app.components.staff_parts import button, note
from portal_app.state.work_send import SETTINGS, SendState
from portal_app.text import _

D: Any = SendState


def send_settings() -> rx.Component:
    """The dialog of a request not sent yet, or out already."""
    out = note(
        _(
            "This request is out: a new recipient gets the first e-mail at once, "
            "and whoever is taken out loses their link at once."
        ),
        tone="calm",
        drawing="mail",
    )
    return dialog(
        _("Send settings"),
        rx.el.div(
            rx.cond(D.view.is_out, out),
            rx.cond(D.view.can_plan, _when()),
            recipients(),
            rule(),
            reminders(),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Cancel"), on_click=D.leave),
            button(_("Save"), kind="main", on_click=D.save),
            class_name="dfoot",
        ),
        on_leave=D.leave,
        is_open=D.dialog == SETTINGS,
        sub=rx.el.p(D.view.title, class_name="fine m"),
    )


def _when() -> rx.Component:
    """When it goes out: by hand, relative to the work's start, or on a date (5.4)."""
    kinds = (("manual", _("By hand")), ("relative", _("From the start")), ("on", _("On a date")))
    when = D.view.when
    return rx.el.fieldset(
        rx.el.legend(_("Sending"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="send-kind",
                        default_value=kind,
                        default_checked=when.kind == kind,
                        on_change=D.plan("kind", kind),
                        class_name="vh",
                        custom_attrs={"data-first": rx.cond(when.kind == kind, "true", rx.Var("undefined"))},
                    ),
                    word,
                )
                for kind, word in kinds
            ],
            class_name="seg",
        ),
        rx.cond(when.kind == "relative", rx.el.div(_days(), _side(), _hour(), class_name="half thirds")),
        rx.cond(when.kind == "on", rx.el.div(_date(), _hour(), class_name="half")),
        error_of("send_day", wrong(D, "send_day")),
        rx.el.p(when.hint, class_name=rx.cond(when.is_late, "hint late", "hint"), role="status"),
        class_name="field",
    )


def _days() -> rx.Component:
    return field(
        "send-days",
        _("Days"),
        rx.el.input(
            id="send-days",
            default_value=D.view.when.days,
            max_length=3,
            class_name="in",
            on_change=D.plan("days").debounce(300),
            custom_attrs={"inputMode": "numeric", "aria-describedby": "send_day-error"},
        ),
    )


def _side() -> rx.Component:
    return field(
        "send-side",
        _("Before or after"),
        rx.el.select(
            rx.el.option(_("before the start"), value="before"),
            rx.el.option(_("after the start"), value="after"),
            id="send-side",
            default_value=D.view.when.side,
            class_name="in",
            on_change=D.plan("side"),
        ),
    )


def _date() -> rx.Component:
    return field(
        "send-date",
        _("Day"),
        rx.el.input(
            id="send-date",
            type="date",
            default_value=D.view.when.date,
            class_name="in",
            on_change=D.plan("date"),
            custom_attrs={"aria-describedby": "send_day-error"},
        ),
    )


def _hour() -> rx.Component:
    return field(
        "send-hour",
        _("Hour"),
        rx.el.select(
            rx.foreach(D.view.when.hours, lambda one: rx.el.option(one.word, value=one.value)),
            id="send-hour",
            default_value=D.view.when.hour,
            class_name="in",
            on_change=D.plan("hour"),
        ),
    )
