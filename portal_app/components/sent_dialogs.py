"""What is done about a request that is out: sent again, withdrawn, its reminders paused."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.send_choices import name_and_way
from portal_app.components.staff_forms import IDLE, error_of, form_dialog, pause_field, wrong
from portal_app.components.staff_parts import named, note, page_link
from portal_app.state.work_send import PAUSE, RESEND, WITHDRAW, SendState
from portal_app.text import _

D: Any = SendState


def resend() -> rx.Component:
    """Again to those chosen among its recipients."""
    return form_dialog(
        named(_("Resend “{name}”"), D.view.title),
        rx.el.p(
            _(
                "Each gets a new e-mail with a new link; earlier links go on working. Their reminders start again."
            )
        ),
        rx.el.fieldset(
            rx.el.legend(_("To"), class_name="label"),
            rx.el.ul(rx.foreach(D.view.people, _again), class_name="who"),
            error_of("recipients", wrong(D, "recipients")),
            class_name="field",
        ),
        rx.cond(D.view.refusal != "", note(D.view.refusal, tone="late", drawing="stop")),
        save=_("Resend"),
        on_submit=D.resend,
        on_leave=D.leave,
        is_open=D.dialog == RESEND,
        busy=IDLE,
    )


def _again(one: Any) -> rx.Component:
    box = rx.Var.create("again-") + one.id
    row = rx.el.li(
        rx.el.input(
            type="checkbox",
            class_name="check",
            id=box,
            name="recipients",
            default_value=one.id,
            default_checked=one.why_not == "",
            disabled=one.why_not != "",
        ),
        rx.el.label(name_and_way(one), html_for=box),
        rx.cond(
            one.why_not != "",
            page_link(_("Correct"), to=D.view.client_to, class_name="fine link"),
            rx.cond(one.is_bound, _free(one), rx.el.span()),
        ),
        key=one.id,
    )
    return rx.cond(one.is_recipient, row)


def _free(one: Any) -> rx.Component:
    """Offer to take the link from its device (6.5)."""
    box = rx.Var.create("free-") + one.id
    return rx.el.span(
        rx.el.input(type="checkbox", class_name="check", id=box, name="freed", default_value=one.id),
        " ",
        rx.el.label(_("free it from its device"), html_for=box, class_name="fine"),
        class_name="free",
    )


def withdraw() -> rx.Component:
    """Whether it ends at once for everybody."""
    return form_dialog(
        named(_("Withdraw “{name}”?"), D.view.title),
        rx.el.p(
            _(
                "Links, devices, reminders and e-mails that have not left end at once, for every recipient. "
                "They are told, and whom to ask. What came in stays with you."
            )
        ),
        save=_("Withdraw"),
        save_kind="stop",
        on_submit=D.withdraw,
        on_leave=D.leave,
        is_open=D.dialog == WITHDRAW,
        busy=IDLE,
    )


def pause() -> rx.Component:
    """Until when its reminders are held back."""
    return form_dialog(
        named(_("Pause the reminders of “{name}”"), D.view.title),
        pause_field(wrong(D, "until")),
        save=_("Pause reminders"),
        on_submit=D.pause,
        on_leave=D.leave,
        is_open=D.dialog == PAUSE,
        busy=IDLE,
    )
