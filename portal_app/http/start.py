"""The bare address."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from portal_app import routes as paths
from portal_app.http import visitors
from portal_app.services.start import first_page


def start(request: Request) -> Response:
    """On to the first page of whoever comes."""
    way = first_page(visitors.ports_of(request), visitors.visitor(request))
    return RedirectResponse(way, status_code=303, headers={"Cache-Control": "no-store"})


routes: list[BaseRoute] = [Route(paths.START, start)]
