"""The portal presented to clients by e-mail: whom it is for, who gets it and who not, and how far it is."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.list_parts import narrowers
from portal_app.components.staff_forms import check, choices, dialog
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    button_link,
    empty,
    missing_page,
    note,
    status,
    waiting,
)
from portal_app.pages._frames import staff_page
from portal_app.state.introductions import SEND, IntroductionState
from portal_app.text import N_, _

S: Any = IntroductionState


@staff_page(routes.SETTINGS_INTRODUCTION, title=N_("Introduce the portal to clients"), on_load=S.load)
def settings_introduction() -> rx.Component:
    """The dry run is the page: nothing leaves before *Send*, and what was sent shows above it."""
    return shell("settings", rx.cond(S.is_missing, _missing(), _page()))


def _missing() -> rx.Component:
    return missing_page(
        _("There is no such page"),
        _("The address may be mistyped, or the page is for admins and owners."),
        button_link(_("Go to triage"), routes.TRIAGE),
    )


def _page() -> rx.Component:
    return rx.fragment(
        page_head(
            _("Introduce the portal to clients"),
            button_link(_("Change the text"), f"{routes.SETTINGS_EMAIL}?event=introduction", drawing="pen"),
            button(
                _("Send"),
                drawing="send",
                kind="main",
                on_click=S.ask,
                disabled=S.view.is_under_way | (S.found.gets == 0),
            ),
            sub=rx.fragment(
                _("One e-mail to each person, in their language, with the link to your help page.")
            ),
            crumbs=((_("Settings"), routes.SETTINGS),),
            ruled=True,
        ),
        rx.cond(S.view.trouble != "", note(S.view.trouble, tone="late")),
        rx.cond(S.view.id != "", _progress()),
        _filters(),
        rx.cond(S.is_loaded, rx.fragment(), waiting()),
        _people(),
        _asks(),
    )


def _progress() -> rx.Component:
    return rx.el.section(
        rx.el.span(rx.el.b(S.view.title), " ", rx.el.span(S.view.detail, class_name="m")),
        rx.cond(
            S.view.is_under_way,
            rx.el.span(button(_("Stop"), small=True, on_click=S.stop(S.view.id)), class_name="acts"),
        ),
        rx.cond(
            S.view.is_under_way,
            rx.el.progress(
                value=S.view.done.to_string(), max=S.view.total.to_string(), aria_label=S.view.title
            ),
        ),
        class_name="job",
        aria_label=_("Last introduction"),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.span(
            icon("search"),
            rx.el.input(
                type="search",
                class_name="in",
                placeholder=_("Client’s name"),
                aria_label=_("Clients whose name holds"),
                max_length=100,
                on_change=S.find.debounce(300),
            ),
            class_name="grow",
        ),
        narrowers(
            rx.el.select(
                rx.el.option(_("Whoever got no introduction yet"), value="never"),
                rx.el.option(_("Everybody"), value="all"),
                rx.el.option(_("Clients whose portal is on"), value="portal_on"),
                value=S.audience.who,
                on_change=S.narrow,
                class_name="in",
                aria_label=_("For whom"),
            ),
            rx.el.select(
                *choices(S.view.staff, rx.el.option(_("Every assigned member"), value="")),
                value=S.audience.assigned,
                on_change=S.assign,
                class_name="in",
                aria_label=_("Assigned"),
            ),
        ),
        class_name="filters",
        role="search",
    )


def _people() -> rx.Component:
    heads = (_("Gets it"), _("Name"), _("E-mail"), _("Clients"), _("Language"))
    return rx.fragment(
        rx.el.p(S.found.said, class_name="count-line", role="status"),
        rx.cond(
            S.is_loaded & (S.found.rows.length() == 0),
            empty(
                _("Nobody to write to"),
                _("No contact fits these filters. Whoever has got the introduction is under “Everybody”."),
                drawing="user",
            ),
            rx.el.table(
                rx.el.caption(_("Who gets it, and who not"), class_name="vh"),
                rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in heads])),
                rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.found.rows, _person), bone_rows(5))),
                class_name="grid cards rows",
            ),
        ),
    )


def _person(row: Any) -> rx.Component:
    box = check(
        row.name,
        row=True,
        checked=~S.left_out.contains(row.id),
        on_change=lambda is_in: S.tick(row.id, is_in),
    )
    return rx.el.tr(
        rx.el.td(rx.cond(row.why_not == "", box, status("stop", row.why_not, "wait"))),
        rx.el.th(row.name, scope="row", class_name="name"),
        rx.el.td(row.email),
        rx.el.td(row.clients, class_name="span"),
        rx.el.td(row.language, class_name="off"),
        key=row.id,
    )


def _asks() -> rx.Component:
    return dialog(
        _("Send the introduction?"),
        rx.el.p(
            S.found.asks,
            " ",
            _("E-mails leave evenly, and can be stopped while they wait."),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Cancel"), on_click=S.leave),
            button(_("Send"), kind="main", on_click=S.send),
            class_name="dfoot",
        ),
        on_leave=S.leave,
        is_open=S.dialog == SEND,
    )
