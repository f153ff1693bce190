"""The second step of signing in, for staff and clients: the code, and whether to remember this browser (4.3, 4.4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.errors import BadInput, PortalError, SignInNeeded, TryLater
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway, welcome
from portal_app.http.plain import Typed, lead, page, retry_after, visit
from portal_app.http.rendering import render
from portal_app.services import second_step
from portal_app.text import _


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
        errors={refusal.field: refusal.text} if refusal else {},
    )
    if isinstance(refusal, TryLater):
        response.status_code = refusal.status
        response.headers["Retry-After"] = retry_after(refusal, ports.clock.now())
    return response


def _sent_again(request: Request) -> str:
    return _("A new code is on its way.") if request.query_params.get("sent") == "again" else ""


def _token(request: Request, door: Doorway) -> str:
    """The unfinished sign-in's cookie, which the gate passes on but counts as nobody."""
    return request.cookies.get(visitors.cookie_name(door.kind.value), "")


routes: list[BaseRoute] = [
    route
    for code_path, again_path in ((paths.STAFF_CODE, paths.STAFF_CODE_AGAIN), (paths.CODE, paths.CODE_AGAIN))
    for route in (
        Route(code_path, code),
        Route(code_path, give_code, methods=["POST"]),
        Route(again_path, send_again, methods=["POST"]),
    )
]
