"""To the firm's issuer and back: staff sign in by OpenID Connect (1.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.sign_in import way_back
from portal_app.http import visitors
from portal_app.http.entrances import welcome
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.sign_in import issuer
from portal_app.services.sign_in.issuer import IssuerRefused, Leaving, Returned
from portal_app.text import _


@page
def leave(request: Request, typed: Typed) -> Response:
    """On to the issuer of whoever has this address, or of whoever was invited.

    The browser is led there by a page, since no form of ours may end elsewhere.
    """
    ports, here = visitors.ports_of(request), visit(request)
    try:
        if token := typed.get("invitation", ""):
            return _going(request, issuer.start_joining(ports, token, here))
        left = issuer.start(
            ports,
            typed.get("email", ""),
            here,
            next_path=way_back(typed.get("next", ""), Kind.STAFF),
            replaces=visitors.of(request, Kind.STAFF).session_id,
        )
    except IssuerRefused as refusal:
        return _refused(request, refusal)
    return _going(request, left) if left else lead(paths.STAFF_LOGIN)


@page
def come_back(request: Request, _typed: Typed) -> Response:
    """What the issuer says: a session, or why there is none. It works once, in the browser that left."""
    query = request.query_params
    back = Returned(
        state=query.get("state", ""),
        code=query.get("code", ""),
        issuer=query.get("iss", ""),
        error=query.get("error", ""),
    )
    token = request.cookies.get(visitors.cookie_name(visitors.STAFF), "")
    try:
        done = issuer.finish(visitors.ports_of(request), token, back, visit(request))
    except IssuerRefused as refusal:
        return _refused(request, refusal)
    return welcome(done)


def _going(request: Request, left: Leaving) -> Response:
    response = render(
        request, "staff_going.html", url=left.url, issuer_name=left.issuer_name, back_url=paths.STAFF_LOGIN
    )
    visitors.keep(response, visitors.STAFF, left.token)
    return response


def _refused(request: Request, refusal: IssuerRefused) -> Response:
    return render(
        request,
        "staff_ended.html",
        refusal.status,
        heading=_("You are not signed in"),
        text=refusal.text,
        back_url=paths.STAFF_LOGIN,
        here=paths.STAFF_LOGIN,
    )


routes: list[BaseRoute] = [
    Route(paths.STAFF_ISSUER, leave, methods=["POST"]),
    Route(paths.STAFF_ISSUER_BACK, come_back),
]
