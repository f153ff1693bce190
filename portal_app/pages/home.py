"""The client's home."""

import reflex as rx

from portal_app import routes
from portal_app.pages._frames import client_page
from portal_app.text import N_, _


@client_page(routes.HOME, title=N_("Home"))
def home() -> rx.Component:
    """What to do next."""
    return rx.el.main(rx.el.h1(_("Home")))
