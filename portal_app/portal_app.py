"""The Reflex app: its pages, wrapped by nothing but our own banner."""

import reflex as rx

from portal_app.pages._frames import PAGES

app = rx.App(toaster=None, reset_style=False, app_wraps={})

for page in PAGES:
    app.add_page(page.body, route=page.route, title=page.shown_title(), image="", on_load=page.on_load)
