"""Help for a firm's clients, without signing in (9.7)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.http.entrances import doorway
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import render


@page
def show(request: Request, _typed: Typed) -> Response:
    """The help page, under the firm's letterhead."""
    return render(
        request,
        "help.html",
        firm=doorway(request).letterhead,
        links_url="",
        register_url="",
        video_url="",
        own_words=(),
    )


routes: list[BaseRoute] = [Route(paths.HELP, show)]
