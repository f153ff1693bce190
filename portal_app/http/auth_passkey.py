"""Signing in by a passkey alone, for staff and clients: a page of its own, since it needs a script (4.3)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.errors import BadInput
from portal_app.http import visitors
from portal_app.http.entrances import doorway, welcome
from portal_app.http.plain import Typed, page, visit
from portal_app.http.rendering import render
from portal_app.services.sign_in import passkey_sign_in
from portal_app.services.sign_in.passkeys import Answer


@page
def show(request: Request, _typed: Typed) -> Response:
    """The button that asks for one."""
    return _page(request, request.query_params.get("next", ""))


@page
def sign_in(request: Request, typed: Typed) -> Response:
    """What the passkey answered: on to where the person was going."""
    door = doorway(request)
    try:
        done = passkey_sign_in.sign_in_by_passkey(
            visitors.ports_of(request),
            door.entrance,
            Answer(typed.get("code", ""), typed.get("asked", "")),
            visit(request),
            next_path=typed.get("next", ""),
            replaces=visitors.of(request, door.kind).session_id,
        )
    except BadInput as refusal:
        return _page(request, typed.get("next", ""), refusal)
    return welcome(done)


def _page(request: Request, asked: str, refusal: BadInput | None = None) -> Response:
    door = doorway(request)
    goes_to = door.next_of(asked)
    return render(
        request,
        "sign_in_passkey.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        is_staff=door.is_staff,
        question=passkey_sign_in.question(visitors.ports_of(request), door.entrance, visit(request)),
        script=asset_url("passkey.js"),
        action=door.passkey_url,
        kept={"next": goes_to},
        back_url=door.login_url(next=goes_to),
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [
    route
    for path in (paths.STAFF_PASSKEY, paths.PASSKEY)
    for route in (Route(path, show), Route(path, sign_in, methods=["POST"]))
]
