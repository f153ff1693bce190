"""*Create an account* (3.7): the address, one answer for any, then the link's page with a password."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, NotFound, PortalError
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway, welcome
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.firm.setup import checked_email
from portal_app.services.sign_in import sign_ups
from portal_app.services.sign_in.tries import count_press


@page
def ask(request: Request, _typed: Typed) -> Response:
    """Asks for the address."""
    return _address_page(request, doorway(request), {"next": request.query_params.get("next", "")})


@page
def send_link(request: Request, typed: Typed) -> Response:
    """One answer for any address; what there is to send is sent after it, so that it takes no longer."""
    door, ports, here = doorway(request), visitors.ports_of(request), visit(request)
    try:
        email = checked_email(typed.get("email", ""))
    except BadInput as refusal:
        return _address_page(request, door, typed, refusal)
    count_press(ports, "register", here.address)
    response = render(
        request,
        "check_mail.html",
        firm=door.letterhead,
        is_staff=False,
        kind="register",
        back_url=door.login_url(),
        register_url="",
    )
    to = door.next_of(typed.get("next", ""))
    response.background = BackgroundTask(sign_ups.ask_sign_up, ports, door.entrance, email, here, to)
    return response


@page
def choose(request: Request, _typed: Typed) -> Response:
    """The link's page: a password. Opening it uses nothing up."""
    return _password_page(request, doorway(request))


@page
def make(request: Request, typed: Typed) -> Response:
    """Make the account, and on to the second step."""
    door = doorway(request)
    token, password = request.path_params["token"], typed.get("password", "")
    try:
        given = sign_ups.sign_up(visitors.ports_of(request), door.entrance, token, password, visit(request))
    except BadInput as refusal:
        return _password_page(request, door, refusal)
    except NotFound as refusal:
        return _address_page(request, door, {}, refusal)
    if given.signed_in is not None:
        return welcome(given.signed_in)
    response = lead(door.code_url)
    visitors.keep(response, door.kind.value, given.token)
    return response


def _address_page(
    request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None
) -> Response:
    to = door.next_of(typed.get("next", ""))
    return render(
        request,
        "register.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        action=door.register_url(),
        next=to,
        back_url=door.login_url(next=to),
        values={"email": typed.get("email", "")},
        errors={refusal.field: refusal.text} if refusal else {},
    )


def _password_page(request: Request, door: Doorway, refusal: PortalError | None = None) -> Response:
    try:
        seen = sign_ups.look_sign_up(visitors.ports_of(request), door.entrance, request.path_params["token"])
    except NotFound as gone:
        return _address_page(request, door, {}, gone)
    return render(
        request,
        "registering.html",
        refusal.status if refusal else 200,
        firm=door.letterhead,
        action=request.url.path,
        name=seen.name,
        email=seen.email,
        errors={refusal.field: refusal.text} if refusal else {},
    )


routes: list[BaseRoute] = [
    Route(paths.REGISTER, ask),
    Route(paths.REGISTER, send_link, methods=["POST"]),
    Route(paths.REGISTERING, choose),
    Route(paths.REGISTERING, make, methods=["POST"]),
]
