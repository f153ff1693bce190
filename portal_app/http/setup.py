"""The set-up page of the first start (1.1): there only while there is no firm."""

from __future__ import annotations

import sys

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, DatabaseAway, NotFound, PortalError
from portal_app.domain.time_zones import AT_HOME, zones
from portal_app.http import visitors
from portal_app.http.entrances import welcome
from portal_app.http.plain import Typed, page, visit
from portal_app.http.rendering import render
from portal_app.ports import Ports
from portal_app.services.firm import setup
from portal_app.services.firm.setup import FirstFirm
from portal_app.text import _, locale

log = structlog.get_logger(__name__)


@page
def show(request: Request, _typed: Typed) -> Response:
    """The form, while there is no firm."""
    if not setup.is_open(visitors.ports_of(request)):
        raise NotFound(_("There is nothing here."))
    return _setup_page(request, {"time_zone": AT_HOME, "language": locale(), "email_codes": "yes"})


@page
def save(request: Request, typed: Typed) -> Response:
    """Make the firm and its owner; they are signed in, and asked to set up their second step."""
    first = FirstFirm(
        firm_name=typed.get("firm_name", ""),
        time_zone=typed.get("time_zone", ""),
        language=typed.get("language", ""),
        owner_name=typed.get("owner_name", ""),
        email=typed.get("email", ""),
        password=typed.get("password", ""),
        has_email_codes=typed.get("email_codes") == "yes",
    )
    try:
        done = setup.set_up(visitors.ports_of(request), typed.get("key", ""), first, visit(request))
    except BadInput as refusal:
        return _setup_page(request, typed, refusal)
    response = welcome(done)
    response.headers["Location"] = paths.STAFF_MFA
    return response


def announce(ports: Ports) -> None:
    """Print the set-up key while there is no firm; a database that is away or empty of tables is only logged."""
    try:
        key = setup.setup_key(ports)
    except (DatabaseAway, DBAPIError):
        log.warning("setup_key_not_read")
        return
    if key is not None:
        page = f"{ports.settings.public_url}{paths.SETUP}"
        sys.stdout.write(f"There is no firm yet. Make it at {page} with this key:\n{key}\n")
        sys.stdout.flush()


def _setup_page(request: Request, typed: Typed, refusal: PortalError | None = None) -> Response:
    return render(
        request,
        "setup.html",
        refusal.status if refusal else 200,
        action=paths.SETUP,
        zones=zones(),
        values={name: value for name, value in typed.items() if name != "password"},
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [Route(paths.SETUP, show), Route(paths.SETUP, save, methods=["POST"])]
