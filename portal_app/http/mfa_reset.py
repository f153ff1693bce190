"""An admin's reset of a contact's second steps: a page that asks first (4.5)."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import NotFound
from portal_app.http import visitors
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.sign_in import mfa_reset
from portal_app.text import _


@page
def ask(request: Request, _typed: Typed) -> Response:
    """Whose it is, and what follows."""
    found = mfa_reset.look(visitors.ports_of(request), visitors.of(request, Kind.STAFF), _contact(request))
    return render(
        request,
        "mfa_reset.html",
        firm=found.letterhead,
        name=found.name,
        email=found.email,
        action=request.url.path,
        back_url=paths.to(paths.CONTACT, id=_contact(request)),
    )


@page
def reset(request: Request, _typed: Typed) -> Response:
    """Do it."""
    contact_id = _contact(request)
    mfa_reset.reset_mfa(visitors.ports_of(request), visitors.of(request, Kind.STAFF), contact_id)
    return lead(paths.to(paths.CONTACT, id=contact_id))


def _contact(request: Request) -> UUID:
    try:
        return UUID(request.path_params["contact"])
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


routes: list[BaseRoute] = [Route(paths.MFA_RESET, ask), Route(paths.MFA_RESET, reset, methods=["POST"])]
