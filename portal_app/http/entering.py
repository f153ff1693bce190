"""A press that gives a browser a request: the token it is known by from then on, and the way in (6.5, 6.5a)."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from portal_app import routes as paths
from portal_app.domain.secrets import new_token
from portal_app.http import visitors
from portal_app.http.plain import Typed, lead
from portal_app.http.site import chunks_of
from portal_app.text import locale


def device_token(typed: Typed) -> str:
    """The token that the page gave this browser; a new one where there is none of ours."""
    token = typed.get("device", "")
    return token if len(token) == len(new_token()) and token.isascii() else new_token()


def entered(request_id: UUID, new_device: str | None) -> Response:
    """On to the request, with the cookie of a device that is new."""
    response = lead(paths.to(paths.REQUEST, id=request_id))
    if new_device is not None:
        visitors.keep_device(response, new_device)
    return response


def ahead() -> tuple[str, ...]:
    """The scripts of the request's page, fetched while the person reads the one before."""
    try:
        return chunks_of(paths.REQUEST, locale())
    except KeyError:
        return ()  # a site that was built without that page
