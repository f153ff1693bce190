"""`/history` of a signed-in contact: a plain page of what was asked, written and sent (9.3)."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.http import visitors
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import render
from portal_app.services.home import history_pages
from portal_app.text import N_, _, pgettext

NAMES = {"requests": N_("Requests"), "emails": N_("E-mails"), "comments": N_("Comments")}


@page
def show(request: Request, _typed: Typed) -> Response:
    """A page of the history; `kind` narrows it, `after` goes on where another page ended."""
    asked = request.query_params
    found = history_pages.history_page(
        visitors.ports_of(request),
        visitors.of(request, Kind.CLIENT),
        asked.get("kind", ""),
        asked.get("after", ""),
    )
    return render(
        request,
        "history.html",
        firm=found.letterhead,
        page=found,
        current="history",
        kinds=[
            (_at(""), pgettext("history", "All"), not found.kind),
            *((_at(kind), _(name), kind == found.kind) for kind, name in NAMES.items()),
        ],
        newest_url=_at(found.kind),
        older_url=_at(found.kind, found.older) if found.older else "",
    )


def _at(kind: str, after: str = "") -> str:
    asked = {name: value for name, value in (("kind", kind), ("after", after)) if value}
    return f"{paths.HISTORY}?{urlencode(asked)}" if asked else paths.HISTORY


routes: list[BaseRoute] = [Route(paths.HISTORY, show, methods=["GET"])]
