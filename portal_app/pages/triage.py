"""The staff's triage."""

import reflex as rx

from portal_app import routes
from portal_app.pages._frames import staff_page
from portal_app.text import N_, _


@staff_page(routes.TRIAGE, title=N_("Triage"))
def triage() -> rx.Component:
    """Notifications."""
    return rx.el.main(rx.el.h1(_("Triage")))
