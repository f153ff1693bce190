"""Triage's list: notifications by client, the bar of a selection, and the snooze menu."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.staff_forms import check
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bones,
    button,
    button_link,
    empty,
    hidden,
    icon_button,
    menu,
    menu_item,
    named,
    page_link,
    waiting,
)
from portal_app.state.triage import TriageState
from portal_app.text import _

S: Any = TriageState
SNOOZE = "snooze"


def triage_list() -> rx.Component:
    """The groups, or what stands there when nothing does."""
    groups = rx.fragment(
        rx.foreach(S.found.groups, _group),
        rx.cond(
            S.found.has_more,
            rx.el.div(button(_("Show earlier ones"), on_click=S.show_more), class_name="pager"),
        ),
        _bulk(),
    )
    return rx.el.div(
        rx.cond(
            S.is_loaded,
            rx.cond(S.found.groups.length() > 0, groups, _nothing()),
            rx.fragment(bones(7), waiting()),
        ),
        class_name="view",
    )


def _group(group: Any) -> rx.Component:
    name = rx.cond(group.href != "", page_link(group.name, to=group.href), group.name)
    return rx.el.section(
        rx.el.header(
            rx.el.h2(name),
            rx.el.span(group.work, class_name="m"),
            rx.el.span(rx.el.span(group.end, class_name=f"fine {group.tone}"), class_name="end"),
        ),
        rx.el.ul(rx.foreach(group.notifications, _item)),
        class_name="group",
        aria_label=group.name,
        key=group.id,
    )


def _item(item: Any) -> rx.Component:
    is_now = S.pane.id == item.id
    return rx.el.li(
        check(
            named(_("Select: {name}"), item.name),
            row=True,
            checked=S.picked.contains(item.id),
            on_change=S.pick(item.id),
        ),
        rx.el.span(icon(item.drawing), class_name=f"kind {item.tone}"),
        rx.el.div(
            rx.el.p(
                rx.el.button(
                    rx.foreach(item.pieces, _piece),
                    type="button",
                    class_name="open",
                    on_click=S.read(item.id),
                    custom_attrs={
                        "data-main": "true",
                        "aria-pressed": rx.cond(is_now, "true", "false"),
                        "aria-controls": "pane",
                    },
                ),
                class_name="what",
            ),
            rx.cond(item.quote != "", rx.el.p(item.quote, class_name="quote")),
            rx.cond(item.where != "", rx.el.p(item.where, class_name="where")),
        ),
        rx.el.div(_when(item), _row_acts(item), class_name="side"),
        class_name=rx.cond(item.is_unread, "item unread", "item")
        + rx.cond(item.is_fresh, " fresh", "")
        + rx.cond(is_now, " now", ""),
        key=item.id,
        custom_attrs={"data-row": "true", "data-now": rx.cond(is_now, "true", rx.Var("undefined"))},
    )


def _piece(piece: Any) -> rx.Component:
    return rx.cond(piece.is_name, rx.el.b(piece.text), rx.fragment(piece.text))


def _when(item: Any) -> rx.Component:
    shown = rx.cond(item.is_fresh, rx.el.span(_("Just now"), class_name="tag acc"), rx.el.span(item.when))
    return rx.el.span(rx.cond(item.is_unread, hidden(_("Not read yet"), ", ")), shown, class_name="when")


def _row_acts(item: Any) -> rx.Component:
    mark = rx.cond(
        item.is_unread,
        icon_button(
            "check",
            named(_("Mark read: {name}"), item.name),
            kind="bare",
            small=True,
            key="e",
            on_click=S.mark_read(item.id),
        ),
        icon_button(
            "undo",
            named(_("Mark unread: {name}"), item.name),
            kind="bare",
            small=True,
            key="e",
            on_click=S.mark_unread(item.id),
        ),
    )
    later = icon_button(
        "clock",
        named(_("Snooze: {name}"), item.name),
        kind="bare",
        small=True,
        key="h",
        opens=SNOOZE,
        on_click=S.aim(item.id),
    )
    return rx.el.span(mark, later, class_name="row-acts")


def _bulk() -> rx.Component:
    bar = rx.el.div(
        rx.el.span(rx.el.b(S.picked_text), class_name="say"),
        _bulk_button(_("Mark read"), "check", "E", on_click=S.mark_read("")),
        _bulk_button(_("Snooze"), "clock", "H", opens=SNOOZE, on_click=S.aim("")),
        icon_button("x", _("Clear selection"), kind="bare", on_click=S.unpick),
        class_name="bulk",
        role="region",
        aria_label=_("Selection"),
    )
    return rx.cond(S.picked.length() > 0, bar)


def _bulk_button(text: str, drawing: str, letter: str, *, opens: str = "", on_click: Any) -> rx.Component:
    return button(
        text,
        rx.el.kbd(letter, class_name="wide-only"),
        drawing=drawing,
        key=letter.lower(),
        opens=opens,
        on_click=on_click,
        custom_attrs={"data-bulk": "true"},
    )


def snooze_menu() -> rx.Component:
    """When what it was opened for comes back."""
    drawings = {"today": "clock"}
    return menu(
        rx.el.p(_("Come back")),
        rx.foreach(
            S.found.choices,
            lambda choice: menu_item(
                choice.word,
                menu_name=SNOOZE,
                drawing=rx.match(choice.value, *drawings.items(), "cal"),
                detail=choice.detail,
                on_click=S.snooze(choice.value),
            ),
        ),
        name=SNOOZE,
    )


def _nothing() -> rx.Component:
    unread = empty(
        _("Nothing is waiting for you"),
        _("What clients answer, ask and send comes in here by itself, the moment they do it."),
        button(_("Show everything"), on_click=S.show("all")),
    )
    everything = empty(
        _("Nothing came in yet"),
        _("Once a request is sent, your clients’ answers, questions and files stand here."),
        button_link(_("Go to work"), routes.WORKS),
    )
    others = {
        "questions": (
            _("No question is open"),
            _("A client’s question holds the reminders of its task until you answer it or close it."),
        ),
        "failures": (
            _("Every e-mail got through"),
            _("An e-mail that comes back stands here, with the mail server’s reason."),
        ),
        "snoozed": (_("Nothing is snoozed"), _("What you snooze stands here until it comes back.")),
    }
    cases = [(view, empty(title, sentence)) for view, (title, sentence) in others.items()]
    return rx.match(S.view, ("all", everything), *cases, unread)
