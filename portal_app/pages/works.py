"""The list of work: filters in its address, due soonest first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.list_parts import client_search, narrowers, pager, search_form
from portal_app.components.making_dialog import making_dialog
from portal_app.components.staff_forms import IDLE, choices, form_dialog
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    empty,
    face,
    hidden,
    icon_button,
    muted,
    named,
    notches,
    page_link,
    status,
    tab,
    tabs,
    waiting,
)
from portal_app.components.work_dialogs import work_fields
from portal_app.pages._frames import staff_page
from portal_app.state.making import MakingState
from portal_app.state.works import NEW, WorksState
from portal_app.text import N_, _, pgettext

S: Any = WorksState
M: Any = MakingState


@staff_page(routes.WORKS, title=N_("Work"), on_load=[S.load, M.load])
def works() -> rx.Component:
    """Every work item of the firm, a page at a time."""
    return shell(
        "work",
        page_head(
            _("Work"),
            button(
                _("From a template"),
                drawing="templates",
                class_name="wide-only",
                on_click=M.ask("", S.filters.client),
            ),
            icon_button(
                "templates",
                _("From a template"),
                class_name="narrow-only",
                on_click=M.ask("", S.filters.client),
            ),
            button(_("Add a work item"), drawing="plus", kind="main", key="c", on_click=S.add),
            sub=rx.cond(S.is_loaded, S.view.count, " "),
        ),
        _tabs(),
        rx.cond(
            S.is_loaded & ~S.view.has_any,
            empty(
                _("No work yet"),
                _("A work item holds what you do for a client and what you ask of them."),
                button(_("Add a work item"), drawing="plus", on_click=S.add),
                drawing="work",
            ),
            _list(),
        ),
        _new(),
        making_dialog(),
        keys=(
            (("J", "K"), _("next, previous")),
            (("↵",), _("open")),
            (("/",), _("search")),
            (("C",), _("add a work item")),
        ),
    )


def _tabs() -> rx.Component:
    wanted = S.filters.status
    return tabs(
        tab(pgettext("work items", "Open"), is_current=wanted == "", on_click=S.narrow("status", "")),
        tab(
            _("Waiting on client"),
            is_current=wanted == "waiting_on_client",
            on_click=S.narrow("status", "waiting_on_client"),
        ),
        tab(
            pgettext("work items", "Completed"),
            is_current=wanted == "completed",
            on_click=S.narrow("status", "completed"),
        ),
        tab(pgettext("work items", "All"), is_current=wanted == "all", on_click=S.narrow("status", "all")),
        tab(
            pgettext("work items", "Archived"),
            is_current=wanted == "archived",
            on_click=S.narrow("status", "archived"),
        ),
        label=_("Show"),
    )


def _list() -> rx.Component:
    return rx.fragment(
        _filters(),
        rx.cond(S.is_loaded, rx.fragment(), waiting()),
        rx.cond(
            S.is_loaded & (S.view.rows.length() == 0),
            empty(
                _("Nothing found"),
                _("No work item fits these filters."),
                button(_("Show all open work"), on_click=S.clear),
                drawing="search",
            ),
            rx.el.table(
                rx.el.caption(_("Work items"), class_name="vh"),
                rx.el.thead(_heads()),
                rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.view.rows, _row), bone_rows(6))),
                class_name="grid cards rows",
            ),
        ),
        pager(S),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_form(S, _("Title or client"), _("Search work")),
        narrowers(
            rx.el.select(
                *choices(
                    S.view.staff_choices,
                    rx.el.option(_("Every assignee"), value=""),
                    rx.el.option(_("Assigned to me"), value="me"),
                ),
                value=S.filters.assignee,
                on_change=lambda value: S.narrow("assignee", value),
                class_name="in",
                aria_label=_("Assignee"),
            ),
            rx.el.select(
                rx.el.option(_("Any due date"), value=""),
                rx.el.option(_("Overdue"), value="overdue"),
                rx.el.option(_("Due within a week"), value="week"),
                rx.el.option(_("Due within a month"), value="month"),
                rx.el.option(_("No due date"), value="none"),
                value=S.filters.due,
                on_change=lambda value: S.narrow("due", value),
                class_name="in",
                aria_label=_("Due"),
            ),
            rx.el.button(
                icon("half"),
                _("With open requests"),
                type="button",
                class_name=rx.cond(S.filters.waiting != "", "pill set", "pill"),
                aria_pressed=S.filters.waiting != "",
                on_click=S.narrow("waiting", rx.cond(S.filters.waiting != "", "", "1")),
            ),
            rx.cond(
                S.view.client_name != "",
                rx.el.button(
                    _("Client"),
                    rx.el.b(S.view.client_name),
                    icon("x"),
                    hidden(_("Take this filter away")),
                    type="button",
                    class_name="pill set",
                    on_click=S.narrow("client", ""),
                ),
                rx.fragment(
                    rx.el.input(
                        type="text",
                        list="clients-found",
                        class_name="in by-client",
                        placeholder=_("Every client"),
                        aria_label=_("Client"),
                        auto_complete="off",
                        max_length=100,
                        on_change=S.of_client.debounce(250),
                    ),
                    rx.el.datalist(
                        rx.foreach(S.found, lambda one: rx.el.option(value=one.word, key=one.value)),
                        id="clients-found",
                    ),
                ),
            ),
        ),
        class_name="filters",
        role="search",
    )


def _heads() -> rx.Component:
    words = (_("Work item"), _("Client"), _("Status"), _("Requests"), _("Assignee"), _("Due"))
    return rx.el.tr(*[rx.el.th(word, scope="col") for word in words])


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            page_link(row.title, to=row.href, title=row.title, custom_attrs={"data-main": "true"}),
            scope="row",
            class_name="name",
        ),
        rx.el.td(row.client, class_name="span"),
        rx.el.td(status(row.drawing, row.status, row.tone), class_name="stc"),
        rx.el.td(
            rx.cond(
                row.asked != "",
                rx.fragment(notches(row.marks), " ", row.asked, hidden(" ", _("tasks done"))),
                muted("–", small=False),
            ),
            rx.cond(
                row.question != "", rx.el.span(icon("ask"), " ", row.question, class_name="fine wait asks")
            ),
            class_name=rx.cond((row.asked != "") | (row.question != ""), "span", "off"),
        ),
        rx.el.td(rx.cond(row.initials != "", face(row.initials)), " ", row.assignee, class_name="off"),
        rx.el.td(rx.el.span(row.due, class_name=rx.cond(row.is_late, "late", "")), class_name="end"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _new() -> rx.Component:
    return form_dialog(
        _("Add a work item"),
        rx.cond(
            S.view.client_name != "",
            rx.fragment(
                rx.el.p(named(_("For {name}"), S.view.client_name)),
                rx.el.input(type="hidden", name="client_id", value=S.filters.client),
            ),
            client_search(S, _found),
        ),
        *work_fields(S, S.view.staff_choices),
        save=_("Add"),
        on_submit=S.save,
        on_leave=S.leave,
        is_open=S.dialog == NEW,
        busy=IDLE,
    )


def _found(one: Any) -> rx.Component:
    box = rx.Var.create("for-") + one.value
    return rx.el.li(
        rx.el.input(type="radio", class_name="check", name="client_id", id=box, default_value=one.value),
        rx.el.label(one.word, html_for=box),
        rx.el.span(),
        key=one.value,
    )
