"""The signed-in contact's home: what to do next, and every request (9.1, 9.3)."""

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.client_parts import accent, firm_contact, foot, masthead, sprite
from portal_app.pages._frames import client_page
from portal_app.state.home import HomeState as S
from portal_app.text import N_, _

PAGE: Any = S.page


@client_page(routes.HOME, title=N_("Home"), on_load=S.load)
def home() -> rx.Component:
    """What to do next."""
    return rx.fragment(
        sprite(),
        accent(PAGE.accent_css),
        masthead(PAGE.firm_name, routes.HOME, _way_out()),
        rx.cond(PAGE.contact_id != "", _greeted(), rx.el.main(class_name="page", aria_busy="true")),
        foot(PAGE),
    )


def _way_out() -> rx.Component:
    return rx.el.form(
        rx.el.button(_("Sign out"), class_name="link", type="submit"),
        method="post",
        action=PAGE.sign_out_url,
    )


def _greeted() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(rx.el.h1(PAGE.greeting), rx.el.p(PAGE.waits, class_name="lead"), class_name="wrap"),
            class_name="hero",
        ),
        rx.el.main(
            rx.el.div(
                _section(
                    _("To do"), PAGE.open, _first(), _("When the firm asks for something, it shows here.")
                ),
                rx.cond(PAGE.past.length() > 0, _section(_("Completed"), PAGE.past, rx.fragment(), "")),
                class_name="stack",
            ),
            rx.el.div(firm_contact(PAGE), class_name="side"),
            class_name="page two",
        ),
    )


def _first() -> rx.Component:
    """The request due soonest, with the page's filled button."""
    first = PAGE.first
    return rx.el.div(
        rx.el.div(
            rx.el.h3(first.title),
            rx.el.p(first.client_name, class_name="quiet"),
            rx.cond(first.due != "", rx.el.p(first.due, class_name="state " + first.tone.to(str))),
            rx.el.p(first.progress, class_name="quiet num"),
        ),
        rx.el.a(_("Go on"), href=first.href, class_name="btn main"),
        class_name="first",
    )


def _section(title: str, lines: Any, first: rx.Component, empty: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(
            lines.length() > 0,
            rx.fragment(first, rx.el.ul(rx.foreach(lines, _line))),
            rx.el.p(empty, class_name="quiet"),
        ),
        class_name="sect",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.a(line.title, href=line.href),
            rx.el.span(line.client_name, ", ", line.progress, class_name="quiet num"),
            rx.cond(line.due != "", rx.el.span(line.due, class_name="state " + line.tone.to(str))),
            class_name="row low",
        ),
        key=line.id,
    )
