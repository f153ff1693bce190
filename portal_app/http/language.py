"""The language switch for pages that cannot switch by themselves (12.1): `/language/fr?next=/staff`.

The browser keeps the choice either way; a POST also keeps it with whoever is signed in, for their e-mails.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.errors import NotFound
from portal_app.domain.sign_in import own_path
from portal_app.http import visitors
from portal_app.http.plain import Typed, page
from portal_app.http.rendering import keep_language
from portal_app.services.firm import languages
from portal_app.text import _, known_language


@page
def switch(request: Request, typed: Typed) -> Response:
    """Keep the language and go back to `next`, within this portal."""
    chosen = known_language(request.path_params["language"])
    if chosen is None:
        raise NotFound(_("There is nothing here."))
    back = own_path(typed.get("next") or request.query_params.get("next", "")) or "/"
    if request.method == "POST":
        kind = Kind.STAFF if f"{back}/".startswith(f"{paths.TRIAGE}/") else Kind.CLIENT
        languages.keep_language(visitors.ports_of(request), visitors.of(request, kind), chosen)
    return keep_language(back, chosen)


routes: list[BaseRoute] = [Route(paths.LANGUAGE, switch, methods=["GET", "POST"])]
