"""*Stop the reminders*, from a reminder: a page that changes nothing until its button is pressed (7.5, 6.4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.http import visitors
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import render
from portal_app.services.reminders import switch
from portal_app.services.reminders.switch import SwitchPage


@page
def look(request: Request, _typed: Typed) -> Response:
    """What the link is about, and the button."""
    return _shown(request, switch.look(visitors.ports_of(request), visitors.of(request), _token(request)))


@page
def press(request: Request, typed: Typed) -> Response:
    """Off, or on again; twice is once."""
    ports, actor = visitors.ports_of(request), visitors.of(request)
    return _shown(request, switch.switch(ports, actor, _token(request), is_on=typed.get("on") == "1"))


def _shown(request: Request, seen: SwitchPage) -> Response:
    return render(
        request,
        "reminders.html",
        firm=seen.firm,
        title=seen.title,
        client_name=seen.client_name,
        is_off=seen.is_off,
        action=paths.to(paths.REMINDERS_OFF, token=_token(request)),
    )


def _token(request: Request) -> str:
    return str(request.path_params["token"])


routes: list[BaseRoute] = [
    Route(paths.REMINDERS_OFF, look, methods=["GET"]),
    Route(paths.REMINDERS_OFF, press, methods=["POST"]),
]
