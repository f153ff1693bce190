"""The clients' list, and one client's page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.client_forms import add_client_dialog
from portal_app.components.client_list import client_list
from portal_app.components.client_page import client_page
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import button, button_link, tab, tabs
from portal_app.pages._frames import staff_page
from portal_app.state.access import AccessState
from portal_app.state.clients import ClientsState, ClientState
from portal_app.state.staff_frame import FrameState
from portal_app.text import N_, _

S: Any = ClientsState


@staff_page(routes.CLIENTS, title=N_("Clients"), on_load=S.load)
def clients() -> rx.Component:
    """Every client of the firm, fifty at a time."""
    return shell(
        "clients",
        page_head(
            _("Clients"),
            rx.cond(
                FrameState.view.has_settings,
                button_link(_("Import"), routes.IMPORTS, drawing="get"),
            ),
            button(_("My test client"), drawing="eye", class_name="wide-only", on_click=S.open_test),
            button(_("Add a client"), drawing="plus", kind="main", key="c", on_click=S.begin),
            sub=rx.cond(S.is_loaded & (S.search == ""), S.found.count, " "),
        ),
        tabs(
            tab(_("All"), is_current=S.view == "", on_click=S.show("")),
            tab(_("Mine"), is_current=S.view == "mine", on_click=S.show("mine")),
            tab(_("Archived"), is_current=S.view == "archived", on_click=S.show("archived")),
            tab(_("Contacts"), is_current=False, to=routes.CONTACTS),
            label=_("Show"),
        ),
        client_list(),
        add_client_dialog(),
        keys=(
            (("J", "K"), _("next, previous")),
            (("↵",), _("open")),
            (("/",), _("search")),
            (("C",), _("add a client")),
        ),
    )


@staff_page(routes.CLIENT, title=N_("Client"), on_load=[ClientState.load, AccessState.load])
def client() -> rx.Component:
    """One client."""
    return shell(
        "clients",
        client_page(),
        keys=((("C",), _("add a contact")), (("E",), _("edit")), (("W",), _("work of this client"))),
    )
