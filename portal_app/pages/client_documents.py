"""A client's documents, for staff."""

from __future__ import annotations

import reflex as rx

from portal_app import routes
from portal_app.components.client_documents import client_documents
from portal_app.components.staff_frame import shell
from portal_app.pages._frames import staff_page
from portal_app.state.client_documents import ClientDocumentsState
from portal_app.text import N_, _


@staff_page(routes.CLIENT_DOCUMENTS, title=N_("Documents"), on_load=ClientDocumentsState.load)
def documents() -> rx.Component:
    """What firm and client share outside tasks."""
    return shell(
        "clients",
        client_documents(),
        keys=((("/",), _("search")), (("X",), _("select")), (("N",), _("new folder"))),
    )
