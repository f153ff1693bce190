"""A work item's parts: sections, task rows, a request's state, recipients and reminders (look: work item)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.section_parts import add_task_button, section_frame
from portal_app.components.sortable import grip, liftable, list_end
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import (
    Child,
    button,
    face,
    hidden,
    menu,
    menu_item,
    muted,
    named,
    notches,
    plain_link,
    request_state,
)
from portal_app.state.work import WorkState
from portal_app.state.work_send import RESEND, SEND, SETTINGS, WITHDRAW, SendState
from portal_app.state.work_task import TaskState
from portal_app.text import _, pgettext

W: Any = WorkState
T: Any = TaskState
D: Any = SendState


def section(one: Any) -> rx.Component:
    """One section, with the request's state where it is the client's."""
    return section_frame(
        one,
        W,
        count=rx.cond(one.is_client, rx.fragment(), muted(one.count)),
        under=request_state(one.parts),
        menu=_menu(one),
        inside=_inside,
    )


def _menu(one: Any) -> rx.Component:
    name = rx.Var.create("m-") + one.id
    return menu(
        rx.cond(
            one.is_client,
            rx.fragment(
                rx.cond(one.can_send, _item(name, _("Send…"), "send", D.ask(one.id, SEND))),
                rx.cond(one.can_resend, _item(name, _("Resend"), "send", D.ask(one.id, RESEND))),
                _item(name, _("Send settings"), "gear", D.ask(one.id, SETTINGS)),
                rx.cond(
                    one.can_withdraw, _item(name, _("Withdraw"), "undo", D.ask(one.id, WITHDRAW), "late")
                ),
                rx.el.hr(),
            ),
        ),
        _item(name, _("Add a task"), "plus", T.add(one.id, one.is_client, one.is_out)),
        _item(name, _("Name and place"), "pen", W.name_section(one.id)),
        _item(name, _("Remove the section"), "x", W.ask_to_remove(one.id), "late"),
        name=name,
    )


def _item(name: Any, word: Text, drawing: str, on_click: Any, tone: str = "") -> rx.Component:
    return menu_item(word, menu_name=name, drawing=drawing, on_click=on_click, tone=tone)


def _inside(one: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(one.is_out, _strip(one)),
        rx.el.ul(
            rx.foreach(one.tasks, lambda task: task_row(task, one)),
            list_end(kind="task", parent=one.id, label=one.name),
            class_name="tasks",
        ),
        rx.cond(one.put_aside.length() > 0, _put_aside(one)),
        _foot(one),
    )


def _strip(one: Any) -> rx.Component:
    """Recipients, and the reminders to come."""
    return rx.el.div(
        rx.el.div(
            rx.el.h3(_("Recipients"), class_name="cap fine m"),
            rx.el.ul(rx.foreach(one.recipients, _recipient), class_name="rcpt"),
            rx.el.p(_("Also sees it:"), " ", one.also_sees, class_name="fine m also"),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h3(_("Coming reminders")),
                rx.el.span(one.rule, class_name="end opt"),
                class_name="cap fine m",
            ),
            rx.cond(one.reminders.length() > 0, reminder_list(one.reminders, one.id)),
            rx.cond(one.pause != "", rx.el.p(one.pause, class_name="fine m")),
            rx.cond(one.no_reminder != "", rx.el.p(one.no_reminder, class_name="fine m")),
            rx.cond(one.can_go_on, button(_("Let them go on"), small=True, on_click=D.go_on(one.id))),
        ),
        class_name="strip two",
    )


def _recipient(person: Any) -> rx.Component:
    tone = rx.Var.create("st ") + person.tone
    return rx.el.li(
        plain_link(person.name, href=person.seen_as, title=named(_("View as {name}"), person.name)),
        rx.el.span(notches(person.marks, dots=True), " ", person.used),
        rx.el.span(
            rx.el.span(icon(person.drawing), person.delivery, class_name=tone),
            rx.cond(person.opened != "", rx.fragment(" · ", person.opened)),
            class_name="m",
        ),
        key=person.name,
    )


def reminder_list(rows: rx.Var[Any], request_id: Any) -> rx.Component:
    """Every reminder with its day: sent, next, coming, skipped; a coming one can be skipped and taken back (7.8)."""
    return rx.el.ol(rx.foreach(rows, lambda row: _reminder(row, request_id)), class_name="rem")


def _reminder(row: Any, request_id: Any) -> rx.Component:
    is_skipped = row.kind == "skipped"
    act = rx.el.button(
        rx.cond(is_skipped, _("Take back"), pgettext("reminder", "Skip")),
        hidden(" ", row.day),
        type="button",
        class_name="skip-it",
        on_click=D.skip(request_id, row.on, ~is_skipped),
    )
    return rx.el.li(
        rx.el.span(class_name="dot"),
        rx.el.span(row.day),
        rx.el.span(row.text, rx.cond(row.detail != "", rx.el.span(", ", row.detail, class_name="m"))),
        rx.cond(row.on != "", act),
        class_name=row.kind,
        key=row.day,
    )


def task_row(task: Any, one: Any) -> rx.Component:
    """One task, or a client section that stands among the tasks."""
    return liftable(
        grip(named(_("Move task: {name}"), task.title)),
        _mark(task),
        rx.el.div(
            rx.cond(
                task.is_section,
                rx.el.a(task.title, href=rx.Var.create("#s-") + task.id),
                rx.el.button(
                    task.title, type="button", on_click=T.show(task.id), custom_attrs={"data-main": ""}
                ),
            ),
            rx.cond(
                task.remarks.length() > 0, rx.el.div(rx.foreach(task.remarks, _remark), class_name="ans")
            ),
            class_name="t",
        ),
        rx.el.span(
            rx.cond(
                task.due != "",
                rx.fragment(
                    rx.el.span(_("due"), " ", class_name="pre"),
                    rx.el.span(task.due, class_name=rx.cond(task.is_late, "late", "")),
                ),
            ),
            rx.cond(task.initials != "", face(task.initials)),
            class_name="due",
        ),
        kind="task",
        row_id=task.id,
        parent=one.id,
        label=task.title,
        class_name=rx.cond(task.is_done, "task done", "task"),
        custom_attrs={"data-row": ""},
    )


def _mark(task: Any) -> rx.Component:
    """What the task stands at; a staff task is ticked here."""
    tone = rx.Var.create("done-mark ") + task.tone
    return rx.cond(
        task.is_staffs & ~task.is_section,
        rx.el.button(
            icon(task.drawing),
            type="button",
            role="checkbox",
            class_name=tone,
            aria_label=named(_("Done: {name}"), task.title),
            aria_checked=task.is_done,
            on_click=T.tick(task.id, ~task.is_done),
            custom_attrs={"data-key": "x"},
        ),
        rx.el.span(icon(task.drawing), hidden(task.word, ": "), class_name=tone),
    )


def _remark(remark: Any) -> rx.Component:
    return rx.el.span(icon(remark.drawing), remark.text, class_name=remark.tone, key=remark.text)


def _put_aside(one: Any) -> rx.Component:
    """Tasks taken out that a client had touched: kept for staff, out of the client's sight (5.13)."""
    return rx.el.details(
        rx.el.summary(icon("right"), _("Put aside"), " ", one.put_aside.length(), class_name="fine m"),
        rx.el.ul(rx.foreach(one.put_aside, _aside_row), class_name="tasks"),
        class_name="aside-tasks",
    )


def _aside_row(task: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("box"), class_name="done-mark none"),
        rx.el.div(
            rx.el.button(task.title, type="button", on_click=T.show(task.id)),
            rx.el.div(rx.foreach(task.remarks, _remark), class_name="ans"),
            class_name="t",
        ),
        rx.el.span(
            button(_("Put back"), small=True, kind="bare", on_click=T.restore(task.id)), class_name="due"
        ),
        class_name="task put-aside",
        key=task.id,
    )


def _foot(one: Any) -> rx.Component:
    """What is done most with a section."""
    add = add_task_button(one, T.add(one.id, one.is_client, one.is_out))
    of_request: list[Child] = [
        button(_("Send settings"), kind="bare", small=True, on_click=D.ask(one.id, SETTINGS)),
        rx.el.span(class_name="push"),
        rx.cond(one.can_pause, button(_("Pause reminders"), small=True, on_click=D.ask_to_pause(one.id))),
        rx.cond(one.can_resume, button(_("Resume reminders"), small=True, on_click=D.resume(one.id))),
        rx.cond(one.can_resend, button(_("Resend"), small=True, on_click=D.ask(one.id, RESEND))),
        rx.cond(one.can_send, button(_("Send…"), drawing="send", small=True, on_click=D.ask(one.id, SEND))),
    ]
    return rx.el.div(add, rx.cond(one.is_client, rx.fragment(*of_request)), class_name="foot")
