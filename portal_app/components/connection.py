"""What stands around every page: no connection, something broken, nothing here. Ours instead of Reflex's."""

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors

from portal_app import routes
from portal_app.components.scripts import own_script
from portal_app.text import _


def connection_banner() -> rx.Component:
    """Says that nothing is saved while the connection is away; the region is there before it speaks."""
    text = rx.el.p(_("No connection: nothing is saved until it is back. The portal keeps trying."))
    region = rx.el.div(rx.cond(has_too_many_connection_errors, text), role="status", class_name="offline")
    return rx.fragment(region)  # Reflex puts the page inside what is given here: beside the region, not in it


def boundary() -> rx.Component:
    """Catches what a page throws, reports it to the log, and offers to load the page again."""
    broken = rx.el.main(
        rx.el.h1(_("Something went wrong")),
        rx.el.p(_("What you did before is saved. Load the page again to go on.")),
        rx.el.p(rx.el.a(_("Load again"), href="", custom_attrs={"reloadDocument": True})),
        class_name="letter",
        role="alert",
    )
    return ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("error",), rx.Var.create(broken))
    )


def nothing_here() -> rx.Component:
    """The page of a path that leads nowhere, for links followed without loading a document."""
    return rx.el.main(
        rx.el.h1(_("Page not found")),
        rx.el.p(rx.el.a(_("Go to the start page"), href=routes.START)),
        class_name="letter",
    )


class LivePage(rx.Component):
    """Takes away the first view that the server filled in, once the page's own data is there (decision 0005).

    What somebody typed, opened or chose in it stays, and so does the focus: elements are matched by their id.
    """

    tag = "LivePage"
    library = own_script("first_view.jsx")

    is_ready: rx.Var[bool]


class AppWorker(rx.Component):
    """Puts the service worker behind a client's page (11.1)."""

    tag = "AppWorker"
    library = own_script("app.jsx")


def app_worker() -> rx.Component:
    """`AppWorker`, for client pages alone."""
    return AppWorker.create()


def live_page() -> rx.Component:
    """`LivePage` for every page: ready when its `on_load` has run."""
    return LivePage.create(is_ready=rx.State.is_hydrated)
