"""The portal of every client: who is on it, who is not yet, and both changed many at once (2.3 to 2.9)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.access_dialog import access_dialog
from portal_app.components.bulk_dialog import bulk_dialogs, job_strip
from portal_app.components.dashboard_parts import coming_percentages, percentages
from portal_app.components.pending_list import pending_list
from portal_app.components.portal_list import clients_list
from portal_app.components.staff_frame import page_head, shell
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, note, page_link, plain_link, tab, tabs
from portal_app.pages._frames import staff_page
from portal_app.state.access import AccessState
from portal_app.state.bulk import BulkState
from portal_app.state.portal import PortalState
from portal_app.text import N_, _

S: Any = PortalState


@staff_page(routes.PORTAL, title=N_("Portal"), on_load=[S.load, BulkState.load, AccessState.load])
def portal() -> rx.Component:
    """Figures, bulk work under way, and two lists."""
    is_pending = S.filters.tab == "pending"
    return shell(
        "portal",
        page_head(
            _("Portal"),
            button(_("My test client"), drawing="eye", class_name="wide-only", on_click=S.open_test),
            rx.cond(
                S.view.can_export,
                plain_link(
                    icon("get"),
                    _("Export as CSV"),
                    href=S.export_to,
                    class_name="btn wide-only",
                    download=True,
                ),
            ),
            sub=rx.cond(S.is_loaded, S.view.about, " "),
        ),
        rx.cond(S.is_loaded, percentages(S.view), coming_percentages()),
        rx.cond(S.is_loaded & ~S.view.is_firm_on, _is_off()),
        job_strip(),
        tabs(
            tab(_("Clients"), is_current=~is_pending, count=S.view.clients, on_click=S.show("")),
            tab(
                _("Pending activation"),
                is_current=is_pending,
                count=S.view.pending,
                on_click=S.show("pending"),
            ),
            label=_("Portal"),
        ),
        rx.cond(is_pending, pending_list(), clients_list()),
        access_dialog(),
        bulk_dialogs(),
        keys=(
            (("J", "K"), _("next, previous")),
            (("X",), _("select")),
            (("↵",), _("access of this client")),
            (("/",), _("search")),
        ),
    )


def _is_off() -> rx.Component:
    return rx.el.div(
        note(
            _("The portal is off for the whole firm: no client can be switched on."),
            " ",
            page_link(_("Open the settings"), to=routes.SETTINGS, class_name="link"),
            drawing="key",
        ),
        class_name="banner",
    )
