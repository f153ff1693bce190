"""Help for a firm's clients, without signing in (9.7)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.http import visitors
from portal_app.http.entrances import doorway
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import render
from portal_app.services.firm import help_texts
from portal_app.text import locale


@page
def show(request: Request, _typed: Typed) -> Response:
    """The help page, under the firm's letterhead."""
    door = doorway(request)
    return render(
        request,
        "help.html",
        firm=door.letterhead,
        links_url=door.links_url,
        register_url=door.register_url(),
        video_url=door.letterhead.video_url if door.letterhead else "",
        own=help_texts.help_sections(visitors.ports_of(request), door.slug, locale()),
    )


routes: list[BaseRoute] = [Route(paths.HELP, show)]
