"""One work item: its sections and tasks, the requests in them, and what happened."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.section_parts import sections_board
from portal_app.components.send_dialog import send_dialogs
from portal_app.components.staff_frame import coming_page, page_head, shell
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    button,
    button_link,
    face,
    facts,
    icon_button,
    menu,
    menu_item,
    missing_page,
    note,
    plain_link,
    timeline,
)
from portal_app.components.task_dialogs import task_dialogs
from portal_app.components.work_dialogs import work_dialogs
from portal_app.components.work_parts import section
from portal_app.pages._frames import staff_page
from portal_app.state.work import WorkState
from portal_app.state.work_send import SEND, SendState
from portal_app.state.work_task import TaskState
from portal_app.text import N_, _

W: Any = WorkState
D: Any = SendState
T: Any = TaskState
MENU = "work-menu"


@staff_page(routes.WORK, title=N_("Work item"), on_load=[W.load, D.load, T.load])
def work() -> rx.Component:
    """A work item, live."""
    return shell(
        "work",
        rx.cond(W.is_missing, _missing(), rx.cond(W.is_loaded, _page(), coming_page())),
        keys=(
            (("S",), _("send to client")),
            (("T",), _("add a task")),
            (("J", "K"), _("next, previous")),
            (("X",), _("tick")),
            (("Alt", "↑", "↓"), _("move task or section")),
        ),
    )


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such work item"),
        _("It may have been deleted, or belong to another firm."),
        button_link(_("All work"), routes.WORKS),
        drawing="work",
    )


def _page() -> rx.Component:
    return rx.fragment(
        page_head(
            W.view.title,
            rx.cond(
                W.view.to_send != "",
                rx.fragment(
                    _add_section("plain", "wide-only"),
                    button(
                        _("Send to client"),
                        drawing="send",
                        kind="main",
                        key="s",
                        on_click=D.ask(W.view.to_send, SEND),
                    ),
                ),
                _add_section("main", ""),
            ),
            icon_button("more", _("More for this work item"), opens=MENU),
            crumbs=((_("Work"), routes.WORKS), (W.view.client_name, W.view.client_to)),
        ),
        _menu(),
        _facts(),
        rx.el.div(sections_board(W, section, "work"), _timeline(), class_name="cols"),
        work_dialogs(),
        task_dialogs(),
        send_dialogs(),
    )


def _add_section(kind: str, class_name: str) -> rx.Component:
    return button(
        _("Add a client section"),
        drawing="plus",
        kind=kind,
        class_name=class_name,
        on_click=W.add_section("client"),
    )


def _menu() -> rx.Component:
    def item(word: str, drawing: str, on_click: Any, tone: str = "") -> rx.Component:
        return menu_item(word, menu_name=MENU, drawing=drawing, on_click=on_click, tone=tone)

    return menu(
        item(_("Add a client section"), "eye", W.add_section("client")),
        item(_("Add a staff section"), "lock", W.add_section("staff")),
        item(_("Edit the work item"), "pen", W.edit),
        item(_("Make next year’s"), "copy", W.ask_next_year),
        item(_("Make a template from it"), "templates", W.ask_for_template),
        plain_link(icon("get"), _("All files as one zip"), href="/zip/work/" + W.view.id.to(str)),
        rx.el.hr(),
        rx.cond(
            W.view.is_archived,
            item(_("Restore"), "undo", W.restore),
            item(_("Archive"), "box", W.ask_to_archive, "late"),
        ),
        name=MENU,
    )


def _facts() -> rx.Component:
    view = W.view
    return rx.fragment(
        facts(
            (_("Status"), _status()),
            (
                _("Assignee"),
                rx.cond(
                    view.assignee != "", rx.fragment(face(view.assignee_initials), view.assignee), _("Nobody")
                ),
            ),
            (_("Start"), rx.cond(view.starts != "", view.starts, "–")),
            (
                _("Due"),
                rx.el.span(
                    rx.cond(view.due != "", view.due, "–"), class_name=rx.cond(view.is_late, "late", "")
                ),
            ),
            (_("Client calls it"), rx.cond(view.external_name != "", view.external_name, view.title)),
        ),
        rx.cond(
            view.is_archived, note(_("This work item is archived: its links are closed."), drawing="box")
        ),
    )


def _status() -> rx.Component:
    """The status, which is also where it is changed."""
    return rx.el.span(
        icon(W.view.status_drawing),
        rx.el.select(
            rx.foreach(W.view.status_choices, lambda one: rx.el.option(one.word, value=one.value)),
            value=W.view.status,
            on_change=W.set_status,
            class_name="in small quiet",
            aria_label=_("Status"),
        ),
        class_name=rx.Var.create("st change ") + W.view.status_tone,
    )


def _timeline() -> rx.Component:
    return rx.el.aside(
        rx.el.div(rx.el.h2(_("Timeline"), id="tlh"), class_name="cap"),
        timeline(W.view.timeline),
        class_name="aside",
        aria_labelledby="tlh",
    )
