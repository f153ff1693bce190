"""Signing in and out, for staff and for clients: plain pages, no script (1.2, 4.1 to 4.6)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, PortalError, SignInNeeded, TryLater
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway, notice
from portal_app.http.plain import Typed, lead, page, retry_after, visit
from portal_app.http.rendering import render
from portal_app.services import second_step, sessions, sign_in
from portal_app.services.opening import SignedIn
from portal_app.services.setup import checked_email
from portal_app.text import _


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
def code(request: Request, _typed: Typed) -> Response:
    """The second step's page."""
    door = doorway(request)
    return _code_page(request, door, notice_text=_sent_again(request))


@page
def give_code(request: Request, typed: Typed) -> Response:
    """The code, and whether to remember this browser."""
    door = doorway(request)
    try:
        done = second_step.give_code(
            visitors.ports_of(request),
            door.entrance,
            _token(request, door),
            typed.get("code", ""),
            visit(request),
            remember=typed.get("remember") == "yes",
        )
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    except (BadInput, TryLater) as refusal:
        return _code_page(request, door, typed=typed, refusal=refusal)
    return welcome(done)


@page
def send_again(request: Request, _typed: Typed) -> Response:
    """A new code in place of the one before."""
    door = doorway(request)
    try:
        second_step.send_again(
            visitors.ports_of(request), door.entrance, _token(request, door), visit(request)
        )
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    except TryLater as refusal:
        return _code_page(request, door, refusal=refusal)
    return lead(f"{door.code_url}?sent=again")


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


def welcome(done: SignedIn) -> Response:
    """On to where the person was going, with the cookies of a finished sign-in."""
    response = lead(done.next_path)
    visitors.keep(response, done.kind.value, done.token)
    if done.device_token is not None:
        visitors.keep_device(response, done.device_token)
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
        links_url="",
        register_url="",
    )


def _password_page(
    request: Request, door: Doorway, typed: Typed, refusal: PortalError | None = None
) -> Response:
    asked = door.next_of(typed.get("next", ""))
    return render(
        request,
        "staff_password.html",
        422 if refusal else 200,
        action=door.login_url(),
        values={"email": typed.get("email", "").strip()},
        next=asked,
        back_url=door.login_url(next=asked),
        forgot_url=door.forgot_url,
        errors=_errors(refusal),
    )


def _code_page(
    request: Request,
    door: Doorway,
    *,
    typed: Typed | None = None,
    refusal: PortalError | None = None,
    notice_text: str = "",
) -> Response:
    ports = visitors.ports_of(request)
    try:
        waiting = second_step.waiting(ports, door.entrance, _token(request, door))
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    if not waiting.is_code_out and refusal is None:
        refusal = BadInput(_("There is no code that works now. Send it again."), field="code")
    response = render(
        request,
        "staff_code.html" if door.is_staff else "sign_in_code.html",
        refusal.status if typed is not None and refusal else 200,
        firm=waiting.letterhead,
        factor=waiting.factor,
        sent_to=waiting.sent_to,
        action=door.code_url,
        factor_action=door.again_url,
        factors=(second_step.EMAIL,) if waiting.factor == second_step.EMAIL else (),
        can_remember=True,
        values={"remember": (typed or {}).get("remember", "")},
        notice=notice_text,
        errors=_errors(refusal),
    )
    if isinstance(refusal, TryLater):
        response.status_code = refusal.status
        response.headers["Retry-After"] = retry_after(refusal, ports.clock.now())
    return response


def _errors(refusal: PortalError | None) -> dict[str, str]:
    return {refusal.field: refusal.text} if refusal else {}


def _sent_again(request: Request) -> str:
    return _("A new code is on its way.") if request.query_params.get("sent") == "again" else ""


def _is_in(request: Request, door: Doorway) -> bool:
    """Whether this browser is signed in here already."""
    actor = visitors.of(request, door.kind)
    return actor.session_id is not None and door.entrance.firm_id in (None, actor.firm_id)


def _token(request: Request, door: Doorway) -> str:
    """The unfinished sign-in's cookie, which the gate passes on but counts as nobody."""
    return request.cookies.get(visitors.cookie_name(door.kind.value), "")


routes: list[BaseRoute] = [
    route
    for sign_in_path, code_path, again_path, out_path in (
        (paths.STAFF_LOGIN, paths.STAFF_CODE, paths.STAFF_CODE_AGAIN, paths.STAFF_LOGOUT),
        (paths.LOGIN, paths.CODE, paths.CODE_AGAIN, paths.LOGOUT),
    )
    for route in (
        Route(sign_in_path, login),
        Route(sign_in_path, give_password, methods=["POST"]),
        Route(code_path, code),
        Route(code_path, give_code, methods=["POST"]),
        Route(again_path, send_again, methods=["POST"]),
        Route(out_path, logout),
        Route(out_path, sign_out, methods=["POST"]),
    )
]
