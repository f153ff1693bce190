"""What a client's page and their documents share: the tabs, and the lines before either has come."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.staff_frame import page_head
from portal_app.components.staff_parts import bones, tab, tabs, waiting
from portal_app.text import _


def client_tabs(client_id: Any, current: str) -> rx.Component:
    """A client's page and their documents."""
    page = f"{routes.CLIENTS}/{client_id}"
    return tabs(
        tab(_("Overview"), is_current=current == "client", to=page),
        tab(_("Documents"), is_current=current == "documents", to=f"{page}/documents"),
        label=_("This client"),
    )


def client_coming() -> rx.Component:
    """Still lines where the client will stand."""
    return rx.fragment(
        page_head(
            rx.el.span(class_name="bone title", custom_attrs={"aria-hidden": "true"}),
            crumbs=((_("Clients"), routes.CLIENTS),),
        ),
        bones(6),
        waiting(),
    )
