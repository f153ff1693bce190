"""A template's sections and rows: a work item with relative dates (look: work item)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.section_parts import add_task_button, section_frame
from portal_app.components.sortable import grip, liftable, list_end
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import button, hidden, menu, menu_item, muted, named
from portal_app.state.template import REMOVE, RULES, SECTION, TemplateState
from portal_app.text import _

S: Any = TemplateState


def section(one: Any) -> rx.Component:
    """One section, with its rules where it is the client's."""
    rules = rx.el.p(
        rx.el.span(icon("send"), " ", one.sent),
        " · ",
        rx.el.span(icon("bell"), " ", _("Reminders:"), " ", one.reminds),
        class_name="fine m rules",
    )
    return section_frame(one, S, count=muted(one.count), under=rules, menu=_menu(one), inside=_inside)


def _menu(one: Any) -> rx.Component:
    name = rx.Var.create("m-") + one.id

    def item(word: Text, drawing: str, on_click: Any, tone: str = "") -> rx.Component:
        return menu_item(word, menu_name=name, drawing=drawing, on_click=on_click, tone=tone)

    return menu(
        rx.cond(
            one.is_client,
            rx.fragment(item(_("Send settings"), "gear", S.ask_about(one.id, RULES)), rx.el.hr()),
        ),
        item(_("Add a task"), "plus", S.add_task(one.id, one.is_client)),
        item(_("Name and place"), "pen", S.ask_about(one.id, SECTION)),
        item(_("Remove the section"), "x", S.ask_about(one.id, REMOVE), "late"),
        name=name,
    )


def _inside(one: Any) -> rx.Component:
    return rx.fragment(
        rx.el.ul(
            rx.foreach(one.lines, lambda line: _line(line, one)),
            list_end(kind="task", parent=one.id, label=one.name),
            class_name="tasks",
        ),
        rx.el.div(
            add_task_button(one, S.add_task(one.id, one.is_client)),
            rx.cond(
                one.is_client,
                button(_("Send settings"), kind="bare", small=True, on_click=S.ask_about(one.id, RULES)),
            ),
            class_name="foot",
        ),
    )


def _line(line: Any, one: Any) -> rx.Component:
    """One task, or a client section that stands among the tasks."""
    return liftable(
        grip(named(_("Move task: {name}"), line.title)),
        rx.el.span(
            rx.cond(line.is_section, icon("eye"), icon("open")),
            rx.cond(line.is_section, hidden(_("Client section"), ": "), rx.fragment()),
            class_name=rx.cond(line.is_section, "done-mark acc", "done-mark none"),
        ),
        rx.el.div(
            rx.cond(
                line.is_section,
                rx.el.a(line.title, href=rx.Var.create("#s-") + line.id),
                rx.el.button(
                    line.title, type="button", on_click=S.show(line.id), custom_attrs={"data-main": ""}
                ),
            ),
            rx.cond(
                line.needs_file | (line.files != "") | (line.sent != ""),
                rx.el.div(
                    rx.cond(line.needs_file, rx.el.span(icon("clip"), _("Needs a file"))),
                    rx.cond(line.files != "", rx.el.span(icon("file"), line.files)),
                    rx.cond(line.sent != "", rx.el.span(icon("send"), line.sent)),
                    class_name="ans",
                ),
            ),
            class_name="t",
        ),
        rx.el.span(
            rx.cond(line.due != "", rx.el.span(line.due)),
            class_name="due relative",
        ),
        kind="task",
        row_id=line.id,
        parent=one.id,
        label=line.title,
        class_name="task",
        custom_attrs={"data-row": ""},
    )
