"""The Reflex app: the declared pages, and around each of them a banner, a boundary and nothing else."""

import reflex as rx

from portal_app.components.connection import boundary, connection_banner, nothing_here
from portal_app.components.live import live_parts
from portal_app.pages._frames import PAGES
from portal_app.state.fitting import fit
from portal_app.text import _, locale

app = rx.App(
    toaster=None,
    reset_style=False,
    html_lang=locale(),
    app_wraps={
        (55, "ErrorBoundary"): lambda _stateful: boundary(),
        (5, "Overlay"): lambda _stateful: connection_banner(),
        (4, "Live"): lambda _stateful: live_parts(),
    },
)

for page in PAGES:
    app.add_page(page.body, route=page.route, title=page.shown_title(), image="", on_load=page.on_load)
app.add_page(nothing_here, route="404", title=_("Page not found"), image="")

fit(app)
