"""The list of contacts: search, filters, table, pages, and what stands there when nothing does."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.list_parts import narrowers, page_turner
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    button_link,
    empty,
    muted,
    page_link,
    status,
)
from portal_app.state.contacts import ContactsState
from portal_app.text import _, pgettext

S: Any = ContactsState


def contact_list() -> rx.Component:
    """One page of contacts, with what narrows them."""
    return rx.cond(
        S.is_loaded & ~S.found.has_any, _nobody(), rx.fragment(_filters(), _found(), page_turner(S))
    )


def _nobody() -> rx.Component:
    return empty(
        _("No contacts yet"),
        _("Contacts are added on a client’s page, or come with a file of clients."),
        button_link(_("All clients"), routes.CLIENTS),
        drawing="user",
    )


def _filters() -> rx.Component:
    search = rx.el.input(
        type="search",
        class_name="in",
        default_value=S.search,
        placeholder=_("Name, address, client"),
        aria_label=_("Search contacts"),
        max_length=100,
        on_change=S.find.debounce(250),
        custom_attrs={"data-key": "/"},
    )
    kinds = (
        ("", pgettext("contacts", "Any access or address")),
        ("can", pgettext("contacts", "Can sign in")),
        ("invited", pgettext("contacts", "Invited, not in yet")),
        ("undeliverable", pgettext("contacts", "Invitation undeliverable")),
        ("none", pgettext("contacts", "No portal access")),
        ("no_address", pgettext("contacts", "No e-mail address")),
        ("came_back", pgettext("contacts", "E-mail came back")),
    )
    orders = (
        ("", pgettext("contacts", "By name, A to Z")),
        ("down", pgettext("contacts", "By name, Z to A")),
        ("new", pgettext("contacts", "Newest first")),
    )
    return rx.el.div(
        rx.el.div(icon("search"), search, class_name="grow"),
        narrowers(
            _select(pgettext("contacts", "Show only"), S.narrowed, S.narrow, kinds),
            _select(pgettext("contacts", "Order"), S.order, S.sort, orders),
        ),
        rx.el.span(
            rx.cond((S.search != "") | (S.narrowed != ""), S.found.count, ""),
            class_name="fine m",
            custom_attrs={"aria-live": "polite"},
        ),
        class_name="filters",
        role="search",
    )


def _select(label: str, value: Any, on_change: Any, kinds: tuple[tuple[str, str], ...]) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(word, value=key) for key, word in kinds],
        value=value,
        on_change=on_change,
        class_name="in",
        aria_label=label,
    )


def _found() -> rx.Component:
    words = (_("Contact"), _("Clients"), _("Portal access"), pgettext("contact", "Last sign-in"))
    table = rx.el.table(
        rx.el.caption(_("Contacts"), class_name="vh"),
        rx.el.thead(rx.el.tr(*[rx.el.th(word, scope="col") for word in words])),
        rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.found.rows, _row), bone_rows(4))),
        class_name="grid cards rows",
    )
    return rx.cond(S.is_loaded & (S.found.rows.length() == 0), _nothing_found(), table)


def _row(row: Any) -> rx.Component:
    came_back = rx.el.span(icon("stop"), " ", row.bounced, class_name="fine late")
    return rx.el.tr(
        rx.el.th(
            page_link(row.name, to=row.href, title=row.name, custom_attrs={"data-main": "true"}),
            rx.el.br(),
            rx.cond(
                row.email != "",
                rx.el.span(row.email, class_name="fine m"),
                muted(_("no e-mail address")),
            ),
            rx.cond(row.bounced != "", rx.fragment(" ", came_back)),
            scope="row",
            class_name="name",
        ),
        rx.el.td(
            rx.cond(row.clients != "", row.clients, muted(_("No client"), small=False)), class_name="span"
        ),
        rx.el.td(status(row.drawing, row.portal, row.tone), class_name="stc"),
        rx.el.td(rx.cond(row.last_seen != "", row.last_seen, muted("–", small=False)), class_name="off"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _nothing_found() -> rx.Component:
    words = empty(
        _("Nothing found"),
        _("No contact here has these words or stands so. Check the spelling, or take the filter away."),
    )
    archived = empty(
        _("Nobody is archived"),
        _("A contact that you archive stands here, and can be restored."),
    )
    none = empty(
        _("Every contact is archived"),
        _("Restore one under Archived, or add another on a client’s page."),
        button(_("Show archived contacts"), on_click=S.show("archived")),
    )
    plain = rx.cond(S.view == "archived", archived, none)
    return rx.cond((S.search != "") | (S.narrowed != ""), words, plain)
