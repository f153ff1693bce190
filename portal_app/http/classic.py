"""Classic links as plain pages: the PIN is asked for, and only a typed one opens anything (6.9).

Link and PIN stand in a path and in a form's body alone, never in a query string or a log line (asvs 23).
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.links import Standing
from portal_app.domain.secrets import new_token
from portal_app.domain.sign_in import six_digits
from portal_app.http import visitors
from portal_app.http.entering import ahead, device_token, entered
from portal_app.http.links import GONE, ended_page
from portal_app.http.plain import Typed, lead, page
from portal_app.http.rendering import render
from portal_app.services.links import classic
from portal_app.services.links.classic import PinPage
from portal_app.text import _

WRONG = 422


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the link shows here; straight to the request where this browser gave the PIN (6.9)."""
    return _shown(request, classic.look(visitors.ports_of(request), visitors.of(request), _code(request)))


@page
def give_pin(request: Request, typed: Typed) -> Response:
    """The PIN; what cannot be one counts as no try."""
    pin, device = six_digits(typed.get("pin", "")), device_token(typed)
    ports, actor = visitors.ports_of(request), visitors.of(request)
    if not pin:
        errors = {"pin": _("Type the six digits from the e-mail.")}
        return _shown(request, classic.look(ports, actor, _code(request)), errors=errors)
    done = classic.give_pin(ports, actor, _code(request), pin, device)
    if done.is_open:
        return entered(done.page.seen.request_id, device if done.is_new_device else None)
    return _shown(request, done.page, is_wrong=True)


@page
def send_pin(request: Request, _typed: Typed) -> Response:
    """*Send a new PIN*: the page that takes it, the same whatever is true (6.12)."""
    shown = classic.send_pin(visitors.ports_of(request), visitors.of(request), _code(request))
    return _pin_page(request, shown, is_sent=True)


@page
def back(request: Request, _typed: Typed) -> Response:
    """The form's address opened by itself: back to the link."""
    language = request.query_params.get("lang")
    return lead(_path(request) + (f"?{urlencode({'lang': language})}" if language else ""))


def _shown(
    request: Request, shown: PinPage, *, is_wrong: bool = False, errors: dict[str, str] | None = None
) -> Response:
    seen = shown.seen
    if seen.goes_straight:
        return lead(paths.to(paths.REQUEST, id=seen.request_id))
    if shown.is_magic:
        return lead(paths.to(paths.MAGIC_LINK, token=_code(request)))
    if shown.asks:
        return _pin_page(request, shown, is_wrong=is_wrong, errors=errors)
    if seen.standing is Standing.EXPIRED:
        return render(
            request,
            "expired.html",
            GONE,
            firm=seen.firm,
            title=seen.title,
            expired_on=seen.expired_on,
            send_action=f"{_path(request)}/pin",
            is_classic=True,
        )
    return ended_page(request, seen)


def _pin_page(
    request: Request,
    shown: PinPage,
    *,
    is_sent: bool = False,
    is_wrong: bool = False,
    errors: dict[str, str] | None = None,
) -> Response:
    is_locked = shown.tries_left == 0 and not is_sent
    return render(
        request,
        "classic.html",
        WRONG if errors or is_wrong else 200,
        firm=shown.seen.firm,
        title=shown.seen.title,
        client_name=shown.seen.client_name,
        state="sent" if is_sent else "locked" if is_locked else "ask",
        tries_left=shown.tries_left if is_wrong and not is_locked else None,
        is_wrong=is_wrong,
        action=_path(request),
        send_action=f"{_path(request)}/pin",
        device=new_token(),
        errors=errors or {},
        prefetch=ahead(),
        here=_path(request),
    )


def _code(request: Request) -> str:
    return str(request.path_params["code"])


def _path(request: Request) -> str:
    return paths.to(paths.CLASSIC, code=_code(request))


routes: list[BaseRoute] = [
    Route(paths.CLASSIC, look, methods=["GET"]),
    Route(paths.CLASSIC, give_pin, methods=["POST"]),
    Route(paths.CLASSIC_PIN, send_pin, methods=["POST"]),
    Route(paths.CLASSIC_PIN, back, methods=["GET"]),
]
