"""A list's parts for a state that is a `ListState`: its search and its pages; and the client chosen by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.components.staff_forms import error_of, field, wrong
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button
from portal_app.text import _


class SearchBox(rx.Component):
    """Words to look for, among what narrows a list."""

    library = own_script("search_box.jsx")
    tag = "SearchBox"

    value: rx.Var[str]


def search_form(state: Any, placeholder: str, label: str) -> rx.Component:
    """Words to look for; / leads here."""
    return rx.el.form(
        icon("search"),
        SearchBox.create(
            value=state.filters.search,
            class_name="in",
            custom_attrs={"placeholder": placeholder, "aria-label": label, "maxLength": 100, "data-key": "/"},
        ),
        on_submit=state.search,
        class_name="grow",
    )


def narrowers(*controls: rx.Component) -> rx.Component:
    """What narrows a list beside its search: on a phone one line that is drawn sideways, each control whole."""
    return rx.el.div(*controls, class_name="narrowers")


def pager(state: Any) -> rx.Component:
    """To the first page, and to the next."""
    is_later = state.filters.after != ""
    return rx.cond(
        (state.view.next_after != "") | is_later,
        rx.el.div(
            rx.el.div(
                rx.cond(is_later, button(_("First page"), on_click=state.narrow("after", ""))),
                rx.cond(
                    state.view.next_after != "",
                    button(_("Next page"), drawing="right", on_click=state.onward),
                ),
                class_name="acts",
            ),
            class_name="pager",
        ),
    )


def page_turner(state: Any) -> rx.Component:
    """To the page before and the page after, for a state that is a `PagedState`; nothing where one page is all."""
    back, on = state.page == 1, state.found.next_after == ""
    return rx.cond(
        state.is_loaded & ~(back & on),
        rx.el.div(
            rx.el.span(_("Page"), " ", state.page, " · ", state.found.count),
            rx.el.div(
                button(
                    _("Previous"), drawing="left", small=True, disabled=back, on_click=state.previous_page
                ),
                button(_("Next"), drawing="right", small=True, disabled=on, on_click=state.next_page),
                class_name="acts",
            ),
            class_name="pager",
        ),
    )


def client_search(state: Any, row: Callable[[Any], rx.Component]) -> rx.Component:
    """Type part of a client's name, then choose among `state.found`; `row` draws one of them."""
    return rx.fragment(
        field(
            "words",
            _("Client"),
            rx.el.input(
                id="words",
                name="words",
                type="search",
                class_name="in",
                auto_complete="off",
                max_length=100,
                on_change=state.find.debounce(250),
                custom_attrs={"data-first": "true"},
            ),
            hint=_("Type part of the name, then choose."),
        ),
        rx.el.fieldset(
            rx.el.legend(_("Choose the client"), class_name="vh"),
            rx.el.ul(rx.foreach(state.found, row), class_name="who"),
            error_of("client_id", wrong(state, "client_id")),
            class_name="field",
        ),
    )
