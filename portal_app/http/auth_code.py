"""The second step of signing in, for staff and clients: what is given, another way, and remembering this browser (4.3, 4.4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.assets import asset_url
from portal_app.domain.errors import BadInput, PortalError, SignInNeeded, TryLater
from portal_app.http import visitors
from portal_app.http.entrances import Doorway, doorway, unfinished_token, welcome
from portal_app.http.plain import Typed, lead, page, retry_after, visit
from portal_app.http.rendering import render
from portal_app.services.sign_in import proofs, second_step
from portal_app.services.sign_in.proofs import Given
from portal_app.services.sign_in.second_step import Passed, Waiting
from portal_app.text import _


@page
def code(request: Request, _typed: Typed) -> Response:
    """The second step's page, for the way that the address names."""
    door = doorway(request)
    return _code_page(request, door, notice_text=_sent_again(request))


@page
def give_code(request: Request, typed: Typed) -> Response:
    """What was given, and whether to remember this browser."""
    door = doorway(request)
    try:
        passed = second_step.give(
            visitors.ports_of(request),
            door.entrance,
            unfinished_token(request, door),
            Given(typed.get("factor", ""), typed.get("code", ""), typed.get("asked", "")),
            visit(request),
            remember=typed.get("remember") == "yes",
        )
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    except (BadInput, TryLater) as refusal:
        return _code_page(request, door, typed=typed, refusal=refusal)
    return going_on(request, door, passed)


@page
def choose(request: Request, typed: Typed) -> Response:
    """Another way, or a new code in place of the one before."""
    door, way = doorway(request), typed.get("factor", "")
    try:
        second_step.choose(
            visitors.ports_of(request), door.entrance, unfinished_token(request, door), way, visit(request)
        )
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    except TryLater as refusal:
        return _code_page(request, door, typed=typed, refusal=refusal)
    sent = "again" if way in {*proofs.SENT, ""} else ""
    return lead(door.url(paths.STAFF_CODE, paths.CODE, factor=way, sent=sent))


def going_on(request: Request, door: Doorway, passed: Passed) -> Response:
    """To where the person was going, by the recovery codes where there are new ones; else to set up what counts."""
    if passed.signed_in is None:
        return lead(door.code_url)
    shown = None
    if passed.recovery_codes:
        shown = render(
            request,
            "recovery_codes.html",
            firm=door.letterhead,
            is_staff=door.is_staff,
            codes=passed.recovery_codes,
            to=passed.signed_in.next_path,
            here=door.start,
        )
    return welcome(passed.signed_in, shown)


def _code_page(
    request: Request,
    door: Doorway,
    *,
    typed: Typed | None = None,
    refusal: PortalError | None = None,
    notice_text: str = "",
) -> Response:
    ports = visitors.ports_of(request)
    asked = (typed or request.query_params).get("factor", "")
    try:
        waiting = second_step.waiting(ports, door.entrance, unfinished_token(request, door), asked)
    except SignInNeeded:
        return lead(door.login_url(why="ended"))
    if not waiting.is_code_out and refusal is None:
        refusal = BadInput(_("There is no code that works now. Send it again."), field="code")
    response = render(
        request,
        "staff_code.html" if door.is_staff else "sign_in_code.html",
        refusal.status if typed is not None and refusal else 200,
        **_facts(door, waiting),
        values={"remember": (typed or {}).get("remember", "")},
        notice=notice_text,
        errors={refusal.field: refusal.text} if refusal else {},
    )
    if isinstance(refusal, TryLater):
        response.status_code = refusal.status
        response.headers["Retry-After"] = retry_after(refusal, ports.clock.now())
    return response


def _facts(door: Doorway, waiting: Waiting) -> dict[str, object]:
    return {
        "firm": waiting.letterhead,
        "factor": waiting.factor,
        "sent_to": waiting.sent_to,
        "here": door.code_url,
        "action": door.code_url,
        "factor_action": door.again_url,
        "factors": waiting.others,
        "question": waiting.question,
        "script": asset_url("passkey.js") if waiting.question else "",
        "can_set_up": waiting.can_set_up,
        "set_up_base": door.set_up_url,
        "can_remember": bool(waiting.factor),
    }


def _sent_again(request: Request) -> str:
    return _("A new code is on its way.") if request.query_params.get("sent") == "again" else ""


routes: list[BaseRoute] = [
    route
    for code_path, again_path in ((paths.STAFF_CODE, paths.STAFF_CODE_AGAIN), (paths.CODE, paths.CODE_AGAIN))
    for route in (
        Route(code_path, code),
        Route(code_path, give_code, methods=["POST"]),
        Route(again_path, choose, methods=["POST"]),
    )
]
