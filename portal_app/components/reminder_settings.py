"""Settings › Reminders: rule, hour, weekdays, one e-mail a person, a pause; each with what it touches (1.11)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.settings_parts import part
from portal_app.components.staff_forms import (
    error_of,
    field,
    form_dialog,
    pause_field,
    select_in,
    text_in,
    wrong,
)
from portal_app.components.staff_parts import button
from portal_app.state.reminder_settings import PAUSE, ReminderSettingsState
from portal_app.text import _, pgettext

R: Any = ReminderSettingsState


def reminders_part() -> rx.Component:
    """The section of the page, and its dialog."""
    return part(
        "reminders",
        pgettext("settings", "Reminders"),
        field(
            "rule",
            _("New requests start with"),
            select_in(
                "rule",
                rx.el.option(_("No reminders"), value="none"),
                rx.el.option(pgettext("rule", "Gentle"), value="gentle"),
                rx.el.option(pgettext("rule", "Urgent"), value="urgent"),
                rx.el.option(pgettext("rule", "Custom"), value="custom"),
                value=R.view.kind,
                on_change=R.rule,
            ),
            hint=_("Requests that are there keep their rule; each can have its own, in its send settings."),
        ),
        rx.cond(R.view.kind == "custom", _custom()),
        field(
            "hour",
            _("Hour of sending"),
            select_in(
                "hour",
                rx.foreach(R.view.hours, lambda one: rx.el.option(one.word, value=one.value)),
                value=R.view.hour,
                on_change=R.hour,
            ),
            hint=R.view.hour_text,
        ),
        _weekdays(),
        rx.el.div(_together(), _pause(), class_name="boxed"),
        form_dialog(
            _("Pause all reminders of the firm"),
            pause_field(wrong(R, "until")),
            save=_("Pause reminders"),
            on_submit=R.pause,
            on_leave=R.leave,
            is_open=R.dialog == PAUSE,
        ),
        sub=_("When the portal writes by itself. Days are counted in the firm’s time zone."),
    )


def _custom() -> rx.Component:
    def number(name: str, label: str, value: Any) -> rx.Component:
        control = text_in(
            name,
            error=wrong(R, name),
            default_value=value,
            on_blur=lambda typed: R.count(name, typed),
            input_mode="numeric",
            max_length=4,
            auto_complete="off",
        )
        return field(name, label, control, error=wrong(R, name))

    return rx.el.div(
        number("before", _("Days before the due date"), R.view.before),
        number("every", _("Then every so many days"), R.view.every),
        class_name="half",
    )


def _weekdays() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(_("Weekdays with automatic sending"), class_name="label"),
        rx.el.p(
            _("Reminders and automatic sends of another day go on the next one with sending."),
            class_name="hint",
        ),
        rx.el.div(rx.foreach(R.view.weekdays, _weekday), class_name="boxed"),
        error_of("weekdays", wrong(R, "weekdays")),
        class_name="field",
    )


def _weekday(row: Any) -> rx.Component:
    name = rx.Var.create("weekday-") + row.day.to_string()
    return _line(name, row.name, row.text, is_on=row.is_on, on_change=lambda is_on: R.weekday(row.day, is_on))


def _together() -> rx.Component:
    return _line(
        "together",
        _("One e-mail a person and day"),
        _("Whoever has several requests due for a reminder the same day gets them together."),
        is_on=R.view.is_together,
        on_change=R.together,
    )


def _line(name: Any, label: Any, hint: Any, *, is_on: Any, on_change: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(rx.el.label(label, html_for=name), rx.el.span(hint, class_name="hint")),
        rx.el.input(
            type="checkbox", role="switch", class_name="switch", id=name, checked=is_on, on_change=on_change
        ),
        class_name="line-choice",
        key=name,
    )


def _pause() -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.span(_("Pause for the whole firm")), rx.el.span(R.view.pause_text, class_name="hint")
        ),
        rx.cond(
            R.view.is_paused,
            button(_("Resume reminders"), small=True, on_click=R.resume),
            button(_("Pause reminders"), small=True, on_click=R.ask_to_pause),
        ),
        class_name="line-choice",
    )
