"""*Continue on a computer* as plain pages: one device shows a code, another types or scans it (6.5a).

Opening any of them changes nothing; only a press does.
"""

from __future__ import annotations

from uuid import UUID

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain import continuing as codes
from portal_app.domain.actors import Kind
from portal_app.domain.errors import LinkEnded, NotFound, SignInNeeded
from portal_app.domain.secrets import new_token
from portal_app.http import visitors
from portal_app.http.entering import ahead, device_token, entered
from portal_app.http.plain import Answer, Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.links import continuing
from portal_app.services.links.continuing import Held, Moved, Offer
from portal_app.text import _

WRONG, GONE = 422, 410


def _holding(answer: Answer) -> Answer:
    """Leads whose link has ended, or who must sign in, to the request's own page, which says so."""

    def guarded(request: Request, typed: Typed) -> Response:
        try:
            return answer(request, typed)
        except (LinkEnded, SignInNeeded):
            return lead(paths.to(paths.REQUEST, id=_request_id(request)))

    return guarded


def explain(request: Request, _typed: Typed) -> Response:
    """What the code will do, and the button that shows it."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    return _from_page(request, continuing.held(ports, actor, _request_id(request)), None)


def offer(request: Request, _typed: Typed) -> Response:
    """*Show the code*: the code and the picture."""
    ports, actor = visitors.ports_of(request), visitors.of(request, Kind.CLIENT)
    made = continuing.offer(ports, actor, _request_id(request))
    return _from_page(request, made.held, made)


@page
def ask(request: Request, _typed: Typed) -> Response:
    """The field for the code."""
    return _code_page(request)


@page
def type_code(request: Request, typed: Typed) -> Response:
    """The code typed: on to the request; what cannot be a code counts as no try."""
    code = codes.typed(typed.get("code", ""))
    if not code:
        return _code_page(
            request,
            WRONG,
            errors={"code": _("Type the eight letters and digits that the other device shows.")},
        )
    device = device_token(typed)
    moved = continuing.take_by_code(visitors.ports_of(request), visitors.of(request), code, device)
    return _entered(moved, device) if moved else _code_page(request, WRONG, is_wrong=True)


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the scanned picture brings, and the button that brings it."""
    found = continuing.scanned(visitors.ports_of(request), visitors.of(request), _token(request))
    if found is None:
        return _code_page(request, GONE, is_wrong=True)
    if found.is_yours:
        return entered(found.request_id, None)
    return render(
        request,
        "continue_scanned.html",
        firm=found.firm,
        title=found.title,
        action=request.url.path,
        device=new_token(),
        prefetch=ahead(),
    )


@page
def take(request: Request, typed: Typed) -> Response:
    """*Open my requests* after scanning."""
    device = device_token(typed)
    moved = continuing.take_by_scan(visitors.ports_of(request), visitors.of(request), _token(request), device)
    return _entered(moved, device) if moved else _code_page(request, GONE, is_wrong=True)


def _from_page(request: Request, held: Held, made: Offer | None) -> Response:
    return render(
        request,
        "continue_from.html",
        firm=held.firm,
        title=held.title,
        action=paths.to(paths.CONTINUE_FROM, id=held.request_id),
        back_url=paths.to(paths.REQUEST, id=held.request_id),
        code=codes.shown(made.code) if made else "",
        qr=segno.make(made.url, error="m").svg_data_uri(scale=4, border=4, light="#fff") if made else "",
        address=visitors.ports_of(request).settings.public_url.partition("://")[2] + paths.CONTINUE,
    )


def _code_page(
    request: Request, status: int = 200, *, is_wrong: bool = False, errors: dict[str, str] | None = None
) -> Response:
    """The same for every code and picture that brings nothing, whatever the reason."""
    return render(
        request,
        "continue.html",
        status,
        firm=continuing.front(visitors.ports_of(request)),
        action=paths.CONTINUE,
        device=new_token(),
        is_wrong=is_wrong,
        errors=errors or {},
        prefetch=ahead(),
        here=paths.CONTINUE,
    )


def _entered(moved: Moved, device: str) -> Response:
    return entered(moved.request_id, device if moved.is_new_device else None)


def _request_id(request: Request) -> UUID:
    try:
        return UUID(str(request.path_params["id"]))
    except ValueError:
        raise NotFound(_("There is nothing here.")) from None


def _token(request: Request) -> str:
    return str(request.path_params["token"])


routes: list[BaseRoute] = [
    Route(paths.CONTINUE_FROM, page(_holding(explain)), methods=["GET"]),
    Route(paths.CONTINUE_FROM, page(_holding(offer)), methods=["POST"]),
    Route(paths.CONTINUE, ask, methods=["GET"]),
    Route(paths.CONTINUE, type_code, methods=["POST"]),
    Route(paths.CONTINUE_SCANNED, look, methods=["GET"]),
    Route(paths.CONTINUE_SCANNED, take, methods=["POST"]),
]
