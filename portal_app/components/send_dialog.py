"""Sending: what happens on the left, what they get on the right, warnings last before the foot (look: send)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.send_choices import FORM, recipients, reminders, rule
from portal_app.components.send_settings import send_settings
from portal_app.components.sent_dialogs import pause, resend, withdraw
from portal_app.components.staff_forms import dialog
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, named, note
from portal_app.state.work_send import SEND, SendState
from portal_app.text import _

D: Any = SendState


def send_dialogs() -> rx.Component:
    """The dialogs about one request, each open while the state says so."""
    return rx.fragment(_send(), send_settings(), resend(), withdraw(), pause())


def _send() -> rx.Component:
    foot = rx.el.div(
        rx.el.p(
            rx.cond(
                D.view.refusal != "",
                rx.el.span(D.view.refusal, class_name="late", id="refusal"),
                rx.fragment(rx.el.b(D.view.count), " ", rx.el.span(D.view.how, class_name="m")),
            ),
            class_name="say",
        ),
        button(_("Save for later"), on_click=D.save),
        button(
            _("Send to client"),
            drawing="send",
            kind="main",
            busy=D.is_busy,
            disabled=(D.view.refusal != "") | (D.view.tabs.length() == 0),
            type="submit",
            form=FORM,
            custom_attrs={"aria-describedby": "refusal"},
        ),
        # Empty, since the dialog's parts are laid out as its children: the fields name it, so that Ctrl+Enter sends.
        rx.el.form(id=FORM, on_submit=D.send),
        class_name="dfoot",
    )
    return dialog(
        named(_("Send “{name}” to client"), D.view.title),
        rx.el.div(
            rx.el.div(recipients(), _also(), _sender(), rule(), _warnings(), class_name="left"),
            rx.el.div(_mail(), reminders(), class_name="right"),
            class_name="two",
            tab_index=0,
            role="region",
            aria_label=_("Send settings and preview"),
        ),
        foot,
        on_leave=D.leave,
        is_open=D.dialog == SEND,
        wide=True,
        sub=rx.el.p(D.view.where, class_name="fine m"),
    )


def _also() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("Who else sees it"), class_name="label"),
        rx.cond(
            D.view.also_see != "",
            rx.el.p(
                icon("eye"),
                " ",
                rx.el.b(D.view.also_see),
                " ",
                rx.el.span(_("through full access, without e-mails or reminders"), class_name="m"),
            ),
            rx.el.p(_("Nobody: no other contact has full access."), class_name="m"),
        ),
        rx.el.p(
            _(
                "Recipients see each other’s answers, comments and files, with names. "
                "Whoever should not gets a section of their own."
            ),
            class_name="hint",
        ),
    )


def _sender() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("Sent by"), class_name="label"),
        rx.el.p(D.view.sender),
        rx.el.p(D.view.reply_to, class_name="hint"),
    )


def _warnings() -> rx.Component:
    return rx.cond(
        D.view.warnings.length() > 0,
        rx.el.div(
            rx.el.h3(_("Before you send"), class_name="label"),
            rx.foreach(D.view.warnings, lambda text: note(text)),
            class_name="warnings",
        ),
    )


def _mail() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(_("What they get")),
            rx.cond(
                D.view.tabs.length() > 1,
                rx.el.span(
                    rx.el.span(rx.foreach(D.view.tabs, _tab), class_name="seg"), class_name="end fine"
                ),
            ),
            class_name="cap",
        ),
        rx.cond(
            D.view.html != "",
            rx.el.div(
                rx.el.dl(
                    rx.el.dt(_("From")),
                    rx.el.dd(D.view.from_line),
                    rx.el.dt(_("Subject")),
                    rx.el.dd(D.view.subject),
                    class_name="props",
                ),
                # Sandboxed without any right: the e-mail is looked at, nothing in it runs or leads anywhere.
                rx.el.iframe(
                    src_doc=D.view.html, sandbox="", title=_("The e-mail"), class_name="sheet", tab_index=-1
                ),
                class_name="mail",
            ),
            rx.el.p(_("Choose a recipient to see the e-mail."), class_name="hint"),
        ),
    )


def _tab(one: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="as",
            value=one.value,
            checked=D.view.shown == one.value,
            on_change=D.show(one.value),
            class_name="vh",
        ),
        one.word,
        key=one.value,
    )
