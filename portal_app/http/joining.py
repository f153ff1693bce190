"""The page of an invitation to the firm's staff: a password, then the second step (1.13)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput, NotFound, PortalError
from portal_app.http import visitors
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.team import joining
from portal_app.text import _


@page
def show(request: Request, _typed: Typed) -> Response:
    """Who asks whom to join which firm. Opening it uses nothing up."""
    return _join_page(request)


@page
def join(request: Request, typed: Typed) -> Response:
    """Become staff, and on to the second step."""
    token = request.path_params["token"]
    try:
        given = joining.join(visitors.ports_of(request), token, typed.get("password", ""), visit(request))
    except BadInput as refusal:
        return _join_page(request, refusal)
    except NotFound as refusal:
        return _ended_page(request, refusal)
    response = lead(paths.STAFF_CODE)
    visitors.keep(response, Kind.STAFF.value, given.token)
    return response


def _join_page(request: Request, refusal: PortalError | None = None) -> Response:
    token = request.path_params["token"]
    try:
        seen = joining.look_invitation(visitors.ports_of(request), token)
    except NotFound as gone:
        return _ended_page(request, gone)
    return render(
        request,
        "staff_join.html",
        refusal.status if refusal else 200,
        action=request.url.path,
        firm_name=seen.firm_name,
        name=seen.name,
        email=seen.email,
        has_password=seen.ways.password,
        issuer_name=seen.issuer_name if seen.ways.issuer else "",
        issuer_action=paths.STAFF_ISSUER,
        token=token,
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _ended_page(request: Request, refusal: PortalError) -> Response:
    return render(
        request,
        "staff_ended.html",
        404,
        heading=_("This invitation is over"),
        text=refusal.text,
        back_url=paths.STAFF_LOGIN,
    )


routes: list[BaseRoute] = [Route(paths.STAFF_JOIN, show), Route(paths.STAFF_JOIN, join, methods=["POST"])]
