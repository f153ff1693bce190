"""Triage's reading pane: the task, what was written and sent there, and the answer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.components.staff_forms import error_of, text_area
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    button,
    icon_button,
    note,
    page_link,
    plain_link,
    request_state,
    tag,
)
from portal_app.components.triage_list import SNOOZE
from portal_app.state.triage import TriageState
from portal_app.text import _

S: Any = TriageState


class _KeptFocus(rx.Component):
    """`kept_focus.jsx`: an `aside` whose focus is not lost with what had it."""

    library = own_script("kept_focus.jsx")
    tag = "KeptFocus"


def triage_pane() -> rx.Component:
    """One notification; beside the list, or over it on a phone."""
    return _KeptFocus.create(
        rx.cond(S.pane.id != "", _shown(), _nothing()),
        class_name=rx.cond(S.pane.id != "", "pane open", "pane"),
        id="pane",
        custom_attrs={"aria-label": _("Selected notification")},
    )


def _nothing() -> rx.Component:
    return rx.el.div(
        rx.el.p(_("Choose a notification to read what came in and to answer."), class_name="m"),
        class_name="in-pane",
    )


def _shown() -> rx.Component:
    return rx.el.div(
        _phone_bar(),
        _head(),
        rx.cond(S.pane.failure != "", _failure()),
        rx.cond(S.pane.can_accept, _verdict()),
        rx.cond(
            S.pane.lines.length() > 0, rx.el.div(rx.foreach(S.pane.lines, _line), class_name="answer talk")
        ),
        rx.cond(S.pane.can_answer, _answer()),
        rx.cond(S.pane.files.length() > 0, _files()),
        rx.cond(S.pane.invite_id != "", _decide()),
        rx.el.dl(
            rx.foreach(S.pane.facts, lambda fact: rx.fragment(rx.el.dt(fact.word), rx.el.dd(fact.value))),
            class_name="props",
        ),
        rx.el.p(
            rx.cond(
                S.pane.href != "",
                page_link(
                    _("Open the work item"), to=S.pane.href, class_name="link", custom_attrs={"data-key": "o"}
                ),
                page_link(_("Open the client"), to=S.pane.client_href, class_name="link"),
            )
        ),
        class_name="in-pane",
        key=S.pane.id,
    )


def _failure() -> rx.Component:
    """What came back, and another try (8.6)."""
    return note(
        S.pane.failure,
        rx.cond(
            S.pane.retry_id != "",
            rx.el.div(
                button(_("Try again"), drawing="send", small=True, on_click=S.try_again), class_name="acts"
            ),
        ),
        tone="late",
        drawing="stop",
    )


def _verdict() -> rx.Component:
    """Accept what came in, or ask for it again (5.8)."""
    return rx.el.div(
        rx.cond(
            S.pane.is_accepted,
            rx.fragment(
                tag(_("accepted"), "ok", "check"),
                button(_("No longer accepted"), kind="bare", small=True, on_click=S.accept(False)),
            ),
            button(_("Accept"), drawing="check", key="a", on_click=S.accept(True)),
        ),
        rx.cond(S.pane.can_reopen, button(_("Reopen the task"), drawing="undo", on_click=S.ask_to_reopen)),
        class_name="acts verdict",
    )


def _phone_bar() -> rx.Component:
    """What a row's buttons do elsewhere."""
    return rx.el.div(
        button(_("Back"), drawing="left", kind="bare", on_click=S.leave, auto_focus=True),
        rx.cond(
            S.pane.is_unread,
            button(_("Mark read"), on_click=S.mark_read(S.pane.id)),
            button(_("Mark unread"), on_click=S.mark_unread(S.pane.id)),
        ),
        button(_("Snooze"), opens=SNOOZE, on_click=S.aim(S.pane.id)),
        class_name="pane-bar",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(S.pane.above != "", rx.el.p(S.pane.above, class_name="fine m")),
            icon_button("x", _("Close"), kind="bare", small=True, on_click=S.leave, class_name="wide-only"),
            class_name="pane-top",
        ),
        rx.el.h2(S.pane.title),
        rx.cond(S.pane.parts.length() > 0, request_state(S.pane.parts)),
        class_name="pane-head",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(line.text, class_name=rx.cond(line.is_firms, "ours", "said")),
        rx.el.p(
            line.by,
            " · ",
            line.when,
            rx.cond(line.is_note, rx.fragment(" ", tag(_("Staff only"), drawing="lock"))),
            class_name="fine m",
        ),
        key=line.id,
    )


def _answer() -> rx.Component:
    wrong = rx.cond(S.wrong_field == "body", S.wrong_text, "")
    return rx.el.form(
        rx.el.input(type="hidden", name="once", value=S.once),
        rx.el.div(
            rx.el.label(_("Your answer"), html_for="body"),
            text_area(
                "body", error=wrong, rows=4, max_length=5000, key=S.once, custom_attrs={"data-key": "r"}
            ),
            rx.el.p(S.pane.sees, class_name="hint", id="body-hint"),
            error_of("body", wrong),
            class_name="field",
        ),
        rx.el.div(
            button(
                _("Answer"),
                rx.el.kbd("Ctrl ↵", class_name="wide-only"),
                kind="main",
                type="submit",
            ),
            rx.cond(S.pane.is_question_open, button(_("Close the question"), on_click=S.close_question)),
            class_name="acts",
        ),
        on_submit=S.answer,
        class_name="reply",
        no_validate=True,
        custom_attrs={"data-kept": S.pane.id},
    )


def _decide() -> rx.Component:
    """Whether somebody is invited as a contact asks (3.6)."""
    return rx.el.div(
        button(_("Send the invitation"), kind="main", on_click=S.approve_invite),
        button(_("Decline"), on_click=S.decline_invite),
        class_name="acts",
    )


def _files() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3(_("Put on this task")),
            rx.el.span(S.pane.file_count, class_name="end fine m"),
            class_name="cap",
        ),
        rx.el.ul(rx.foreach(S.pane.files, _file), class_name="files"),
    )


def _file(file: Any) -> rx.Component:
    return rx.el.li(
        icon("file"),
        plain_link(file.name, href=file.href, title=file.name, download=True),
        rx.cond(file.is_late, tag(_("after closing"), "wait")),
        rx.cond(file.is_damaged, tag(_("damaged"), "late")),
        rx.cond(file.is_checking, tag(_("being checked"), "wait")),
        rx.el.span(file.detail, class_name="n"),
        key=file.id,
    )
