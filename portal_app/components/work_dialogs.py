"""The dialogs of a work item and its sections."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import check, field, form_dialog, select_in, text_in
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import note
from portal_app.state.work import ARCHIVE, COMPLETE, COPY, EDIT, REMOVE, RESEND, SECTION, WorkState
from portal_app.text import _

W: Any = WorkState
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


def work_dialogs() -> rx.Component:
    """Every dialog about the work item itself, each open while the state says so."""
    return rx.fragment(_edit(), _complete(), _resend(), _archive(), _section(), _remove_section(), _copy())


def work_fields(state: Any, staff: rx.Var[Any], kept: Any = None) -> list[rx.Component]:
    """The facts of a work item as fields; `kept` is what stands in them."""
    title, external, assignee, starts, due = (
        (kept.title, kept.external_name, kept.assignee_id, kept.starts_on, kept.due_on)
        if kept is not None
        else ("", "", "", "", "")
    )
    return [
        field(
            "title",
            _("Title"),
            text_in("title", first=True, error=wrong(state, "title"), default_value=title, max_length=200),
            error=wrong(state, "title"),
        ),
        field(
            "external_name",
            _("What the client calls it"),
            text_in(
                "external_name",
                error=wrong(state, "external_name"),
                default_value=external,
                max_length=200,
            ),
            hint=_("Clients see this name; without one, the title."),
            error=wrong(state, "external_name"),
            optional=True,
        ),
        field(
            "assignee_id",
            _("Assignee"),
            select_in(
                "assignee_id",
                *choices(staff, nobody()),
                error=wrong(state, "assignee_id"),
                default_value=assignee,
            ),
            error=wrong(state, "assignee_id"),
        ),
        rx.el.div(
            _day(state, "starts_on", _("Start"), starts),
            _day(state, "due_on", _("Due"), due),
            class_name="half",
        ),
    ]


def _day(state: Any, name: str, label: str, kept: Text) -> rx.Component:
    return field(
        name,
        label,
        text_in(name, error=wrong(state, name), type="date", default_value=kept),
        error=wrong(state, name),
        optional=True,
    )


def _edit() -> rx.Component:
    return form_dialog(
        _("Edit the work item"),
        *work_fields(W, W.view.staff_choices, W.view),
        save=_("Save"),
        on_submit=W.save,
        on_leave=W.leave,
        is_open=W.dialog == EDIT,
        busy=IDLE,
    )


def _complete() -> rx.Component:
    return form_dialog(
        _("Complete the work?"),
        rx.el.p(_("Links and classic pages of its requests close at once, and no reminder goes out.")),
        rx.el.p(_("Signed in, contacts still read it. Reopening it offers to resend what was open.")),
        save=_("Complete"),
        on_submit=W.complete,
        on_leave=W.leave,
        is_open=W.dialog == COMPLETE,
        busy=IDLE,
    )


def _resend() -> rx.Component:
    return form_dialog(
        _("Resend what was open?"),
        rx.el.p(_("The work is open again. Links and reminders come back only when a request is resent.")),
        rx.el.fieldset(
            rx.el.legend(_("Requests"), class_name="label"),
            rx.foreach(
                W.view.to_resend,
                lambda one: check(one.word, name="requests", value=one.value, default_checked=True),
            ),
            class_name="checks",
        ),
        save=_("Resend"),
        on_submit=W.resend,
        on_leave=W.leave,
        is_open=W.dialog == RESEND,
        busy=IDLE,
    )


def _archive() -> rx.Component:
    return form_dialog(
        _("Archive the work item?"),
        rx.el.p(_("Its links end at once and no reminder goes out. Files and history stay with you.")),
        save=_("Archive"),
        save_kind="stop",
        on_submit=W.archive,
        on_leave=W.leave,
        is_open=W.dialog == ARCHIVE,
        busy=IDLE,
    )


def _section() -> rx.Component:
    """A new section, or the name and place of one."""
    is_new, is_clients = W.subject == "", W.subject_kind == "client"
    return form_dialog(
        rx.cond(
            is_new,
            rx.cond(is_clients, _("Add a client section"), _("Add a staff section")),
            _("Name and place"),
        ),
        field(
            "name",
            _("Name"),
            text_in("name", first=True, error=wrong(W, "name"), default_value=W.subject_name, max_length=200),
            hint=rx.cond(is_clients, _("Recipients see this name."), _("Only staff see this name.")),
            error=wrong(W, "name"),
        ),
        rx.cond(
            is_clients & ~is_new & (W.view.places.length() > 0),
            field(
                "within_id",
                _("Where it stands"),
                select_in(
                    "within_id",
                    *choices(W.view.places, rx.el.option(_("By itself"), value="")),
                    default_value=W.subject_within,
                ),
                hint=_("A client section can stand between the tasks of a staff section."),
            ),
        ),
        save=rx.cond(is_new, _("Add"), _("Save")),
        on_submit=W.save_section,
        on_leave=W.leave,
        is_open=W.dialog == SECTION,
        busy=IDLE,
    )


def _remove_section() -> rx.Component:
    return form_dialog(
        _("Remove the section?"),
        rx.el.p(rx.el.b(W.subject_name)),
        rx.cond(
            W.subject_kind == "client",
            rx.el.p(
                _(
                    "A request that was sent, or that has anything from a client, is put away with all that came in. "
                    "Any other is deleted with its tasks."
                )
            ),
            rx.el.p(_("Its tasks are deleted with it. Client sections that stand inside it go to the end.")),
        ),
        save=_("Remove"),
        save_kind="stop",
        on_submit=W.remove_section,
        on_leave=W.leave,
        is_open=W.dialog == REMOVE,
        busy=IDLE,
    )


def _copy() -> rx.Component:
    return form_dialog(
        _("Copy the task instead?"),
        note(
            _(
                "A client answered, wrote or put a file there, and the other section goes to other people. "
                "The task stays where it is; a copy without comments, answers and files goes there."
            )
        ),
        save=_("Copy"),
        on_submit=W.copy_task,
        on_leave=W.leave,
        is_open=W.dialog == COPY,
        busy=IDLE,
    )
