"""Forgotten passwords: the same answer for any address, then a link that works once (4.5)."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, NotFound, PortalError
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.firm.setup import checked_email
from portal_app.services.sign_in import resets
from portal_app.services.sign_in.tries import count_press


@page
def forgot(request: Request, _typed: Typed) -> Response:
    """Asks for the address."""
    return _forgot_page(request, doorway(request), {})


@page
def send_link(request: Request, typed: Typed) -> Response:
    """One answer for any address; what there is to send is sent after it, so that it takes no longer."""
    door, ports, here = doorway(request), visitors.ports_of(request), visit(request)
    try:
        email = checked_email(typed.get("email", ""))
    except BadInput as refusal:
        return _forgot_page(request, door, typed, refusal)
    count_press(ports, "forgot", here.address)
    response = render(
        request,
        "check_mail.html",
        firm=door.letterhead,
        is_staff=door.is_staff,
        kind="forgot",
        back_url=door.login_url(),
        register_url=door.register_url(),
    )
    response.background = BackgroundTask(resets.ask_reset, ports, door.entrance, email, here)
    return response


@page
def choose(request: Request, _typed: Typed) -> Response:
    """The link's page: a new password. Opening it uses nothing up."""
    door = doorway(request)
    return _choose_page(request, door)


@page
def save(request: Request, typed: Typed) -> Response:
    """The new password; then sign in with it, second step included."""
    door = doorway(request)
    token = request.path_params["token"]
    try:
        resets.use_reset(
            visitors.ports_of(request), door.entrance, token, typed.get("password", ""), visit(request)
        )
    except BadInput as refusal:
        return _choose_page(request, door, refusal)
    except NotFound as refusal:
        return _forgot_page(request, door, {}, refusal)
    return lead(door.login_url(why="new_password"))


def _forgot_page(
    request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None
) -> Response:
    return render(
        request,
        "forgot.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        is_staff=door.is_staff,
        action=door.forgot_url,
        back_url=door.login_url(),
        values={"email": typed.get("email", "")},
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _choose_page(request: Request, door: Doorway, refusal: PortalError | None = None) -> Response:
    ports = visitors.ports_of(request)
    try:
        reset = resets.look_reset(ports, door.entrance, request.path_params["token"])
    except NotFound as gone:
        return _forgot_page(request, door, {}, gone)
    return render(
        request,
        "new_password.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        is_staff=door.is_staff,
        action=request.url.path,
        email=reset.email,
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [
    route
    for forgot_path, reset_path in ((paths.STAFF_FORGOT, paths.STAFF_RESET), (paths.FORGOT, paths.RESET))
    for route in (
        Route(forgot_path, forgot),
        Route(forgot_path, send_link, methods=["POST"]),
        Route(reset_path, choose),
        Route(reset_path, save, methods=["POST"]),
    )
]
