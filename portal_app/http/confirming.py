"""*Confirm that it is you*: password or MFA again before address, password or MFA change, then back (4.7)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.errors import BadInput, PortalError, TryLater
from portal_app.domain.sign_in import way_back
from portal_app.http import visitors
from portal_app.http.plain import Typed, confirm_url, lead, page, retry_after, visit
from portal_app.http.rendering import render
from portal_app.services.sign_in import proofs, step_up
from portal_app.services.sign_in.proofs import Given
from portal_app.text import _


@page
def show(request: Request, _typed: Typed) -> Response:
    """A password, or the second step that the address names."""
    return _page(request, request.query_params)


@page
def send_code(request: Request, typed: Typed) -> Response:
    """Another way; a code leaves where it has one to send."""
    way = typed.get("factor", "")
    try:
        step_up.send_code(visitors.ports_of(request), visitors.of(request), way, visit(request))
    except TryLater as refusal:
        return _page(request, typed, refusal)
    return lead(confirm_url(request, typed.get("next", ""), way=way))


@page
def confirm(request: Request, typed: Typed) -> Response:
    """What was given: on to where the person was going, with a new cookie."""
    actor, way = visitors.of(request), typed.get("factor", "")
    shown = typed.get("password" if way == proofs.PASSWORD else "code", "")
    given = Given(way, shown, typed.get("asked", ""))
    try:
        token = step_up.confirm(visitors.ports_of(request), actor, given, visit(request))
    except (BadInput, TryLater) as refusal:
        return _page(request, typed, refusal)
    response = lead(way_back(typed.get("next", ""), actor.kind))
    visitors.keep(response, actor.kind.value, token)
    return response


def _page(request: Request, typed: Typed, refusal: PortalError | None = None) -> Response:
    """The page; `typed` names the way and where to go on to."""
    ports, actor = visitors.ports_of(request), visitors.of(request)
    asked = step_up.look(ports, actor, typed.get("factor", ""))
    if refusal is None and not asked.is_code_out:
        refusal = BadInput(_("There is no code that works now. Send it again."), field="code")
    here = paths.STAFF_CONFIRM if actor.is_staff else paths.CONFIRM
    response = render(
        request,
        "confirm.html",
        refusal.status if refusal and request.method == "POST" else 200,
        firm=asked.letterhead,
        is_staff=actor.is_staff,
        here=here,
        action=here,
        factor=asked.way,
        factors=asked.others,
        factor_action=paths.STAFF_CONFIRM_CODE if actor.is_staff else paths.CONFIRM_CODE,
        sent_to=asked.sent_to,
        email=asked.email,
        question=asked.question,
        script=asset_url("passkey.js") if asked.question else "",
        kept={"next": way_back(typed.get("next", ""), actor.kind)},
        back_url=way_back("", actor.kind),
        errors={refusal.field: refusal.text} if refusal else {},
    )
    if isinstance(refusal, TryLater):
        response.headers["Retry-After"] = retry_after(refusal, ports.clock.now())
    return response


routes: list[BaseRoute] = [
    route
    for here, code in ((paths.STAFF_CONFIRM, paths.STAFF_CONFIRM_CODE), (paths.CONFIRM, paths.CONFIRM_CODE))
    for route in (
        Route(here, show),
        Route(here, confirm, methods=["POST"]),
        Route(code, send_code, methods=["POST"]),
    )
]
