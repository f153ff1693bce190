"""The list of templates."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.list_parts import pager, search_form
from portal_app.components.staff_forms import IDLE, form_dialog
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    empty,
    page_link,
    tab,
    tabs,
    waiting,
)
from portal_app.components.template_dialogs import template_fields
from portal_app.pages._frames import staff_page
from portal_app.state.templates import NEW, TemplatesState
from portal_app.text import N_, _, pgettext

S: Any = TemplatesState


@staff_page(routes.TEMPLATES, title=N_("Templates"), on_load=S.load)
def templates() -> rx.Component:
    """Every template of the firm, a page at a time."""
    return shell(
        "templates",
        page_head(
            _("Templates"),
            button(_("Add a template"), drawing="plus", kind="main", key="c", on_click=S.add),
            sub=rx.cond(S.is_loaded, S.view.count, " "),
        ),
        tabs(
            tab(
                pgettext("templates", "In use"),
                is_current=S.filters.status == "",
                on_click=S.narrow("status", ""),
            ),
            tab(
                pgettext("templates", "Archived"),
                is_current=S.filters.status == "archived",
                on_click=S.narrow("status", "archived"),
            ),
            label=_("Show"),
        ),
        rx.cond(
            S.is_loaded & ~S.view.has_any,
            empty(
                _("No templates yet"),
                _(
                    "A template is a work item to be: sections and tasks with dates that count from its start."
                ),
                button(_("Add a template"), drawing="plus", on_click=S.add),
                drawing="templates",
            ),
            _list(),
        ),
        form_dialog(
            _("Add a template"),
            *template_fields(S),
            save=_("Add"),
            on_submit=S.save,
            on_leave=S.leave,
            is_open=S.dialog == NEW,
            busy=IDLE,
        ),
        keys=(
            (("J", "K"), _("next, previous")),
            (("↵",), _("open")),
            (("/",), _("search")),
            (("C",), _("add a template")),
        ),
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            search_form(S, _("Title of a template"), _("Search templates")),
            class_name="filters",
            role="search",
        ),
        rx.cond(S.is_loaded, rx.fragment(), waiting()),
        rx.cond(
            S.is_loaded & (S.view.rows.length() == 0),
            empty(
                _("Nothing found"),
                _("No template fits."),
                button(_("Show all templates"), on_click=S.clear),
                drawing="search",
            ),
            rx.el.table(
                rx.el.caption(_("Templates"), class_name="vh"),
                rx.el.thead(
                    rx.el.tr(
                        *[
                            rx.el.th(word, scope="col")
                            for word in (_("Template"), _("Sections"), _("For the client"), _("Sending"))
                        ]
                    )
                ),
                rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.view.rows, _row), bone_rows(4))),
                class_name="grid cards rows",
            ),
        ),
        pager(S),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            page_link(row.title, to=row.href, title=row.title, custom_attrs={"data-main": "true"}),
            scope="row",
            class_name="name",
        ),
        rx.el.td(row.sections, class_name="off"),
        rx.el.td(row.asked, class_name="span"),
        rx.el.td(row.sent, class_name=rx.cond(row.sent != "", "span", "off")),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )
