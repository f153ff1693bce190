"""The list of contacts, and one contact's page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.contact_list import contact_list
from portal_app.components.contact_page import contact_page
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_parts import tab, tabs
from portal_app.pages._frames import staff_page
from portal_app.state.contacts import ContactsState, ContactState
from portal_app.text import N_, _, pgettext

S: Any = ContactsState


@staff_page(routes.CONTACTS, title=N_("Contacts"), on_load=S.load)
def contacts() -> rx.Component:
    """Every contact of the firm, fifty at a time."""
    return shell(
        "clients",
        page_head(
            _("Contacts"),
            crumbs=((_("Clients"), routes.CLIENTS),),
            sub=rx.cond(S.is_loaded & (S.search == "") & (S.narrowed == ""), S.found.count, " "),
        ),
        tabs(
            tab(pgettext("contacts", "All"), is_current=S.view == "", on_click=S.show("")),
            tab(
                pgettext("contacts", "Archived"),
                is_current=S.view == "archived",
                on_click=S.show("archived"),
            ),
            label=_("Show"),
        ),
        contact_list(),
        keys=((("J", "K"), _("next, previous")), (("↵",), _("open")), (("/",), _("search"))),
    )


@staff_page(routes.CONTACT, title=N_("Contact"), on_load=ContactState.load)
def contact() -> rx.Component:
    """One contact."""
    return shell("clients", contact_page(), keys=((("E",), _("edit")), (("C",), _("link to a client"))))
