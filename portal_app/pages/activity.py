"""What happened in the firm, newest first: filters in its address."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.staff_forms import choices
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import (
    bones,
    button,
    empty,
    hidden,
    icon_button,
    menu,
    page_link,
    plain_link,
    waiting,
)
from portal_app.pages._frames import staff_page
from portal_app.state.activity import ActivityState
from portal_app.text import N_, _, pgettext

S: Any = ActivityState
MENU = "activity-more"


@staff_page(routes.ACTIVITY, title=N_("Activity"), on_load=S.load)
def activity() -> rx.Component:
    """Every client's timeline in one, a page at a time."""
    return shell(
        "activity",
        page_head(
            _("Activity"),
            *_exports("btn wide-only"),
            rx.el.span(
                rx.cond(S.view.can_export, icon_button("more", _("More"), opens=MENU)),
                class_name="narrow-only",
            ),
            sub=rx.fragment(_("What clients, colleagues and the portal did, newest first.")),
        ),
        _filters(),
        rx.cond(S.is_loaded, _feed(), rx.el.div(waiting(), bones(8))),
        menu(*_exports(""), name=MENU),
    )


def _exports(class_name: str) -> tuple[rx.Component, rx.Component]:
    """What is shown as a file, and the audit log: beside the title, or on a phone in its menu."""
    log = _("Every entry with its hash, as JSON Lines: who did what, when, from where.")

    def one(word: str, href: Any, **props: Any) -> rx.Component:
        link = plain_link(icon("get"), word, href=href, class_name=class_name, download=True, **props)
        return rx.cond(S.view.can_export, link)

    return one(_("Export as CSV"), S.export_to), one(_("Audit log"), routes.AUDIT_EXPORT, title=log)


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.select(
            *choices(S.view.kinds, rx.el.option(pgettext("activity", "Everything"), value="")),
            value=S.filters.kind,
            on_change=lambda value: S.narrow("kind", value),
            class_name="in",
            aria_label=pgettext("activity", "Kind"),
        ),
        rx.el.select(
            *choices(S.view.staff, rx.el.option(_("By anyone"), value="")),
            value=S.filters.staff,
            on_change=lambda value: S.narrow("staff", value),
            class_name="in",
            aria_label=_("Staff member"),
        ),
        _day("since", pgettext("days", "From")),
        _day("until", pgettext("days", "Until")),
        _about("client", _("Client"), S.view.client_name),
        _about("contact", _("Contact"), S.view.contact_name),
        class_name="filters",
        role="search",
    )


def _about(name: str, word: str, whose: Any) -> rx.Component:
    """Whom the feed is about, where its address says so; a press takes that away."""
    return rx.cond(
        whose != "",
        rx.el.button(
            word,
            rx.el.b(whose),
            icon("x"),
            hidden(_("Take this filter away")),
            type="button",
            class_name="pill set",
            on_click=S.narrow(name, ""),
        ),
    )


def _day(name: Any, word: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(word, class_name="fine m"),
        " ",
        rx.el.input(
            type="date",
            class_name="in",
            value=S.filters[name],
            on_change=lambda value: S.narrow(name, value),
        ),
        class_name="day-filter",
    )


def _feed() -> rx.Component:
    return rx.cond(
        S.view.rows.length() == 0,
        empty(
            _("Nothing found"),
            _("Nothing that happened fits these filters."),
            button(_("Show everything"), on_click=S.clear),
            drawing="search",
        ),
        rx.fragment(
            rx.el.ol(rx.foreach(S.view.rows, _row), class_name="tl feed"),
            rx.el.div(
                rx.el.div(
                    rx.cond(S.filters.after != "", button(_("First page"), on_click=S.narrow("after", ""))),
                    rx.cond(
                        S.view.next_after != "",
                        button(
                            _("Next page"), drawing="right", on_click=S.narrow("after", S.view.next_after)
                        ),
                    ),
                    class_name="acts",
                ),
                class_name="pager",
            ),
        ),
    )


def _row(entry: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(entry.day != "", rx.el.li(entry.day, class_name="day")),
        rx.el.li(
            icon(entry.drawing),
            rx.el.span(
                rx.cond(entry.who != "", rx.fragment(rx.el.b(entry.who), " ")),
                entry.what,
                rx.cond(
                    entry.client != "",
                    rx.fragment(" · ", page_link(entry.client, to=entry.href, class_name="link")),
                ),
                rx.el.time(entry.when),
            ),
        ),
    )
