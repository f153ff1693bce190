"""The dialogs of a work item and its sections."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.section_parts import section_form, title_form
from portal_app.components.staff_forms import (
    IDLE,
    check,
    choices,
    error_of,
    field,
    form_dialog,
    nobody,
    segment,
    select_in,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import note
from portal_app.state.work import (
    ARCHIVE,
    COMPLETE,
    COPY,
    EDIT,
    MOVE,
    NEXT_YEAR,
    REMOVE,
    RESEND,
    SECTION,
    TEMPLATE,
    WorkState,
)
from portal_app.text import _

W: Any = WorkState


def work_dialogs() -> rx.Component:
    """Every dialog about the work item itself, each open while the state says so."""
    return rx.fragment(
        _edit(),
        _complete(),
        _resend(),
        _archive(),
        section_form(
            W,
            is_open=W.dialog == SECTION,
            is_new=W.subject == "",
            is_clients=W.subject_kind == "client",
            name=W.subject_name,
            within=W.subject_within,
        ),
        _remove_section(),
        _copy(),
        _move_start(),
        _next_year(),
        title_form(
            W,
            _("Make a template from it"),
            _("Title of the template"),
            _("Dates become days from the start. Nothing of the client comes along."),
            save=_("Make the template"),
            on_submit=W.make_template,
            is_open=W.dialog == TEMPLATE,
        ),
    )


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


def _remove_section() -> rx.Component:
    return form_dialog(
        _("Remove the section?"),
        rx.el.p(rx.el.b(W.subject_name)),
        rx.cond(
            W.subject_kind == "client",
            rx.el.p(
                _(
                    "A request that was sent, or that has anything from a client, is put away with all that came in. "
                    "Any other is deleted with its tasks, a day later."
                )
            ),
            rx.el.p(_("Its tasks go with it. Client sections that stand inside it go to the end.")),
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


def past_choice(state: Any) -> rx.Component:
    """What becomes of a send whose moment is past (6.18)."""
    return rx.fragment(
        segment(
            "past",
            _("What is past"),
            ("now", _("Send now")),
            ("manual", _("Send by hand later")),
            value="",
        ),
        error_of("past", wrong(state, "past")),
    )


def _lines(title: str, rows: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.el.div(
            rx.el.h3(title, class_name="label"),
            rx.el.ul(rx.foreach(rows, lambda text: rx.el.li(text, key=text)), class_name="plain-list"),
            class_name="field",
        ),
    )


def _move_start() -> rx.Component:
    """What moves with the start; dates set by hand stay (5.14)."""
    moves = W.moves
    return form_dialog(
        _("Move the start?"),
        rx.el.p(_("Dates that count from the start move with it. Dates set by hand stay.")),
        rx.cond(
            moves.seen.length() > 0,
            rx.fragment(
                note(_("These requests were sent: their recipients see the new dates at once.")),
                _lines(_("Dates that recipients see"), moves.seen),
            ),
        ),
        _lines(_("Coming sends"), moves.sends),
        rx.cond(
            moves.past.length() > 0,
            rx.fragment(
                _lines(_("Sends whose moment would be past"), moves.past),
                past_choice(W),
            ),
        ),
        save=_("Move"),
        on_submit=W.move_start,
        on_leave=W.leave,
        is_open=W.dialog == MOVE,
        busy=IDLE,
    )


def _next_year() -> rx.Component:
    view = W.next_year
    return form_dialog(
        _("Make next year’s"),
        rx.el.p(
            _(
                "Sections, tasks and the firm’s files come along; answers, comments and clients’ files stay. "
                "Dates set by hand move by a year."
            )
        ),
        field(
            "title",
            _("Title"),
            text_in("title", first=True, error=wrong(W, "title"), default_value=view.title, max_length=200),
            error=wrong(W, "title"),
        ),
        rx.el.div(
            field(
                "starts_on",
                _("Start"),
                text_in(
                    "starts_on",
                    type="date",
                    error=wrong(W, "starts_on"),
                    default_value=view.starts_on,
                    on_change=W.start_next_year.debounce(300),
                ),
                error=wrong(W, "starts_on"),
            ),
            field(
                "assignee_id",
                _("Assignee"),
                select_in(
                    "assignee_id",
                    *choices(W.view.staff_choices, nobody()),
                    error=wrong(W, "assignee_id"),
                    default_value=view.assignee_id,
                ),
                error=wrong(W, "assignee_id"),
            ),
            class_name="half",
        ),
        rx.cond(
            view.left_out.length() > 0,
            rx.fragment(
                note(_("These recipients cannot be taken over.")),
                _lines(_("Left out"), view.left_out),
            ),
        ),
        rx.cond(
            view.past.length() > 0,
            rx.fragment(_lines(_("Sends whose moment would be past"), view.past), past_choice(W)),
        ),
        save=_("Make next year’s"),
        on_submit=W.make_next_year,
        on_leave=W.leave,
        is_open=W.dialog == NEXT_YEAR,
        busy=IDLE,
    )
