"""Another contact of the firm as a recipient: linked to the client after asking, without portal access (5.23)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import field
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, named, note
from portal_app.text import _


def other_contact(state: Any) -> rx.Component:
    """The search and the question, for a state that is a `LinkingState`."""
    return rx.fragment(
        field(
            "contact_words",
            _("Another contact of the firm"),
            rx.el.input(
                id="contact_words",
                name="contact_words",
                type="search",
                class_name="in",
                auto_complete="off",
                max_length=100,
                on_change=state.find_contact.debounce(250),
            ),
            hint=_("Type part of a name or address."),
            optional=True,
        ),
        rx.cond(
            state.linking.value != "",
            note(
                rx.el.p(named(_("Link {name} to this client?"), state.linking.word)),
                rx.el.p(
                    _("They become a contact of the client, without portal access."), class_name="fine m"
                ),
                button(_("Link"), small=True, on_click=state.link(True)),
                " ",
                button(_("Do not link"), small=True, kind="bare", on_click=state.link(False)),
                tone="calm",
                drawing="user",
            ),
            rx.cond(
                state.others.length() > 0,
                rx.el.ul(rx.foreach(state.others, lambda one: _row(state, one)), class_name="who"),
            ),
        ),
    )


def _row(state: Any, one: Any) -> rx.Component:
    return rx.el.li(
        icon("user"),
        rx.el.span(one.word),
        button(_("Choose"), small=True, on_click=state.ask_to_link(one.value)),
        key=one.value,
    )
