"""Sending: what happens on the left, what they get on the right, warnings last before the foot (look: send)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.other_contact import other_contact
from portal_app.components.staff_forms import IDLE, dialog, error_of, field, form_dialog, pause_field, wrong
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import Child, button, named, note, page_link
from portal_app.components.work_parts import reminder_list
from portal_app.state.work_send import PAUSE, RESEND, SEND, SETTINGS, WITHDRAW, SendState
from portal_app.text import _

D: Any = SendState
FORM = "send-form"


def send_dialogs() -> rx.Component:
    """The dialogs about one request, each open while the state says so."""
    return rx.fragment(_send(), _settings(), _resend(), _withdraw(), _pause())


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
            rx.el.div(_recipients(), _also(), _sender(), _rule(), _warnings(), class_name="left"),
            rx.el.div(_mail(), _reminders(), class_name="right"),
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


def _recipients() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(_("Recipients"), class_name="label"),
        rx.cond(
            D.view.people.length() > 0,
            rx.el.ul(rx.foreach(D.view.people, _person), class_name="who"),
            rx.el.p(_("This client has no contact yet."), class_name="hint"),
        ),
        error_of("recipients", wrong(D, "recipients")),
        other_contact(D),
        rx.el.p(page_link(_("Add or correct a contact"), to=D.view.client_to, class_name="link fine")),
        class_name="field",
    )


def _person(one: Any) -> rx.Component:
    box = rx.Var.create("to-") + one.id
    can = one.why_not == ""
    return rx.el.li(
        rx.el.input(
            type="checkbox",
            class_name="check",
            id=box,
            # The box is the browser's own: the tick shows at once, the preview follows.
            default_checked=one.is_chosen,
            disabled=~can,
            on_change=lambda checked: D.choose(one.id, checked),
            form=FORM,
        ),
        rx.el.label(_name_and_way(one), html_for=box),
        rx.cond(
            can,
            rx.el.span(one.detail, class_name="fine m"),
            page_link(_("Correct"), to=D.view.client_to, class_name="fine link"),
        ),
        key=one.id,
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


def _rule() -> rx.Component:
    kinds = (("none", _("None")), ("gentle", _("Gentle")), ("urgent", _("Urgent")), ("custom", _("Custom")))
    return rx.el.fieldset(
        rx.el.legend(_("Reminders"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="rule",
                        default_value=kind,
                        default_checked=D.view.kind == kind,
                        on_change=D.remind(kind),
                        form=FORM,
                        class_name="vh",
                    ),
                    word,
                )
                for kind, word in kinds
            ],
            class_name="seg",
        ),
        rx.cond(D.view.kind == "custom", _custom()),
        rx.el.p(D.view.rule_hint, class_name="hint"),
        class_name="field",
    )


def _custom() -> rx.Component:
    return rx.el.div(
        _number("before", _("From so many days before"), D.view.before),
        _number("every", _("Every so many days"), D.view.every),
        class_name="half",
    )


def _number(name: str, label: str, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"rule-{name}"),
        rx.el.input(
            id=f"rule-{name}",
            default_value=value.to_string(),
            max_length=3,
            form=FORM,
            class_name="in",
            on_change=D.count(name).debounce(300),
            custom_attrs={"inputMode": "numeric", "aria-describedby": f"rule-{name}-error"},
        ),
        error_of(f"rule-{name}", wrong(D, name)),
        class_name="field",
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


def _reminders() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(_("Coming reminders")),
            rx.el.span(D.view.hour, class_name="end fine m"),
            class_name="cap",
        ),
        rx.cond(
            D.view.reminders.length() > 0,
            reminder_list(D.view.reminders, D.view.id),
        ),
        rx.cond(D.view.no_reminder != "", rx.el.p(D.view.no_reminder, class_name="hint")),
        rx.cond(D.view.can_go_on, button(_("Let them go on"), small=True, on_click=D.go_on(D.view.id))),
    )


def _when() -> rx.Component:
    """When it goes out: by hand, relative to the work's start, or on a date (5.4)."""
    kinds = (("manual", _("By hand")), ("relative", _("From the start")), ("on", _("On a date")))
    when = D.view.when
    return rx.el.fieldset(
        rx.el.legend(_("Sending"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="send-kind",
                        default_value=kind,
                        default_checked=when.kind == kind,
                        on_change=D.plan("kind", kind),
                        class_name="vh",
                    ),
                    word,
                )
                for kind, word in kinds
            ],
            class_name="seg",
        ),
        rx.cond(when.kind == "relative", rx.el.div(_days(), _side(), _hour(), class_name="half thirds")),
        rx.cond(when.kind == "on", rx.el.div(_date(), _hour(), class_name="half")),
        error_of("send_day", wrong(D, "send_day")),
        rx.el.p(when.hint, class_name=rx.cond(when.is_late, "hint late", "hint"), role="status"),
        class_name="field",
    )


def _days() -> rx.Component:
    return field(
        "send-days",
        _("Days"),
        rx.el.input(
            id="send-days",
            default_value=D.view.when.days,
            max_length=3,
            class_name="in",
            on_change=D.plan("days").debounce(300),
            custom_attrs={"inputMode": "numeric", "aria-describedby": "send_day-error"},
        ),
    )


def _side() -> rx.Component:
    return field(
        "send-side",
        _("Before or after"),
        rx.el.select(
            rx.el.option(_("before the start"), value="before"),
            rx.el.option(_("after the start"), value="after"),
            id="send-side",
            default_value=D.view.when.side,
            class_name="in",
            on_change=D.plan("side"),
        ),
    )


def _date() -> rx.Component:
    return field(
        "send-date",
        _("Day"),
        rx.el.input(
            id="send-date",
            type="date",
            default_value=D.view.when.date,
            class_name="in",
            on_change=D.plan("date"),
            custom_attrs={"aria-describedby": "send_day-error"},
        ),
    )


def _hour() -> rx.Component:
    return field(
        "send-hour",
        _("Hour"),
        rx.el.select(
            rx.foreach(D.view.when.hours, lambda one: rx.el.option(one.word, value=one.value)),
            id="send-hour",
            default_value=D.view.when.hour,
            class_name="in",
            on_change=D.plan("hour"),
        ),
    )


def _settings() -> rx.Component:
    out: list[Child] = [
        note(
            _(
                "This request is out: a new recipient gets the first e-mail at once, "
                "and whoever is taken out loses their link at once."
            ),
            tone="calm",
            drawing="mail",
        )
    ]
    return dialog(
        _("Send settings"),
        rx.el.div(
            rx.cond(D.view.is_out, out[0]),
            rx.cond(D.view.can_plan, _when()),
            _recipients(),
            _rule(),
            _reminders(),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Cancel"), on_click=D.leave),
            button(_("Save"), kind="main", on_click=D.save),
            class_name="dfoot",
        ),
        on_leave=D.leave,
        is_open=D.dialog == SETTINGS,
        sub=rx.el.p(D.view.title, class_name="fine m"),
    )


def _resend() -> rx.Component:
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
        rx.el.label(_name_and_way(one), html_for=box),
        rx.cond(
            one.why_not != "",
            page_link(_("Correct"), to=D.view.client_to, class_name="fine link"),
            rx.cond(one.is_bound, _free(one), rx.el.span()),
        ),
        key=one.id,
    )
    return rx.cond(one.is_recipient, row)


def _name_and_way(one: Any) -> rx.Component:
    """A contact's name, and below it the address, or why nothing can go there."""
    return rx.fragment(
        rx.el.span(one.name),
        rx.cond(
            one.why_not == "",
            rx.el.span(one.email, class_name="fine m"),
            rx.el.span(icon("stop"), " ", one.why_not, class_name="fine late"),
        ),
    )


def _free(one: Any) -> rx.Component:
    """Offer to take the link from its device (6.5)."""
    box = rx.Var.create("free-") + one.id
    return rx.el.span(
        rx.el.input(type="checkbox", class_name="check", id=box, name="freed", default_value=one.id),
        " ",
        rx.el.label(_("free it from its device"), html_for=box, class_name="fine"),
        class_name="free",
    )


def _withdraw() -> rx.Component:
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


def _pause() -> rx.Component:
    return form_dialog(
        named(_("Pause the reminders of “{name}”"), D.view.title),
        pause_field(wrong(D, "until")),
        save=_("Pause reminders"),
        on_submit=D.pause,
        on_leave=D.leave,
        is_open=D.dialog == PAUSE,
        busy=IDLE,
    )
