"""The management page's clients: figures, filters, table, and the bar of a selection (2.5, 2.7)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.list_parts import narrowers, pager, search_form
from portal_app.components.staff_forms import check, choices
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import (
    bone_rows,
    button,
    empty,
    face,
    hidden,
    icon_button,
    muted,
    named,
    status,
    waiting,
)
from portal_app.state.access import AccessState
from portal_app.state.bulk import BulkState
from portal_app.state.portal import PortalState
from portal_app.text import _

S: Any = PortalState
A: Any = AccessState
B: Any = BulkState


def clients_list() -> rx.Component:
    """One page of clients, with what narrows them."""
    return rx.el.div(
        _filters(),
        rx.cond(S.is_loaded, rx.fragment(), waiting()),
        rx.cond(S.is_loaded & (S.view.rows.length() == 0), _nothing(), _table()),
        pager(S),
        _bar(),
        class_name="view",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_form(S, _("Name, e-mail or number"), _("Search clients of the portal")),
        narrowers(
            pick(
                "status",
                _("Status"),
                ("", _("Any status")),
                ("activated", _("Activated")),
                ("pending", _("Pending activation")),
                ("none", _("Not activated")),
            ),
            pick(
                "portal",
                _("Portal"),
                ("", _("Portal on or off")),
                ("on", _("Portal on")),
                ("off", _("Portal off")),
            ),
            pick(
                "level",
                _("Level"),
                ("", _("Any level")),
                ("limited", _("With limited access")),
                ("full", _("With full access")),
            ),
            _seen(),
            rx.el.select(
                *choices(
                    S.view.staff_choices,
                    rx.el.option(_("Every assigned member"), value=""),
                    rx.el.option(_("Assigned to me"), value="me"),
                ),
                value=S.filters.assigned,
                on_change=lambda value: S.narrow("assigned", value),
                class_name="in",
                aria_label=_("Assigned"),
            ),
        ),
        matching(S.view.matching),
        class_name="filters",
        role="search",
    )


def matching(words: Any) -> rx.Component:
    """How many match, where anything narrows the list."""
    return rx.el.span(
        rx.cond(S.view.is_narrowed, words, ""), class_name="fine m", custom_attrs={"aria-live": "polite"}
    )


def pick(name: str, label: str, *options: tuple[str, Text]) -> rx.Component:
    """A filter with few values."""
    return rx.el.select(
        *[rx.el.option(word, value=value) for value, word in options],
        value=getattr(S.filters, name),
        on_change=lambda value: S.narrow(name, value),
        class_name="in",
        aria_label=label,
    )


def _seen() -> rx.Component:
    """Never signed in, or for the last time before a day."""
    seen = S.filters.seen
    is_day = (seen != "") & (seen != "never")
    return rx.fragment(
        rx.el.select(
            rx.el.option(_("Any last sign-in"), value=""),
            rx.el.option(_("Never signed in"), value="never"),
            rx.el.option(_("Last sign-in before…"), value="before"),
            value=rx.cond(is_day, "before", seen),
            on_change=lambda value: S.narrow("seen", value),
            class_name="in",
            aria_label=_("Last sign-in"),
        ),
        rx.cond(
            is_day,
            rx.el.input(
                type="date",
                class_name="in",
                default_value=rx.cond(seen == "before", "", seen),
                key=seen,
                aria_label=_("Last sign-in before"),
                on_change=lambda value: S.narrow("seen", value),
            ),
        ),
    )


def _table() -> rx.Component:
    return rx.el.table(
        rx.el.caption(_("Clients and where they stand with the portal"), class_name="vh"),
        rx.el.thead(_heads()),
        rx.el.tbody(rx.cond(S.is_loaded, rx.foreach(S.view.rows, _row), bone_rows(8))),
        class_name="grid cards rows portal",
    )


def sort_head(word: str, by: str, up: str, down: str, order: Any) -> rx.Component:
    """A column that puts the list in order; `up` and `down` are what its order is called."""
    is_up, is_down = order == up, order == down
    return rx.el.th(
        rx.el.button(
            word,
            rx.cond(is_up, icon("up"), rx.cond(is_down, icon("down"))),
            type="button",
            class_name="sort",
            on_click=S.turn(by),
        ),
        scope="col",
        custom_attrs={
            "aria-sort": rx.cond(is_up, "ascending", rx.cond(is_down, "descending", rx.Var("undefined")))
        },
    )


def page_check() -> rx.Component:
    """Takes in the whole page."""
    return rx.cond(
        S.view.can_bulk,
        rx.el.th(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    class_name="check",
                    aria_label=_("Select this page"),
                    checked=S.is_page_picked,
                    on_change=S.pick_page,
                ),
                class_name="hit",
            )
        ),
    )


def row_check(row_id: Any, name: Any) -> rx.Component:
    """Takes in one row; X does it."""
    return rx.cond(
        S.view.can_bulk,
        rx.el.td(
            check(
                named(_("Select: {name}"), name),
                row=True,
                checked=S.shown_picked.contains(row_id),
                on_change=S.pick(row_id),
            )
        ),
    )


def _heads() -> rx.Component:
    others = (_("Status"), _("Portal"), _("Invited"), _("Invitations"))
    order = S.filters.order
    return rx.el.tr(
        page_check(),
        sort_head(_("Client"), "name", "", "down", order),
        *[rx.el.th(word, scope="col") for word in others],
        sort_head(_("Last sign-in"), "seen", "seen", "seen_down", order),
        rx.el.th(_("Assigned"), scope="col", class_name="spare"),
    )


def _row(row: Any) -> rx.Component:
    told = rx.el.span(rx.cond(row.sign != "", icon(row.sign)), " ", row.invitations, class_name=row.sign_tone)
    return rx.el.tr(
        row_check(row.id, row.name),
        rx.el.th(
            rx.el.button(
                row.name,
                type="button",
                class_name="open",
                title=row.name,
                on_click=A.ask(row.id),
                custom_attrs={"data-main": "true", "aria-haspopup": "dialog"},
            ),
            rx.cond(row.number != "", rx.el.span(row.number, class_name="fine m number")),
            scope="row",
            class_name="name",
        ),
        rx.el.td(status(row.drawing, row.status, row.tone), class_name="stc"),
        rx.el.td(row.portal, class_name="off nw"),
        rx.el.td(row.invited, class_name="off nw"),
        rx.el.td(
            rx.cond(row.invitations != "", told, muted(_("no invitation yet"), small=False)),
            class_name="span",
        ),
        rx.el.td(row.last_seen, class_name=rx.cond(row.has_seen, "off", "off m")),
        rx.el.td(rx.cond(row.initials != "", face(row.initials)), " ", row.staff, class_name="off spare"),
        key=row.id,
        custom_attrs={"data-row": "true"},
    )


def _nothing() -> rx.Component:
    return rx.cond(
        S.view.has_any,
        empty(
            _("Nothing found"),
            _("No client fits these filters. Words are looked for from their beginning."),
            button(_("Show all clients"), on_click=S.widen),
            drawing="search",
        ),
        empty(
            _("No clients yet"),
            _("Add clients and their contacts first; then open the portal to them here, many at once."),
            drawing="portal",
        ),
    )


def _bar() -> rx.Component:
    return selection_bar(
        button(
            _("Change access…"),
            rx.el.kbd("A", class_name="wide-only"),
            kind="main",
            key="a",
            on_click=B.choose,
            custom_attrs={"data-bulk": "true"},
        )
    )


def selection_bar(*acts: rx.Component) -> rx.Component:
    """How many are selected, and what can be done with them."""
    return rx.cond(
        S.picked_text != "",
        rx.el.div(
            _said(),
            *acts,
            icon_button("x", _("Clear selection"), kind="bare", on_click=S.unpick),
            class_name="bulk",
            role="region",
            aria_label=_("Selection"),
        ),
    )


def _said() -> rx.Component:
    """How many are selected, and the way to all that match."""
    every = rx.el.button(
        named(
            _("Select all that match: {name}"),
            rx.cond(S.filters.tab != "", S.pending.matching, S.view.matching),
        ),
        type="button",
        class_name="link",
        on_click=S.pick_all,
    )
    return rx.el.span(
        rx.el.b(S.picked_text),
        rx.cond(S.picked_more != "", rx.el.span(" · ", S.picked_more, class_name="m")),
        hidden(". "),
        rx.cond(S.can_pick_all, rx.fragment(" ", every)),
        class_name="say",
        role="status",
    )
