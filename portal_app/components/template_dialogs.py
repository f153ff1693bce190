"""The dialogs of a template: its facts, a section with its rules, a task with its attachments."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.rich_text import rich_text
from portal_app.components.section_parts import days_field, section_form, task_words, title_form
from portal_app.components.staff_forms import (
    IDLE,
    check,
    choices,
    dialog,
    field,
    form_dialog,
    select_in,
    text_in,
    wrong,
)
from portal_app.components.staff_icons import ICONS, icon, sprite
from portal_app.components.staff_parts import button, muted, plain_link
from portal_app.components.task_files import UPLOAD_SIGNS
from portal_app.components.uploader import upload_limits, uploader
from portal_app.state.template import COPY, DROP, EDIT, FORM, REMOVE, RULES, SECTION, TASK, TemplateState
from portal_app.text import _, pgettext

S: Any = TemplateState


def template_dialogs() -> rx.Component:
    """Every dialog of a template's page, each open while the state says so."""
    return rx.fragment(
        _edit(),
        title_form(
            S,
            _("Copy the template"),
            _("Title of the copy"),
            _("Sections, tasks, rules and attachments come along."),
            save=_("Copy"),
            on_submit=S.copy_template,
            is_open=S.dialog == COPY,
        ),
        section_form(
            S,
            is_open=S.dialog == SECTION,
            is_new=S.section.id == "",
            is_clients=S.section.is_client,
            name=S.section.name,
            within=S.section.within,
        ),
        _rules(),
        _remove_section(),
        _task(),
        _task_form(),
        _drop(),
    )


def template_fields(state: Any, kept: Any = None) -> list[rx.Component]:
    """The facts of a template as fields; `kept` is what stands in them."""
    title, external, due, side = (
        (kept.title, kept.external_name, kept.due_days, kept.due_side)
        if kept is not None
        else ("", "", "", "after")
    )
    return [
        field(
            "title",
            _("Title"),
            text_in("title", first=True, error=wrong(state, "title"), default_value=title, max_length=200),
            hint=_("Work made from it bears this title, until you change it."),
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
        days_field(state, "due", _("Due, in days"), due, side),
    ]


def _edit() -> rx.Component:
    return form_dialog(
        _("Edit the template"),
        *template_fields(S, S.view),
        save=_("Save"),
        on_submit=S.save,
        on_leave=S.leave,
        is_open=S.dialog == EDIT,
        busy=IDLE,
    )


def _rules() -> rx.Component:
    return form_dialog(
        _("Send settings"),
        _choice(
            "send", _("Sending"), ("manual", _("By hand")), ("relative", pgettext("sending", "By itself"))
        ),
        rx.cond(
            S.section.send == "relative",
            rx.fragment(
                days_field(
                    S, "days", _("Days"), S.section.days, S.section.side, side_name="side", needed=True
                ),
                field(
                    "hour",
                    _("Hour"),
                    select_in(
                        "hour",
                        *choices(S.view.hours),
                        error=wrong(S, "hour"),
                        default_value=S.section.hour,
                    ),
                    hint=_("A day without sending moves to the next one with."),
                    error=wrong(S, "hour"),
                ),
            ),
        ),
        _choice(
            "remind",
            _("Reminders"),
            ("none", _("None")),
            ("gentle", _("Gentle")),
            ("urgent", _("Urgent")),
            ("custom", _("Custom")),
        ),
        rx.cond(
            S.section.remind == "custom",
            rx.el.div(
                _number("before", _("From so many days before"), S.section.before),
                _number("every", _("Every so many days"), S.section.every),
                class_name="half",
            ),
        ),
        save=_("Save"),
        on_submit=S.save_rules,
        on_leave=S.leave,
        is_open=S.dialog == RULES,
        busy=IDLE,
        sub=rx.el.p(S.section.name, class_name="fine m"),
    )


def _choice(name: str, label: str, *kinds: tuple[str, str]) -> rx.Component:
    """One of several, all in sight; choosing shows the fields that it asks for."""
    kept = getattr(S.section, name)
    return rx.el.fieldset(
        rx.el.legend(label, class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=name,
                        value=kind,
                        checked=kept == kind,
                        on_change=S.choose(name, kind),
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


def _number(name: str, label: str, value: Any) -> rx.Component:
    return field(
        name,
        label,
        text_in(
            name,
            error=wrong(S, name),
            default_value=value,
            max_length=3,
            custom_attrs={"inputMode": "numeric"},
        ),
        error=wrong(S, name),
    )


def _remove_section() -> rx.Component:
    return form_dialog(
        _("Remove the section?"),
        rx.el.p(rx.el.b(S.section.name)),
        rx.el.p(_("Its tasks go with it. Work already made keeps what it has.")),
        save=_("Remove"),
        save_kind="stop",
        on_submit=S.remove_section,
        on_leave=S.leave,
        is_open=S.dialog == REMOVE,
        busy=IDLE,
    )


def _task() -> rx.Component:
    """One task opened: what it says, and the files that go with it."""
    return dialog(
        S.task.title,
        rx.el.div(
            rx.el.div(
                rx.cond(S.task.due != "", muted(_("due"), " ", S.task.due), muted(_("No date"))),
                rx.cond(S.task.needs_file, muted(_("Needs a file"))),
                class_name="task-facts",
            ),
            rx.cond(S.task.description.length() > 0, rich_text(S.task.description)),
            rx.cond(S.task.is_client, _files()),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Remove the task"), kind="bare", on_click=S.ask_to_drop),
            rx.el.span(class_name="push"),
            button(_("Edit"), drawing="pen", kind="main", on_click=S.edit_task),
            class_name="dfoot",
        ),
        on_leave=S.leave,
        is_open=S.dialog == TASK,
        sub=rx.el.p(S.task.where, class_name="fine m"),
    )


def _files() -> rx.Component:
    return rx.el.section(
        rx.el.h3(_("For the client")),
        rx.cond(
            S.task.files.length() > 0,
            rx.el.ul(rx.foreach(S.task.files, _file), class_name="files"),
            rx.el.p(_("Files put here go with every work item made from the template."), class_name="fine m"),
        ),
        upload_limits(S.task.room.text, element_id="template-room"),
        sprite({name: ICONS[ours] for name, ours in UPLOAD_SIGNS.items()}, prefix=""),
        uploader(
            S.task.id, side="template", camera=False, full=S.task.room.is_full, described_by="template-room"
        ),
        class_name="task-files",
    )


def _file(one: Any) -> rx.Component:
    return rx.el.li(
        icon("file"),
        rx.el.div(
            plain_link(one.name, href=one.href, class_name="link"),
            rx.el.p(one.by, ", ", one.at, class_name="fine m"),
        ),
        rx.el.span(
            one.detail,
            " ",
            button(_("Remove"), kind="bare", small=True, on_click=S.remove_file(one.id)),
            class_name="n",
        ),
        key=one.id,
    )


def _task_form() -> rx.Component:
    is_new = S.task.id == ""
    return form_dialog(
        rx.cond(is_new, _("Add a task"), _("Edit the task")),
        *task_words(S, S.task, is_client=S.task.is_client),
        days_field(S, "due", _("Due, in days"), S.task.due_days, S.task.due_side),
        rx.cond(
            S.task.is_client,
            rx.el.div(
                check(_("Needs a file"), name="needs_file", default_checked=S.task.needs_file),
                class_name="checks",
            ),
        ),
        save=rx.cond(is_new, _("Add"), _("Save")),
        on_submit=S.save_task,
        on_leave=S.leave,
        is_open=S.dialog == FORM,
        busy=IDLE,
    )


def _drop() -> rx.Component:
    return form_dialog(
        _("Remove the task?"),
        rx.el.p(rx.el.b(S.task.title)),
        rx.el.p(_("Its attachments go with it. Work already made keeps what it has.")),
        save=_("Remove"),
        save_kind="stop",
        on_submit=S.remove_task,
        on_leave=S.leave,
        is_open=S.dialog == DROP,
        busy=IDLE,
    )
