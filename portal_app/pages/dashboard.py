"""The firm's figures, and the rows behind each of them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.dashboard_parts import (
    coming_ledger,
    coming_percentages,
    figure_table,
    ledger,
    percentages,
)
from portal_app.components.staff_forms import choices
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import button, empty, page_link, waiting
from portal_app.pages._frames import staff_page
from portal_app.state.dashboard import DashboardState, FigureState
from portal_app.text import N_, _, pgettext

S: Any = DashboardState
F: Any = FigureState


@staff_page(routes.DASHBOARD, title=N_("Dashboard"), on_load=S.load)
def dashboard() -> rx.Component:
    """Two percentages over time, and figures that open their rows."""
    return shell(
        "dashboard",
        page_head(_("Dashboard"), _whose(), sub=rx.cond(S.is_loaded, S.view.when, " ")),
        rx.cond(S.is_loaded, percentages(S.view), rx.fragment(waiting(), coming_percentages())),
        rx.el.div(
            rx.el.section(
                rx.el.h2(_("Requests"), id="figures"),
                rx.cond(S.is_loaded, ledger(S.view.lines), coming_ledger()),
                aria_labelledby="figures",
            ),
            class_name="body",
        ),
    )


def _whose() -> rx.Component:
    def one(who: str, word: str, is_chosen: Any) -> rx.Component:
        radio = rx.el.input(
            type="radio", class_name="vh", name="whose", checked=is_chosen, on_change=S.show(who)
        )
        return rx.el.label(radio, word)

    return rx.el.span(
        one("", _("The firm"), S.who != "mine"),
        one("mine", pgettext("clients", "Mine"), S.who == "mine"),
        class_name="seg",
        role="radiogroup",
        aria_label=_("Whose clients"),
    )


@staff_page(routes.FIGURES, title=N_("Rows of a figure"), on_load=F.load)
def figure_rows() -> rx.Component:
    """The rows that a figure counts: exactly those."""
    return shell(
        "dashboard",
        page_head(
            rx.cond(F.is_loaded, F.view.title, " "),
            crumbs=((_("Dashboard"), routes.DASHBOARD),),
            sub=rx.cond(F.is_loaded, F.view.count, " "),
        ),
        _filters(),
        rx.cond(
            F.is_loaded & (F.view.rows.length() == 0),
            empty(
                _("Nothing here"),
                _("No row stands behind this figure at the moment."),
                page_link(_("Back to the dashboard"), to=routes.DASHBOARD, class_name="btn"),
                drawing="dash",
            ),
            rx.fragment(rx.cond(F.is_loaded, rx.fragment(), waiting()), figure_table(F.view, F.is_loaded)),
        ),
        _pager(),
        keys=((("J", "K"), _("next, previous")), (("↵",), _("open"))),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.select(
            *choices(F.view.kinds),
            value=F.view.of,
            on_change=lambda value: F.narrow("of", value),
            class_name="in",
            aria_label=_("Figure"),
        ),
        rx.el.select(
            rx.el.option(_("Clients of the firm"), value=""),
            rx.el.option(_("My clients"), value="mine"),
            value=F.wanted.who,
            on_change=lambda value: F.narrow("who", value),
            class_name="in",
            aria_label=_("Whose clients"),
        ),
        class_name="filters",
        role="search",
    )


def _pager() -> rx.Component:
    def turn(word: str, drawing: str, page: Any) -> rx.Component:
        return rx.cond(page != "", button(word, drawing=drawing, on_click=F.narrow("page", page)))

    return rx.cond(
        (F.view.next_page != "") | (F.view.previous_page != ""),
        rx.el.div(
            rx.el.div(
                turn(_("Previous"), "left", F.view.previous_page),
                turn(_("Next"), "right", F.view.next_page),
                class_name="acts",
            ),
            class_name="pager",
        ),
    )
