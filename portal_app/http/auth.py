"""Signing in with address and password, and out, for staff and clients: plain pages, no script (1.2, 4.1, 4.2, 4.6)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, PortalError
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway, notice, welcome
from portal_app.http.plain import Typed, lead, page, visit
from portal_app.http.rendering import render
from portal_app.services.firm.setup import checked_email
from portal_app.services.sign_in import issuer, sessions, sign_in


@page
def login(request: Request, _typed: Typed) -> Response:
    """The sign-in page; who is signed in here and comes by themselves goes on."""
    door = doorway(request)
    if not request.query_params and _is_in(request, door):
        return lead(door.start)
    return _login_page(request, door, {"next": request.query_params.get("next", "")})


@page
def give_password(request: Request, typed: Typed) -> Response:
    """Address and password; staff give the address first, and get the same page for any (1.2)."""
    door = doorway(request)
    try:
        email = checked_email(typed.get("email", ""))
        if door.is_staff and "password" not in typed:
            return _password_page(request, door, typed)
        return _checked_password(request, door, email, typed)
    except BadInput as refusal:
        return _refused(request, door, typed, refusal)


@page
def logout(request: Request, _typed: Typed) -> Response:
    """Asks before signing out: opening an address changes nothing."""
    door = doorway(request)
    return render(
        request,
        "sign_out.html",
        firm=door.letterhead,
        is_staff=door.is_staff,
        action=request.url.path,
        back_url=door.start,
    )


@page
def sign_out(request: Request, _typed: Typed) -> Response:
    """End the session on the server; every open page of it stops (4.6)."""
    door = doorway(request)
    sessions.sign_out(visitors.ports_of(request), visitors.of(request, door.kind))
    response = lead(door.login_url(why="signed_out"))
    visitors.forget(response, door.kind.value)
    return response


def _checked_password(request: Request, door: Doorway, email: str, typed: Typed) -> Response:
    ports = visitors.ports_of(request)
    given = sign_in.give_password(
        ports,
        door.entrance,
        email,
        typed.get("password", ""),
        visit(request),
        next_path=typed.get("next", ""),
        replaces=visitors.of(request, door.kind).session_id,
    )
    if given.signed_in is not None:
        return welcome(given.signed_in)
    response = lead(door.code_url)
    visitors.keep(response, door.kind.value, given.token)
    return response


def _refused(request: Request, door: Doorway, typed: Typed, refusal: BadInput) -> Response:
    """What was typed again, without the password; the sentence beside its field, or above all of them."""
    if door.is_staff and "password" in typed:
        return _password_page(request, door, typed, refusal)
    return _login_page(request, door, typed, refusal)


def _login_page(
    request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None
) -> Response:
    return render(
        request,
        "staff_sign_in.html" if door.is_staff else "sign_in.html",
        422 if refusal else 200,
        firm=door.letterhead,
        action=door.login_url(),
        next=door.next_of(typed.get("next", "")),
        values={"email": typed.get("email", "")},
        errors=_errors(refusal),
        notice=notice(request),
        forgot_url=door.forgot_url,
        passkey_url=door.url(paths.STAFF_PASSKEY, paths.PASSKEY, next=door.next_of(typed.get("next", ""))),
        links_url=door.links_url,
        register_url=door.register_url(typed.get("next", "")),
    )


def _password_page(
    request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None
) -> Response:
    asked = door.next_of(typed.get("next", ""))
    offered = issuer.offered(visitors.ports_of(request), typed.get("email", ""))
    return render(
        request,
        "staff_password.html",
        422 if refusal else 200,
        action=door.login_url(),
        has_password=offered.ways.password,
        issuer_name=offered.issuer_name,
        issuer_action=paths.STAFF_ISSUER,
        values={"email": typed.get("email", "").strip()},
        next=asked,
        back_url=door.login_url(next=asked),
        forgot_url=door.forgot_url,
        errors=_errors(refusal),
    )


def _errors(refusal: PortalError | None) -> dict[str, str]:
    return {refusal.field: refusal.text} if refusal else {}


def _is_in(request: Request, door: Doorway) -> bool:
    """Whether this browser is signed in here already."""
    actor = visitors.of(request, door.kind)
    return actor.session_id is not None and door.entrance.firm_id in (None, actor.firm_id)


routes: list[BaseRoute] = [
    route
    for sign_in_path, out_path in ((paths.STAFF_LOGIN, paths.STAFF_LOGOUT), (paths.LOGIN, paths.LOGOUT))
    for route in (
        Route(sign_in_path, login),
        Route(sign_in_path, give_password, methods=["POST"]),
        Route(out_path, logout),
        Route(out_path, sign_out, methods=["POST"]),
    )
]
