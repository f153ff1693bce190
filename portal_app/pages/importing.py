"""Bringing in clients and contacts from a file."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.import_parts import choose_file, preview
from portal_app.components.staff_frame import page_head, shell
from portal_app.pages._frames import staff_page
from portal_app.state.importing import ImportState
from portal_app.text import N_, _

S: Any = ImportState


@staff_page(routes.IMPORTS, title=N_("Import clients and contacts"), on_load=S.load)
def imports() -> rx.Component:
    """Choose the file."""
    return shell(
        "clients",
        page_head(
            _("Import clients and contacts"),
            crumbs=((_("Clients"), routes.CLIENTS), (_("Contacts"), routes.CONTACTS)),
        ),
        choose_file(),
    )


@staff_page(routes.IMPORT, title=N_("Import clients and contacts"), on_load=S.load)
def one_import() -> rx.Component:
    """See what it would bring, and take it."""
    return shell(
        "clients",
        page_head(
            _("Import clients and contacts"),
            crumbs=((_("Clients"), routes.CLIENTS), (_("Import"), routes.IMPORTS)),
            sub=S.view.file_name,
        ),
        preview(),
    )
