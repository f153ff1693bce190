"""One task opened, and the forms over it: what it asks, the firm's answer, why it is open again."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.reopen_form import reopen_form
from portal_app.components.rich_text import rich_text
from portal_app.components.section_parts import days_field, task_words
from portal_app.components.staff_forms import (
    IDLE,
    check,
    choices,
    dialog,
    field,
    form_dialog,
    nobody,
    select_in,
    text_area,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    button,
    icon_button,
    menu,
    menu_item,
    muted,
    note,
    status,
    tag,
)
from portal_app.components.task_files import task_files
from portal_app.state.work import WorkState
from portal_app.state.work_task import ANSWER, FORM, OPEN, REMOVE, REOPEN, TaskState
from portal_app.text import _, pgettext

T: Any = TaskState
W: Any = WorkState
MENU = "task-menu"


def task_dialogs() -> rx.Component:
    """The task that is open, or the form over it."""
    return rx.fragment(
        _open(), _form(), _answer(), reopen_form(T, is_open=T.dialog == REOPEN, on_leave=T.leave), _remove()
    )


def _open() -> rx.Component:
    return dialog(
        T.view.title,
        rx.el.div(
            _facts(),
            rx.cond(T.view.handed != "", rx.el.p(icon("user"), " ", T.view.handed, class_name="m")),
            rx.cond(T.view.question != "", _question()),
            rx.cond(T.view.description.length() > 0, rich_text(T.view.description)),
            rx.cond(T.view.is_clients, task_files()),
            _thread(),
            class_name="fields",
        ),
        rx.el.div(*_acts(), class_name="dfoot"),
        _menu(),
        on_leave=T.leave,
        is_open=T.dialog == OPEN,
        sub=rx.el.p(T.view.where, class_name="fine m"),
    )


def _facts() -> rx.Component:
    row = T.view.row
    return rx.el.div(
        status(row.drawing, row.word, row.tone),
        rx.cond(T.view.is_accepted, tag(_("accepted"), "ok", "check")),
        rx.cond(T.view.is_put_aside, tag(_("Put aside"))),
        rx.cond(T.view.due != "", muted(_("due"), " ", T.view.due)),
        rx.cond(T.view.needs_file, muted(_("Needs a file"))),
        rx.cond(T.view.answer != "", rx.el.p(T.view.answer)),
        rx.cond(T.view.answer_text != "", rx.el.p(T.view.answer_text, class_name="said")),
        class_name="task-facts",
    )


def _question() -> rx.Component:
    return note(
        rx.el.p(T.view.question),
        rx.el.p(_("Reminders for this task wait for your answer."), class_name="fine m"),
        button(_("Close the question"), small=True, on_click=T.close_question),
        drawing="ask",
    )


def _thread() -> rx.Component:
    return rx.el.section(
        rx.el.h3(_("Comments and notes")),
        rx.cond(
            T.view.written.length() > 0,
            rx.el.ol(rx.foreach(T.view.written, _written), class_name="thread"),
            rx.el.p(_("Nothing was written yet."), class_name="fine m"),
        ),
        rx.el.form(
            field(
                "body",
                rx.cond(T.view.is_clients, _("Write to the client, or a note"), _("Write a note")),
                text_area("body", rows=3, error=wrong(T, "body"), max_length=5_000, key=T.written),
                error=wrong(T, "body"),
            ),
            rx.el.div(
                rx.cond(
                    T.view.is_clients,
                    check(_("Staff note: the client never sees it"), name="is_note"),
                    rx.el.input(type="hidden", name="is_note", value="on"),
                ),
                button(_("Write"), type="submit", small=True),
                class_name="write",
            ),
            on_submit=T.write,
            no_validate=True,
            custom_attrs={"data-kept": T.view.id},
        ),
        class_name="talk",
    )


def _written(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.b(one.by),
            " ",
            rx.el.span(one.at, class_name="m"),
            rx.cond(one.is_note, tag(_("Staff note"), drawing="lock")),
            class_name="fine by",
        ),
        rx.el.p(one.text, class_name="text"),
        class_name=rx.cond(one.is_note, "note-of-staff", ""),
        key=one.id,
    )


def _acts() -> list[rx.Component]:
    is_clients = T.view.is_clients
    return [
        icon_button("more", _("More for this task"), opens=MENU),
        rx.el.span(class_name="push"),
        rx.cond(T.view.can_reopen, button(_("Reopen the task"), drawing="undo", on_click=T.ask_to_reopen)),
        rx.cond(T.view.can_answer, button(_("Answer for the client"), on_click=T.ask_to_answer)),
        button(_("Edit"), drawing="pen", class_name="wide-only", on_click=T.edit),
        rx.cond(
            ~is_clients,
            button(
                rx.cond(T.view.is_done, _("Open again"), pgettext("task", "Done")),
                drawing="check",
                kind="main",
                on_click=T.tick(T.view.id, ~T.view.is_done),
            ),
        ),
        rx.cond(
            T.view.can_accept & ~T.view.is_accepted,
            button(_("Accept"), drawing="check", kind="main", on_click=T.accept(True)),
        ),
    ]


def _menu() -> rx.Component:
    return menu(
        menu_item(_("Edit"), menu_name=MENU, drawing="pen", on_click=T.edit),
        menu_item(_("Move up"), menu_name=MENU, drawing="up", on_click=T.nudge(-1)),
        menu_item(_("Move down"), menu_name=MENU, drawing="down", on_click=T.nudge(1)),
        rx.cond(
            T.view.is_accepted,
            menu_item(_("No longer accepted"), menu_name=MENU, drawing="x", on_click=T.accept(False)),
        ),
        rx.el.hr(),
        menu_item(_("Remove the task"), menu_name=MENU, drawing="x", tone="late", on_click=T.ask_to_remove),
        name=MENU,
    )


def _form() -> rx.Component:
    is_new = T.view.id == ""
    return form_dialog(
        rx.cond(is_new, _("Add a task"), _("Edit the task")),
        *task_words(T, T.view, is_client=T.is_client),
        _due_kind(),
        rx.cond(
            T.due_kind == "relative",
            rx.fragment(
                days_field(T, "due", _("Due, in days"), T.view.due_days, T.view.due_side, needed=True),
                rx.el.p(
                    _("It moves with the work’s start. Without a start there is no date yet."),
                    class_name="hint",
                ),
            ),
            field(
                "due_on",
                _("Due"),
                text_in("due_on", type="date", error=wrong(T, "due_on"), default_value=T.view.due_on),
                error=wrong(T, "due_on"),
                optional=True,
            ),
        ),
        rx.cond(T.is_client, rx.fragment(), _assignee()),
        rx.cond(
            T.is_client,
            rx.el.div(
                check(_("Needs a file"), name="needs_file", default_checked=T.view.needs_file),
                rx.cond(T.is_out, check(_("Tell the recipients by e-mail"), name="tell")),
                class_name="checks",
            ),
        ),
        save=rx.cond(is_new, _("Add"), _("Save")),
        on_submit=T.save,
        on_leave=T.leave,
        is_open=T.dialog == FORM,
        busy=IDLE,
    )


def _due_kind() -> rx.Component:
    """A date set by hand, or days that count from the work's start (5.14)."""
    kinds = (("date", _("On a date")), ("relative", _("From the start")))
    return rx.el.fieldset(
        rx.el.legend(_("Due date"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="due_kind",
                        value=kind,
                        checked=T.due_kind == kind,
                        on_change=T.count(kind),
                        class_name="vh",
                    ),
                    word,
                )
                for kind, word in kinds
            ],
            class_name="seg",
        ),
        class_name="field",
    )


def _assignee() -> rx.Component:
    return field(
        "assignee_id",
        _("Assignee"),
        select_in(
            "assignee_id",
            *choices(W.view.staff_choices, nobody()),
            error=wrong(T, "assignee_id"),
            default_value=T.view.assignee_id,
        ),
        error=wrong(T, "assignee_id"),
    )


def _answer() -> rx.Component:
    return form_dialog(
        _("Answer for the client"),
        rx.el.p(_("It shows as answered by the firm, ends or holds its reminders, and tells nobody.")),
        field(
            "answer",
            _("Answer"),
            select_in(
                "answer",
                rx.el.option(pgettext("task", "Done"), value="done"),
                rx.el.option(_("Doesn’t apply"), value="not_applicable"),
                rx.el.option(_("They will have it on a day"), value="promised"),
            ),
        ),
        field(
            "text",
            _("Why, or what was said"),
            text_area("text", rows=3, error=wrong(T, "text")),
            hint=_("The client sees it."),
            error=wrong(T, "text"),
            optional=True,
        ),
        field(
            "promised_on",
            _("They will have it on"),
            text_in("promised_on", type="date", error=wrong(T, "promised_on")),
            hint=_("Only for a promised day."),
            error=wrong(T, "promised_on"),
            optional=True,
        ),
        save=_("Answer"),
        on_submit=T.answer,
        on_leave=T.leave,
        is_open=T.dialog == ANSWER,
        busy=IDLE,
    )


def _remove() -> rx.Component:
    return form_dialog(
        _("Remove the task?"),
        rx.el.p(rx.el.b(T.view.title)),
        rx.cond(
            T.view.is_clients,
            rx.el.p(
                _(
                    "Recipients no longer see it. What a client touched is put aside for you; "
                    "otherwise it is deleted."
                )
            ),
            rx.el.p(_("It is deleted with its notes.")),
        ),
        rx.cond(T.view.is_out & ~T.view.is_put_aside, check(_("Tell the recipients by e-mail"), name="tell")),
        save=_("Remove"),
        save_kind="stop",
        on_submit=T.remove,
        on_leave=T.leave,
        is_open=T.dialog == REMOVE,
        busy=IDLE,
    )
