"""The clients' list: search, table, pages, and what stands there when nothing does."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.list_parts import page_turner
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    empty,
    face,
    hidden,
    muted,
    notches,
    page_link,
    status,
)
from portal_app.state.clients import ClientsState
from portal_app.text import _, pgettext

S: Any = ClientsState


def client_list() -> rx.Component:
    """One page of clients, with the field that narrows them."""
    return rx.cond(
        S.is_loaded & ~S.found.has_any, _no_clients(), rx.fragment(_search(), _found(), page_turner(S))
    )


def _no_clients() -> rx.Component:
    return empty(
        _("No clients yet"),
        _("Add the first client, then a contact with an e-mail address: requests go to contacts."),
        button(_("Add a client"), drawing="plus", on_click=S.begin),
    )


def _search() -> rx.Component:
    field = rx.el.input(
        type="search",
        class_name="in",
        default_value=S.search,
        placeholder=_("Name, number, contact"),
        aria_label=_("Search clients"),
        max_length=100,
        on_change=S.find.debounce(250),
        custom_attrs={"data-key": "/"},
    )
    return rx.el.div(
        rx.el.div(icon("search"), field, class_name="grow"),
        _figure(),
        rx.el.span(
            rx.cond((S.search != "") | (S.portal != ""), S.found.count, ""),
            class_name="fine m",
            custom_attrs={"aria-live": "polite"},
        ),
        class_name="filters lone",
        role="search",
    )


def _figure() -> rx.Component:
    """One of the dashboard's figures, where the list shows the very clients that it counts (8.9)."""
    return rx.cond(
        S.portal != "",
        rx.el.button(
            rx.el.b(
                rx.cond(S.portal == "on", pgettext("figure", "Portal on"), pgettext("figure", "Activated"))
            ),
            icon("x"),
            hidden(_("Take this filter away")),
            type="button",
            class_name="pill set",
            on_click=S.widen,
        ),
    )


def _found() -> rx.Component:
    table = rx.el.table(
        rx.el.caption(_("Clients"), class_name="vh"),
        rx.el.thead(_heads()),
        rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.found.rows, _row), bone_rows(5))),
        class_name="grid cards rows",
    )
    return rx.cond(S.is_loaded & (S.found.rows.length() == 0), _nothing_found(), table)


def _heads() -> rx.Component:
    arrow = icon("down", rx.cond(S.order == "", "i", "i over"))
    name = rx.el.th(
        rx.el.button(_("Client"), arrow, type="button", class_name="sort", on_click=S.turn),
        scope="col",
        custom_attrs={"aria-sort": rx.cond(S.order == "", "ascending", "descending")},
    )
    others = (_("Contacts"), _("Portal"), _("Waiting on client"), _("Assigned"))
    return rx.el.tr(name, *[rx.el.th(word, scope="col") for word in others])


def _row(row: Any) -> rx.Component:
    waiting = rx.fragment(notches(row.marks), " ", row.waiting, hidden(" ", _("tasks done")))
    return rx.el.tr(
        rx.el.th(
            page_link(row.name, to=row.href, title=row.name, custom_attrs={"data-main": "true"}),
            rx.cond(row.number != "", rx.el.span(row.number, class_name="fine m number")),
            scope="row",
            class_name="name",
        ),
        rx.el.td(
            rx.cond(row.contacts != "", row.contacts, muted(_("No contact yet"), small=False)),
            class_name="span",
        ),
        rx.el.td(status(row.drawing, row.portal, row.tone), class_name="stc"),
        rx.el.td(rx.cond(row.waiting != "", waiting, muted("–", small=False)), class_name="end"),
        rx.el.td(rx.cond(row.initials != "", face(row.initials)), " ", row.staff, class_name="off"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _nothing_found() -> rx.Component:
    words = empty(
        _("Nothing found"),
        _("No client, number or contact here has these words. Check the spelling, or look under All."),
    )
    mine = empty(
        _("No client is assigned to you"),
        _("You look after the clients that you add, and those that are assigned to you on their pages."),
        button(_("Show all clients"), on_click=S.show("")),
    )
    archived = empty(
        _("Nothing is archived"),
        _("A client that you archive stands here with files and history, and can be restored."),
    )
    none = empty(
        _("Every client is archived"),
        _("Restore one under Archived, or add another client."),
        button(_("Show archived clients"), on_click=S.show("archived")),
    )
    nobody = empty(
        _("Nothing found"),
        _("No client stands behind this figure at the moment."),
        button(_("Show all clients"), on_click=S.widen),
    )
    others = rx.cond(S.portal != "", nobody, rx.match(S.view, ("mine", mine), ("archived", archived), none))
    return rx.cond(S.search != "", words, others)
