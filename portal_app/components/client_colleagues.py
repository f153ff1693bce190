"""On a client's page: whom its contacts ask to invite, while nobody has decided (3.6)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_parts import button, named
from portal_app.state.clients import ClientState
from portal_app.text import _

C: Any = ClientState


def colleagues() -> rx.Component:
    """The wishes; nothing where there are none."""
    head = rx.el.div(rx.el.h2(_("Invitations to approve"), id="colleagues-head"), class_name="cap")
    return rx.cond(
        C.view.invites.length() > 0,
        rx.el.section(
            head,
            rx.el.ul(rx.foreach(C.view.invites, _invite), class_name="lines"),
            class_name="block",
            aria_labelledby="colleagues-head",
        ),
    )


def _invite(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.name),
            " ",
            rx.el.span(row.email, " · ", row.level, class_name="fine m"),
            rx.el.br(),
            rx.el.span(_("Asked by"), " ", row.asker, class_name="fine m"),
            rx.cond(row.message != "", rx.el.p(row.message, class_name="fine")),
        ),
        rx.el.div(
            button(
                _("Approve"),
                aria_label=named(_("Approve the invitation of {name}"), row.name),
                on_click=C.approve_invite(row.id),
            ),
            button(
                _("Decline"),
                aria_label=named(_("Decline the invitation of {name}"), row.name),
                on_click=C.decline_invite(row.id),
            ),
            class_name="acts",
        ),
        key=row.id,
    )
