"""The dialog of one client's portal, the same from the management page and from the client's page (2.3, 2.8)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import check, dialog, error_of, field, question, text_area, wrong
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, named, note, page_link, status
from portal_app.state.access import ACCESS, AccessState
from portal_app.text import _

A: Any = AccessState
FIRST = {"data-first": "true"}


def access_dialog() -> rx.Component:
    """The switch, then who has access and what comes next for each."""
    return dialog(
        named(_("Portal of {name}"), A.view.name),
        rx.el.div(_switch(), _people(), _message(), class_name="fields"),
        rx.el.div(
            page_link(_("Go to the client"), to=A.view.href, class_name="btn to-client"),
            button(_("Done"), kind="main", on_click=A.leave),
            class_name="dfoot",
        ),
        on_leave=A.leave,
        is_open=A.dialog == ACCESS,
        wide=True,
    )


def _switch() -> rx.Component:
    on = rx.el.div(
        status("done", _("The portal is on for this client"), "ok"),
        button(_("Switch off…"), small=True, on_click=A.ask_off(True)),
        class_name="switch-line",
    )
    asking = question(
        A.view.off_text,
        button(_("Leave it on"), small=True, on_click=A.ask_off(False), custom_attrs=FIRST),
        button(_("Switch off"), kind="stop", small=True, on_click=A.switch(False)),
    )
    off = rx.el.div(
        rx.el.div(
            status("ring", _("The portal is off for this client"), "none"),
            rx.el.p(
                _(
                    "Switched on, later requests lead to the portal by magic link, even with nobody invited. "
                    "Those sent by PIN stay so until they are resent."
                ),
                class_name="hint",
            ),
        ),
        button(_("Switch on"), kind="main", disabled=A.view.blocked != "", on_click=A.switch(True)),
        class_name="switch-line",
    )
    return rx.el.section(
        rx.cond(A.view.is_on, rx.fragment(on, rx.cond(A.is_asking_off, asking)), off),
        rx.cond(A.view.blocked != "", note(A.view.blocked)),
        aria_label=_("Portal"),
    )


def _people() -> rx.Component:
    heads = (
        _("Access"),
        _("Contact"),
        _("Level"),
        _("E-mail notifications"),
        _("Invitation"),
        _("Last sign-in"),
    )
    table = rx.el.table(
        rx.el.caption(_("Contacts and their access to this client"), class_name="vh"),
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(word, scope="col") for word in heads],
                rx.el.th(rx.el.span(_("Actions"), class_name="vh"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(A.view.people, _person)),
        class_name="plain cards access-list",
    )
    none = rx.el.p(_("This client has no contact yet. Add one on the client’s page."), class_name="m")
    return rx.el.section(
        rx.el.h3(_("Who has access")),
        rx.cond(A.view.people.length() > 0, table, none),
        rx.el.p(
            _(
                "Limited: the requests sent to this person. "
                "Full: every request sent for this client, whoever it went to, with the right to answer."
            ),
            class_name="hint",
        ),
        aria_label=_("Who has access"),
    )


def _person(row: Any) -> rx.Component:
    return rx.fragment(_line(row), rx.cond(A.asked_id == row.id, _asked(row)), key=row.id)


def _asked(row: Any) -> rx.Component:
    """What cancelling ends, before it does."""
    return rx.el.tr(
        rx.el.td(
            question(
                named(
                    _(
                        "{name} will not sign in to this client, and every link of the invitation ends for good. "
                        "Access can be given again."
                    ),
                    row.name,
                ),
                button(_("Keep the access"), small=True, on_click=A.ask_cancel(""), custom_attrs=FIRST),
                button(_("Cancel the access"), kind="stop", small=True, on_click=A.cancel(row.id)),
            ),
            col_span=7,
            class_name="span",
        ),
        class_name="asked",
    )


def _line(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(_tick(row)),
        rx.el.th(
            row.name,
            rx.el.span(
                rx.cond(row.email != "", row.email, _("no e-mail address")), class_name="fine m under"
            ),
            rx.cond(
                (row.trouble != "") & (row.email != ""),
                rx.el.span(icon("warn"), " ", row.trouble, class_name="fine late under"),
            ),
            scope="row",
            class_name="name",
        ),
        rx.el.td(_level(row), class_name="span"),
        rx.el.td(
            rx.cond(
                row.has_access,
                check(
                    _("E-mails"),
                    checked=row.has_notices,
                    aria_label=named(_("E-mail notifications of {name}"), row.name),
                    on_change=A.notify(row.id, ~row.has_notices),
                ),
            ),
            class_name="span",
        ),
        rx.el.td(
            status(row.drawing, row.status, row.tone),
            rx.cond(row.more != "", rx.el.span(row.more, class_name="fine m under")),
            class_name="stc",
        ),
        rx.el.td(row.last_seen, class_name="off m"),
        rx.el.td(_acts(row), class_name="end does"),
    )


def _tick(row: Any) -> rx.Component:
    """Ticked: the person has access. Ticking gives it and sends nothing; to take it back there is *Cancel*."""
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            class_name="check",
            checked=row.has_access,
            disabled=~row.can_give,
            aria_label=named(_("Access for {name}"), row.name),
            on_change=A.give(row.id),
        ),
        class_name="hit",
    )


def _level(row: Any) -> rx.Component:
    return rx.cond(
        row.has_access,
        rx.el.select(
            rx.el.option(_("Limited"), value="limited"),
            rx.el.option(_("Full"), value="full"),
            value=row.level,
            on_change=lambda value: A.level(row.id, value),
            class_name="in",
            aria_label=named(_("Level of {name}"), row.name),
        ),
        rx.el.span("–", class_name="m"),
    )


def _acts(row: Any) -> rx.Component:
    def act(word: str, name: str, on_click: Any, **more: Any) -> rx.Component:
        return rx.el.button(
            word,
            type="button",
            class_name="link",
            aria_label=named(name, row.name),
            on_click=on_click,
            **more,
        )

    cancel = act(
        _("Cancel…"),
        _("Cancel the access of {name}"),
        A.ask_cancel(row.id),
        aria_expanded=A.asked_id == row.id,
    )

    return rx.el.span(
        rx.cond(row.can_invite, act(_("Invite"), _("Invite {name}"), A.invite(row.id))),
        rx.cond(row.can_resend, act(_("Resend"), _("Resend the invitation to {name}"), A.resend(row.id))),
        rx.cond(row.can_cancel, cancel),
        class_name="acts",
    )


def _message() -> rx.Component:
    error = wrong(A, "message")
    area = text_area(
        "message", error=error, rows=2, max_length=2000, default_value=A.message, on_blur=A.write
    )
    return rx.cond(
        A.view.is_on & (A.view.people.length() > 0),
        field(
            "message",
            _("Message in the next invitation"),
            area,
            hint=_("Stands in the e-mail. The invitation is valid for three days."),
            error=error,
            optional=True,
        ),
        error_of("message", error),
    )
