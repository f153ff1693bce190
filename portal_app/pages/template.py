"""One template: a work item with relative dates (5.18)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.making_dialog import making_dialog
from portal_app.components.section_parts import sections_board
from portal_app.components.staff_frame import coming_page, page_head, shell
from portal_app.components.staff_parts import (
    button,
    button_link,
    facts,
    icon_button,
    menu,
    menu_item,
    missing_page,
    note,
)
from portal_app.components.template_dialogs import template_dialogs
from portal_app.components.template_parts import section
from portal_app.pages._frames import staff_page
from portal_app.state.making import MakingState
from portal_app.state.template import TemplateState
from portal_app.text import N_, _

S: Any = TemplateState
M: Any = MakingState
MENU = "template-menu"


@staff_page(routes.TEMPLATE, title=N_("Template"), on_load=[S.load, M.load])
def template() -> rx.Component:
    """A template, live."""
    return shell(
        "templates",
        rx.cond(S.is_missing, _missing(), rx.cond(S.is_loaded, _page(), coming_page())),
        keys=(
            (("W",), _("work from it")),
            (("T",), _("add a task")),
            (("J", "K"), _("next, previous")),
            (("Alt", "↑", "↓"), _("move task or section")),
        ),
    )


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such template"),
        _("It may belong to another firm."),
        button_link(_("All templates"), routes.TEMPLATES),
        drawing="templates",
    )


def _page() -> rx.Component:
    return rx.fragment(
        page_head(
            S.view.title,
            button(
                _("Add a client section"),
                drawing="plus",
                class_name="wide-only",
                on_click=S.add_section("client"),
            ),
            button(
                _("Make work from it"),
                drawing="work",
                kind="main",
                key="w",
                disabled=S.view.is_archived,
                on_click=M.ask(S.view.id, ""),
            ),
            icon_button("more", _("More for this template"), opens=MENU),
            crumbs=((_("Templates"), routes.TEMPLATES),),
        ),
        _menu(),
        facts(
            (_("Due"), rx.cond(S.view.due != "", S.view.due, "–")),
            (
                _("Client calls it"),
                rx.cond(S.view.external_name != "", S.view.external_name, S.view.title),
            ),
        ),
        rx.cond(
            S.view.is_archived,
            note(_("This template is archived: no work can be made from it."), drawing="box"),
        ),
        sections_board(S, section, "templates"),
        template_dialogs(),
        making_dialog(),
    )


def _menu() -> rx.Component:
    def item(word: str, drawing: str, on_click: Any, tone: str = "") -> rx.Component:
        return menu_item(word, menu_name=MENU, drawing=drawing, on_click=on_click, tone=tone)

    return menu(
        item(_("Add a client section"), "eye", S.add_section("client")),
        item(_("Add a staff section"), "lock", S.add_section("staff")),
        item(_("Edit the template"), "pen", S.edit),
        item(_("Copy the template"), "copy", S.ask_to_copy),
        rx.el.hr(),
        rx.cond(
            S.view.is_archived,
            item(_("Restore"), "undo", S.restore),
            item(_("Archive"), "box", S.archive, "late"),
        ),
        name=MENU,
    )
