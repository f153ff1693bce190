"""*Help and feedback*: the manual, what is new, and whom to ask (1.17)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.manual import manual, news
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import plain_link
from portal_app.pages._frames import staff_page
from portal_app.state.staff_help import StaffHelpState
from portal_app.text import N_, _

S: Any = StaffHelpState


@staff_page(routes.STAFF_HELP, title=N_("Help and feedback"), on_load=S.load)
def staff_help() -> rx.Component:
    """Everything on one page, with a menu of its sections."""
    sections = manual()
    return shell(
        "help",
        page_head(
            _("Help and feedback"),
            sub=rx.fragment(_("How the portal works, what is new in it, and whom to ask.")),
            ruled=True,
        ),
        rx.el.div(
            rx.el.nav(
                *[plain_link(one.title, href=f"#{one.name}") for one in sections],
                plain_link(_("What is new"), href="#news"),
                plain_link(_("Whom to ask"), href="#ask"),
                aria_label=_("Help and feedback"),
            ),
            rx.el.div(
                *[_section(one.name, one.title, *[rx.el.p(text) for text in one.texts]) for one in sections],
                _section(
                    "news",
                    _("What is new"),
                    rx.el.ul(
                        *[rx.el.li(rx.el.b(title), " ", text) for title, text in news()], class_name="news"
                    ),
                ),
                _section("ask", _("Whom to ask"), *_ask()),
                class_name="settings-page manual",
            ),
            class_name="settings",
        ),
    )


def _section(name: str, title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, id=f"{name}-title"),
        *content,
        class_name="part",
        id=name,
        aria_labelledby=f"{name}-title",
    )


def _ask() -> tuple[rx.Component, ...]:
    contact = rx.cond(
        S.view.contact_href != "",
        plain_link(S.view.contact, href=S.view.contact_href, class_name="link"),
        rx.el.b(S.view.contact),
    )
    return (
        rx.cond(
            S.view.contact != "",
            rx.el.p(
                _("For questions, ideas and what does not work, whoever runs this portal:"), " ", contact
            ),
            rx.el.p(_("Ask whoever runs this portal for your firm. They can have their address shown here.")),
        ),
        rx.el.p(_("Say what you did, what you expected, and the reference of the message if there was one.")),
        rx.el.p(
            plain_link(
                _("The help page that your clients read"), href=S.view.client_help_href, class_name="link"
            )
        ),
    )
